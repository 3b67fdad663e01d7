using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Scaling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// More than one machine, on one: what a PgBouncer costs, how much of visitors' questions a replica takes from the primary, and what is
/// lost when a node or the replica is killed or restarted under load. Everything shares the machine, so what is said is shares, ratios and counts.
/// </summary>
internal sealed class NodesBenchmark : IBenchmark
{
    private const int Templates = 5_000;
    private const int Questions = 2_000;
    private const int AtOnce = 8;

    private static readonly string[] Words = ["report", "letter", "summary", "ticket", "recipe", "lesson", "contract", "review", "poem", "plan"];

    /// <inheritdoc/>
    public string Name => "nodes";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var cluster = new Cluster();
        await cluster.InitializeAsync();
        try
        {
            await FillAsync(cluster);
            await output.WriteLineAsync($"load of the machine at the beginning {GalleryBenchmark.Load()}");
            await PoolerAsync(cluster, output, cancellationToken);
            await ReplicaAsync(cluster, output, cancellationToken);
            await NodesFaults.RunAsync(cluster, output, cancellationToken);
            await output.WriteLineAsync($"load of the machine at the end {GalleryBenchmark.Load()}");
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    // Past the limits for people; then the product's own function puts them into the gallery.
    private static async Task FillAsync(Cluster cluster)
    {
        await cluster.Primary.OwnerAsync("alter table public.prompt_templates disable trigger user; alter table public.prompts disable trigger user");
        await cluster.Primary.OwnerAsync(
            $$"""
            with people as (
              insert into auth.users (id, email, email_confirmed_at) select gen_random_uuid(), 'p' || n || '@example.test', now() from generate_series(1, 200) n returning id),
            numbered as (select id, row_number() over () as n from people),
            texts as (
              insert into public.prompts (user_id, title, goal, template, variables, is_public)
              select p.id, w.a[1 + i % 10] || ' ' || w.a[1 + (i / 10) % 10] || ' ' || i, 'Write a ' || w.a[1 + (i / 7) % 10], 'Write about topic ' || i, '[]', true
              from generate_series(1, {{Templates}}) i join numbered p on p.n = 1 + i % 200, (select array['{{string.Join("','", Words)}}'] as a) w
              returning id, user_id)
            insert into public.prompt_templates (prompt_id, user_id, category, tags) select id, user_id, 'Writing', array['bench'] from texts
            """);
        await cluster.Primary.OwnerAsync("alter table public.prompt_templates enable trigger user; alter table public.prompts enable trigger user");
        await cluster.Primary.OwnerAsync("select internal.refresh_galleries(array_agg(id)) from public.prompt_templates");
        await cluster.Primary.OwnerAsync("vacuum analyze");
    }

    private static async Task PoolerAsync(Cluster cluster, TextWriter output, CancellationToken cancellationToken)
    {
        await using var direct = NpgsqlDataSource.Create(DatabaseSettings.ForApp(cluster.Primary.App));
        await using var pooled = NpgsqlDataSource.Create(DatabaseSettings.ForApp(cluster.Pooler.App, transactionPooled: true));
        var times = new Dictionary<string, List<double>> { ["direct"] = [], ["through PgBouncer"] = [] };
        var doors = new Dictionary<string, GalleryQueries> { ["direct"] = new(new Db(direct)), ["through PgBouncer"] = new(new Db(pooled)) };
        // In turns, so that both meet the same neighbours.
        for (var n = 0; n < 1_200; n++)
        {
            foreach (var (name, gallery) in doors)
            {
                var watch = Stopwatch.GetTimestamp();
                await gallery.CategoriesAsync(Caller.Anonymous, cancellationToken);
                if (n >= 200)
                    times[name].Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
            }
        }

        foreach (var (name, all) in times)
        {
            all.Sort();
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"categories, {name,-18} p50 {all[500],6:F2} ms  p95 {all[950],6:F2} ms"));
        }
    }

    private static async Task ReplicaAsync(Cluster cluster, TextWriter output, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(DatabaseSettings.ForApp(cluster.Primary.App));
        var settings = ReplicaSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Replicas:Hosts", (string?)cluster.Replica.Host)]).Build(),
            DatabaseSettings.ForApp(cluster.Primary.App))!;
        await using var replicas = new Replicas(settings, source, NullLogger<Replicas>.Instance);
        await replicas.StartAsync(cancellationToken);
        while (replicas.UpToDate is null)
            await Task.Delay(50, cancellationToken);
        var primary = new Db(source);
        foreach (var (name, reads) in new[] { ("without a replica", new ReadDb(primary)), ("with one", new ReadDb(primary, replicas)) })
        {
            // What each server did: calls of a function are counted where they ran.
            var gallery = new GalleryQueries(primary, reads);
            // The primary first: what it has made has to reach the replica before that is asked.
            var before = (await CallsAsync(cluster.Primary.Owner), await CallsAsync(cluster.Replica.Owner));
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Questions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (n, stop) => await gallery.SearchAsync(Caller.Anonymous, new() { Query = $"{Words[n % 10]} {Words[n / 10 % 10]}" }, stop));
            var after = (await CallsAsync(cluster.Primary.Owner), await CallsAsync(cluster.Replica.Owner));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{Questions:N0} searches {name,-18} {watch.Elapsed.TotalSeconds,5:F1} s  primary {after.Item1.Calls - before.Item1.Calls,6:N0} calls {after.Item1.Milliseconds - before.Item1.Milliseconds,8:N0} ms  replica {after.Item2.Calls - before.Item2.Calls,6:N0} calls {after.Item2.Milliseconds - before.Item2.Milliseconds,8:N0} ms"));
        }

        await replicas.StopAsync(CancellationToken.None);
    }

    private static async Task<(long Calls, double Milliseconds)> CallsAsync(string owner)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        // Where the migrations have put it, and here where they have not.
        const string Find = "select extnamespace::regnamespace::text from pg_extension where extname = 'pg_stat_statements'";
        await using var find = new NpgsqlCommand(Find, connection);
        if (await find.ExecuteScalarAsync() is not string schema)
        {
            await using var create = new NpgsqlCommand("create extension pg_stat_statements schema extensions", connection);
            await create.ExecuteNonQueryAsync();
            schema = "extensions";
        }

        await using var command = new NpgsqlCommand(
            $"select coalesce(sum(calls), 0)::bigint, coalesce(sum(total_exec_time), 0) from {schema}.pg_stat_statements where query like '%templates.search%'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetDouble(1));
    }
}
