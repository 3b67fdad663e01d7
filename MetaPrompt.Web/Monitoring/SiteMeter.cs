using System.Diagnostics.Metrics;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Gauges of what is there now: connections, runs, incidents, whether the database answers, and what its tables and indexes take.</summary>
internal sealed class SiteMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MetaPrompt.Site";

    private readonly ObservableGauge<long> _tableSize;

    public SiteMeter(IMeterFactory meters, Vitals vitals, Alerts alerts, PromptRunner runner)
    {
        var meter = meters.Create(Name);
        // Npgsql's own meter has the same figures, and those of the migrations' connections under their connection strings.
        meter.CreateObservableUpDownCounter("db.client.connection.count", () => Connections(vitals.Pool()), "{connection}", "Connections of the pool.");
        meter.CreateObservableUpDownCounter("db.client.connection.max", () => (long)vitals.Pool().Max, "{connection}", "How many there may be.");
        meter.CreateObservableUpDownCounter("db.client.connection.pending_requests", () => (long)vitals.Pool().Waiting, "{request}", "Queries that wait for a connection.");
        meter.CreateObservableGauge("metaprompt.run.active", () => Runs(runner), "{run}", "Test runs that are not over.");
        meter.CreateObservableGauge("metaprompt.run.cells.active", () => Cells(runner), "{cell}", "Cells of test runs that are not over.");
        meter.CreateObservableGauge("metaprompt.alerts", () => Incidents(alerts), "{incident}", "Incidents that go on, by kind.");
        meter.CreateObservableGauge("metaprompt.db.up", () => Known(vitals.DatabaseAnswers is { } answers ? answers ? 1 : 0 : null), "1", "Whether the database answers.");
        meter.CreateObservableGauge("metaprompt.db.size", () => Known(vitals.Storage?.DatabaseBytes), "By", "What the database takes.");
        meter.CreateObservableGauge("metaprompt.db.limit", () => Known(vitals.Storage?.LimitBytes), "By", "What the database, or everything on its disk, may take.");
        meter.CreateObservableGauge("metaprompt.db.limit.used", () => Known(vitals.Storage?.UsedBytes), "By", "What counts against that.");
        _tableSize = meter.CreateObservableGauge("metaprompt.db.table.size", () => Tables.SelectMany(Sizes), "By", "What a table takes.");
        meter.CreateObservableGauge("metaprompt.db.table.rows", () => Tables.SelectMany(Rows), "{row}", "Rows, as PostgreSQL estimates.");
        meter.CreateObservableCounter("metaprompt.db.table.scans", () => Tables.SelectMany(Scans), "{scan}", "How often a table was read.");
        meter.CreateObservableGauge("metaprompt.db.index.size", () => Indexes.Select(index => Of(index.Bytes, ("index", index.Name))), "By", "What an index takes.");
        meter.CreateObservableCounter("metaprompt.db.index.scans", () => Indexes.Select(index => Of(index.Scans, ("index", index.Name))), "{scan}", "How often an index was read.");
        meter.CreateObservableCounter("metaprompt.db.statement.calls", () => Statements.Select(one => Of(one.Calls, ("db.query.summary", one.Name))), "{call}", "How often the server ran a statement.");
        meter.CreateObservableCounter("metaprompt.db.statement.time", () => Statements.Select(Time), "s", "How long the server ran a statement.");
        meter.CreateObservableCounter("metaprompt.db.statement.blocks", () => Statements.SelectMany(Blocks), "{block}", "Blocks that a statement read.");
    }

    /// <summary>Whether anybody reads the figures of tables and indexes.</summary>
    public bool WantsTables => _tableSize.Enabled;

    /// <summary>The tables as they were last read.</summary>
    public IReadOnlyList<TableFigures> Tables { get; set; } = [];

    /// <summary>The indexes as they were last read.</summary>
    public IReadOnlyList<IndexFigures> Indexes { get; set; } = [];

    /// <summary>The statements as they were last read; none where the server does not count them.</summary>
    public IReadOnlyList<StatementFigures> Statements { get; set; } = [];

    private static Measurement<double> Time(StatementFigures statement) => new(statement.TotalMs / 1000, new KeyValuePair<string, object?>("db.query.summary", statement.Name));

    private static IEnumerable<Measurement<long>> Blocks(StatementFigures statement) =>
        [Of(statement.BlocksHit, ("db.query.summary", statement.Name), ("how", "hit")), Of(statement.BlocksRead, ("db.query.summary", statement.Name), ("how", "read"))];

    private static IEnumerable<Measurement<long>> Connections(PoolNow pool) =>
        [Of(pool.InUse, ("db.client.connection.state", "used")), Of(pool.Idle, ("db.client.connection.state", "idle"))];

    private static IEnumerable<Measurement<long>> Runs(PromptRunner runner)
    {
        var now = runner.Count();
        return [Of(now.RunsQueued, ("state", "queued")), Of(now.RunsRunning, ("state", "running"))];
    }

    private static IEnumerable<Measurement<long>> Cells(PromptRunner runner)
    {
        var now = runner.Count();
        return [Of(now.CellsQueued, ("state", "queued")), Of(now.CellsRunning, ("state", "running"))];
    }

    private static IEnumerable<Measurement<long>> Incidents(Alerts alerts)
    {
        var current = alerts.Current;
        return Enum.GetValues<AlertKind>().Select(kind => Of(current.Count(alert => alert.Kind == kind), ("kind", kind.ToString())));
    }

    private static IEnumerable<Measurement<long>> Sizes(TableFigures table) =>
        [Of(table.TableBytes, ("table", table.Name), ("part", "rows")), Of(table.IndexBytes, ("table", table.Name), ("part", "indexes"))];

    private static IEnumerable<Measurement<long>> Rows(TableFigures table) =>
        [Of(table.Rows, ("table", table.Name), ("state", "live")), Of(table.DeadRows, ("table", table.Name), ("state", "dead"))];

    private static IEnumerable<Measurement<long>> Scans(TableFigures table) =>
        [Of(table.SequentialScans, ("table", table.Name), ("how", "sequential")), Of(table.IndexScans, ("table", table.Name), ("how", "index"))];

    private static IEnumerable<Measurement<long>> Known(long? value) => value is { } known ? [Of(known)] : [];

    private static Measurement<long> Of(long value, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var all = new KeyValuePair<string, object?>[tags.Length];
        for (var index = 0; index < tags.Length; index++)
            all[index] = new(tags[index].Name, tags[index].Value);
        return new(value, all);
    }
}
