using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Tests;

public sealed class TestTextQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly TestTextQueries _queries = new(database.Db);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Other_prompts_are_found_by_title_letter_for_letter_and_only_ones_own_that_are_there()
    {
        var prompts = new PromptQueries(database.Db);
        var person = Caller.User(await database.CreateUserAsync());
        var tested = await MakeAsync(person, "Release notes");
        var other = await MakeAsync(person, "100% Release notes");
        var deleted = await MakeAsync(person, "Release notes of old");
        await prompts.DeleteAsync(person, deleted, Cancel);
        await MakeAsync(Caller.User(await database.CreateUserAsync()), "Release notes of somebody else");

        var found = Assert.Single(await _queries.OthersAsync(person, tested, " release ", Cancel));
        Assert.Equal((other, "Say {{it}}", 1), (found.Id, found.Template, found.Version));
        Assert.Single(await _queries.OthersAsync(person, tested, "0%", Cancel));
        Assert.Empty(await _queries.OthersAsync(person, tested, "%x", Cancel));
        Assert.Single(await _queries.OthersAsync(person, tested, null, Cancel));

        Task<Guid> MakeAsync(Caller who, string title) => prompts.CreateAsync(who, new NewPrompt { Title = title, Goal = "g", Template = "Say {{it}}", Variables = "[]" }, Cancel);
    }

    [Fact]
    public async Task The_whole_answer_is_its_owners_alone()
    {
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        var id = await database.OwnerScalarAsync<Guid>(
            "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result) values (@prompt, @user, 'm', 0.7, '{}', 'P', repeat('long ', 9000)) returning id",
            ("prompt", prompt), ("user", user));

        Assert.Equal(45_000, (await _queries.AnswerAsync(Caller.User(user), id, Cancel))!.Length);
        Assert.Null(await _queries.AnswerAsync(Caller.User(await database.CreateUserAsync()), id, Cancel));
    }
}
