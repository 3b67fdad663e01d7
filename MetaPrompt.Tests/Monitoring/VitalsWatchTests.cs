using System.Collections.Concurrent;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>From what really happens to the line in the log; only the clock of the looks is the test's own.</summary>
public sealed class VitalsWatchTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_slow_query_and_a_guesser_are_one_line_each()
    {
        var (watch, _, log) = Watch(new AlertThresholds { SlowQueryMs = 40, SignInFailures = 3 });
        watch.Look();
        await site.Services.GetRequiredService<Db>().QueryAsync<int>(
            Caller.App, "-- T.Asleep\nselect 1 from pg_sleep(@Seconds) where @Words <> ''", new { Seconds = 0.05, Words = "what a person typed" }, _ct);
        var attempts = site.Services.GetRequiredService<SignInAttempts>();
        for (var time = 0; time < 3; time++)
            await attempts.GuardAsync("guessed@example.test", () => Task.FromResult<AccountOutcome>(new Refused(Refusal.WrongCredentials)), _ct);
        for (var time = 0; time < 5; time++)
            watch.Look();

        Assert.StartsWith("Incident SlowQuery of T.Asleep began: The query T.Asleep took ", Assert.Single(log.Of("T.Asleep")), StringComparison.Ordinal);
        Assert.StartsWith("Incident SignInFailures of sign-ins began: 3 sign-ins failed", Assert.Single(log.Of("sign-ins")), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, line => line.Contains("typed", StringComparison.Ordinal) || line.Contains("guessed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_goes_away_is_said_once_and_again_when_it_is_back()
    {
        var (watch, database, log) = Watch(new AlertThresholds());
        await database.LookAsync(_ct);
        watch.Look();
        Assert.True(Vitals.DatabaseAnswers);
        Assert.True(Vitals.Storage is { DatabaseBytes: > 1_000_000, LimitBytes: null });

        await DoorAsync(open: false);
        try
        {
            for (var look = 0; look < 4; look++)
            {
                await database.LookAsync(_ct);
                Assert.False(Vitals.DatabaseAnswers);
                watch.Look();
                _time.Advance(Vitals.Step);
            }

            Assert.Single(log.Of("database"));
        }
        finally
        {
            await DoorAsync(open: true);
        }

        for (var look = 0; look < 4; look++)
        {
            await database.LookAsync(_ct);
            watch.Look();
            _time.Advance(Vitals.Step);
        }

        Assert.Equal(2, log.Of("database").Count);
        Assert.StartsWith("Incident DatabaseAway of database began: ", log.Of("database")[0], StringComparison.Ordinal);
        Assert.StartsWith("Incident DatabaseAway of database is over after ", log.Of("database")[1], StringComparison.Ordinal);
        Assert.True(Vitals.DatabaseAnswers);
    }

    [Fact]
    public async Task Tables_and_indexes_are_read_with_their_sizes_and_uses()
    {
        var figures = new StorageFigures(site.Services.GetRequiredService<Db>());
        var tables = await figures.TablesAsync(_ct);
        var indexes = await figures.IndexesAsync(_ct);

        Assert.Contains(tables, table => table is { Name: "public.prompts", TableBytes: > 0, IndexBytes: > 0 });
        Assert.Contains(tables, table => table.Name == "internal.gallery");
        Assert.Contains(indexes, index => index is { Name: "public.prompts_pkey", Bytes: > 0 });
        Assert.InRange(await figures.SizeAsync(_ct), tables.Sum(table => table.TableBytes + table.IndexBytes), long.MaxValue);
    }

    private Vitals Vitals => site.Services.GetRequiredService<Vitals>();

    private (VitalsWatch Watch, DatabaseWatch Database, LogLines Log) Watch(AlertThresholds thresholds)
    {
        var (services, alerts, log) = (site.Services, new Alerts(thresholds), new LogLines());
        var database = new DatabaseWatch(
            services.GetRequiredService<RunningDatabase>(), Vitals, services.GetRequiredService<SiteMeter>(), alerts, _time, NullLogger<DatabaseWatch>.Instance);
        var watch = new VitalsWatch(
            Vitals, alerts, database, services.GetRequiredService<AlertWebhook>(), services.GetRequiredService<QueryTimes>(),
            services.GetRequiredService<SignInMeter>(), _time, log);
        return (watch, database, log);
    }

    // Nobody gets in, and whoever is in is put out: to a program that is a server that is away.
    private async Task DoorAsync(bool open)
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(site.Database.OwnerConnectionString) { Database = "postgres", Pooling = false };
        await using var owner = new NpgsqlConnection(elsewhere.ConnectionString);
        await owner.OpenAsync(_ct);
        await using var batch = owner.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"alter database {site.Database.Name} allow_connections {open}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
        {
            Parameters = { new() { Value = site.Database.Name } },
        });
        if (open)
            batch.BatchCommands.RemoveAt(1);
        await batch.ExecuteNonQueryAsync(_ct);
    }

    private sealed class LogLines : ILogger<VitalsWatch>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> Lines => [.. _lines];

        public IReadOnlyList<string> Of(string subject) => [.. _lines.Where(line => line.Contains($" of {subject} ", StringComparison.Ordinal))];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
