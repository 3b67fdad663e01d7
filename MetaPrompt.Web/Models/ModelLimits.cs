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

    /// <summary>How many cells one provider (its address) is sent at a time; the others wait their turn.</summary>
    public int CellsPerProvider { get; init; } = 8;

    /// <summary>How many cells of one run are on their way or wait for their provider, so that no run keeps all others waiting.</summary>
    public int CellsPerRun { get; init; } = 16;

    /// <summary>How often a cell is sent at most: again only where the provider refused before a first word.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest pause before a cell is sent again; a provider that asks for more has failed.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>From the start of a run until what is unfinished is stopped.</summary>
    public TimeSpan WholeRun { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How many unfinished runs one person may have.</summary>
    public int RunsPerPerson { get; init; } = 10;

    /// <summary>How long a finished run can still be found by its id; its result stays in the database.</summary>
    public TimeSpan KeepFinished { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The shortest time between two changes told to a page: under ten a second, however many cells stream.</summary>
    public TimeSpan ChangeInterval { get; init; } = TimeSpan.FromMilliseconds(125);

    /// <summary>How often one signed-in person may ask for something of models in a minute; 0 for no limit.</summary>
    public int PersonRequestsPerMinute { get; init; } = 60;

    /// <summary>How many requests an hour people who are not signed in may make of the wizard's model, all together.</summary>
    public int VisitorRequestsPerHour { get; init; } = 200;
}
