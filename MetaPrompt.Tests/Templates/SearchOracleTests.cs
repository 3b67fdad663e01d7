using System.Globalization;
using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>The gallery's search against brute force over three hundred generated templates: what is found, and in which order.</summary>
public sealed class SearchOracleTests(SearchOracleTests.Gallery gallery) : SearchOracleCases(gallery), IClassFixture<SearchOracleCases.Gallery>;

/// <summary>
/// The same with all the ways of a large gallery: tiers of popular templates, and limits so small that each step of a search is
/// reached. Whatever way is taken, what is found stays the same.
/// </summary>
public sealed class TieredSearchOracleTests(TieredSearchOracleTests.TieredGallery gallery)
    : SearchOracleCases(gallery), IClassFixture<TieredSearchOracleTests.TieredGallery>
{
    /// <summary>With tiers of a fortieth, a tenth and a third, and functions that call eight matches many.</summary>
    public sealed class TieredGallery : Gallery
    {
        /// <inheritdoc/>
        internal override int Counted => 8;

        /// <inheritdoc/>
        protected override async Task PrepareAsync()
        {
            await Database.OwnerAsync(
                """
                insert into internal.gallery_tier (tier, purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
                select s.tier, p.purpose, l.popular, l.template_id, u.uses_count, u.template_id, d.trending, d.template_id, n.published_at, n.template_id, 0
                from unnest(array['read', 'write']) as p (purpose), (values ('top', 7), ('hot', 30), ('warm', 90)) as s (tier, size),
                  lateral (select popular, template_id from internal.gallery_ranks order by popular desc, template_id desc offset s.size limit 1) l,
                  lateral (select uses_count, template_id from internal.gallery_ranks order by uses_count desc, template_id desc offset s.size / 2 limit 1) u,
                  lateral (select trending, template_id from internal.gallery_ranks order by trending desc, template_id desc offset s.size / 2 limit 1) d,
                  lateral (select published_at, template_id from internal.gallery_ranks order by published_at desc, template_id desc offset s.size / 2 limit 1) n;
                update internal.gallery g set top = m.top, hot = m.hot, warm = m.warm
                from internal.gallery h cross join lateral (
                  select bool_or(t.tier = 'top') as top, bool_or(t.tier = 'hot') as hot, bool_or(t.tier = 'warm') as warm from internal.gallery_tier t
                  where (h.popular, h.template_id) >= (t.popular, t.popular_id) or (h.uses_count, h.template_id) >= (t.uses_count, t.uses_id)
                    or (h.trending, h.template_id) >= (t.trending, t.trending_id) or (h.published_at, h.template_id) >= (t.published_at, t.published_id)) m
                where h.template_id = g.template_id and m.warm;
                do $$
                declare f regprocedure;
                begin
                  foreach f in array array(select p.oid::regprocedure from pg_proc p
                    where p.proname in ('find_by_likes', 'find_by_uses', 'find_by_newest', 'find_by_trending', 'count_facets')) loop
                    execute regexp_replace(regexp_replace(regexp_replace(pg_get_functiondef(f),
                      'many constant integer := \d+', 'many constant integer := 8'), 'near constant integer := \d+', 'near constant integer := 20'),
                      'most constant integer := \d+', 'most constant integer := 8');
                  end loop;
                end
                $$;
                """);
            var sizes = (await Database.OwnerScalarAsync<long[]>(
                "select array[count(*) filter (where top), count(*) filter (where hot), count(*) filter (where warm)] from internal.gallery"))!;
            Assert.InRange(sizes[0], 8, 24);
            Assert.InRange(sizes[1], 30, 90);
            Assert.InRange(sizes[2], 90, 200);
        }
    }
}

/// <summary>What <see cref="SearchOracleTests"/> and <see cref="TieredSearchOracleTests"/> ask.</summary>
public abstract class SearchOracleCases(SearchOracleCases.Gallery gallery)
{
    private static readonly string[] Words = [.. SearchOracle.Stems.Keys];
    private static readonly string[] Categories = ["Writing", "Code", "Daily life"];
    private static readonly string[] Tags = ["email", "snake_case", "daily life", "Café", "back\\slash", "it's"];

