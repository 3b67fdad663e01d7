namespace MetaPrompt.Web.Prompting;

/// <summary>How much a finding matters.</summary>
public enum FindingLevel
{
    /// <summary>Worth knowing; opinions differ.</summary>
    Info,

    /// <summary>Likely to make answers worse.</summary>
    Warning,

    /// <summary>Will break or leak something.</summary>
    Danger,
}

/// <summary>A ready repair: the whole template as it would be afterwards.</summary>
/// <param name="Label">What the button says.</param>
/// <param name="Template">The mended template.</param>
public sealed record Mend(string Label, string Template)
{
    /// <summary>Variables that the repair brings along, with what it knows of them.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; init; } = [];
}

/// <summary>Something a rule noticed in a template.</summary>
public sealed record Finding
{
    /// <summary>The rule's id, as in "bare-variable".</summary>
    public required string Rule { get; init; }

    /// <summary>Where in the template, from its first character.</summary>
    public required int Start { get; init; }

    /// <summary>How many characters; 0 where something is missing from the whole.</summary>
    public required int Length { get; init; }

    /// <summary>What was noticed, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Why it matters, in one sentence.</summary>
    public required string Why { get; init; }

    /// <summary>A repair, where there is a safe one; it removes the finding.</summary>
    public Mend? Mend { get; init; }

    /// <summary>How much it matters.</summary>
    public FindingLevel Level { get; init; } = FindingLevel.Warning;
}
