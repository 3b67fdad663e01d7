using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Features.Library;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// How far up a search puts the template it was made for: the 993 real prompts without a like, by themselves and among
/// generated ones that have likes. Beside it the documented ILIKE. METAPROMPT_BENCH_RELEVANCE=0 leaves the generated ones out.
/// </summary>
internal sealed class RelevanceBenchmark : IBenchmark
{
    private const int PageSize = 24;

    private const string Documented =
        """
        -- documented search
        select t.id
        from public.prompt_templates t join public.prompts p on p.id = t.prompt_id
        where p.is_public and (p.title ilike '%' || @Query || '%' or p.goal ilike '%' || @Query || '%')
        order by t.likes_count desc
        limit 24
        """;

    /// <inheritdoc/>
    public string Name => "relevance";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (RealFile() is not { } file)
        {
            await output.WriteLineAsync("The real prompts are not beside this checkout: nothing to measure.");
            return;
        }

        await using var server = await BenchServer.StartAsync(cancellationToken);
        // The first gallery of a server gives the app's login its password.
        await server.GalleryAsync(1000, output, cancellationToken);
        int[] sizes = Environment.GetEnvironmentVariable("METAPROMPT_BENCH_RELEVANCE") == "0" ? [0] : [0, 100_000];
        foreach (var size in sizes)
            await MeasureAsync(server, size, file, output, cancellationToken);
    }

    private static async Task MeasureAsync(BenchServer server, int size, string file, TextWriter output, CancellationToken cancellationToken)
    {
        const string database = "relevance";
        await server.ExecuteAsync("postgres", $"drop database if exists {database} with (force)", cancellationToken);
        if (size > 0)
        {
            var generated = await server.GalleryAsync(size, output, cancellationToken);
            await server.ExecuteAsync("postgres", $"create database {database} template {generated}", cancellationToken);
        }
        else
        {
            await server.ExecuteAsync("postgres", $"create database {database}", cancellationToken);
            await new Migrator(server.Owner(database), Migration.All, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(cancellationToken);
        }

        await using var owner = NpgsqlDataSource.Create(server.Owner(database));
        await server.ExecuteAsync(
            database, "insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), 'real@example.test', now())", cancellationToken);
        await ImportVerb.RunAsync(owner, file, "real@example.test", publish: true, "Community", TextWriter.Null, cancellationToken);
        await using var app = NpgsqlDataSource.Create(DatabaseSettings.ForApp(server.App(database)));
        var db = new Db(app);
        while (await new CounterQueries(db).KeepGalleryAsync(5000, cancellationToken) > 0)
        {
        }

        await server.ExecuteAsync(database, "analyze", cancellationToken);
        var real = await RealAsync(owner, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{real.Count} real templates without likes among {size:N0} generated ones\n{"query",-24} {"queries",8} {"MRR",6} {"hit@1",6} {"hit@10",6}   {"ILIKE",6}"));
        foreach (var (kind, queries) in RelevanceQueries.Of(real).GroupBy(query => query.Kind).Select(group => (group.Key, group.ToList())))
        {
            var places = new List<int>();
            var documented = new List<int>();
            foreach (var query in queries)
            {
                var place = await PlaceAsync(db, query.Text, query.Wanted, cancellationToken);
                places.Add(place);
                if (place != 1 && Environment.GetEnvironmentVariable("METAPROMPT_BENCH_MISSES") is not null)
                    await output.WriteLineAsync($"    {place,2} {kind}: {query.Text}  <-  {real.First(template => template.Id == query.Wanted).Title}");
                // Reading the whole table takes long: every tenth query tells enough.
                if (size > 0 && places.Count % 10 != 0)
                    continue;
                var ids = await db.QueryAsync<Guid>(Caller.Anonymous, Documented, new { Query = query.Text }, cancellationToken);
                documented.Add(ids.Index().FirstOrDefault(id => id.Item == query.Wanted, (-1, default)).Index + 1);
            }

            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind,-24} {places.Count,8} {Mean(places),6:F3} {Share(places, 1),6:F3} {Share(places, 10),6:F3}   {Mean(documented),6:F3}"));
        }

        await server.ExecuteAsync("postgres", $"drop database if exists {database} with (force)", cancellationToken);
    }

    // As the page does it: where nothing is found, what the advice finds.
    private static async Task<int> PlaceAsync(Db db, string query, Guid wanted, CancellationToken cancellationToken)
    {
        var gallery = new GalleryQueries(db);
        var search = new TemplateSearch { Query = query, Size = PageSize };
        var cards = await gallery.SearchAsync(Caller.Anonymous, search, cancellationToken);
        if (cards.Count == 0 && (await gallery.AdviseAsync(Caller.Anonymous, search, cancellationToken)).DidYouMean is { } advice)
            cards = await gallery.SearchAsync(Caller.Anonymous, search with { Query = advice }, cancellationToken);
        return cards.Index().FirstOrDefault(card => card.Item.TemplateId == wanted, (-1, null!)).Index + 1;
    }

    private static async Task<IReadOnlyList<RelevanceQueries.Real>> RealAsync(NpgsqlDataSource owner, CancellationToken cancellationToken)
    {
        await using var command = owner.CreateCommand(
            """
            select t.id, p.title, p.goal from public.prompt_templates t join public.prompts p on p.id = t.prompt_id
            where t.category = 'Community' order by p.title, t.id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RelevanceQueries.Real>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return rows;
    }

    private static double Mean(List<int> places) => places.Count == 0 ? double.NaN : places.Average(place => place == 0 ? 0 : 1.0 / place);

    private static double Share(List<int> places, int within) => places.Count == 0 ? double.NaN : places.Average(place => place > 0 && place <= within ? 1.0 : 0);

    private static string? RealFile()
    {
        var checkout = new DirectoryInfo(BenchServer.Repository());
        return new[] { checkout.Parent, checkout.Parent?.Parent, new DirectoryInfo("/work") }
            .Select(folder => folder is null ? "" : Path.Combine(folder.FullName, "shared", "data", "prompts-chat.csv"))
            .FirstOrDefault(File.Exists);
    }
}
