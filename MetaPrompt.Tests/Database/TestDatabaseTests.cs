using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

public sealed class TestDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private sealed record Row
    {
        public required string Title { get; init; }
    }

    private const string OwnPrompts = "select title from public.prompts where user_id = (select auth.uid())";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_sees_own_prompts_and_a_stranger_does_not()
    {
        var owner = await database.CreateUserAsync();
        await database.CreatePromptAsync(owner, "Mine");

        Assert.Equal(["Mine"], (await database.Db.QueryAsync<Row>(Caller.User(owner), OwnPrompts, null, _ct)).Select(row => row.Title));
        Assert.Empty(await database.Db.QueryAsync<Row>(Caller.User(await database.CreateUserAsync()), OwnPrompts, null, _ct));
    }

    [Fact]
    public async Task The_app_login_itself_may_read_no_table()
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.Db.QueryAsync<Row>(Caller.App, "select title from public.prompts", null, _ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Each_test_database_is_its_own()
    {
        await using var other = await TestDatabase.CreateAsync();
        await database.CreateUserAsync("somebody@example.test", "Some Body");
        Assert.Equal("Some Body", await database.OwnerScalarAsync<string>("select full_name from public.users where email = 'somebody@example.test'"));
        Assert.Equal(0L, await other.OwnerScalarAsync<long>("select count(*) from public.users where email = 'somebody@example.test'"));
    }
}
