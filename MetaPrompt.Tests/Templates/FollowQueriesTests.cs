using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

public sealed class FollowQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly FollowQueries _follows = new(database.Db);
    private readonly AuthorQueries _authors = new(database.Db);

    [Fact]
    public async Task Following_twice_is_one_follower_and_who_it_is_only_they_can_see()
    {
        var (fan, other) = (await PersonAsync(), await PersonAsync());
        var author = await AuthorAsync();

        Assert.True(await _follows.SetAsync(fan, author, follow: true, _ct));
        Assert.False(await _follows.SetAsync(fan, author, follow: true, _ct));
        Assert.True(await _follows.SetAsync(other, author, follow: true, _ct));
        Assert.Equal(2, (await _authors.FindAsync(Caller.Anonymous, author, _ct))!.Followers);
        Assert.Equal(0, await database.Db.FirstOrDefaultAsync<long>(Caller.User(author), "select count(*) from public.follows", null, _ct));
        Assert.Equal(1, await database.Db.FirstOrDefaultAsync<long>(fan, "select count(*) from public.follows", null, _ct));
        Assert.Equal(author, Assert.Single(await _follows.AuthorsAsync(fan, 10, _ct)).Id);

        Assert.True(await _follows.SetAsync(fan, author, follow: false, _ct));
        Assert.False(await _follows.SetAsync(fan, author, follow: false, _ct));
        Assert.False(await _follows.IsFollowingAsync(fan, author, _ct));
        Assert.True(await _follows.IsFollowingAsync(other, author, _ct));
    }

    [Fact]
    public async Task Nobody_follows_themselves_or_somebody_who_published_nothing_and_no_visitor_anybody()
    {
        var author = await AuthorAsync();
        var quiet = await database.CreateUserAsync();
        await new Planted { Author = quiet, IsPublic = false }.PlantAsync(database);

        await RefusedAsync(PostgresErrorCodes.CheckViolation, () => _follows.SetAsync(Caller.User(author), author, follow: true, _ct));
        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => _follows.SetAsync(Caller.User(author), quiet, follow: true, _ct));
        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => _follows.SetAsync(Caller.Anonymous, author, follow: true, _ct));
        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => _follows.PageAsync(Caller.Anonymous, null, 10, _ct));
    }

    [Fact]
    public async Task The_thousandth_author_is_the_last_also_from_two_tabs()
    {
        var fan = await PersonAsync();
        await database.OwnerAsync(
            """
            with made as (insert into public.users (id, email) select gen_random_uuid(), 'm' || i || '@limit.test' from generate_series(1, 999) i returning id)
            insert into public.follows (follower_id, author_id) select @fan, id from made
            """, ("fan", fan.UserId));
        var authors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AuthorAsync()));

        var outcomes = await Task.WhenAll(authors.Select(async author =>
            await Record.ExceptionAsync(() => _follows.SetAsync(fan, author, follow: true, _ct)) as PostgresException));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<PostgresException>(), refused => Assert.Equal(FollowQueries.Limit, refused.ConstraintName));
        Assert.Equal(1000, await _follows.CountAsync(fan, _ct));
        // To follow whom one follows is no error.
        Assert.False(await _follows.SetAsync(fan, authors[Array.FindIndex(outcomes, outcome => outcome is null)], follow: true, _ct));
    }

    [Fact]
    public async Task What_is_new_is_all_of_the_followed_authors_in_order_on_pages_of_any_size()
    {
        var fan = await PersonAsync();
        var start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        var random = new Random(7);
        var planted = new List<Planted>();
        for (var i = 0; i < 9; i++)
        {
            var author = await database.CreateUserAsync(name: $"Author {i}");
            // Many at the same moment, some private, one author prolific, one not followed.
            planted.AddRange(Enumerable.Range(0, i == 0 ? 40 : i).Select(_ => new Planted
            {
                Author = author, Title = $"By {i}", IsPublic = random.Next(6) > 0, PublishedAt = start.AddMinutes(random.Next(12)),
            }));
        }

        await Planted.PlantAsync(database, planted);
        var followed = planted.Select(template => template.Author).Distinct().Where((_, i) => i != 4).ToList();
        foreach (var author in followed)
            await database.OwnerAsync("insert into public.follows (follower_id, author_id) values (@fan, @author)", ("fan", fan.UserId), ("author", author));
        // PostgreSQL orders ids by their bytes as they are written.
        var expected = planted.Where(template => template.IsPublic && followed.Contains(template.Author))
            .OrderByDescending(template => template.PublishedAt).ThenByDescending(template => template.Id.ToString(), StringComparer.Ordinal)
            .Select(template => template.Id).ToList();

        foreach (var size in new[] { 1, 3, 7, 24, 100 })
        {
            var walked = new List<Guid>();
            TemplateCursor? after = null;
            while (await _follows.PageAsync(fan, after, size, _ct) is { Count: > 0 } page)
            {
                walked.AddRange(page.Select(card => card.TemplateId));
                after = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), TemplateSort.Newest, hasQuery: false);
            }

            Assert.Equal(expected, walked);
        }
    }

    [Fact]
    public async Task A_visit_marks_what_came_after_the_visit_before_and_keeps_its_marks_while_it_lasts()
    {
        var fan = await PersonAsync();
        var first = await _follows.VisitAsync(fan, allSeen: false, _ct);
        Assert.Equal(first, await _follows.VisitAsync(fan, allSeen: false, _ct));

        // As if the last look had been two hours ago.
        await database.OwnerAsync("update internal.following_visits set visited_at = now() - interval '2 hours', seen_at = now() - interval '9 hours' where user_id = @id", ("id", fan.UserId));
        var second = await _follows.VisitAsync(fan, allSeen: false, _ct);
        Assert.InRange(DateTime.UtcNow - second, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(125));
        Assert.Equal(second, await _follows.VisitAsync(fan, allSeen: false, _ct));

        var seen = await _follows.VisitAsync(fan, allSeen: true, _ct);
        Assert.True(seen > second);
        Assert.Equal(seen, await _follows.VisitAsync(fan, allSeen: false, _ct));
    }

    [Fact]
    public async Task Suggested_are_the_most_liked_authors_whom_one_does_not_follow_yet()
    {
        await using var own = await TestDatabase.CreateAsync();
        var follows = new FollowQueries(own.Db);
        var fan = Caller.User(await own.CreateUserAsync());
        var authors = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            authors.Add(await own.CreateUserAsync(name: $"Author {i}"));
            await new Planted { Author = authors[i], Likes = 10 * i }.PlantAsync(own);
        }

        await new Planted { Author = fan.UserId!.Value, Likes = 1000 }.PlantAsync(own);
        await follows.SetAsync(fan, authors[2], follow: true, _ct);

        var suggested = await follows.SuggestedAsync(fan, 2, _ct);
        Assert.Equal([authors[3], authors[1]], suggested.Select(author => author.Id));
        Assert.Equal((1L, 30L), (suggested[0].Templates, suggested[0].Likes));
    }

    [Fact]
    public async Task An_authors_pages_are_every_template_once_by_time_and_by_likes()
    {
        var author = await database.CreateUserAsync();
        await Planted.PlantAsync(database, [.. Enumerable.Range(0, 13).Select(i => new Planted { Author = author, Likes = i / 4, IsPublic = i != 5 })]);
        foreach (var sort in new[] { TemplateSort.Newest, TemplateSort.Likes })
        {
            var walked = new List<TemplateCard>();
            TemplateCursor? after = null;
            while (await _authors.TemplatesAsync(Caller.Anonymous, author, sort, after, 5, _ct) is { Count: > 0 } page)
            {
                walked.AddRange(page);
                after = GalleryQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), sort, hasQuery: false);
            }

            Assert.Equal(12, walked.Select(card => card.TemplateId).Distinct().Count());
            Assert.Equal(12, walked.Count);
            if (sort == TemplateSort.Likes)
                Assert.Equal(walked.Select(card => card.LikesCount).OrderDescending(), walked.Select(card => card.LikesCount));
        }
    }

    private static async Task RefusedAsync(string state, Func<Task> attempt) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(attempt)).SqlState);

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());

    private async Task<Guid> AuthorAsync()
    {
        var author = await database.CreateUserAsync(name: "Author");
        await new Planted { Author = author }.PlantAsync(database);
        return author;
    }
}
