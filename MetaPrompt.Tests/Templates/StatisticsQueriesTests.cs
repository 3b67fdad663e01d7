using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

public sealed class StatisticsQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTime Day = new(2026, 5, 10, 0, 0, 0, DateTimeKind.Utc);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly StatisticsQueries _statistics = new(database.Db);

    [Fact]
    public async Task Days_have_the_likes_that_are_still_there_and_the_uses_of_ones_own_templates_alone()
    {
        var author = await database.CreateUserAsync();
        var (one, two) = (new Planted { Author = author, Likes = 1 }, new Planted { Author = author, Likes = 1 });
        var others = new Planted { Author = await database.CreateUserAsync(), Likes = 1 };
        await Planted.PlantAsync(database, [one, two, others]);
        var fans = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => database.CreateUserAsync()));
        // A second before midnight and at midnight, UTC.
        await LikeAsync(fans[0], one.Id, Day.AddSeconds(-1));
        await LikeAsync(fans[1], one.Id, Day);
        await LikeAsync(fans[2], two.Id, Day.AddHours(5));
        await LikeAsync(fans[2], others.Id, Day);
        await UseAsync(fans[0], one.Id, Day);
        await UseAsync(fans[0], one.Id, Day.AddDays(1));
        await UseAsync(fans[1], others.Id, Day);
        var caller = Caller.User(author);

        Assert.Equal([(Day.AddDays(-1), 1, 0), (Day, 2, 1), (Day.AddDays(1), 0, 1)], await DailyAsync(caller, null, null));
        Assert.Equal([(Day, 2L, 1L), (Day.AddDays(1), 0, 1)], await DailyAsync(caller, null, Day));
        Assert.Equal([(Day.AddDays(-1), 1, 0), (Day, 1, 1), (Day.AddDays(1), 0, 1)], await DailyAsync(caller, one.Id, null));
        Assert.Empty(await DailyAsync(caller, others.Id, null));
        Assert.Empty(await DailyAsync(Caller.User(fans[0]), null, null));

        await new FavoriteQueries(database.Db).SetAsync(Caller.User(fans[1]), one.Id, favorite: false, _ct);
        Assert.Equal([(Day.AddDays(-1), 1L, 0L), (Day, 0, 1), (Day.AddDays(1), 0, 1)], await DailyAsync(caller, one.Id, null));
    }

    [Fact]
    public async Task What_is_out_is_listed_once_in_every_order_and_what_is_private_or_deleted_is_not()
    {
        var author = await database.CreateUserAsync();
        var planted = Enumerable.Range(0, 12).Select(i => new Planted
        {
            Author = author, Title = $"{(i % 2 == 0 ? "title" : "Title")} {i % 5}", Likes = i / 3, Uses = 12 - i, PublishedAt = Day.AddDays(i % 4),
        }).ToList();
        await Planted.PlantAsync(database, planted);
        await database.OwnerAsync("update public.prompts set is_public = false where id = any(@ids)", ("ids", planted.Take(3).Select(template => template.PromptId).ToArray()));
        await database.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", planted[0].Id));
        await database.OwnerAsync("update public.prompt_templates set hidden_at = now() where id = @id", ("id", planted[1].Id));
        await database.OwnerAsync("update public.prompts set deleted_at = now() where id = @id", ("id", planted[3].PromptId));
        var caller = Caller.User(author);

        foreach (var sort in Enum.GetValues<PublishedSort>())
        {
            var walked = new List<PublishedTemplate>();
            TemplateCursor? after = null;
            while (await _statistics.PageAsync(caller, sort, after, 4, _ct) is { Count: > 0 } page)
            {
                walked.AddRange(page);
                after = StatisticsQueries.ParseCursor(StatisticsQueries.CursorText(page[^1]), sort);
            }

            Assert.Equal(planted.Where((_, i) => i is not (2 or 3)).Select(template => template.Id).Order(), walked.Select(template => template.Id).Order());
            Assert.Equal((await _statistics.PageAsync(caller, sort, null, 50, _ct)).Select(template => template.Id), walked.Select(template => template.Id));
            Assert.Equal("unlisted", walked.Single(template => template.Id == planted[0].Id).State);
            Assert.Equal("hidden", walked.Single(template => template.Id == planted[1].Id).State);
        }

        var totals = await _statistics.TotalsAsync(caller, _ct);
        Assert.Equal((10L, planted.Where((_, i) => i is not (2 or 3)).Sum(template => template.Likes)), (totals.Templates, totals.Likes));
        Assert.Empty(await _statistics.PageAsync(Caller.User(await database.CreateUserAsync()), PublishedSort.Likes, null, 50, _ct));
        Assert.Null(await _statistics.FindAsync(Caller.User(await database.CreateUserAsync()), planted[5].Id, _ct));
    }

    private Task<int> LikeAsync(Guid fan, Guid template, DateTime at) =>
        database.OwnerAsync("insert into public.user_favorites (user_id, template_id, created_at) values (@u, @t, @at)", ("u", fan), ("t", template), ("at", at));

    private Task<int> UseAsync(Guid fan, Guid template, DateTime on) =>
        database.OwnerAsync("insert into internal.template_uses (user_id, template_id, used_on) values (@u, @t, @on::date)", ("u", fan), ("t", template), ("on", DateOnly.FromDateTime(on)));

    private async Task<IEnumerable<(DateTime, long, long)>> DailyAsync(Caller caller, Guid? template, DateTime? since) =>
        (await _statistics.DailyAsync(caller, template, since, _ct)).Select(day => (day.Day, day.Likes, day.Uses));
}
