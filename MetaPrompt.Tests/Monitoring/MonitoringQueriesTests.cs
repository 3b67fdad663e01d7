using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What the database tells of itself, and to whom.</summary>
public sealed class MonitoringQueriesTests(WatchedDatabase watched) : IClassFixture<WatchedDatabase>
{
    private static readonly string[] Functions =
    [
        "server", "tables", "indexes", "sessions", "statements", "sign_in_failures", "runs", "run_failures", "nodes", "migrations",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private MonitoringQueries Monitoring => new(watched.Database.Db);

    private SignInFailures Failures => new(watched.Database.Db);

    [Fact]
    public async Task Only_an_administrator_reads_any_of_it()
    {
        Assert.True(await Monitoring.MayAsync(watched.Administrator, Stop));
        Assert.False(await Monitoring.MayAsync(watched.Person, Stop));
        Assert.False(await Monitoring.MayAsync(Caller.Anonymous, Stop));
        var known = await watched.Database.OwnerScalarAsync<long>(
            "select count(*) from pg_proc where pronamespace = 'internal'::regnamespace and proname like 'monitor\\_%'");
        Assert.Equal(Functions.Length, known);
        foreach (var function in Functions)
        {
            var sql = $"select count(*) from internal.monitor_{function}()";
            await watched.Database.Db.QueryAsync<long>(watched.Administrator, sql, null, Stop);
            foreach (var other in new[] { watched.Person, Caller.Anonymous, Caller.App })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => watched.Database.Db.QueryAsync<long>(other, sql, null, Stop));
                Assert.Equal((function, "42501"), (function, refused.SqlState));
            }
        }
    }

    [Fact]
    public async Task The_server_tells_its_size_and_whether_it_counts_statements()
    {
        var server = await Monitoring.ServerAsync(watched.Administrator, Stop);

        Assert.Equal(await watched.Database.OwnerScalarAsync<long>("select pg_database_size(current_database())") / 1e6, server.DatabaseBytes / 1e6, 1.0);
        Assert.True(server is { SeesSessions: true, IsReplica: false, Statements: "on", MaxConnections: 300 });
        Assert.StartsWith(await watched.Database.OwnerScalarAsync<string>("select split_part(current_setting('server_version'), '.', 1)"), server.Version, StringComparison.Ordinal);
        await Monitoring.MayAsync(watched.Administrator, Stop);
        var statements = await Monitoring.StatementsAsync(watched.Administrator, Stop);
        Assert.True(Assert.Single(statements, statement => statement.Name == "monitoring.may").Calls >= 1);
        // What has no name of ours keeps its text to itself.
        Assert.All(statements, statement => Assert.Matches(@"^([A-Za-z]\w*(\.\w+)+|unnamed: \w+)$", statement.Name));
    }

    [Fact]
    public async Task An_index_that_no_query_reads_is_found_and_one_that_keeps_rows_unique_is_not()
    {
        await watched.Database.OwnerAsync(
            """
            create index labels_nobody_idx on public.labels (created_at);
            create unique index labels_rule_key on public.labels (id, created_at);
            """);

        var indexes = await Monitoring.IndexesAsync(watched.Administrator, Stop);
        var tables = await Monitoring.TablesAsync(watched.Administrator, Stop);

        var unused = Assert.Single(indexes, index => index.Name == "public.labels_nobody_idx");
        Assert.True(unused is { IsUnused: true, TableName: "public.labels", Bytes: 8192, IsValid: true });
        Assert.False(Assert.Single(indexes, index => index.Name == "public.labels_rule_key").IsUnused);
        Assert.False(Assert.Single(indexes, index => index.Name == "public.labels_pkey").IsUnused);
        var table = Assert.Single(tables, table => table.Name == "public.labels");
        Assert.Equal(await watched.Database.OwnerScalarAsync<long>("select pg_total_relation_size('public.labels')"), table.TotalBytes);
        Assert.Equal(tables.OrderByDescending(other => other.TotalBytes).Select(other => other.TotalBytes), tables.Select(other => other.TotalBytes));
    }

    [Fact]
    public async Task A_table_that_is_being_rebuilt_does_not_hold_the_page_up()
    {
        await using var connection = await watched.Database.OwnerDataSource.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var locked = new NpgsqlCommand("lock table public.follows", connection);
        await locked.ExecuteNonQueryAsync(Stop);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Monitoring.TablesAsync(watched.Administrator, Stop));

        Assert.Equal("55P03", refused.SqlState);
    }

    [Fact]
    public async Task Who_waits_and_for_whom_is_told_by_the_names_of_statements_and_never_by_their_text()
    {
        await using var holder = await watched.Database.OwnerDataSource.OpenConnectionAsync(Stop);
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await using var hold = new NpgsqlCommand("-- Holder.Holds\nlock table public.collections", holder);
        await hold.ExecuteNonQueryAsync(Stop);
        await using var waiter = await watched.Database.OwnerDataSource.OpenConnectionAsync(Stop);
        await using var wait = new NpgsqlCommand("select 'a secret' from public.collections", waiter);
        var waiting = wait.ExecuteNonQueryAsync(Stop);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        IReadOnlyList<SessionFacts> sessions;
        do
            sessions = await Monitoring.SessionsAsync(watched.Administrator, patience.Token);
        while (!sessions.Any(session => session.BlockedBy.Length > 0));

        var blocked = sessions.First(session => session.Pid == waiter.ProcessID);
        Assert.Equal([holder.ProcessID], blocked.BlockedBy);
        Assert.Null(blocked.Statement);
        Assert.Equal("Lock: relation", blocked.WaitsFor);
        var blocking = sessions.First(session => session.Pid == holder.ProcessID);
        Assert.Equal(("Holder.Holds", "idle in transaction"), (blocking.Statement, blocking.State));
        await transaction.RollbackAsync(Stop);
        await waiting;
    }

    [Fact]
    public async Task Failed_sign_ins_are_told_by_account_and_address_and_strangers_only_in_number()
    {
        var (here, home) = (IPAddress.Parse("198.51.100.7"), IPAddress.Parse("::ffff:203.0.113.9"));
        for (var tries = 0; tries < 3; tries++)
            await Failures.NoteAsync(watched.PersonEmail, here, Refusal.WrongCredentials, false, Stop);
        await Failures.NoteAsync(watched.PersonEmail, home, Refusal.TooManyAttempts, false, Stop);
        await Failures.NoteAsync("nobody@example.test", here, Refusal.TooManyAttempts, true, Stop);
        await Failures.NoteAsync("nobody@example.test", IPAddress.Parse("2001:db8:1:2:3::4"), Refusal.WrongCredentials, false, Stop);
        await Failures.NoteAsync("nobody@example.test", IPAddress.Parse("2001:db8:1:2:9::9"), Refusal.WrongCredentials, false, Stop);
        await Failures.NoteAsync("nobody@example.test", null, Refusal.WrongCredentials, false, Stop);
        // Nothing about a password.
        await Failures.NoteAsync("nobody@example.test", here, Refusal.Unavailable, false, Stop);

        var told = await Monitoring.SignInFailuresAsync(watched.Administrator, Stop);

        var account = Assert.Single(told, failure => failure.Kind == "account");
        Assert.Equal((watched.PersonEmail, 4L, 3L, 1L, 0L, 2L), (account.Who, account.Tries, account.Wrong, account.Locked, account.Throttled, account.Others));
        Assert.Equal(
            ["198.51.100.7 4 2", "2001:db8:1:2::/64 2 1", "203.0.113.9 1 1"],
            told.Where(failure => failure.Kind == "address").Select(failure => $"{failure.Who} {failure.Tries} {failure.Others}"));
        var strangers = Assert.Single(told, failure => failure.Kind == "stranger");
        Assert.Equal((null, 4L, 1L), (strangers.Who, strangers.Tries, strangers.Others));
        Assert.DoesNotContain(told, failure => failure.Who?.Contains("nobody", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_flood_of_failed_sign_ins_stays_small_and_goes_after_a_week()
    {
        await using var own = await TestDatabase.CreateAsync();
        await own.OwnerAsync(
            """
            select internal.note_sign_in_failure('x' || n || '@example.test', sha256(n::text::bytea), '10.0.0.0'::inet + n, 'password')
            from generate_series(1, 3000) n
            """);

        Assert.Equal(3000L, await own.OwnerScalarAsync<long>("select sum(tries) from internal.sign_in_failures"));
        Assert.InRange(await own.OwnerScalarAsync<long>("select count(*) from internal.sign_in_failures"), 1000, 1002);

        await own.OwnerAsync("update internal.sign_in_failures set hour = hour - interval '8 days' where address <> '::'");
        await new SessionQueries(own.Db).PurgeAsync(Stop);
        Assert.InRange(await own.OwnerScalarAsync<long>("select count(*) from internal.sign_in_failures"), 1, 2);
    }

    [Fact]
    public async Task Migrations_are_those_of_the_program_and_a_missing_one_is_named()
    {
        var applied = await Monitoring.MigrationsAsync(watched.Administrator, Stop);

        Assert.Empty(MigrationFiles.Missing(applied));
        Assert.NotNull(applied.First(file => file.Version == "20261124110100").AppliedAt);
        Assert.Null(applied.First(file => file.Version == "20261122100000").AppliedAt);
        Assert.Equal(applied.OrderByDescending(file => file.Version, StringComparer.Ordinal), applied);
        Assert.Equal(["20261124110000_sign_in_failures.sql"], MigrationFiles.Missing(applied.Where(file => file.Version != "20261124110000")));
    }
}
