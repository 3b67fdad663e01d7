namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>What a writer knows about one form of text: how it is built, what makes it work, how long it is.</summary>
internal sealed record WritingForm
{
    /// <summary>Words that name the form.</summary>
    public required string Names { get; init; }

    /// <summary>How it is built.</summary>
    public required string Structure { get; init; }

    /// <summary>What tells a good one from a bad one.</summary>
    public required string Quality { get; init; }

    /// <summary>Lengths to pick from, the usual one first.</summary>
    public required IReadOnlyList<string> Lengths { get; init; }

    /// <summary>What it should do to its reader, the usual aim first: label and the instruction.</summary>
    public required IReadOnlyList<Option> Aims { get; init; }

    /// <summary>Readers to pick from.</summary>
    public required IReadOnlyList<Option> Readers { get; init; }

    /// <summary>The reader when nobody says, after "Assume".</summary>
    public required string AssumedReader { get; init; }

    /// <summary>The blank for what only the person knows, where the goal names no material.</summary>
    public required (string Name, string Label, string Help) Facts { get; init; }

    /// <summary>How the blank is used.</summary>
    public required string UseFacts { get; init; }

    /// <summary>What to do when something is missing.</summary>
    public required string Missing { get; init; }

    /// <summary>Tones to pick from, the usual one first; null for the general ones.</summary>
    public IReadOnlyList<Option>? Tones { get; init; }

    /// <summary>Whether the result is a number of alternatives rather than one text.</summary>
    public bool IsList { get; init; }

    /// <summary>What to leave out, to pick from.</summary>
    public IReadOnlyList<Option>? Limits { get; init; }
}
