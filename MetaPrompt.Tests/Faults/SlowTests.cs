using System.Diagnostics;
using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>A database that is slow, or has too few connections, and clients that are slow: all is answered or ended in bounded time.</summary>
public sealed partial class SlowTests(SlowTests.FewConnections site) : IClassFixture<SlowTests.FewConnections>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Three connections for everybody, one of which listens; a second for a statement, a second to wait for one.</summary>
    public sealed class FewConnections : BrowserSite
    {
        protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            ("ConnectionStrings:MetaPrompt", new NpgsqlConnectionStringBuilder(Database.AppConnectionString)
            {
                MaxPoolSize = 3, Timeout = 1, CommandTimeout = 1,
            }.ConnectionString),
        ];
    }

    [Fact]
    public async Task A_slow_statement_is_ended_on_the_server_too_and_the_page_says_that_it_took_too_long()
    {
        using var http = new HttpClient { BaseAddress = site.Address };
        await using (await LockAsync())
        {
            var watch = Stopwatch.StartNew();
            using var answer = await http.GetAsync(new Uri("templates?q=slow", UriKind.Relative), Stop);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("The database took too long", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
            Assert.Equal(0L, await WaitingAsync());
        }

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("templates?q=slow", UriKind.Relative), Stop)).StatusCode);
    }

    [Fact]
    public async Task With_every_connection_in_use_all_are_answered_soon_files_at_once_and_it_recovers()
    {
        using var http = new HttpClient { BaseAddress = site.Address };
        await using (await LockAsync())
        {
            var watch = Stopwatch.StartNew();
            var asked = Enumerable.Range(0, 60).Select(number => http.GetAsync(new Uri($"templates?q=busy{number}", UriKind.Relative), Stop)).ToArray();
            // Whoever needs no connection does not wait for those who do.
            await Task.Delay(200, Stop);
            var file = Stopwatch.StartNew();
            using (var css = await http.GetAsync(new Uri("app.css", UriKind.Relative), Stop))
                Assert.Equal(HttpStatusCode.OK, css.StatusCode);
            Assert.InRange(file.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));

            var answers = await Task.WhenAll(asked);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
            var said = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync(Stop)));
            Assert.Contains(said, text => text.Contains("The database has too much to do just now", StringComparison.Ordinal));
            Assert.Contains(said, text => text.Contains("The database took too long", StringComparison.Ordinal));
            Assert.DoesNotContain(said, text => text.Contains("Npgsql", StringComparison.Ordinal));
        }

        var again = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => http.GetAsync(new Uri($"templates?q=well{number}", UriKind.Relative), Stop)));
        Assert.All(again, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task What_is_known_to_be_long_has_longer_and_a_session_without_limits_keeps_none()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(site.Database.AppConnectionString) { CommandTimeout = 1, MaxPoolSize = 1 }.ConnectionString);
        var db = new Db(source);
        foreach (var caller in new[] { Caller.App, Caller.Anonymous })
        {
            var late = await Assert.ThrowsAsync<PostgresException>(() => db.QueryAsync<string>(caller, "-- Test.Sleep\nselect pg_sleep(30)::text", null, Stop));
            Assert.Equal(TroubleKind.TooLong, DatabaseTrouble.Of(late));
            Assert.Equal("10min", await db.Patient.FirstOrDefaultAsync<string>(caller, "-- Test.Limit\nselect current_setting('statement_timeout')", null, Stop));
            Assert.Equal("1s", await db.FirstOrDefaultAsync<string>(caller, "-- Test.Limit\nselect current_setting('statement_timeout')", null, Stop));
        }

        // The same and only connection, without Db: nothing of the limit is left on it.
        await using var command = source.CreateCommand("select current_setting('statement_timeout')");
        Assert.Equal("0", await command.ExecuteScalarAsync(Stop));
    }

    // Whoever reads the gallery waits until this is let go.
    private async Task<IAsyncDisposable> LockAsync()
    {
        var connection = await site.Database.OwnerDataSource.OpenConnectionAsync(Stop);
        var transaction = await connection.BeginTransactionAsync(Stop);
        await using var command = new NpgsqlCommand("lock table internal.gallery in access exclusive mode", connection, transaction);
        await command.ExecuteNonQueryAsync(Stop);
        return connection;
    }

    private Task<long> WaitingAsync() => site.Database.OwnerScalarAsync<long>(
        "select count(*) from pg_stat_activity where usename = 'metaprompt_app' and datname = current_database() and state = 'active' and query like '%search%'");
}
