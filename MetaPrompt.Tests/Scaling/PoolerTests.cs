using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>
/// Behind a PgBouncer in transaction mode each statement may meet another session: nobody gets another's rows, nothing is left
/// behind, and what needs a session has one of its own.
/// </summary>
[Collection(Cluster.Name)]
public sealed class PoolerTests(Cluster cluster)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_starts_through_it_and_asks_as_the_apps_login()
    {
        await using var database = await StartAsync();

        // Through fewer connections than the program opened to it, and with a login it checked by SCRAM.
        var seen = await cluster.Primary.OwnerAsync(
            "select string_agg(distinct usename, ',') || ' ' || (count(*) <= 8) from pg_stat_activity where application_name = 'MetaPrompt' and client_addr is null");
        Assert.Equal("metaprompt_app true", seen);
        var wrong = new NpgsqlConnectionStringBuilder(cluster.Pooler.App) { Password = "wrong", Pooling = false };
        await using var stranger = new NpgsqlConnection(wrong.ConnectionString);
        await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync(_ct));
    }

    [Fact]
    public async Task Hundreds_of_callers_on_eight_sessions_are_each_themselves()
    {
        await using var database = await StartAsync();
        var db = new Db(database.App);
        var people = new List<Guid>();
        for (var one = 0; one < 20; one++)
            people.Add(await cluster.Primary.CreateUserAsync());

        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (n, stop) =>
        {
            var (caller, role, id) = (n % 3) switch
            {
                0 => (Caller.User(people[n % 20]), "authenticated", people[n % 20]),
                1 => (Caller.Anonymous, "anon", (Guid?)null),
                _ => (Caller.App, EmbeddedServer.AppLogin, null),
            };
            // A statement that fails in between leaves nobody's role behind either.
            if (n % 7 == 0)
                await Assert.ThrowsAsync<PostgresException>(() => db.QueryAsync<int>(caller, "select 1 / 0", null, stop));
            var row = await db.FirstOrDefaultAsync<string>(
                caller, "select current_user || ' ' || coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')", null, stop);
            Assert.Equal($"{role} {id}", row);
        });
    }

    [Fact]
    public async Task Notices_come_by_a_session_connection_and_without_one_nobody_listens()
    {
        await using var deaf = await StartAsync();
        Assert.Null(deaf.Sessions);
        // Returns, where listening would go on.
        await new GalleryNotices(new Db(deaf.App), deaf.Sessions).ListenAsync(() => Task.CompletedTask, _ct);

        await using var database = await StartAsync(("ConnectionStrings:Session", cluster.Primary.App));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var heard = new SemaphoreSlim(0);
        var listening = new GalleryNotices(new Db(database.App), database.Sessions).ListenAsync(
            () =>
            {
                heard.Release();
                return Task.CompletedTask;
            },
            enough.Token);
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(20), _ct));

        // Another node tells, through the pooler.
        await new GalleryNotices(new Db(deaf.App), null).SendAsync(_ct);

        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(20), _ct));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    [Fact]
    public async Task The_key_ring_and_locks_of_a_transaction_work_through_it()
    {
        await using var database = await StartAsync();
        var ring = new DatabaseKeyRing(database.App);
        ring.StoreElement(new("key", Guid.NewGuid()), $"key-{Guid.NewGuid()}");
        Assert.NotEmpty(ring.GetAllElements());

        // The folding takes an advisory lock; of many at once none fails and none is left holding it.
        var counters = new CounterQueries(new Db(database.App));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => counters.FoldAsync(_ct)));
        Assert.Equal(0L, await cluster.Primary.OwnerAsync("select count(*) from pg_locks where locktype = 'advisory'"));
    }

    private Task<RunningDatabase> StartAsync(params (string Name, string Value)[] more)
    {
        (string Name, string Value)[] settings = [("ConnectionStrings:MetaPrompt", cluster.Pooler.App), ("Database:TransactionPooler", "true"), .. more];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
        return RunningDatabase.StartAsync(DatabaseSettings.Read(configuration, AppContext.BaseDirectory), NullLoggerFactory.Instance, _ct);
    }
}
