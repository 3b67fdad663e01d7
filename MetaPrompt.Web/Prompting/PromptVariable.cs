namespace MetaPrompt.Web.Prompting;

/// <summary>What a variable holds, and so which field asks for it.</summary>
public enum VariableType
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>Several lines: an article, a transcript, code.</summary>
    LongText,

    /// <summary>A number.</summary>
    Number,

    /// <summary>One of <see cref="PromptVariable.Choices"/>.</summary>
    Choice,

    /// <summary>Yes or no.</summary>
    YesNo,

    /// <summary>A day.</summary>
    Date,

    /// <summary>JSON text.</summary>
    Json,
}

/// <summary>A blank of a template: its name as it stands in <c>{{name}}</c> and what helps a person to fill it.</summary>
public sealed record PromptVariable
{
    /// <summary>The name between the braces; always one that <see cref="PromptTemplate.IsName"/> accepts.</summary>
    public required string Name { get; init; }

    /// <summary>What people call it, where that is not simply the name.</summary>
    public string? Label { get; init; }

    /// <summary>One line under the field.</summary>
    public string? Help { get; init; }

    /// <summary>What it holds.</summary>
    public VariableType Type { get; init; } = VariableType.Text;

    /// <summary>What the field starts with.</summary>
    public string? Default { get; init; }

    /// <summary>A value that shows what is meant; never filled in by itself.</summary>
    public string? Example { get; init; }

    /// <summary>What can be chosen, for <see cref="VariableType.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether a run needs a value.</summary>
    public bool Required { get; init; } = true;

    /// <summary>The most characters a value may have.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The label, or the name with its underscores read as spaces.</summary>
    public string DisplayName => string.IsNullOrWhiteSpace(Label) ? VariableNames.Humanise(Name) : Label;
}
