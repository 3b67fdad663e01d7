namespace MetaPrompt.Web.Models;

/// <summary>How long and how much MetaPrompt puts up with. The defaults suit a local model that has to load first.</summary>
public sealed record ModelLimits
{
    /// <summary>From sending a request to the first sign of an answer.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The longest silence in the middle of an answer.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From sending a request to the end of its answer.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a person waits for the wizard's questions from a model before the wizard asks by its own rules.</summary>
    public TimeSpan Questions { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most characters of an answer that are kept; a model that never ends must not fill the memory.</summary>
    public int AnswerCharacters { get; init; } = 1_000_000;

    /// <summary>How many runs one model serves at a time; the others wait their turn.</summary>
    public int RunsPerModel { get; init; } = 4;

    /// <summary>How many unfinished runs one person may have.</summary>
    public int RunsPerPerson { get; init; } = 20;

    /// <summary>How long a finished run can still be found by its id; its result stays in the database.</summary>
    public TimeSpan KeepFinished { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The shortest time between two changes told to a page.</summary>
    public TimeSpan ChangeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many requests an hour people who are not signed in may make of the wizard's model, all together.</summary>
    public int VisitorRequestsPerHour { get; init; } = 200;
}
