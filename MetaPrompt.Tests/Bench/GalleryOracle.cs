using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Templates;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Five hundred random queries over ten thousand templates, each walked page by page to its end, against the tests' own
/// brute force: the same templates in the same order, none twice, none missing.
/// </summary>
internal sealed class GalleryOracle(BenchServer server)
{
    private const int Templates = 10_000;
    private const int Queries = 500;
    private const int Shown = 5;

    private readonly GalleryData _data = new(Templates);

    /// <summary>Compares and writes how many were equal, and the first that were not.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var database = await server.GalleryAsync(Templates, output, cancellationToken);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(DatabaseSettings.ForApp(server.App(database))) { Pooling = true });
        var gallery = new GalleryQueries(new Db(source));
        var rows = _data.Rows().ToArray();
        var authors = Enumerable.Range(0, _data.Authors).Select(GalleryData.Author).ToDictionary(author => author.Id, author => author.Name);
        var planted = Array.ConvertAll(rows, Planted);
        await TeachAsync(database, cancellationToken);

        var dice = new Dice(500);
        int equal = 0, cards = 0;
        for (var n = 0; n < Queries; n++)
        {
            var sort = (TemplateSort)(n % 5);
            var query = n % 10 == 9 ? null : Query(ref dice, rows);
            var category = dice.Chance(0.15) ? dice.Pick(GalleryWords.Categories) : null;
            var size = new[] { 100, 24, 7 }[Math.Min(2, dice.Pareto(1, 2))];
            var expected = (query is null ? planted.Where(template => template.IsPublic) : SearchOracle.Search(planted, query, authors))
                .Where(template => category is null || template.Category == category)
                .OrderByDescending(template => Key(template, sort)).ThenByDescending(template => template.Id.ToString(), StringComparer.Ordinal)
                .Select(template => template.Id).ToList();

            // A walk goes as far as twenty pages; "best" ranks the best few hundred candidates only.
            var most = Math.Min(size * 20, expected.Count + 1);
            if (sort == TemplateSort.Best && query is not null)
                most = expected.Count > 200 ? 200 : most;
            var found = await WalkAsync(gallery, new() { Query = query, Category = category, Sort = sort, Size = size }, most, cancellationToken);
            cards += found.Count;
            if (sort == TemplateSort.Best && query is not null ? IsBest(expected, found, most) : expected.Take(most).SequenceEqual(found))
                equal++;
            else if (n - equal < Shown)
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  not equal: {sort} {query} {category} by {size}: {found.Count} found, {expected.Count} expected"));
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nagainst brute force, {Templates:N0} templates: {equal} of {Queries} queries equal, {cards:N0} cards walked"));
    }

    private static bool IsBest(List<Guid> expected, List<Guid> found, int most) =>
        found.Distinct().Count() == found.Count && found.Count == Math.Min(most, expected.Count) && !found.Except(expected).Any();

    private static async Task<List<Guid>> WalkAsync(GalleryQueries gallery, TemplateSearch search, int most, CancellationToken cancellationToken)
    {
        var found = new List<Guid>();
        while (found.Count < most)
        {
            var page = await gallery.SearchAsync(Caller.Anonymous, search, cancellationToken);
            found.AddRange(page.Select(card => card.TemplateId));
            if (page.Count < search.Size)
                break;
            search = search with { After = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), search.Sort, search.Query is not null) };
        }

        return [.. found.Take(most)];
    }

    // Words as the generator uses them: common, rare, inflected, phrases out of titles and goals, tags, categories, minus.
    private static string Query(ref Dice dice, GalleryRow[] rows)
    {
        var terms = new string[1 + dice.Pareto(1.6, 3)];
        for (var term = 0; term < terms.Length; term++)
        {
            var row = dice.Pick(rows);
            var words = (dice.Chance(0.5) ? row.Title : row.Goal).Split([' ', '.', ','], StringSplitOptions.RemoveEmptyEntries).Where(IsPlain).ToArray();
            var from = dice.Below(Math.Max(1, words.Length - 2));
            var kind = words.Length < 3 ? 0 : dice.Unit();
            terms[term] = (dice.Chance(0.1) ? "-" : "") + kind switch
            {
                < 0.15 => dice.Pick(GalleryData.Planted.Keys.ToArray()),
                < 0.35 => GalleryWords.Content[dice.Below(3000)],
                < 0.65 => dice.Pick(words),
                < 0.75 => dice.Pick(words).ToUpperInvariant(),
                < 0.88 => '"' + string.Join(' ', row.Title.Split(' ').Where(IsPlain).Skip(from).Take(2)) + '"',
                < 0.94 => "tag:" + (row.Tags.Length > 0 ? row.Tags[0] : "nobody"),
                _ => row.Category is { } category ? $"category:\"{category}\"" : "category:none",
            };
        }

        return string.Join(' ', terms);
    }

    private static bool IsPlain(string word) => word.All(char.IsAsciiLetter);

    private static double Key(Planted template, TemplateSort sort) => sort switch
    {
        TemplateSort.Uses => template.Uses,
        TemplateSort.Newest => (template.PublishedAt - DateTime.UnixEpoch).TotalMicroseconds,
        TemplateSort.Trending => Math.Log2(1 + template.Likes) + ((template.PublishedAt - DateTime.UnixEpoch).TotalSeconds / 604800),
        _ => (template.Likes * 1e6) + template.Uses,
    };

    private static Planted Planted(GalleryRow row) => new()
    {
        Id = row.Id,
        Author = GalleryData.Author(row.Author).Id,
        Title = row.Title,
        Goal = row.Goal,
        Template = row.Text,
        Category = row.Category,
        Tags = row.Tags,
        Likes = row.Likes,
        Uses = row.Uses,
        PublishedAt = row.PublishedAt,
        IsPublic = row.IsPublic,
    };

    // The oracle knows few stems by heart; what PostgreSQL's stemmer makes of the others is not what is examined here.
    private async Task TeachAsync(string database, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(server.Owner(database));
        var words = _data.Rows().SelectMany(row => SearchOracle.PlainWords($"{row.Title} {row.Goal} {row.Text}")).Concat(GalleryWords.Content).Distinct().ToArray();
        await using var command = source.CreateCommand("select w, coalesce((ts_lexize('pg_catalog.english_stem', w))[1], '') from unnest($1::text[]) w");
        command.Parameters.AddWithValue(words);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            SearchOracle.Teach(reader.GetString(0), reader.GetString(1));
    }
}
