using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>One query that is measured, with several values that take turns.</summary>
internal sealed record GalleryCase
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Runs it once; the number chooses the value.</summary>
    public required Func<Db, int, Task> Run { get; init; }

    /// <summary>How many values take turns.</summary>
    public int Values { get; init; } = 1;

    /// <summary>The document's own SQL for the same, one statement per value; empty where it has none.</summary>
    public IReadOnlyList<string> Documented { get; init; } = [];

    /// <summary>Milliseconds that 95 of a hundred are to stay within, at one connection and at eight; null where none was set.</summary>
    public (double? One, double? Eight) Aim { get; init; }

    /// <summary>Whether it may become at most eight times slower from ten thousand templates to a million.</summary>
    public bool IsSearch { get; init; }
}

/// <summary>The queries of the gallery, as its pages ask them.</summary>
internal sealed class GalleryCases(BenchServer server, string database, GalleryData data, CancellationToken cancellationToken)
{
    private const int DeepCards = 5000 * 24;

    private static readonly (double?, double?) SearchAim = (5, 25);
    private static readonly (double?, double?) ListAim = (1, null);

    private static readonly string[] Rare = ["quagga", "narwhal", "axolotl"];
    private static readonly string[] Middle = ["obsidian", "lighthouse", "almanac", "compass"];
    private static readonly string[] Common = ["story", "email", "write", "data", "code", "act", "market", "students"];
    private static readonly string[] Pairs = ["email marketing", "story students", "review code", "data analysis", "compass story", "write emails", "plan lesson", "lantern product"];
    private static readonly string[] Typed = ["em", "mark", "story st", "obsi", "write a em", "data anal", "quag", "s"];
    private static readonly string[] Typos = ["emial marketng", "storry", "langauge lesson", "obsidain", "teh budjet"];
    private static readonly string[] Nothing = ["zyzzyva", "qwertzuiop", "story zyzzyva", "%%%x%%%", "xylophonist data"];

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<GalleryCase>> AllAsync()
    {
        var ids = await IdsAsync("template_id", "likes_count desc");
        var authors = await IdsAsync("author_id", "template_id");
        var own = await server.ScalarAsync<Guid>(database, $"select id from public.prompts where user_id = '{GalleryLoad.Owner}' order by id limit 1", cancellationToken);
        var me = Caller.User(GalleryLoad.Owner);
        return
        [
            Of("nothing (role switch, select 1)", db => db.QueryAsync<int>(Caller.Anonymous, "select 1", null, cancellationToken)),
            .. Searches(),
            Of("popular", db => PopularAsync(db, null)) with { Aim = ListAim, Documented = ["select * from documented.get_popular_templates(10)"] },
            Of("popular of a category", db => PopularAsync(db, "Writing")) with { Aim = ListAim, Documented = ["select * from documented.get_popular_templates(10, 'Writing')"] },
            List("most liked", new() { Sort = TemplateSort.Likes }),
            List("newest", new() { Sort = TemplateSort.Newest }),
            List("most used", new() { Sort = TemplateSort.Uses }),
            List("trending", new() { Sort = TemplateSort.Trending }),
            List("a category, newest", new() { Sort = TemplateSort.Newest, Category = "Engineering" }),
            Deep("most liked", TemplateSort.Likes),
            Deep("newest", TemplateSort.Newest),
            Deep("most used", TemplateSort.Uses),
            Many("suggest", Typed, (gallery, typed) => gallery.SuggestAsync(Caller.Anonymous, typed, 8, cancellationToken)),
            Many("facets, no query", [""], (gallery, _) => gallery.FacetsAsync(Caller.Anonymous, new(), cancellationToken)),
            Many("facets, rare word", Rare, (gallery, query) => gallery.FacetsAsync(Caller.Anonymous, new() { Query = query }, cancellationToken)),
            Many("facets, common word", Common, (gallery, query) => gallery.FacetsAsync(Caller.Anonymous, new() { Query = query }, cancellationToken)),
            Many("advise, one typo", Typos, (gallery, query) => gallery.AdviseAsync(Caller.Anonymous, new() { Query = query }, cancellationToken)),
            Many("advise, nothing better", Nothing, (gallery, query) => gallery.AdviseAsync(Caller.Anonymous, new() { Query = query }, cancellationToken)),
            Many("similar", [.. ids.Select(id => id.ToString())], (gallery, id) => gallery.SimilarAsync(Caller.Anonymous, Guid.Parse(id), 6, cancellationToken)),
            Of("categories", db => new GalleryQueries(db).CategoriesAsync(Caller.Anonymous, cancellationToken)),
            new() { Name = "an author's templates", Values = authors.Count, Run = (db, n) => new GalleryQueries(db).SearchAsync(Caller.Anonymous, new() { AuthorId = authors[n % authors.Count], Sort = TemplateSort.Newest }, cancellationToken) },
            new() { Name = "a template's page", Values = ids.Count, Run = (db, n) => new GalleryQueries(db).FindAsync(Caller.Anonymous, ids[n % ids.Count], cancellationToken) },
            Of("own prompts", db => new PromptListQueries(db).PageAsync(me, PromptFilter.None, PromptSort.Newest, null, 50, cancellationToken)) with { Aim = ListAim, Documented = [OwnDocumented] },
            Of("own prompts, search", db => new PromptListQueries(db).PageAsync(me, new PromptFilter { Search = "story" }, PromptSort.Newest, null, 50, cancellationToken)),
            Of("own prompt", db => new PromptQueries(db).FindAsync(me, own, cancellationToken)),
        ];
    }

