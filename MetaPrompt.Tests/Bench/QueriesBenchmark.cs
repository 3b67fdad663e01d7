using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Milliseconds of each main query through the query classes, one connection, ten thousand templates and a thousand prompts
/// of one's own. The first line is the same round trip with nothing to do: the rest is what the query itself costs.
/// </summary>
internal sealed class QueriesBenchmark : IBenchmark
{
    private const int Times = 300;

    private const string Fill =
        """
        insert into public.users (email, full_name)
        select 'author' || n || '@example.org', 'Author ' || n from generate_series(1, 200) n;

        with words as (select array['review','release','notes','summary','email','contract','lesson','plan','query','test',
          'story','invoice','customer','support','ticket','report','meeting','interview','recipe','budget'] as w),
        made as (
          insert into public.prompts (user_id, title, goal, template, variables, is_public)
          select u.id,
            'Write a ' || w[1 + (n * 7) % 20] || ' for the ' || w[1 + (n * 13) % 20] || ' number ' || n,
            'Turn a ' || w[1 + (n * 3) % 20] || ' into a ' || w[1 + (n * 11) % 20] || ' people read',
            repeat('Say what the {{reader}} can do with the ' || w[1 + n % 20] || '. ', 20), '["reader"]', true
          from words, generate_series(1, 10000) n
          join (select id, row_number() over () as r from public.users) u on u.r = 1 + n % 200
          returning id, user_id)
        insert into public.prompt_templates (prompt_id, user_id, category, tags, likes_count, uses_count)
        select id, user_id, (array['Writing','Engineering','Research','Data'])[1 + (row_number() over ())::int % 4],
          array['tag' || (row_number() over ())::int % 50], (10000 / (row_number() over ()))::int, 0
        from made;

        insert into public.prompts (user_id, title, goal, template)
        select (select id from public.users limit 1), 'Prompt ' || n, 'A goal', 'A template' from generate_series(1, 1000) n;

        analyze;
        """;

