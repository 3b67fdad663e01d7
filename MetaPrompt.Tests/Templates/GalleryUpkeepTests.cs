using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What the background job keeps: the tiers of popular templates, the counts, and rows that a like may touch cheaply.</summary>
public sealed class GalleryUpkeepTests : IAsyncLifetime
{
    // What a search relies on: nothing from a readable tier's places upwards is without its mark.
    private const string Unmarked =
        """
        select count(*) from internal.gallery g join internal.gallery_ranks r on r.template_id = g.template_id
        join internal.gallery_tier t on t.purpose = 'read'
        where not case t.tier when 'top' then g.top when 'hot' then g.hot else g.warm end
          and ((r.popular, r.template_id) >= (t.popular, t.popular_id) or (r.uses_count, r.template_id) >= (t.uses_count, t.uses_id)
            or (r.trending, r.template_id) >= (t.trending, t.trending_id) or (r.published_at, r.template_id) >= (t.published_at, t.published_id))
        """;

    // What is larger than it need be: rows with a mark that no place asks for.
    private const string Superfluous =
        """
        select count(*) from internal.gallery g cross join (values ('top'), ('hot'), ('warm')) as m (tier)
        where case m.tier when 'top' then g.top when 'hot' then g.hot else g.warm end and not exists (
          select from internal.gallery_tier t where t.tier = m.tier and t.purpose = 'read'
            and ((g.popular, g.template_id) >= (t.popular, t.popular_id) or (g.uses_count, g.template_id) >= (t.uses_count, t.uses_id)
              or (g.trending, g.template_id) >= (t.trending, t.trending_id) or (g.published_at, g.template_id) >= (t.published_at, t.published_id)))
        """;

    private const string Sizes = "select array[count(*) filter (where top), count(*) filter (where hot), count(*) filter (where warm)] from internal.gallery";