    private static string OwnDocumented =>
        $"""
        select p.*, coalesce((select jsonb_agg(a) from public.prompt_answers a where a.prompt_id = p.id), '[]')
        from public.prompts p where p.user_id = '{GalleryLoad.Owner}' order by p.created_at desc
        """;

    private IEnumerable<GalleryCase> Searches()
    {
        var phrases = Phrases();
        foreach (var sort in new[] { TemplateSort.Best, TemplateSort.Likes, TemplateSort.Newest, TemplateSort.Uses, TemplateSort.Trending })
        {
            // The other orders: the queries that are hard for them.
            if (sort == TemplateSort.Best)
            {
                yield return Search("rare word", sort, Rare);
                yield return Search("middle word", sort, Middle);
            }

            yield return Search("common word", sort, Common);
            yield return Search("two words", sort, Pairs);
            if (sort != TemplateSort.Best)
                continue;
            yield return Search("phrase", sort, [.. phrases.Select(phrase => '"' + phrase + '"')], phrases);
            yield return Search("no match", sort, Nothing);
            yield return Search("word and category", sort, Common, category: "Engineering");
            yield return Search("tag", sort, ["tag:story", "tag:email", "tag:budget"], tag: true);
            yield return Search("minus word", sort, ["story -email", "code -python", "market -data"], tag: true);
        }
    }

    private GalleryCase Search(string kind, TemplateSort sort, string[] queries, string[]? documented = null, string? category = null, bool tag = false) => new()
    {
        Name = sort == TemplateSort.Best ? kind : $"{kind}, {sort.ToString().ToLowerInvariant()}",
        Values = queries.Length,
        Run = (db, n) => new GalleryQueries(db).SearchAsync(
            Caller.Anonymous, new() { Query = queries[n % queries.Length], Category = category, Sort = sort }, cancellationToken),
        Documented = tag || sort is not TemplateSort.Best ? [] : [.. (documented ?? queries).Select(query => DocumentedSearch(query, category))],
        Aim = SearchAim,
        IsSearch = true,
    };

    // As database-reference.md's searchTemplates asks it of PostgREST.
    private static string DocumentedSearch(string query, string? category) =>
        $"""
        select pt.*, p.title, p.goal, p.template
        from public.prompt_templates pt join public.prompts p on p.id = pt.prompt_id
        where {(category is null ? "" : $"pt.category = '{category}' and ")}(p.title ilike '%{query}%' or p.goal ilike '%{query}%')
        order by pt.likes_count desc limit 20
        """;

    private GalleryCase List(string name, TemplateSearch search) =>
        Of(name, db => new GalleryQueries(db).SearchAsync(Caller.Anonymous, search, cancellationToken)) with { Aim = ListAim };

    private static GalleryCase Many(string name, string[] values, Func<GalleryQueries, string, Task> run) =>
        new() { Name = name, Values = values.Length, Run = (db, n) => run(new GalleryQueries(db), values[n % values.Length]) };

    private static GalleryCase Of(string name, Func<Db, Task> run) => new() { Name = name, Run = (db, _) => run(db) };

    private Task<IReadOnlyList<Guid>> PopularAsync(Db db, string? category) => db.QueryAsync<Guid>(
        Caller.Anonymous, "select id, title, goal, category, likes_count, uses_count from public.get_popular_templates(10, @Category)", new { Category = category }, cancellationToken);

    // Two words as they stand in titles that are there.
    private string[] Phrases() =>
    [
        .. data.Rows().Where(row => row.IsPublic).Select(row => row.Title.Split(' ')).Where(words => words.Length > 3 && words[^1].All(char.IsAsciiLetter) && words[^2] != "for")
            .Take(8).Select(words => words[^2] + ' ' + words[^1]),
    ];

    private GalleryCase Deep(string name, TemplateSort sort)
    {
        var found = new Lazy<Task<TemplateSearch>>(() => WalkAsync(sort));
        return Of(name + ", page 5,000", async db => await new GalleryQueries(db).SearchAsync(Caller.Anonymous, await found.Value, cancellationToken)) with { Aim = ListAim };
    }

    private async Task<TemplateSearch> WalkAsync(TemplateSort sort)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.App(database)) { Pooling = true });
        var gallery = new GalleryQueries(new Db(source));
        var search = new TemplateSearch { Sort = sort, Size = 100 };
        for (var passed = 0; passed < Math.Min(DeepCards, data.Count / 2); passed += search.Size)
        {
            var page = await gallery.SearchAsync(Caller.Anonymous, search, cancellationToken);
            search = search with { After = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), sort, hasQuery: false) };
        }

        return search with { Size = 24 };
    }

    private async Task<IReadOnlyList<Guid>> IdsAsync(string column, string order) =>
        (await server.ScalarAsync<Guid[]>(database, $"select array(select {column} from internal.gallery order by {order} limit 16)", cancellationToken))!;
}
