namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Variables as files declare them, in the words of each format.</summary>
internal static class DeclaredVariables
{
    /// <summary>A list of names or maps, or a map by name: Markdown, Prompty.</summary>
    public static IReadOnlyList<PromptVariable> Read(DataNode? node) =>
        node is null ? [] : PromptVariables.FromJson(JsonTree.Write(node, indented: false));

    /// <summary>Values by name, where the format knows nothing but values; a list of them is what can be chosen.</summary>
    public static IReadOnlyList<PromptVariable> FromValues(DataNode? values, PlaceholderDialect dialect, bool asExample)
    {
        var result = new List<PromptVariable>();
        foreach (var (written, node) in values?.Entries ?? [])
        {
            if (result.Count == PromptVariables.MaxCount || Named(written) is not { } variable || result.Exists(other => other.Name == variable.Name))
                continue;
            if (node is { IsList: true, Items.Count: > 1 } && node.Items.All(item => item.Text is { Length: > 0 and <= 200 }))
            {
                var choices = node.Items.Select(item => item.Text!).Distinct(StringComparer.Ordinal).Take(100).ToList();
                result.Add(variable with { Type = VariableType.Choice, Choices = choices });
                continue;
            }

            var value = node.IsList || node.IsMap ? JsonTree.Write(node) : DialectReader.Value(node.Text ?? "", dialect);
            if (string.IsNullOrEmpty(value))
                continue;
            value = value.Length > 20_000 ? Lines.Shorten(value, 20_000) : value;
            var guess = PromptVariables.Reconcile(PromptTemplate.Placeholder(variable.Name), [])[0].Type;
            variable = variable with { Type = node.IsList || node.IsMap ? VariableType.Json : value.Contains('\n', StringComparison.Ordinal) ? VariableType.LongText : guess };
            result.Add(asExample ? variable with { Example = value } : variable with { Default = value });
        }

        return result;
    }

    /// <summary>The first list with what the second knows of the same variables: their examples.</summary>
    public static IReadOnlyList<PromptVariable> WithExamples(IReadOnlyList<PromptVariable> declared, IReadOnlyList<PromptVariable> examples)
    {
        var known = declared.ToDictionary(variable => variable.Name, StringComparer.Ordinal);
        foreach (var example in examples)
        {
            if (!known.TryGetValue(example.Name, out var variable))
                known[example.Name] = example;
            else if (variable.Example is null && example.Example is not null)
                known[example.Name] = variable with { Example = example.Example };
        }

        return [.. known.Values];
    }

    /// <summary>A JSON schema's properties, or Picoschema: dotprompt.</summary>
    public static IReadOnlyList<PromptVariable> FromSchema(DataNode? schema, DataNode? defaults)
    {
        var result = new List<PromptVariable>();
        var isJson = schema?["properties"] is { IsMap: true };
        var required = schema?["required"]?.Items.Select(item => item.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, node) in (isJson ? schema!["properties"] : schema)?.Entries ?? [])
        {
            if (result.Count == PromptVariables.MaxCount || (isJson ? Property(key, node, required?.Contains(key) == true) : Pico(key, node)) is not { } variable)
                continue;
            if (!result.Exists(other => other.Name == variable.Name))
                result.Add(variable);
        }

        foreach (var value in FromValues(defaults, PlaceholderDialect.Own, asExample: false))
        {
            var place = result.FindIndex(variable => variable.Name == value.Name);
            if (place < 0)
                result.Add(value);
            else
                result[place] = result[place] with { Default = value.Default };
        }

        return result;
    }

    private static PromptVariable? Property(string key, DataNode node, bool required)
    {
        if (Read(DataNode.List([DataNode.Map([new("name", DataNode.Scalar(key)), .. node.Entries.Where(entry => entry.Key is not ("name" or "required"))])])) is not [var variable])
            return null;
        var type = node.String("format") switch
        {
            "date" => VariableType.Date,
            "textarea" => VariableType.LongText,
            _ => variable.Type,
        };
        return variable with
        {
            Type = variable.Choices.Count > 0 ? VariableType.Choice : type,
            Required = required,
            Example = variable.Example ?? (node["examples"] is { Items: [var example, ..] } ? example.Text : null),
        };
    }

    // "name?(enum, what it is): [A, B]" and "name: string, what it is".
    private static PromptVariable? Pico(string key, DataNode node)
    {
        var open = key.IndexOf('(', StringComparison.Ordinal);
        var written = (open < 0 ? key : key[..open]).Trim();
        var type = open < 0 ? node.Text ?? "object" : key[(open + 1)..].TrimEnd(')', ' ');
        var comma = type.IndexOf(',', StringComparison.Ordinal);
        if (Named(written.TrimEnd('?')) is not { } variable)
            return null;
        var choices = node.IsList ? node.Items.Select(item => item.Text).OfType<string>().Where(text => text.Length is > 0 and <= 200).Take(100).ToList() : [];
        return variable with
        {
            Required = !written.EndsWith('?'),
            Help = comma < 0 ? null : Lines.Shorten(type[(comma + 1)..].Trim(), 1_000),
            Choices = choices,
            Type = (comma < 0 ? type : type[..comma]).Trim() switch
            {
                "number" or "integer" => VariableType.Number,
                "boolean" => VariableType.YesNo,
                "object" or "array" => VariableType.Json,
                "enum" when choices.Count > 0 => VariableType.Choice,
                _ => VariableType.Text,
            },
        };
    }

    private static PromptVariable? Named(string written)
    {
        var name = PromptTemplate.IsName(written) ? written : VariableNames.Normalise(written);
        return name.Length == 0 || written.Length > 200 ? null : new PromptVariable { Name = name, Label = name == written ? null : written };
    }
}
