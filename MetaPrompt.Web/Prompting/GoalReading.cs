namespace MetaPrompt.Web.Prompting;

/// <summary>What a prompt is to do; each kind asks its own questions and composes its own template.</summary>
public enum TaskKind
{
    /// <summary>A new text.</summary>
    Write,

    /// <summary>A better version of a text.</summary>
    Rewrite,

    /// <summary>What a text says, shorter.</summary>
    Summarise,

    /// <summary>Data out of a text.</summary>
    Extract,

    /// <summary>A label for an item.</summary>
    Classify,

    /// <summary>An explanation or a lesson.</summary>
    Answer,

    /// <summary>A text in another language.</summary>
    Translate,

    /// <summary>Code, or work on code.</summary>
    Code,

    /// <summary>A judgement with its reasons.</summary>
    Analyse,

    /// <summary>Ordered steps.</summary>
    Plan,

    /// <summary>A part to play in a conversation.</summary>
    Persona,

    /// <summary>A description for an image model.</summary>
    Image,
}

/// <summary>What a goal says by itself, before any question.</summary>
public sealed record GoalReading
{
    /// <summary>The goal as it was typed.</summary>
    public required string Goal { get; init; }

    /// <summary>The kind it was read as.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>False where no cue was found and <see cref="Kind"/> is only the fallback.</summary>
    public required bool KindIsClear { get; init; }

    /// <summary>What is produced or worked on, without an article: "release notes".</summary>
    public required string Thing { get; init; }

    /// <summary>Names of the variables for what differs from use to use, the main material first.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Slots the goal fills already; no question asks for them (names in <see cref="Slots"/>).</summary>
    public IReadOnlySet<string> FilledSlots { get; init; } = new HashSet<string>();

    /// <summary>The goal's language as an ISO 639-1 code; "en" where nothing says otherwise.</summary>
    public string Language { get; init; } = "en";
}

/// <summary>The names of the slots a goal or an answer can fill.</summary>
public static class Slots
{
    /// <summary>Who reads or uses the answer.</summary>
    public const string Audience = "audience";

    /// <summary>What the answer is for.</summary>
    public const string Purpose = "purpose";

    /// <summary>How it sounds.</summary>
    public const string Tone = "tone";

    /// <summary>How long it is.</summary>
    public const string Length = "length";

    /// <summary>What shape it has.</summary>
    public const string Format = "format";

    /// <summary>What it must do or keep out of.</summary>
    public const string Constraints = "constraints";

    /// <summary>The language it is written in.</summary>
    public const string Language = "language";

    /// <summary>A model to follow.</summary>
    public const string Example = "example";

    /// <summary>What the work starts from.</summary>
    public const string Inputs = "inputs";

    /// <summary>What the task covers.</summary>
    public const string Scope = "scope";

    /// <summary>By what it is judged.</summary>
    public const string Criteria = "criteria";

    /// <summary>The fields to extract.</summary>
    public const string Fields = "fields";

    /// <summary>The labels to choose from.</summary>
    public const string Labels = "labels";

    /// <summary>What the learner knows already.</summary>
    public const string Level = "level";

    /// <summary>Programming language and environment.</summary>
    public const string Technology = "technology";

    /// <summary>What to do when something is missing or unclear.</summary>
    public const string Failure = "failure";
}