    private static readonly Gen<string> Word = Gen.OneOf<string>(Words);

    private static readonly Gen<string> Query =
        Gen.Select(Gen.Bool, Gen.Int[0, 9], Gen.OneOf<string>(Words).Array[1, 3], Gen.OneOf<string>(Tags), Gen.OneOf<string>(Categories))
            .Select((negated, kind, words, tag, category) => (negated && kind % 2 == 0 ? "-" : "") + kind switch
            {
                0 or 1 or 2 or 3 => words[0],
                4 or 5 => '"' + string.Join(' ', words) + '"',
                6 => tag.Contains(' ', StringComparison.Ordinal) ? "tag:" + tag.Replace(' ', '_') : "tag:" + tag,
                7 => $"tag:\"{tag}\"",
                8 => category.Contains(' ', StringComparison.Ordinal) ? $"category:\"{category}\"" : "category:" + category,
                _ => words[0].ToUpperInvariant(),
            })
            .Array[1, 3]
            .Select(terms => string.Join("  ", terms));

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<TemplateSort> Sorts => [.. Enum.GetValues<TemplateSort>()];

    [Fact]
    public async Task A_query_finds_exactly_the_templates_that_reading_them_all_would_find()
    {
        var sizes = new List<int>();
        await Query.SampleAsync(async query =>
        {
            var found = await gallery.AllAsync(new TemplateSearch { Query = query, Sort = TemplateSort.Likes }, 100);
            var expected = SearchOracle.Search(gallery.Templates, query, gallery.AuthorNames)
                .OrderByDescending(t => t.Likes).ThenByDescending(t => t.Uses).ThenByDescending(t => t.Id.ToString(), StringComparer.Ordinal);
            sizes.Add(found.Count);
            Assert.Equal(expected.Select(t => t.Id), found.Select(card => card.TemplateId));
        }, iter: 300, threads: 1);

        // The queries were neither all of nothing nor all of everything.
        Assert.True(sizes.Count(size => size is > 0 and < 200) > 100, string.Join(' ', sizes));
    }

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task Every_order_is_the_order_of_the_whole_gallery_sorted_by_hand(TemplateSort sort)
    {
        foreach (var (category, tag, author) in new (string?, string?, Guid?)[]
        {
            (null, null, null), ("Writing", null, null), (null, "CAFÉ", null), ("Code", "back\\slash", null),
            (null, "daily life", gallery.Authors[0]), (null, null, gallery.Authors[1]), ("writing", null, null), (null, "nothing", null),
        })
        {
            var expected = gallery.Templates
                .Where(t => t.IsPublic && (category is null || t.Category == category) && (author is null || t.Author == author)
                    && (tag is null || t.Tags.Any(own => string.Equals(own, tag, StringComparison.OrdinalIgnoreCase))))
                .OrderByDescending(t => Place(t, sort))
                .ThenByDescending(t => t.Id.ToString(), StringComparer.Ordinal)
                .ToList();

            var found = await gallery.AllAsync(new TemplateSearch { Category = category, Tag = tag, AuthorId = author, Sort = sort }, 100);

            Assert.Equal(expected.Select(t => t.Id), found.Select(card => card.TemplateId));
        }
    }

