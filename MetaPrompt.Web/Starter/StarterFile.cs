using MetaPrompt.Web.Prompting;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MetaPrompt.Web.Starter;

/// <summary>
/// Reads a starter file: a front block of YAML between two lines <c>---</c>, then the template as it is. README.md in this
/// folder documents the keys.
/// </summary>
internal static class StarterFile
{
    private const string Fence = "---\n";

    /// <summary>The template in a file's text.</summary>
    /// <exception cref="FormatException">The file is not one; the message names it and says what is wrong.</exception>
    public static StarterTemplate Read(string slug, string text)
    {
        text = text.ReplaceLineEndings("\n");
        var end = text.IndexOf("\n" + Fence, StringComparison.Ordinal);
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || end < 0)
            throw Wrong(slug, "it does not begin with a front block between two lines “---”.");
        var front = Front(slug, text[Fence.Length..(end + 1)]);
        var template = text[(end + 1 + Fence.Length)..].Trim('\n');
        if (template.Length == 0)
            throw Wrong(slug, "there is no template below the front block.");
        return new StarterTemplate
        {
            Slug = slug,
            Title = Needed(slug, "title", front.Title),
            Goal = Needed(slug, "goal", front.Goal),
            Category = Needed(slug, "category", front.Category),
            Kind = Kind(slug, Needed(slug, "kind", front.Kind)),
            Tags = front.Tags ?? [],
            Variables = [.. (front.Variables ?? []).Select(variable => Variable(slug, variable))],
            Template = template,
        };
    }

    private static FrontBlock Front(string slug, string yaml)
    {
        try
        {
            // A key that is not one of ours is a typing mistake: the deserializer refuses it, and so should we.
            return new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build()
                .Deserialize<FrontBlock?>(yaml) ?? new FrontBlock();
        }
        catch (YamlException problem)
        {
            throw Wrong(slug, $"line {problem.Start.Line + 1}: {problem.InnerException?.Message ?? problem.Message}", problem);
        }
    }

    private static TaskKind Kind(string slug, string name) =>
        Enum.TryParse<TaskKind>(name, ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw Wrong(slug, $"“{name}” is not a kind; use one of {string.Join(", ", Enum.GetNames<TaskKind>()).ToLowerInvariant()}.");

    private static PromptVariable Variable(string slug, VariableBlock block)
    {
        var name = Needed(slug, "name of a variable", block.Name);
        if (!PromptTemplate.IsName(name))
            throw Wrong(slug, $"“{name}” cannot be a variable's name.");
        var choices = block.Choices ?? [];
        var type = Type(slug, name, block.Type);
        if ((type == VariableType.Choice) != (choices.Count > 0))
            throw Wrong(slug, $"{name} needs the type “choice” and choices, both or neither.");
        if (choices.Count > 0 && block.Default is { } value && !choices.Contains(value))
            throw Wrong(slug, $"the default of {name}, “{value}”, is not among its choices.");
        return new PromptVariable
        {
            Name = name,
            Label = block.Label,
            Help = block.Help,
            Type = type,
            Default = block.Default?.Trim('\n'),
            Example = block.Example?.Trim('\n'),
            Choices = choices,
            Required = block.Required ?? true,
        };
    }

    private static VariableType Type(string slug, string variable, string? name) => name switch
    {
        null or "text" => VariableType.Text,
        "long text" => VariableType.LongText,
        "number" => VariableType.Number,
        "choice" => VariableType.Choice,
        "yes or no" => VariableType.YesNo,
        "date" => VariableType.Date,
        "json" => VariableType.Json,
        _ => throw Wrong(slug, $"“{name}”, the type of {variable}, is none; use text, long text, number, choice, yes or no, date or json."),
    };

    private static string Needed(string slug, string key, string? value) =>
        string.IsNullOrWhiteSpace(value) ? throw Wrong(slug, $"the {key} is missing.") : value.Trim();

    private static FormatException Wrong(string slug, string what, Exception? inner = null) =>
        new($"Starter template {slug}.md cannot be read: {what}", inner);

    // Filled by the YAML reader through reflection, hence the setters.
    private sealed class FrontBlock
    {
        public string? Title { get; set; }
        public string? Goal { get; set; }
        public string? Category { get; set; }
        public string? Kind { get; set; }
        public List<string>? Tags { get; set; }
        public List<VariableBlock>? Variables { get; set; }
    }

    private sealed class VariableBlock
    {
        public string? Name { get; set; }
        public string? Label { get; set; }
        public string? Help { get; set; }
        public string? Type { get; set; }
        public string? Default { get; set; }
        public string? Example { get; set; }
        public List<string>? Choices { get; set; }
        public bool? Required { get; set; }
    }
}
