namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Reads <c>promptfooconfig.yaml</c>. Tests, assertions and providers stay behind; their variables' values do not.</summary>
internal static class PromptfooReader
{
    private static readonly string[] FileEndings = [".txt", ".md", ".json", ".jsonl", ".yaml", ".yml", ".j2", ".csv", ".py", ".js", ".ts", ".mjs", ".cjs"];

    /// <exception cref="FormatException">It is none.</exception>
    public static ReadFile Read(string text)
    {
        var root = YamlTree.Read(text);
        if (root["prompts"] is not { } list)
            throw new FormatException("It has no “prompts”, so it is no promptfoo configuration.");
        var entries = list.IsList ? list.Items : list.IsMap ? [.. list.Entries.Select(entry => DataNode.Scalar(entry.Key, line: entry.Value.Line))] : [list];
        var prompts = new List<ReadPrompt>();
        var problems = new List<RowNote>();
        for (var place = 0; place < entries.Count; place++)
        {
            var (raw, label) = entries[place].IsMap ? (entries[place].String("raw") ?? entries[place].String("id"), entries[place].String("label")) : (entries[place].Text, null);
            if (Reference(raw) is { } reference)
            {
                problems.Add(new RowNote(place + 1, entries[place].Line, $"points to {reference}, which is not read; import that file itself"));
                continue;
            }

            var prompt = Prompt(root, raw ?? "", label, entries.Count == 1, place + 1, entries[place].Line);
            if (prompt.Finish(Lines.Shorten(Lines.Collapse(raw?[..Math.Min(raw.Length, 200)] ?? ""), 60), out var problem) is { } finished)
                prompts.Add(finished);
            else
                problems.Add(problem!);
        }

        return new ReadFile { Format = PromptFormat.Promptfoo, Count = entries.Count, Prompts = prompts, Problems = problems };
    }

    private static RawPrompt Prompt(DataNode root, string raw, string? label, bool alone, int row, long line)
    {
        var notes = new List<string>();
        var messages = Chat(raw, notes) ?? [new RoleMessage("user", raw)];
        var tests = (root["tests"]?.Items ?? []).Where(test => test.IsMap && (test["prompts"] is not { } only || only.Items.Any(item => item.Text == label))).ToList();
        var defaults = tests.Find(test => test.String("description") == "Defaults");
        var example = tests.Find(test => test != defaults && test["vars"] is not null);
        var declared = DeclaredVariables.FromValues(root["defaultTest"]?["vars"], PlaceholderDialect.Jinja, asExample: false)
            .Concat(DeclaredVariables.FromValues(defaults?["vars"], PlaceholderDialect.Jinja, asExample: false))
            .DistinctBy(variable => variable.Name).ToList();

        var others = tests.Count(test => test != defaults && test != example);
        if (others > 0)
            notes.Add($"{others} more test case{(others == 1 ? "" : "s")} left behind");
        var assertions = tests.Append(root["defaultTest"]).Sum(test => test?["assert"]?.Items.Count ?? 0);
        if (assertions > 0)
            notes.Add($"{assertions} assertion{(assertions == 1 ? "" : "s")} left behind");
        if (row == 1 && FrontMatter.Others(root, "prompts", "description", "tests", "defaultTest") is { Count: > 0 } rest)
            notes.Add($"{RawPrompt.Some(rest)} left behind");
        return new RawPrompt
        {
            Row = row,
            Line = line,
            Title = label,
            Goal = alone ? root.String("description") : null,
            Messages = messages,
            Dialect = PlaceholderDialect.Jinja,
            // Its tests may concern the other prompts of the file; only what this one uses matters.
            Declared = Used(raw, DeclaredVariables.WithExamples(declared, DeclaredVariables.FromValues(example?["vars"], PlaceholderDialect.Jinja, asExample: true))),
            Notes = notes,
        };
    }

    private static IReadOnlyList<PromptVariable> Used(string raw, IReadOnlyList<PromptVariable> declared) =>
        [.. declared.Where(variable => raw.Contains(variable.Name, StringComparison.Ordinal) || (variable.Label is { } label && raw.Contains(label, StringComparison.Ordinal)))];

    // A prompt may be a conversation written as JSON or YAML inside the text.
    private static List<RoleMessage>? Chat(string raw, List<string> notes)
    {
        var text = raw.AsSpan().Trim();
        try
        {
            var node = text.StartsWith("[") ? JsonTree.Read(raw) : text.StartsWith("- role:") ? YamlTree.Read(raw) : null;
            return MessageList.Looks(node) ? MessageList.Read(node!, notes) : null;
        }
        catch (FormatException)
        {
            // It only began like one; then it is the text it is.
            return null;
        }
    }

    private static string? Reference(string? raw)
    {
        raw = raw?.Trim();
        var isFile = raw is not null && !raw.Contains('\n', StringComparison.Ordinal)
            && (raw.StartsWith("file://", StringComparison.Ordinal) || raw.StartsWith("exec:", StringComparison.Ordinal)
                || (!raw.Contains(' ', StringComparison.Ordinal) && Array.Exists(FileEndings, end => raw.EndsWith(end, StringComparison.Ordinal))));
        return isFile ? Lines.Shorten(raw!, 80) : null;
    }
}

/// <summary>Reads <c>.prompt.yml</c> of GitHub Models. Its model, test data and evaluators stay behind; the first test's values are examples.</summary>
internal static class GitHubModelsReader
{
    /// <exception cref="FormatException">It is none.</exception>
    public static ReadFile Read(string text, string fileTitle)
    {
        var root = YamlTree.Read(text);
        if (!MessageList.Looks(root["messages"]))
            throw new FormatException("It has no “messages” with a role and a content, so it is no prompt of GitHub Models.");
        var notes = new List<string>();
        var tests = root["testData"]?.Items ?? [];
        var example = tests.FirstOrDefault(test => test.IsMap);
        if (tests.Count > 1)
            notes.Add($"{tests.Count - 1} more test case{(tests.Count == 2 ? "" : "s")} left behind");
        if (example?["expected"] is not null)
            notes.Add("what its tests expect left behind");
        if (root["evaluators"]?.Items.Count is > 0 and var evaluators)
            notes.Add($"{evaluators} evaluator{(evaluators == 1 ? "" : "s")} left behind");
        if (FrontMatter.Others(root, "name", "description", "messages", "testData", "evaluators") is { Count: > 0 } rest)
            notes.Add($"{RawPrompt.Some(rest)} left behind");
        var raw = new RawPrompt
        {
            Row = 1,
            Line = 1,
            Title = root.String("name"),
            Goal = root.String("description"),
            Messages = MessageList.Read(root["messages"]!, notes),
            Dialect = PlaceholderDialect.Plain,
            Declared = DeclaredVariables.FromValues(
                example is null ? null : DataNode.Map([.. example.Entries.Where(entry => entry.Key != "expected")]), PlaceholderDialect.Own, asExample: true),
            Notes = notes,
        };
        return PromptFiles.One(PromptFormat.GitHubModels, raw, fileTitle);
    }
}