    [Fact]
    public async Task Best_puts_the_title_that_is_the_query_first_then_titles_that_match_then_texts_that_match()
    {
        await Gen.Select(Query, Gen.OneOf<string?>([null, null, .. Categories])).SampleAsync(async (query, category) =>
        {
            var found = await gallery.AllAsync(new TemplateSearch { Query = query, Category = category, Sort = TemplateSort.Best }, 100);
            var expected = SearchOracle.Search(gallery.Templates, query, gallery.AuthorNames).Where(t => category is null || t.Category == category).ToDictionary(t => t.Id);
            Assert.Equal(expected.Keys.Order(), found.Select(card => card.TemplateId).Order());

            // Behind the ranked ones follow the rest by their likes: the first page is ranked whatever the query, and no title is left out of it.
            int Place(Planted t) => string.Equals(t.Title, query.Trim(), StringComparison.OrdinalIgnoreCase) ? 0 : SearchOracle.TitleMatches(t, query) ? 1 : 2;
            Assert.Equal(expected.Values.Select(Place).Order().Take(24), found.Take(24).Select(card => Place(expected[card.TemplateId])));
        }, iter: 150, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task Paging_visits_every_template_once_in_the_order_of_one_long_page(TemplateSort sort)
    {
        await Gen.Select(Gen.Int[1, 40], Gen.OneOf<string?>(null, "write", "cafe -travel", "the")).SampleAsync(async (size, query) =>
        {
            var search = new TemplateSearch { Query = query, Sort = sort };
            var whole = await gallery.AllAsync(search, 100);
            var pages = await gallery.AllAsync(search, size);
            Assert.Equal(whole.Select(card => card.TemplateId), pages.Select(card => card.TemplateId));
            Assert.Equal(pages.Count, pages.DistinctBy(card => card.TemplateId).Count());
            if (query is null)
                Assert.Equal(gallery.Templates.Count(t => t.IsPublic), pages.Count);
        }, iter: 8, threads: 1);
    }

    [Fact]
    public async Task Any_query_in_any_order_with_any_filter_and_any_size_of_page_is_what_reading_and_sorting_all_would_give()
    {
        var sizes = new List<int>();
        var filters = Gen.Select(Gen.OneOf<string?>([null, null, null, .. Categories]), Gen.OneOf<string?>([null, null, null, .. Tags]), Gen.Int[-3, 2]);
        await Gen.Select(Query, Gen.Enum<TemplateSort>(), filters, Gen.Int[4, 60]).SampleAsync(async (query, sort, filter, size) =>
        {
            var (category, tag, author) = filter;
            var search = new TemplateSearch { Query = query, Sort = sort, Category = category, Tag = tag, AuthorId = author < 0 ? null : gallery.Authors[author] };
            var expected = SearchOracle.Search(gallery.Templates, query, gallery.AuthorNames)
                .Where(t => (category is null || t.Category == category) && (search.AuthorId is null || t.Author == search.AuthorId)
                    && (tag is null || t.Tags.Any(own => string.Equals(own, tag, StringComparison.OrdinalIgnoreCase))))
                .OrderByDescending(t => Place(t, sort)).ThenByDescending(t => t.Id.ToString(), StringComparer.Ordinal)
                .Select(t => t.Id).ToList();

            var found = (await gallery.AllAsync(search, size)).Select(card => card.TemplateId).ToList();

            sizes.Add(found.Count);
            Assert.Equal(expected.Count, found.Distinct().Count());
            if (sort == TemplateSort.Best)
                Assert.Equal(expected.Order(), found.Order());
            else
                Assert.Equal(expected, found);
        }, iter: 500, threads: 1);

        Assert.True(sizes.Count(size => size > 0) > 150, string.Join(' ', sizes));
    }

    [Fact]
    public async Task Facets_are_counted_over_what_the_query_and_the_other_filters_leave()
    {
        var queries = new GalleryQueries(gallery.Database.Db);
        var filters = Gen.Select(Gen.OneOf<string?>([null, null, .. Categories]), Gen.OneOf<string?>([null, null, .. Tags]), Gen.Int[-3, 2]);
        int exact = 0, capped = 0;
        await Gen.Select(Gen.Select(Gen.Bool, Query).Select((any, query) => any ? query : null), filters).SampleAsync(async (query, filter) =>
        {
            var (category, tag, author) = filter;
            Guid? authorId = author < 0 ? null : gallery.Authors[author];
            var all = (query is null ? gallery.Templates.Where(t => t.IsPublic) : SearchOracle.Search(gallery.Templates, query, gallery.AuthorNames))
                .Where(t => authorId is null || t.Author == authorId).ToList();
            bool Filed(Planted t) => category is null || t.Category == category;
            bool Tagged(Planted t) => tag is null || t.Tags.Any(own => string.Equals(own, tag, StringComparison.OrdinalIgnoreCase));
            // What is kept needs no counting, however much it is.
            var (asked, labels) = (query is not null || authorId is not null, (category is null ? 0 : 1) + (tag is null ? 0 : 1));

            var search = new TemplateSearch { Query = query, Category = category, Tag = tag, AuthorId = authorId };
            var facets = await queries.FacetsAsync(Caller.Anonymous, search, _ct);

            var (tagged, filed, total) = (all.Where(Tagged).ToList(), all.Where(Filed).ToList(), all.Count(t => Filed(t) && Tagged(t)));
            Check(tagged.Select(t => t.Category).OfType<string>(), facets.Categories, tagged.Count <= gallery.Counted || (!asked && tag is null));
            Check(filed.SelectMany(t => t.Tags).Select(own => own.ToLowerInvariant()), facets.Tags, filed.Count <= gallery.Counted || (!asked && category is null));
            var isTotal = total <= gallery.Counted || (!asked && labels < 2);
            Assert.Equal((isTotal ? total : gallery.Counted, !isTotal), (facets.Total, facets.Capped));
            _ = isTotal ? exact++ : capped++;

            // The cards of a short page tell the same.
            if (labels == 0 && all.Count <= Math.Min(100, gallery.Counted))
            {
                var told = SearchFacets.Of(await gallery.AllAsync(search, 100));
                Check(all.Select(t => t.Category).OfType<string>(), told.Categories, whole: true);
                Check(all.SelectMany(t => t.Tags).Select(own => own.ToLowerInvariant()), told.Tags, whole: true);
                Assert.Equal((all.Count, false), (told.Total, told.Capped));
            }
        }, iter: 200, threads: 1);
        Assert.True(exact > 30 && (gallery.Counted > 100 || capped > 30), $"{exact} {capped}");

        void Check(IEnumerable<string> values, IReadOnlyList<FacetCount> found, bool whole)
        {
            var truth = values.GroupBy(value => value, StringComparer.Ordinal).ToDictionary(group => group.Key, group => (long)group.Count());
            if (whole)
                Assert.Equal(truth.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)), found.Select(facet => (facet.Value, facet.Count)));
            Assert.All(found, facet => Assert.InRange(facet.Count, 1, whole ? truth[facet.Value] : Math.Min(gallery.Counted, truth[facet.Value])));
        }
    }

