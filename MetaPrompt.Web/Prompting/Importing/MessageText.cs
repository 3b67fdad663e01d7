namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>One message of a conversation, as a file has it.</summary>
/// <param name="Role">"system", "user", "assistant" and so on, in lower case.</param>
/// <param name="Text">In the file's own template language.</param>
internal sealed record RoleMessage(string Role, string Text);

/// <summary>
/// Makes one template of several messages, for MetaPrompt's prompts are one text that is sent as the user's message. One message
/// is its text. A system message and what the user says after it follow each other with an empty line between, as one would
/// write them in a single text. Where the assistant speaks too, or the user several times, the turns have to be told apart:
/// the system's text comes first, and each turn stands in a pair of tags, <c>&lt;user&gt;</c> or <c>&lt;assistant&gt;</c>. The roles
/// are reported as left behind; an export writes one user message.
/// </summary>
internal static class MessageText
{
    /// <summary>The messages' texts, each with what is put before and after it.</summary>
    public static IReadOnlyList<(string Before, string Text, string After)> Join(IReadOnlyList<RoleMessage> messages, List<string> notes)
    {
        var said = messages.Where(message => !string.IsNullOrWhiteSpace(message.Text)).ToList();
        if (said.Count == 1)
        {
            if (said[0].Role is not ("user" or ""))
                notes.Add($"its only message is for the role “{said[0].Role}”; here it is the prompt's text");
            return [("", said[0].Text.Trim(), "")];
        }

        if (said.Count > 1)
            notes.Add($"its {said.Count} messages ({string.Join(", ", said.Select(message => message.Role).Distinct(StringComparer.Ordinal).Take(5))}) became one text");
        var tagged = said.Count(message => message.Role is not ("system" or "developer")) > 1;
        return [.. said.Select((message, index) =>
        {
            var gap = index == 0 ? "" : "\n\n";
            var tag = message.Role.Length is > 0 and <= 20 && message.Role.All(char.IsAsciiLetter) ? message.Role : "message";
            return tagged && message.Role is not ("system" or "developer")
                ? ($"{gap}<{tag}>\n", message.Text.Trim(), $"\n</{tag}>")
                : (gap, message.Text.Trim(), "");
        })];
    }
}
