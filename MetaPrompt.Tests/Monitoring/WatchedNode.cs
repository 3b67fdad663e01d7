using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Monitoring;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>Figures of a node as a test wants them.</summary>
internal static class WatchedNode
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static VitalsNow Now(params QuerySummary[] queries) => new()
    {
        At = Noon,
        Started = Noon.AddHours(-3),
        Node = "one",
        Queries = queries,
        Pool = new PoolNow(2, 3, 0, 100),
        Circuits = new CircuitsNow(5, 4, 20_000_000, 200_000_000),
        Runs = new RunsNow { Queued = 0, Running = 1, CellsQueued = 2, CellsRunning = 3, Done = 4, Failed = 0, Stopped = 0, CostUnknown = 0 },
        Caches = [new CacheNow("pages", 90, 10)],
        SignIns = new SignInsNow(7, 2, 1),
        Http = new HttpNow(12.4, 3, 0, Times(40)),
    };

    public static QuerySummary Query(string name, double p95, long calls = 10, long errors = 0) =>
        new(name, Times(p95) with { Calls = calls, Errors = errors, TotalMs = calls * p95 }, Times(p95) with { Calls = calls * 2 });

    public static DurationFigures Times(double p95) => new() { Calls = 10, Errors = 0, P50Ms = p95 / 2, P95Ms = p95, P99Ms = p95, MaxMs = p95, TotalMs = 10 * p95 };

    public static Alert Alert(AlertKind kind, string subject, string words) =>
        new() { Kind = kind, Subject = subject, Words = words, Threshold = 1000, Value = 1400, Unit = "ms", Began = Noon.AddMinutes(-3) };
}