    [Fact]
    public async Task Advice_is_thought_of_exactly_where_nothing_is_found()
    {
        var filters = Gen.Select(Gen.OneOf<string?>([null, .. Categories, "writing"]), Gen.OneOf<string?>([null, .. Tags]), Gen.Int[-3, 2]);
        var nothing = 0;
        await Gen.Select(Query, filters).SampleAsync(async (query, filter) =>
        {
            var (category, tag, author) = filter;
            Guid? authorId = author < 0 ? null : gallery.Authors[author];
            var found = await gallery.AllAsync(new TemplateSearch { Query = query, Category = category, Tag = tag, AuthorId = authorId }, 100);

            var finds = await gallery.Database.OwnerScalarAsync<bool>(
                "select internal.gallery_finds(@query, @category, @tag, @author)",
                ("query", query), ("category", category ?? (object)DBNull.Value), ("tag", tag ?? (object)DBNull.Value), ("author", authorId ?? (object)DBNull.Value));

            Assert.Equal(found.Count > 0, finds);
            nothing += finds ? 0 : 1;
        }, iter: 200, threads: 1);
        Assert.InRange(nothing, 20, 180);
    }

    private static double Place(Planted t, TemplateSort sort) => sort switch
    {
        TemplateSort.Uses => t.Uses,
        TemplateSort.Newest => t.PublishedAt.Ticks,
        TemplateSort.Trending => Math.Log2(1 + t.Likes) + ((t.PublishedAt - DateTime.UnixEpoch).TotalSeconds / 604800),
        _ => (t.Likes * 1e6) + t.Uses,
    };

