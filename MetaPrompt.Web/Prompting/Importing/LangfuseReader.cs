namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Reads Langfuse's JSON: one prompt, a list, or an answer of its API with the list in <c>data</c>.</summary>
internal static class LangfuseReader
{
    /// <exception cref="FormatException">It is no JSON, or holds no prompt.</exception>
    public static ReadFile Read(string text, string fileTitle)
    {
        var root = JsonTree.Read(text);
        var list = root["data"] is { IsList: true } data ? data : root["prompts"] is { IsList: true } prompts ? prompts : root;
        var entries = list.IsList ? list.Items : [list];
        if (entries.Count == 0 || entries.All(entry => entry["prompt"] is null))
            throw new FormatException("It has no “prompt”, so it is no prompt of Langfuse.");
        var read = new List<ReadPrompt>();
        var problems = new List<RowNote>();
        for (var place = 0; place < entries.Count; place++)
        {
            var name = entries.Count == 1 ? fileTitle : $"{fileTitle} {place + 1}";
            if (Prompt(entries[place], place + 1).Finish(name, out var problem) is { } prompt)
                read.Add(prompt);
            else
                problems.Add(problem!);
        }

        return new ReadFile { Format = PromptFormat.Langfuse, Count = entries.Count, Prompts = read, Problems = problems };
    }

    private static RawPrompt Prompt(DataNode entry, int row)
    {
        var notes = new List<string>();
        List<RoleMessage> messages = entry["prompt"] is { IsList: true } chat
            ? MessageList.Read(chat, notes)
            : [new RoleMessage("user", entry["prompt"]?.Text ?? "")];
        if (entry["config"]?.Entries.Count > 0)
            notes.Add($"its config ({RawPrompt.Some([.. entry["config"]!.Entries.Select(setting => Lines.Shorten(setting.Key, 40))])}) left behind");
        if (entry["labels"]?.Items.Count > 0)
            notes.Add("its labels left behind");
        return new RawPrompt
        {
            Row = row,
            Line = 1,
            Title = entry.String("name"),
            Messages = messages,
            Dialect = PlaceholderDialect.Plain,
            Tags = [.. (entry["tags"]?.Items ?? []).Select(tag => tag.Text?.Trim().ToLowerInvariant()).OfType<string>().Where(tag => tag.Length is > 0 and <= 30 && !tag.Contains(',', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(10)],
            Notes = notes,
        };
    }
}
