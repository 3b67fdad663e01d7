namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Reads a list of messages as YAML and JSON formats have them: maps with a role and a content.</summary>
internal static class MessageList
{
    /// <summary>Whether a value looks like one.</summary>
    public static bool Looks(DataNode? node) =>
        node is { IsList: true, Items.Count: > 0 } && node.Items.All(item => item.IsMap && (item["content"] is not null || item.String("type") == "placeholder"));

    /// <summary>The messages; what has no text is told.</summary>
    public static List<RoleMessage> Read(DataNode list, List<string> notes)
    {
        var messages = new List<RoleMessage>();
        foreach (var item in list.Items)
        {
            if (item.String("type") == "placeholder")
                notes.Add($"the place “{Lines.Shorten(item.String("name") ?? "", 40)}” for more messages was left out");
            else
                messages.Add(new RoleMessage((item.String("role") ?? "user").Trim().ToLowerInvariant(), Content(item["content"], notes)));
        }

        return messages;
    }

    private static string Content(DataNode? content, List<string> notes)
    {
        if (content is not { IsList: true })
            return content?.Text ?? "";
        if (content.Items.Any(part => part.String("text") is null && part.Text is null))
            notes.Add("pictures and other attachments of its messages were left out");
        return string.Join("\n\n", content.Items.Select(part => part.String("text") ?? part.Text).OfType<string>());
    }
}