    /// <inheritdoc/>
    public string Name => "queries";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        try
        {
            var settings = DatabaseSettings.Read(
                new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:DataFolder", Path.Combine(folder.FullName, "postgres"))]).Build(), "/");
            await using var database = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
            await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString!);
            await using (var fill = owner.CreateCommand(Fill))
            {
                fill.CommandTimeout = 300;
                await fill.ExecuteNonQueryAsync(cancellationToken);
            }

            var db = new Db(database.App);
            var me = Caller.User((await FirstAsync(owner, "select id from public.users limit 1", cancellationToken))!.Value);
            var template = (await FirstAsync(owner, "select template_id from internal.gallery order by likes_count desc limit 1", cancellationToken))!.Value;
            await MeasureAsync(output, db, me, template, cancellationToken);
            await CompareAsync(output, database.App, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(TextWriter output, Db db, Caller me, Guid template, CancellationToken cancellationToken)
    {
        var gallery = new GalleryQueries(db);
        var prompts = new PromptQueries(db);
        var favorites = new FavoriteQueries(db);
        var results = new TestResultQueries(db);
        var counters = new CounterQueries(db);
        var prompt = (await new PromptListQueries(db).PageAsync(me, PromptFilter.None, PromptSort.Newest, null, 1, cancellationToken))[0].Id;
        var anyone = Caller.Anonymous;
        var newPrompt = new NewPrompt { Title = "New", Goal = "Goal", Template = "Text", Variables = "[]" };
        var favorite = false;

        (string Name, Func<Task> Run)[] queries =
        [
            ("nothing (role switch and select 1)", () => db.QueryAsync<int>(anyone, "select 1", null, cancellationToken)),
            ("gallery, most liked", () => gallery.SearchAsync(anyone, new() { Sort = TemplateSort.Likes }, cancellationToken)),
            ("gallery, newest", () => gallery.SearchAsync(anyone, new() { Sort = TemplateSort.Newest }, cancellationToken)),
            ("gallery, trending", () => gallery.SearchAsync(anyone, new() { Sort = TemplateSort.Trending }, cancellationToken)),
            ("gallery, one category", () => gallery.SearchAsync(anyone, new() { Category = "Data", Sort = TemplateSort.Likes }, cancellationToken)),
            ("gallery, one tag", () => gallery.SearchAsync(anyone, new() { Tag = "tag7", Sort = TemplateSort.Likes }, cancellationToken)),
            ("search, two words", () => gallery.SearchAsync(anyone, new() { Query = "release notes" }, cancellationToken)),
            ("search, rare number", () => gallery.SearchAsync(anyone, new() { Query = "4711" }, cancellationToken)),
            ("search, no match", () => gallery.SearchAsync(anyone, new() { Query = "xylophone" }, cancellationToken)),
            ("categories with counts", () => gallery.CategoriesAsync(anyone, cancellationToken)),
            ("a template", () => gallery.FindAsync(anyone, template, cancellationToken)),
            ("own prompts, first page", () => new PromptListQueries(db).PageAsync(me, PromptFilter.None, PromptSort.Newest, null, 50, cancellationToken)),
            ("own prompts, search", () => new PromptListQueries(db).PageAsync(me, new PromptFilter { Search = "prompt 77" }, PromptSort.Newest, null, 50, cancellationToken)),
            ("own prompt", () => prompts.FindAsync(me, prompt, cancellationToken)),
            ("create a prompt", () => prompts.CreateAsync(me, newPrompt, cancellationToken)),
            ("favorite, on and off", () => favorites.SetAsync(me, template, favorite = !favorite, cancellationToken)),
            ("favorites, first page", () => favorites.PageAsync(me, null, 24, cancellationToken)),
            ("test results, first page", () => results.PageAsync(me, prompt, null, 20, cancellationToken)),
            ("fold the counters", () => counters.FoldAsync(cancellationToken)),
        ];

        await output.WriteLineAsync($"{"query",-36} {"p50 ms",8} {"p95 ms",8} {"to nothing",10}");
        double nothing = 0;
        foreach (var (name, run) in queries)
        {
            var times = new double[Times];
            for (var time = -20; time < Times; time++)
            {
                var start = Stopwatch.GetTimestamp();
                await run();
                if (time >= 0)
                    times[time] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Array.Sort(times);
            var median = times[Times / 2];
            nothing = nothing == 0 ? median : nothing;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {median,8:F2} {times[Times * 95 / 100],8:F2} {median / nothing,9:F1}x"));
        }
    }

    // What measuring costs: the same empty query with and without, turn by turn, since a machine's mood changes by the second.
    private static async Task CompareAsync(TextWriter output, NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        const int Pairs = 5_000;
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meter = new QueryMeter(services.GetRequiredService<IMeterFactory>(), new QueryTimes(TimeProvider.System), TimeProvider.System);
        using var exported = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        exported.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        exported.Start();
        Db[] both = [new(source), new(source, meter)];
        var times = new[] { new double[Pairs], new double[Pairs] };
        for (var pair = -500; pair < Pairs; pair++)
        {
            foreach (var which in pair % 2 == 0 ? new[] { 0, 1 } : [1, 0])
            {
                var start = Stopwatch.GetTimestamp();
                await both[which].QueryAsync<int>(Caller.Anonymous, "-- bench.nothing\nselect 1", null, cancellationToken);
                if (pair >= 0)
                    times[which][pair] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        var medians = Array.ConvertAll(times, of => of.Order().ElementAt(Pairs / 2));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"measuring a query: {medians[1] / medians[0]:F3} of the time of not measuring it (p50 {medians[0]:F1} and {medians[1]:F1} µs)"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"measuring alone: {Alone(meter):F2} µs a query"));
    }

    private static double Alone(QueryMeter meter)
    {
        const int Calls = 1_000_000;
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls; call++)
        {
            var measured = meter.Begin("-- bench.nothing\nselect 1");
            measured.GoOn();
            measured.End();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Calls;
    }

    private static async Task<Guid?> FirstAsync(NpgsqlDataSource owner, string sql, CancellationToken cancellationToken)
    {
        await using var command = owner.CreateCommand(sql);
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
