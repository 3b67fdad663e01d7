using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>The documented function: its signature, its order, and what design.md adds to it.</summary>
public sealed class PopularTemplatesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private sealed record Popular
    {
        public required Guid Id { get; init; }
        public required string Title { get; init; }
        public required string Goal { get; init; }
        public string? Category { get; init; }
        public required int LikesCount { get; init; }
        public required int UsesCount { get; init; }
    }

    [Fact]
    public async Task Templates_without_a_category_appear_and_private_ones_never_do()
    {
        await using var own = await TestDatabase.CreateAsync();
        var author = await own.CreateUserAsync();
        var plain = new Planted { Author = author, Title = "Plain", Likes = 5, Uses = 2 };
        var filed = new Planted { Author = author, Title = "Filed", Category = "Writing", Likes = 3 };
        await Planted.PlantAsync(own, [plain, filed, new Planted { Author = author, Likes = 99, IsPublic = false, Category = "Writing" }]);

        var all = await own.Db.QueryAsync<Popular>(Caller.Anonymous, "select * from public.get_popular_templates()", null, _ct);
        Assert.Equal([("Plain", null, 5, 2), ("Filed", (string?)"Writing", 3, 0)], all.Select(t => (t.Title, t.Category, t.LikesCount, t.UsesCount)));

        var writing = await own.Db.QueryAsync<Popular>(
            Caller.Anonymous, "select * from public.get_popular_templates(limit_count => 10, category_filter => 'Writing')", null, _ct);
        Assert.Equal(filed.Id, Assert.Single(writing).Id);
    }

    [Fact]
    public async Task Equal_likes_are_ordered_by_uses_and_equal_uses_by_id()
    {
        var author = await database.CreateUserAsync();
        var planted = Enumerable.Range(0, 30).Select(i => new Planted { Author = author, Category = "Ties", Likes = 7, Uses = i % 3 }).ToList();
        await Planted.PlantAsync(database, planted);

        var ids = await database.Db.QueryAsync<Guid>(
            Caller.Anonymous, "select id from public.get_popular_templates(12, 'Ties')", null, _ct);

        Assert.Equal(planted.OrderByDescending(t => t.Uses).ThenByDescending(t => t.Id.ToString(), StringComparer.Ordinal).Take(12).Select(t => t.Id), ids);
    }

    [Theory]
    [InlineData("-5", 1)]
    [InlineData("0", 1)]
    [InlineData("null", 10)]
    [InlineData("7", 7)]
    [InlineData("100", 100)]
    [InlineData("2147483647", 100)]
    public async Task The_number_of_rows_is_held_between_one_and_a_hundred(string limit, int rows)
    {
        var category = "Limit " + limit;
        var author = await database.CreateUserAsync();
        await Planted.PlantAsync(database, [.. Enumerable.Range(0, 103).Select(_ => new Planted { Author = author, Category = category })]);

        var ids = await database.Db.QueryAsync<Guid>(
            Caller.Anonymous, $"select id from public.get_popular_templates({limit}, @category)", new { category }, _ct);

        Assert.Equal(rows, ids.Count);
    }
}