    [Fact]
    public async Task Popular_templates_are_the_most_liked_then_the_most_used()
    {
        foreach (var category in new string?[] { null, "Writing", "Daily life" })
        {
            var expected = gallery.Templates.Where(t => t.IsPublic && (category is null || t.Category == category))
                .OrderByDescending(t => t.Likes).ThenByDescending(t => t.Uses).ThenByDescending(t => t.Id.ToString(), StringComparer.Ordinal)
                .Take(60).Select(t => t.Id);
            var found = await gallery.Database.Db.QueryAsync<Guid>(
                Caller.Anonymous, "select id from public.get_popular_templates(60, @Category)", new { Category = category }, _ct);
            Assert.Equal(expected, found);
        }
    }

    /// <summary>Three hundred templates of generated words, a tenth of them private.</summary>
    public class Gallery : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        /// <summary>Of so many matches facets are counted at most.</summary>
        internal virtual int Counted => 500;

        internal IReadOnlyList<Planted> Templates { get; private set; } = [];

        internal Guid[] Authors { get; private set; } = [];

        internal Dictionary<Guid, string> AuthorNames { get; } = [];

        public async ValueTask InitializeAsync()
        {
            Database = await TestDatabase.CreateAsync();
            foreach (var name in (string[])["Ada Travel", "José Plan", "Grace"])
                AuthorNames.Add(await Database.CreateUserAsync(name: name), name);
            Authors = [.. AuthorNames.Keys];

            // Few different numbers and days, so that there are many ties.
            Templates = Gen.Select(
                    Gen.Select(Word.Array[1, 4], Word.Array[0, 8], Word.Array[0, 12]),
                    Gen.Select(Gen.Int[0, 3], Gen.OneOf<string>(Tags).HashSet[0, 3], Gen.Int[0, 2]),
                    Gen.Select(Gen.Int[0, 12], Gen.Int[0, 3], Gen.Int[0, 40], Gen.Int[0, 9]))
                .Select((texts, labels, numbers) => new Planted
                {
                    Title = string.Join(' ', texts.Item1),
                    Goal = string.Join(", ", texts.Item2),
                    Template = string.Join(" {{", texts.Item3),
                    Category = labels.Item1 == 3 ? null : Categories[labels.Item1],
                    Tags = [.. labels.Item2],
                    Author = Authors[labels.Item3],
                    Likes = numbers.Item1 * numbers.Item1,
                    Uses = numbers.Item2,
                    PublishedAt = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc).AddDays(numbers.Item3).AddTicks(numbers.Item3 * 10),
                    IsPublic = numbers.Item4 > 0,
                })
                .Array[300].Single(random => true, seed: "0N0XIzNsQ0O2");
            await Planted.PlantAsync(Database, Templates);
            await PrepareAsync();
        }

        /// <summary>What comes after the templates.</summary>
        protected virtual Task PrepareAsync() => Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            GC.SuppressFinalize(this);
        }

        /// <summary>All pages of a search, each asked for with the cursor text of the one before.</summary>
        internal async Task<IReadOnlyList<TemplateCard>> AllAsync(TemplateSearch search, int size)
        {
            var queries = new GalleryQueries(Database.Db);
            var all = new List<TemplateCard>();
            while (true)
            {
                var page = await queries.SearchAsync(Caller.Anonymous, search with { Size = size }, TestContext.Current.CancellationToken);
                all.AddRange(page);
                if (page.Count < size)
                    return all;
                var cursor = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), search.Sort, search.Query is not null);
                Assert.NotNull(cursor);
                search = search with { After = cursor };
            }
        }
    }
}
