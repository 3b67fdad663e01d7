using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Monitoring;

/// <summary>How this node is right now. What is not known is null, never 0.</summary>
public sealed record VitalsNow
{
    /// <summary>When it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When this program began to measure: what "since the start" counts from.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>This node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Each named query that has run, by name.</summary>
    public required IReadOnlyList<QuerySummary> Queries { get; init; }

    /// <summary>Connections to the database.</summary>
    public required PoolNow Pool { get; init; }

    /// <summary>Open pages that are kept live, and the memory of all.</summary>
    public required CircuitsNow Circuits { get; init; }

    /// <summary>Test runs of this node.</summary>
    public required RunsNow Runs { get; init; }

    /// <summary>Each cache: what was found in it and what was not, since the start.</summary>
    public required IReadOnlyList<CacheNow> Caches { get; init; }

    /// <summary>Passwords that were checked, since the start.</summary>
    public required SignInsNow SignIns { get; init; }

    /// <summary>Requests.</summary>
    public required HttpNow Http { get; init; }

    /// <summary>What the database takes; null until it was measured, or where another node measures it.</summary>
    public StorageNow? Storage { get; init; }

    /// <summary>Whether the database answered when it was last asked; null before it was.</summary>
    public bool? DatabaseAnswers { get; init; }
}

/// <summary>The app login's pool on this node.</summary>
/// <param name="InUse">Connections that a query has.</param>
/// <param name="Idle">Open ones that nobody has.</param>
/// <param name="Waiting">Queries that wait for a connection because all are in use.</param>
/// <param name="Max">How many there may be.</param>
public sealed record PoolNow(int InUse, int Idle, int Waiting, int Max);

/// <summary>Live pages and memory.</summary>
/// <param name="Open">Circuits that are kept, connected or not.</param>
/// <param name="Connected">Those whose browser is there.</param>
/// <param name="ManagedBytes">What .NET's heap holds, garbage not yet collected included.</param>
/// <param name="WorkingSetBytes">The memory the program has of the machine.</param>
public sealed record CircuitsNow(int Open, int Connected, long ManagedBytes, long WorkingSetBytes);

/// <summary>Test runs that this node carries out, and what it has since the start.</summary>
public sealed record RunsNow
{
    /// <summary>Runs none of whose cells has begun.</summary>
    public required int Queued { get; init; }

    /// <summary>Runs that have begun and not ended.</summary>
    public required int Running { get; init; }

    /// <summary>Cells that wait their turn.</summary>
    public required int CellsQueued { get; init; }

    /// <summary>Cells that a model answers now.</summary>
    public required int CellsRunning { get; init; }

    /// <summary>Cells that ended with an answer, since the start.</summary>
    public required long Done { get; init; }

    /// <summary>Cells that failed, since the start.</summary>
    public required long Failed { get; init; }

    /// <summary>Cells that were stopped, since the start.</summary>
    public required long Stopped { get; init; }

    /// <summary>Tokens read by models since the start, as far as their providers told; null where none did.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens written by models since the start, as far as their providers told; null where none did.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>US dollars since the start, as far as prices and counts are known; null where none is.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Cells since the start whose cost is not known.</summary>
    public required long CostUnknown { get; init; }
}

/// <summary>A cache since the start.</summary>
/// <param name="Name">Which: <c>pages</c> are rendered pages, <c>gallery</c> counts and lists.</param>
/// <param name="Hits">What was found in it.</param>
/// <param name="Misses">What had to be made.</param>
public sealed record CacheNow(string Name, long Hits, long Misses);

/// <summary>Passwords that were checked since the start.</summary>
/// <param name="Succeeded">They were right.</param>
/// <param name="Failed">They were wrong.</param>
/// <param name="Locked">They were not looked at: too many wrong ones had come before.</param>
public sealed record SignInsNow(long Succeeded, long Failed, long Locked);

/// <summary>Requests of the last five minutes; open connections of live pages are none.</summary>
/// <param name="PerSecond">How many a second.</param>
/// <param name="ClientErrors">How many were answered with 4xx.</param>
/// <param name="ServerErrors">How many were answered with 5xx.</param>
/// <param name="Recent">Their durations; what counts as an error are the 5xx.</param>
public sealed record HttpNow(double PerSecond, long ClientErrors, long ServerErrors, DurationFigures Recent);

/// <summary>What the database takes.</summary>
/// <param name="DatabaseBytes">The whole database.</param>
/// <param name="UsedBytes">What counts against the limit: the database, or everything on its disk.</param>
/// <param name="LimitBytes">What there is room for; null where nobody said.</param>
/// <param name="IsDisk">Whether the limit is the disk that the embedded database lies on.</param>
/// <param name="At">When it was measured.</param>
public sealed record StorageNow(long DatabaseBytes, long UsedBytes, long? LimitBytes, bool IsDisk, DateTimeOffset At);

/// <summary>A point of the charts: five seconds of this node.</summary>
public readonly record struct VitalsPoint
{
    /// <summary>The end of its five seconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Queries a second.</summary>
    public required double QueriesPerSecond { get; init; }

    /// <summary>Queries that failed.</summary>
    public required long QueryErrors { get; init; }

    /// <summary>95 in 100 queries took no longer, in milliseconds; null where none ran.</summary>
    public required double? QueryP95Ms { get; init; }

    /// <summary>Connections in use.</summary>
    public required int PoolInUse { get; init; }

    /// <summary>Idle connections.</summary>
    public required int PoolIdle { get; init; }

    /// <summary>Queries waiting for a connection.</summary>
    public required int PoolWaiting { get; init; }

    /// <summary>Open circuits.</summary>
    public required int CircuitsOpen { get; init; }

    /// <summary>Circuits whose browser is there.</summary>
    public required int CircuitsConnected { get; init; }

    /// <summary>Bytes of .NET's heap.</summary>
    public required long ManagedBytes { get; init; }

    /// <summary>Bytes of the machine's memory.</summary>
    public required long WorkingSetBytes { get; init; }

    /// <summary>Cells waiting their turn.</summary>
    public required int CellsQueued { get; init; }

    /// <summary>Cells being answered.</summary>
    public required int CellsRunning { get; init; }

    /// <summary>Cells that failed in these seconds.</summary>
    public required long CellsFailed { get; init; }

    /// <summary>Requests a second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>95 in 100 requests took no longer, in milliseconds; null where none came.</summary>
    public required double? RequestP95Ms { get; init; }

    /// <summary>Requests answered with 5xx.</summary>
    public required long ServerErrors { get; init; }

    /// <summary>Wrong passwords.</summary>
    public required long SignInsFailed { get; init; }

    /// <summary>Found in a cache.</summary>
    public required long CacheHits { get; init; }

    /// <summary>Not found in a cache.</summary>
    public required long CacheMisses { get; init; }
}
