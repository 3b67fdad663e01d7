using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What the server counts of our statements, as metrics have it.</summary>
public sealed class StatementFiguresTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statements_are_counted_by_names_of_ours_and_everything_else_together()
    {
        var person = Caller.User(await database.CreateUserAsync());
        for (var time = 0; time < 3; time++)
        {
            await new DraftQueries(database.Db).ListAsync(person, Stop);
            // Whoever has the owner's login can name statements as they like.
            await database.OwnerAsync($"-- invented.name_{time}\nselect {time} + 1");
        }

        var figures = await new StorageFigures(database.Db).StatementsAsync(Stop);

        var drafts = Assert.Single(figures, one => one.Name == "drafts.list");
        Assert.Equal(3, drafts.Calls);
        Assert.True(drafts.TotalMs > 0);
        Assert.True(Assert.Single(figures, one => one.Name == StorageFigures.OtherStatements).Calls >= 3);
        Assert.Empty(figures.Select(one => one.Name).Except(KnownStatements.Names.Append(StorageFigures.OtherStatements)));
    }

    [Fact]
    public async Task Where_the_server_does_not_count_there_are_none()
    {
        await using var own = await TestDatabase.CreateAsync();
        await own.OwnerAsync("drop extension pg_stat_statements");

        Assert.Empty(await new StorageFigures(own.Db).StatementsAsync(Stop));
    }
}
