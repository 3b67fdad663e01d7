using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// Reads <c>.prompty</c>, old and new: inputs as a map, as a list or as a <c>sample</c>. <c>${env:}</c> and <c>${file:}</c> are
/// never resolved.
/// </summary>
internal static partial class PromptyReader
{
    /// <exception cref="FormatException">Its front block is no YAML.</exception>
    public static ReadFile Read(string text, string fileTitle)
    {
        var front = FrontMatter.Split(text);
        var values = front.Values;
        var notes = new List<string>();
        var format = values["template"]?.Text ?? values["template"]?.String("format") ?? values["template"]?["format"]?.String("kind");
        var declared = DeclaredVariables.WithExamples(
            DeclaredVariables.Read(Inputs(values["inputs"])), DeclaredVariables.FromValues(values["sample"], PlaceholderDialect.Own, asExample: true));
        if (front.Others("name", "description", "inputs", "sample", "template", "tags") is { Count: > 0 } rest)
            notes.Add($"{RawPrompt.Some(rest)} left behind");
        var raw = new RawPrompt
        {
            Row = 1,
            Line = front.BodyLine,
            Title = values.String("name"),
            Goal = values.String("description"),
            Messages = Messages(front.Body),
            Dialect = format is "mustache" or "handlebars" ? PlaceholderDialect.Handlebars : PlaceholderDialect.Jinja,
            Declared = declared,
            Notes = notes,
        };
        return PromptFiles.One(PromptFormat.Prompty, raw, fileTitle);
    }

    // "firstName: Jane" of older files is an example, no default.
    private static DataNode? Inputs(DataNode? inputs) => inputs is not { IsMap: true } ? inputs
        : DataNode.Map([.. inputs.Entries.Select(entry => entry.Value.IsMap ? entry
            : new KeyValuePair<string, DataNode>(entry.Key, entry.Value.Text is null ? DataNode.Map() : DataNode.Map(("example", DataNode.Scalar(entry.Value.Text)))))]);

    private static List<RoleMessage> Messages(string body)
    {
        var messages = new List<RoleMessage>();
        var role = "system";
        var start = 0;
        var marked = false;
        foreach (Match marker in RoleLine().Matches(body))
        {
            if (marked || !string.IsNullOrWhiteSpace(body[start..marker.Index]))
                messages.Add(new RoleMessage(role, body[start..marker.Index]));
            (role, start, marked) = (marker.Groups["role"].Value.ToLowerInvariant(), marker.Index + marker.Length, true);
        }

        messages.Add(new RoleMessage(marked ? role : "user", body[start..]));
        return messages;
    }

    /// <summary>A line that begins a message, also where the marker has settings in brackets.</summary>
    [GeneratedRegex(@"^[ \t]*#?[ \t]*(?<role>system|user|assistant|developer|tool|function)[ \t]*(?:\[[^\]\n]{0,500}\][ \t]*)?:[ \t]*(?:\n|\z)", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex RoleLine();
}

/// <summary>Reads <c>.prompt</c> of dotprompt: Handlebars below a front block with a JSON schema or Picoschema of its input.</summary>
internal static partial class DotpromptReader
{
    /// <exception cref="FormatException">Its front block is no YAML.</exception>
    public static ReadFile Read(string text, string fileTitle)
    {
        var front = FrontMatter.Split(text);
        var input = front.Values["input"];
        var notes = new List<string>();
        if (front.Others("name", "description", "input") is { Count: > 0 } rest)
            notes.Add($"{RawPrompt.Some(rest)} left behind");
        var messages = new List<RoleMessage>();
        var role = "user";
        var start = 0;
        foreach (Match marker in RoleTag().Matches(front.Body))
        {
            messages.Add(new RoleMessage(role, front.Body[start..marker.Index]));
            (role, start) = (marker.Groups["role"].Value.ToLowerInvariant(), marker.Index + marker.Length);
        }

        messages.Add(new RoleMessage(role, front.Body[start..]));
        var raw = new RawPrompt
        {
            Row = 1,
            Line = front.BodyLine,
            Title = front.Values.String("name"),
            Goal = front.Values.String("description"),
            Messages = messages,
            Dialect = PlaceholderDialect.Handlebars,
            Declared = DeclaredVariables.FromSchema(input?["schema"], input?["default"]),
            Notes = notes,
        };
        return PromptFiles.One(PromptFormat.Dotprompt, raw, fileTitle);
    }

    [GeneratedRegex(@"(?<!\\\{?)\{\{~?\s*role\s+[""'](?<role>[A-Za-z]{1,20})[""']\s*~?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex RoleTag();
}

/// <summary>Reads Markdown or any plain text. The front block is optional: title, goal, variables, tags. The rest is the template.</summary>
internal static partial class MarkdownReader
{
    /// <exception cref="FormatException">Its front block is no YAML.</exception>
    public static ReadFile Read(string text, string fileTitle)
    {
        var front = FrontMatter.Split(text);
        var notes = new List<string>();
        if (front.Others("title", "name", "goal", "description", "variables", "tags") is { Count: > 0 } rest)
            notes.Add($"{RawPrompt.Some(rest)} left behind");
        var raw = new RawPrompt
        {
            Row = 1,
            Line = front.BodyLine,
            Title = front.Values.String("title", "name") ?? Heading().Match(front.Body[..Math.Min(front.Body.Length, 2_000)]).Groups["text"].Value,
            Goal = front.Values.String("goal", "description"),
            Messages = [new RoleMessage("user", front.Body)],
            Dialect = PlaceholderDialect.Own,
            Declared = DeclaredVariables.Read(front.Values["variables"]),
            Tags = [.. (front.Values["tags"]?.Items ?? []).Select(tag => tag.Text?.Trim().ToLowerInvariant()).OfType<string>().Where(tag => tag.Length is > 0 and <= 30 && !tag.Contains(',', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(10)],
            Notes = notes,
        };
        return PromptFiles.One(PromptFormat.Markdown, raw, fileTitle);
    }

    [GeneratedRegex(@"\A\s*#[ \t]+(?<text>[^\n]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();
}
