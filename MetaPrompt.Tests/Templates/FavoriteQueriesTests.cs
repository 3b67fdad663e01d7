using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

public sealed class FavoriteQueriesTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestDatabase _database = null!;
    private FavoriteQueries _favorites = null!;
    private GalleryQueries _gallery = null!;
    private CounterQueries _counters = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _favorites = new FavoriteQueries(_database.Db);
        _gallery = new GalleryQueries(_database.Db);
        _counters = new CounterQueries(_database.Db);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_favorite_set_twice_is_one_like_and_taken_back_twice_is_none()
    {
        var id = await PlantAsync();
        var fan = await PersonAsync();

        Assert.True(await _favorites.SetAsync(fan, id, favorite: true, _ct));
        Assert.False(await _favorites.SetAsync(fan, id, favorite: true, _ct));
        Assert.Equal((1, true), await SeenByAsync(fan, id));
        Assert.Equal((1, false), await SeenByAsync(Caller.Anonymous, id));

        Assert.True(await _favorites.SetAsync(fan, id, favorite: false, _ct));
        Assert.False(await _favorites.SetAsync(fan, id, favorite: false, _ct));
        Assert.Equal((0, false), await SeenByAsync(fan, id));
        await FoldAllAsync();
        Assert.Equal((0, false), await SeenByAsync(fan, id));
    }

    [Fact]
    public async Task The_page_shows_the_same_likes_before_and_after_they_are_folded()
    {
        var id = await PlantAsync(likes: 7);
        await _favorites.SetAsync(await PersonAsync(), id, favorite: true, _ct);
        await _favorites.SetAsync(await PersonAsync(), id, favorite: true, _ct);
        Assert.Equal(9, (await SeenByAsync(Caller.Anonymous, id)).Likes);

        Assert.Equal(1, await _counters.FoldAsync(_ct));

        Assert.Equal(9, (await SeenByAsync(Caller.Anonymous, id)).Likes);
        var card = Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch(), _ct));
        Assert.Equal(9, card.LikesCount);
        Assert.Equal(0, await _counters.FoldAsync(_ct));
    }

    [Fact]
    public async Task Fifty_people_who_toggle_at_once_leave_exactly_their_favorites_as_likes()
    {
        var templates = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PlantAsync()));
        var people = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PersonAsync()));

        // Each toggles every template a few times from two tabs, while the counters are being folded.
        using var done = new CancellationTokenSource();
        var folding = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await _counters.FoldAsync(_ct);
        }, _ct);
        await Parallel.ForEachAsync(
            people.SelectMany((person, i) => Enumerable.Range(0, 2).SelectMany(tab => templates.Select((id, t) => (person, id, seed: i + (t * 7) + tab)))),
            new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = _ct },
            async (toggle, ct) =>
            {
                for (var n = 0; n < 3; n++)
                    await _favorites.SetAsync(toggle.person, toggle.id, favorite: (toggle.seed + n) % 3 != 0, ct);
            });
        await done.CancelAsync();
        await folding;
        await FoldAllAsync();

        foreach (var id in templates)
        {
            var favorites = await _database.OwnerScalarAsync<long>("select count(*) from public.user_favorites where template_id = @id", ("id", id));
            Assert.Equal(favorites, await _database.OwnerScalarAsync<int>("select likes_count from public.prompt_templates where id = @id", ("id", id)));
            Assert.Equal(favorites, await _database.OwnerScalarAsync<int>("select likes_count from internal.gallery where template_id = @id", ("id", id)));
        }

        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.counter_deltas"));
    }

    [Fact]
    public async Task Several_nodes_that_fold_at_once_count_nothing_twice()
    {
        var id = await PlantAsync();
        for (var i = 0; i < 20; i++)
            await _favorites.SetAsync(await PersonAsync(), id, favorite: true, _ct);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _counters.FoldAsync(_ct)));
        await FoldAllAsync();

        Assert.Equal(20, await _database.OwnerScalarAsync<int>("select likes_count from public.prompt_templates where id = @id", ("id", id)));
    }

    [Fact]
    public async Task An_account_that_is_deleted_takes_its_likes_back_and_leaves_nothing()
    {
        var author = await _database.CreateUserAsync();
        var id = await new Planted { Author = author }.PlantAsync(_database);
        var leaving = await _database.CreateUserAsync();
        var own = await new Planted { Author = leaving }.PlantAsync(_database);
        foreach (var (who, what) in new[] { (Caller.User(leaving), id), (await PersonAsync(), id), (Caller.User(author), own) })
            await _favorites.SetAsync(who, what, favorite: true, _ct);
        // A copy of one's own template, and a stranger's copy of it.
        await _gallery.UseAsync(Caller.User(leaving), own, _ct);
        var copy = await _gallery.UseAsync(Caller.User(author), own, _ct);
        await FoldAllAsync();
        Assert.Equal(2, (await SeenByAsync(Caller.Anonymous, id)).Likes);

        await _database.OwnerAsync("delete from auth.users where id = @id", ("id", leaving));

        Assert.Equal(1, (await SeenByAsync(Caller.Anonymous, id)).Likes);
        await FoldAllAsync();
        Assert.Equal(1, (await SeenByAsync(Caller.Anonymous, id)).Likes);
        Assert.Null(await _gallery.FindAsync(Caller.Anonymous, own, _ct));
        Assert.Equal(1, await _database.OwnerScalarAsync<int>("select likes_count from internal.gallery"));
        var leftovers = await _database.OwnerScalarAsync<long>(
            """
            select (select count(*) from public.users where id = @id) + (select count(*) from public.prompts where user_id = @id)
              + (select count(*) from public.user_favorites where user_id = @id or template_id = @own)
              + (select count(*) from internal.gallery where author_id = @id) + (select count(*) from internal.template_uses where user_id = @id or template_id = @own)
              + (select count(*) from internal.counter_deltas)
            """, ("id", leaving), ("own", own));
        Assert.Equal(0, leftovers);
        // What others copied stays theirs.
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompts where id = @id and origin_template_id is null", ("id", copy)));
    }

    [Fact]
    public async Task The_pages_are_every_favorite_once_the_latest_first()
    {
        var author = await _database.CreateUserAsync();
        var planted = Enumerable.Range(0, 13).Select(i => new Planted { Author = author, Title = $"T{i}" }).ToList();
        await Planted.PlantAsync(_database, planted);
        var fan = await PersonAsync();
        foreach (var template in planted)
            await _favorites.SetAsync(fan, template.Id, favorite: true, _ct);
        await _database.OwnerAsync("update public.user_favorites set created_at = date_trunc('second', created_at) + interval '123456 microseconds'");
        await _favorites.SetAsync(await PersonAsync(), planted[0].Id, favorite: true, _ct);

        foreach (var size in (int[])[1, 4, 13, 50])
        {
            var all = new List<TemplateCard>();
            TemplateCursor? after = null;
            while (true)
            {
                var page = await _favorites.PageAsync(fan, after, size, _ct);
                all.AddRange(page);
                if (page.Count < size)
                    break;
                // As the page's address carries it.
                after = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), TemplateSort.Newest, hasQuery: false);
                Assert.NotNull(after);
            }

            Assert.Equal(planted.Select(t => t.Id).Order(), all.Select(card => card.TemplateId).Order());
        }
    }

    [Fact]
    public async Task A_card_can_itself_be_where_the_next_page_begins()
    {
        var fan = await PersonAsync();
        foreach (var id in await Task.WhenAll(PlantAsync(), PlantAsync()))
            await _favorites.SetAsync(fan, id, favorite: true, _ct);
        var first = Assert.Single(await _favorites.PageAsync(fan, null, 1, _ct));

        var second = Assert.Single(await _favorites.PageAsync(fan, new TemplateCursor(first.CursorValue, first.TemplateId), 1, _ct));

        Assert.NotEqual(first.TemplateId, second.TemplateId);
    }

    [Fact]
    public async Task A_visitor_can_neither_favorite_nor_list()
    {
        var id = await PlantAsync();
        foreach (var attempt in new Func<Task>[]
        {
            () => _favorites.SetAsync(Caller.Anonymous, id, favorite: true, _ct),
            () => _favorites.SetAsync(Caller.Anonymous, id, favorite: false, _ct),
            () => _favorites.PageAsync(Caller.Anonymous, null, 10, _ct),
        })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(attempt)).SqlState);
        }

        Assert.Equal(0, (await SeenByAsync(Caller.Anonymous, id)).Likes);
    }

    [Fact]
    public async Task A_favorite_of_a_template_that_went_private_can_be_taken_back()
    {
        var id = await PlantAsync();
        var fan = await PersonAsync();
        await _favorites.SetAsync(fan, id, favorite: true, _ct);
        await _database.OwnerAsync("update public.prompts set is_public = false");

        Assert.Empty(await _favorites.PageAsync(fan, null, 10, _ct));
        Assert.True(await _favorites.SetAsync(fan, id, favorite: false, _ct));
        await FoldAllAsync();
        Assert.Equal(0, await _database.OwnerScalarAsync<int>("select likes_count from public.prompt_templates"));
    }

    private async Task<(int Likes, bool IsFavorite)> SeenByAsync(Caller caller, Guid id)
    {
        var template = (await _gallery.FindAsync(caller, id, _ct))!;
        return (template.LikesCount, template.IsFavorite);
    }

    private async Task FoldAllAsync()
    {
        while (await _database.OwnerScalarAsync<bool>("select exists (select from internal.counter_deltas)"))
            await _counters.FoldAsync(_ct);
    }

    private async Task<Guid> PlantAsync(int likes = 0) =>
        await new Planted { Author = await _database.CreateUserAsync(), Likes = likes }.PlantAsync(_database);

    private async Task<Caller> PersonAsync() => Caller.User(await _database.CreateUserAsync());
}
