namespace MetaPrompt.Web.Prompting;

/// <summary>A template that came from another placeholder syntax.</summary>
public sealed record Conversion
{
    /// <summary>The text with <c>{{name}}</c> placeholders.</summary>
    public required string Template { get; init; }

    /// <summary>Every variable of the template, in the order of first use.</summary>
    public required IReadOnlyList<PromptVariable> Variables { get; init; }

    /// <summary>What was changed or left alone, one plain sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Placeholder syntaxes of other tools.</summary>
[Flags]
public enum PlaceholderStyles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>${Name}</c> and <c>${Name:default}</c>.</summary>
    Dollar = 1,

    /// <summary><c>[NAME]</c>.</summary>
    Brackets = 2,

    /// <summary><c>{name}</c>.</summary>
    Braces = 4,

    /// <summary><c>&lt;name&gt;</c>.</summary>
    Angles = 8,

    /// <summary><c>%name%</c>.</summary>
    Percents = 16,

    /// <summary>All of them.</summary>
    All = Dollar | Brackets | Braces | Angles | Percents,
}
