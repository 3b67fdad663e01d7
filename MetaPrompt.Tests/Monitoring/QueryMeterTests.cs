using System.Diagnostics;
using System.Diagnostics.Metrics;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class QueryMeterTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_way_to_ask_is_timed_under_its_name()
    {
        using var site = new Metered(database.AppDataSource);

        await site.Db.QueryAsync<int>(Caller.App, "-- T.Query\nselect 1 from pg_sleep(0.02)", null, _ct);
        await site.Db.ExecuteAsync(Caller.App, "-- T.Execute\nselect 1 from pg_sleep(0.02)", null, _ct);
        await foreach (var _ in site.Db.StreamAsync<int>(Caller.Anonymous, "-- T.Stream\nselect 1 from pg_sleep(0.02)", null, _ct))
            continue;

        foreach (var name in new[] { "T.Query", "T.Execute", "T.Stream" })
        {
            var query = site.Of(name);
            Assert.Equal((1, 0), (query.Recent.Calls, query.Recent.Errors));
            Assert.InRange(query.Recent.MaxMs!.Value, 20, 60_000);
        }
    }

    [Fact]
    public async Task What_a_reader_does_between_rows_is_not_the_query_s_time()
    {
        using var site = new Metered(database.AppDataSource);
        var clock = Stopwatch.StartNew();
        await foreach (var _ in site.Db.StreamAsync<int>(Caller.App, "-- T.Slowly\nselect generate_series(1, 3)", null, _ct))
            await Task.Delay(100, _ct);

        Assert.True(clock.ElapsedMilliseconds >= 300);
        // Together with the rest of a busy machine, but without the three waits.
        Assert.InRange(site.Of("T.Slowly").Recent.MaxMs!.Value, 0, clock.Elapsed.TotalMilliseconds - 290);
    }

    [Theory]
    [InlineData("select 1/0", "22", 1)]
    [InlineData("select internal.x()", "42", 1)]
    [InlineData("select 1 from generate_series(1, 3) n where 10 / (n - 3) < 0", "22", 1)]
    [InlineData("do $$ begin raise exception 'a person''s words' using errcode = 'PT429'; end $$", "PT", 0)]
    public async Task A_refused_statement_is_counted_by_the_class_of_its_state(string sql, string type, int errors)
    {
        using var site = new Metered(database.AppDataSource);
        await Assert.ThrowsAsync<PostgresException>(() => site.Db.QueryAsync<int>(Caller.App, "-- T.Refused\n" + sql, null, _ct));

        Assert.Equal((1, errors), (site.Of("T.Refused").Recent.Calls, site.Of("T.Refused").Recent.Errors));
        Assert.Contains($"db.query.summary=T.Refused error.type={type}", site.Errors);
    }

    [Fact]
    public async Task Who_gives_up_did_not_meet_an_error_and_who_meets_no_database_did()
    {
        using var site = new Metered(database.AppDataSource);
        using var soon = new CancellationTokenSource();
        var asked = site.Db.QueryAsync<int>(Caller.App, "-- T.GivenUp\nselect 1 from pg_sleep(60)", null, soon.Token);
        while (await database.OwnerScalarAsync<long>("select count(*) from pg_stat_activity where query like '-- T.GivenUp%' and state = 'active'") == 0)
            await Task.Delay(20, _ct);
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal((1, 0), (site.Of("T.GivenUp").Recent.Calls, site.Of("T.GivenUp").Recent.Errors));

        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=a;Password=b;Timeout=1");
        using var away = new Metered(nowhere);
        await Assert.ThrowsAsync<NpgsqlException>(() => away.Db.QueryAsync<int>(Caller.App, "-- T.Away\nselect 1", null, _ct));
        Assert.Equal((1, 1), (away.Of("T.Away").Recent.Calls, away.Of("T.Away").Recent.Errors));
        Assert.Null(away.Of("T.Away").Recent.MaxMs);
        Assert.Contains("db.query.summary=T.Away error.type=connection", away.Errors);
    }

    [Fact]
    public async Task A_stream_that_breaks_or_is_left_is_measured_and_gives_its_connection_back()
    {
        using var site = new Metered(database.AppDataSource);
        await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await foreach (var _ in site.Db.StreamAsync<int>(Caller.App, "-- T.Breaks\nselect 1 / (1000 - n) from generate_series(1, 2000) n", null, _ct))
                continue;
        });
        Assert.Equal((1, 1), (site.Of("T.Breaks").Recent.Calls, site.Of("T.Breaks").Recent.Errors));

        await foreach (var _ in site.Db.StreamAsync<int>(Caller.App, "-- T.Left\nselect generate_series(1, 100000)", null, _ct))
            break;
        Assert.Equal((1, 0), (site.Of("T.Left").Recent.Calls, site.Of("T.Left").Recent.Errors));
        Assert.Single(await site.Db.QueryAsync<int>(Caller.App, "-- T.After\nselect 1", null, _ct));
    }

    [Fact]
    public async Task A_span_has_the_query_s_name_and_neither_its_parameters_nor_the_message_of_an_error()
    {
        using var site = new Metered(database.AppDataSource);
        await Assert.ThrowsAsync<PostgresException>(() => site.Db.QueryAsync<Guid>(
            Caller.App, "-- T.Spanned\nselect @Text::uuid", new { Text = "a secret of mine" }, _ct));

        var span = Assert.Single(site.Spans, span => span.DisplayName == "T.Spanned");
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(
            ["db.query.summary=T.Spanned", "db.system.name=postgresql", "error.type=22"],
            span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        Assert.Null(span.StatusDescription);
        Assert.Empty(span.Events);
    }

    /// <summary>A Db that is measured, and what its instruments and spans said.</summary>
    private sealed class Metered : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly MeterListener _listener = new();
        private readonly ActivityListener _spanListener;
        private readonly QueryTimes _times = new(TimeProvider.System);
        private readonly Lock _lock = new();

        public Metered(NpgsqlDataSource source)
        {
            var meters = _services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "metaprompt.db.errors")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                var words = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
                lock (_lock)
                    Errors.Add(words);
            });
            _listener.Start();
            _spanListener = new ActivityListener
            {
                ShouldListenTo = spans => spans.Name == QueryMeter.Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    lock (_lock)
                        Spans.Add(span);
                },
            };
            ActivitySource.AddActivityListener(_spanListener);
            Db = new Db(source, new QueryMeter(meters, _times, TimeProvider.System));
        }

        public Db Db { get; }

        public List<string> Errors { get; } = [];

        public List<Activity> Spans { get; } = [];

        public QuerySummary Of(string name) => _times.Read().Single(query => query.Name == name);

        public void Dispose()
        {
            _spanListener.Dispose();
            _listener.Dispose();
            _services.Dispose();
        }
    }
}
