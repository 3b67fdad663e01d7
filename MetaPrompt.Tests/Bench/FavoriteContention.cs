using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// A hundred people at once who favorite one template, each of a long row of people once: through FavoriteQueries while the
/// counters are folded every second, and by the documented INSERT and increment_likes_count with its row lock.
/// </summary>
internal sealed class FavoriteContention(BenchServer server)
{
    private const int AtOnce = 100;
    private const int People = 200_000;
    private const double Aim = 15;
    private const string Database = "favorites";

    // Every connection prepares its statements first. Then for long enough that a favorite has to find its way through what the
    // ones before it left of the template's row.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private static TimeSpan Time => TimeSpan.FromSeconds(Math.Min(20, GalleryBenchmark.Seconds() * 10));

    // The documented tables as they are documented, of which only the two columns matter; the owner's login, no policies.
    private const string Prepare =
        """
        insert into public.users (email, full_name) select 'person' || n || '@example.org', 'Person' from generate_series(1, 200000) n;
        create schema documented;
        create table documented.prompt_templates (id uuid primary key, likes_count integer default 0);
        create index on documented.prompt_templates (likes_count desc);
        create table documented.user_favorites (
          user_id uuid not null references public.users (id) on delete cascade,
          template_id uuid not null references documented.prompt_templates (id) on delete cascade,
          created_at timestamptz default current_timestamp,
          primary key (user_id, template_id));
        create index on documented.user_favorites (user_id);
        insert into documented.prompt_templates (id, likes_count)
        select template_id, likes_count from internal.gallery order by likes_count desc limit 1000;
        create function documented.increment_likes_count(template_id uuid) returns void as $$
        begin
          update documented.prompt_templates set likes_count = likes_count + 1 where id = increment_likes_count.template_id;
        end;
        $$ language plpgsql;
        """;

    /// <summary>Measures and writes both.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var smallest = await server.GalleryAsync(GalleryBenchmark.Sizes()[0], output, cancellationToken);
        await server.ExecuteAsync("postgres", $"drop database if exists {Database} with (force)", cancellationToken);
        await server.ExecuteAsync("postgres", $"create database {Database} template {smallest}", cancellationToken);
        try
        {
            await server.ExecuteAsync(Database, "drop schema if exists documented cascade", cancellationToken);
            await server.ExecuteAsync(Database, Prepare, cancellationToken);
            await server.ExecuteAsync(Database, "vacuum (analyze) public.users", cancellationToken);
            await MeasureAsync(output, cancellationToken);
        }
        finally
        {
            await server.ExecuteAsync("postgres", $"drop database {Database} with (force)", CancellationToken.None);
        }
    }

    private async Task MeasureAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var people = (await server.ScalarAsync<Guid[]>(Database, "select array(select id from public.users where full_name = 'Person' order by id)", cancellationToken))!;
        var template = await server.ScalarAsync<Guid>(Database, "select template_id from internal.gallery order by likes_count desc limit 1 offset 5", cancellationToken);
        var next = -1;
        Guid Next() => people[Interlocked.Increment(ref next)];

        await using var app = Pool(DatabaseSettings.ForApp(server.App(Database)));
        var favorites = new FavoriteQueries(new Db(app));
        await WarmAsync(app, cancellationToken);
        Task<Samples> FavoriteAsync(TimeSpan time) => FoldingAsync(
            new CounterQueries(new Db(app)), () => Samples.TakeAsync(AtOnce, time, _ => favorites.SetAsync(Caller.User(Next()), template, favorite: true, cancellationToken)), cancellationToken);
        await FavoriteAsync(WarmUp);
        var before = await server.ScalarAsync<int>(Database, $"select likes_count from public.prompt_templates where id = '{template}'", cancellationToken);
        var ours = await FavoriteAsync(Time);
        var counted = await server.ScalarAsync<int>(Database, $"select likes_count from public.prompt_templates where id = '{template}'", cancellationToken) - before;
        var shown = await server.ScalarAsync<int>(Database, $"select likes_count from internal.gallery where template_id = '{template}'", cancellationToken) - before;

        await using var owner = Pool(server.Owner(Database));
        await WarmAsync(owner, cancellationToken);
        await DocumentedAsync(owner, WarmUp, template, Next, apart: false, cancellationToken);
        var together = await DocumentedAsync(owner, Time, template, Next, apart: false, cancellationToken);
        var apart = await DocumentedAsync(owner, Time, template, Next, apart: true, cancellationToken);

        await output.WriteLineAsync($"\n{"100 people favorite one template",-46} {"per s",8} {"p50 ms",9} {"p95 ms",9} {"p99 ms",9} {"ours to it",11} | aim: {Aim} times");
        await output.WriteLineAsync(Row("FavoriteQueries, folded every second", ours, null));
        await output.WriteLineAsync(Row("documented: insert, increment in one transaction", together, ours));
        await output.WriteLineAsync(Row("documented: insert, then increment", apart, ours));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"count at the end: {ours.Count:N0} favorites, {counted:N0} likes of the template, {shown:N0} on its card: {(ours.Count == counted && ours.Count == shown ? "exact" : "NOT exact")}"));
    }

    private static async Task<Samples> FoldingAsync(CounterQueries counters, Func<Task<Samples>> measure, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var folding = Task.Run(
            async () =>
            {
                using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
                while (!done.IsCancellationRequested)
                {
                    await counters.FoldAsync(cancellationToken);
                    try
                    {
                        await second.WaitForNextTickAsync(done.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        break;
                    }
                }
            },
            cancellationToken);
        var samples = await measure();
        await done.CancelAsync();
        await folding;
        while (await counters.FoldAsync(cancellationToken) > 0)
        {
        }

        return samples;
    }

    private static Task<Samples> DocumentedAsync(NpgsqlDataSource owner, TimeSpan time, Guid template, Func<Guid> next, bool apart, CancellationToken cancellationToken) =>
        Samples.TakeAsync(AtOnce, time, async _ =>
        {
            await using var connection = await owner.OpenConnectionAsync(cancellationToken);
            await using var batch = connection.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into documented.user_favorites (user_id, template_id) values ($1, $2)") { Parameters = { new() { Value = next() }, new() { Value = template } } });
            var increment = new NpgsqlBatchCommand("select documented.increment_likes_count($1)") { Parameters = { new() { Value = template } } };
            if (apart)
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
                batch.BatchCommands.Clear();
            }

            batch.BatchCommands.Add(increment);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        });

    private static NpgsqlDataSource Pool(string address) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address) { Pooling = true, MaxPoolSize = AtOnce, Timeout = 60, CommandTimeout = 0 });

    private static async Task WarmAsync(NpgsqlDataSource pool, CancellationToken cancellationToken)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => pool.OpenConnectionAsync(cancellationToken).AsTask()));
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    private static string Row(string name, Samples samples, Samples? ours)
    {
        var ratio = ours?.PerSecond / samples.PerSecond;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-46} {samples.PerSecond,8:N0} {samples.Within(0.5),9:F1} {samples.Within(0.95),9:F1} {samples.Within(0.99),9:F1} {(ratio is { } times ? times.ToString("F1", CultureInfo.InvariantCulture) + "x" : ""),11} | {(ratio is { } reached ? GalleryTable.Met(reached >= Aim) : "")}");
    }
}