    // As for a million, with numbers of a test's size.
    private const string Smaller =
        """
        do $$
        begin
          execute replace(replace(replace(replace(replace(replace(replace(pg_get_functiondef('internal.move_gallery_tier(integer)'::regprocedure),
            'constant bigint := 30000', 'constant bigint := 30'), 'greatest(500,', 'greatest(2,'), 'greatest(250,', 'greatest(1,'),
            'greatest(2000,', 'greatest(6,'), 'greatest(1000,', 'greatest(4,'), 'greatest(6000,', 'greatest(20,'), 'greatest(3000,', 'greatest(10,');
        end
        $$
        """;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestDatabase _database = null!;
    private CounterQueries _counters = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _counters = new CounterQueries(_database.Db);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_tiers_follow_the_gallery_and_a_template_that_climbs_comes_into_them()
    {
        await _database.OwnerAsync(Smaller);
        var author = await _database.CreateUserAsync();
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_tier"));
        var old = Some(author, 60, 0);
        await Planted.PlantAsync(_database, old);
        await KeepAsync();
        Assert.Equal(6L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_tier where templates = 60"));
        await CheckAsync();

        var least = old.MinBy(t => t.Likes)!.Id;
        Assert.False(await _database.OwnerScalarAsync<bool>("select top or hot from internal.gallery where template_id = @least", ("least", least)));
        await _database.OwnerAsync("insert into internal.counter_deltas (template_id, likes) values (@least, 1000)", ("least", least));
        await _counters.FoldAsync(_ct);
        Assert.True(await _database.OwnerScalarAsync<bool>("select top and hot and warm from internal.gallery where template_id = @least", ("least", least)));

        await Planted.PlantAsync(_database, Some(author, 40, 100));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Unmarked));
        // A step at a time, each of which a search may come between.
        while (await _counters.KeepGalleryAsync(2, _ct) > 0)
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Unmarked));
        Assert.Equal(6L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_tier where templates = 100"));
        await CheckAsync();

        async Task CheckAsync()
        {
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Unmarked));
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Superfluous));
            var sizes = (await _database.OwnerScalarAsync<long[]>(Sizes))!;
            Assert.InRange(sizes[0], 2, 5);
            Assert.InRange(sizes[1], 6, 18);
            Assert.InRange(sizes[2], 20, 50);
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery where top > hot or hot > warm"));
        }
    }

    [Fact]
    public async Task A_gallery_with_one_tier_keeps_it_readable_until_all_rows_of_three_are_marked()
    {
        await _database.OwnerAsync(Smaller);
        var author = await _database.CreateUserAsync();
        await Planted.PlantAsync(_database, Some(author, 60, 0));
        await KeepAsync();
        // As the migration finds a large gallery.
        await _database.OwnerAsync("delete from internal.gallery_tier where tier <> 'hot'; update internal.gallery set top = false, warm = false");

        var steps = 0;
        while (await _counters.KeepGalleryAsync(2, _ct) > 0)
        {
            steps++;
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Unmarked));
            Assert.NotEqual(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_tier where tier = 'hot' and purpose = 'read'"));
        }

        Assert.InRange(steps, 10, 60);
        Assert.Equal(3L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_tier where purpose = 'read' and cooled"));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>(Superfluous));
    }

    [Fact]
    public async Task Counts_are_true_before_and_after_they_are_added_up()
    {
        var author = await _database.CreateUserAsync();
        var gallery = new GalleryQueries(_database.Db);
        await Planted.PlantAsync(_database, [
            new Planted { Author = author, Category = "One", Tags = ["a", "A", "b"] }, new Planted { Author = author, Category = "One" },
            new Planted { Author = author, Category = "Two", Tags = ["b"] },
        ]);
        await _database.OwnerAsync("update public.prompt_templates set category = 'Three', tags = '{c}' where category = 'Two'");

        async Task CheckAsync(string categories, string tags)
        {
            var facets = await gallery.FacetsAsync(Caller.Anonymous, new TemplateSearch(), _ct);
            Assert.Equal(categories, string.Join(' ', facets.Categories.Select(count => $"{count.Value}:{count.Count}")));
            Assert.Equal(tags, string.Join(' ', facets.Tags.Select(count => $"{count.Value}:{count.Count}")));
        }

        await CheckAsync("One:2 Three:1", "a:1 b:1 c:1");
        await KeepAsync();
        await CheckAsync("One:2 Three:1", "a:1 b:1 c:1");
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_count_deltas"));
        await _database.OwnerAsync("delete from public.prompt_templates where category = 'Three'");
        await _database.OwnerAsync("update public.prompts set is_public = false where id = (select prompt_id from public.prompt_templates where tags = '{}')");
        await CheckAsync("One:1", "a:1 b:1");
        await KeepAsync();
        await CheckAsync("One:1", "a:1 b:1");
    }

    [Fact]
    public async Task A_like_rewrites_no_row_with_word_indexes()
    {
        var author = await _database.CreateUserAsync();
        await Planted.PlantAsync(_database, [.. Some(author, 40, 0).Select(t => t with { Template = string.Join(' ', Enumerable.Range(0, 300).Select(n => "word" + n)) })]);
        var before = await _database.OwnerScalarAsync<long>("select sum(pg_relation_size(indexrelid))::bigint from pg_index where indrelid = 'internal.gallery'::regclass");
        await _database.OwnerAsync("insert into internal.counter_deltas (template_id, likes) select template_id, 1 from internal.gallery");
        Assert.Equal(40, await _counters.FoldAsync(_ct));

        Assert.Equal(before, await _database.OwnerScalarAsync<long>("select sum(pg_relation_size(indexrelid))::bigint from pg_index where indrelid = 'internal.gallery'::regclass"));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>(
            "select count(*) from internal.gallery g join internal.gallery_ranks r using (template_id) join public.prompt_templates t on t.id = g.template_id where (g.popular, g.trending, g.likes_count) <> (r.popular, r.trending, t.likes_count)"));
        // No index names a counter: that is what lets a row be rewritten within its page.
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>(
            """
            select count(*) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            where i.indrelid = 'internal.gallery'::regclass and a.attname in ('likes_count', 'uses_count', 'popular', 'trending')
            """));
    }

    private static List<Planted> Some(Guid author, int count, int from) => [.. Enumerable.Range(from, count).Select(n => new Planted
    {
        Author = author, Title = $"Title {n}", Likes = (n * 37 % 101) + from, Uses = n * 53 % 97,
        PublishedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(n),
    })];

    private async Task KeepAsync()
    {
        while (await _counters.KeepGalleryAsync(500, _ct) > 0)
        {
        }
    }
}
