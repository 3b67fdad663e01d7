using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>The list of favorites: searched, ordered, and cleared of what left the gallery.</summary>
public sealed class FavoriteListTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly FavoriteQueries _favorites = new(database.Db);

    [Theory]
    [InlineData("release NOTES", "Café release notes")]
    [InlineData("cafe", "Café release notes")]
    [InlineData("100%", "100% of_it")]
    [InlineData("_", "100% of_it")]
    [InlineData("%", "100% of_it")]
    [InlineData("tidy hopper", "Café release notes")]
    [InlineData("release absent", null)]
    [InlineData("' or 1=1 --", null)]
    [InlineData("  ", "both")]
    public async Task All_words_have_to_be_there_and_signs_are_text(string query, string? expected)
    {
        var fan = await FanAsync(
            new Planted { Author = await database.CreateUserAsync(name: "Grace Hopper"), Title = "Café release notes", Tags = ["tidy"] },
            new Planted { Author = await database.CreateUserAsync(), Title = "100% of_it" });

        var found = await _favorites.SearchAsync(fan, new FavoriteSearch { Query = query }, _ct);

        Assert.Equal(expected switch { null => 0, "both" => 2, _ => 1 }, found.Count);
        if (expected is not (null or "both"))
            Assert.Equal(expected, found[0].Title);
    }

    [Theory]
    [InlineData(FavoriteSort.Latest)]
    [InlineData(FavoriteSort.Title)]
    [InlineData(FavoriteSort.Likes)]
    public async Task Every_order_walks_every_favorite_once(FavoriteSort sort)
    {
        var author = await database.CreateUserAsync();
        var fan = await FanAsync([.. Enumerable.Range(0, 11).Select(i => new Planted { Author = author, Title = i % 3 == 0 ? "Same ~ title" : $"title {i}", Likes = i / 4 })]);
        foreach (var query in new[] { null, "title" })
        {
            var walked = new List<TemplateCard>();
            TemplateCursor? after = null;
            while (await _favorites.SearchAsync(fan, new FavoriteSearch { Query = query, Sort = sort, After = after, Size = 4 }, _ct) is { Count: > 0 } page)
            {
                walked.AddRange(page);
                after = FavoriteQueries.ParseCursor(GalleryQueries.CursorText(page[^1]), sort);
                Assert.NotNull(after);
            }

            Assert.Equal(11, walked.Count);
            Assert.Equal(11, walked.Select(card => card.TemplateId).Distinct().Count());
            if (sort == FavoriteSort.Title)
                Assert.Equal(walked.Select(card => card.Title).OrderBy(title => title.ToLowerInvariant(), StringComparer.Ordinal), walked.Select(card => card.Title));
        }
    }

    [Fact]
    public async Task What_left_the_gallery_is_counted_and_removed_and_nothing_else_is()
    {
        var planted = new List<Planted>();
        for (var i = 0; i < 4; i++)
            planted.Add(new Planted { Author = await database.CreateUserAsync() });
        var (fan, other) = (await FanAsync([.. planted]), Caller.User(await database.CreateUserAsync()));
        foreach (var template in planted)
            await _favorites.SetAsync(other, template.Id, favorite: true, _ct);
        await database.OwnerAsync("update public.prompts set is_public = false where id = any(@ids)", ("ids", planted.Take(2).Select(template => template.PromptId).ToArray()));

        Assert.Equal(new FavoriteCounts { Listed = 2, Gone = 2 }, await _favorites.CountAsync(fan, _ct));
        Assert.Equal(2, await _favorites.RemoveGoneAsync(fan, _ct));
        Assert.Equal(0, await _favorites.RemoveGoneAsync(fan, _ct));
        Assert.Equal(new FavoriteCounts { Listed = 2, Gone = 0 }, await _favorites.CountAsync(fan, _ct));
        Assert.Equal(new FavoriteCounts { Listed = 2, Gone = 2 }, await _favorites.CountAsync(other, _ct));
    }

    private async Task<Caller> FanAsync(params Planted[] planted)
    {
        await Planted.PlantAsync(database, planted);
        var fan = Caller.User(await database.CreateUserAsync());
        foreach (var template in planted)
            await _favorites.SetAsync(fan, template.Id, favorite: true, _ct);
        return fan;
    }
}
