using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

public sealed class DismissedFindingQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly DismissedFindingQueries _findings = new(database.Db);
    private readonly PromptQueries _prompts = new(database.Db);

    [Fact]
    public async Task Keys_come_back_as_they_were_kept_last_and_the_prompt_counts_as_unchanged()
    {
        var (person, prompt) = await PromptAsync();
        var before = (await _prompts.FindAsync(person, prompt, _ct))!.UpdatedAt;

        Assert.Empty(await _findings.FindAsync(person, prompt, _ct));
        Assert.True(await _findings.SaveAsync(person, prompt, ["no-length", "vague-quantifier:0011223344556677"], _ct));
        Assert.True(await _findings.SaveAsync(person, prompt, ["vague-quantifier:0011223344556677", "shouting:ff"], _ct));

        Assert.Equal(["vague-quantifier:0011223344556677", "shouting:ff"], await _findings.FindAsync(person, prompt, _ct));
        Assert.Equal(before, (await _prompts.FindAsync(person, prompt, _ct))!.UpdatedAt);
    }

    [Fact]
    public async Task Nobody_else_reads_or_writes_them()
    {
        var (person, prompt) = await PromptAsync();
        var stranger = Caller.User(await database.CreateUserAsync());
        await _findings.SaveAsync(person, prompt, ["no-length"], _ct);

        Assert.Empty(await _findings.FindAsync(stranger, prompt, _ct));
        Assert.False(await _findings.SaveAsync(stranger, prompt, [], _ct));
        Assert.Equal(["no-length"], await _findings.FindAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task No_more_than_two_hundred_are_taken()
    {
        var (person, prompt) = await PromptAsync();

        Assert.True(await _findings.SaveAsync(person, prompt, [.. Enumerable.Range(0, 200).Select(number => $"k{number}")], _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _findings.SaveAsync(person, prompt, [.. Enumerable.Range(0, 201).Select(number => $"k{number}")], _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _findings.SaveAsync(person, prompt, [new string('x', 20_001)], _ct));
    }

    private async Task<(Caller Person, Guid Prompt)> PromptAsync()
    {
        var person = Caller.User(await database.CreateUserAsync());
        return (person, await _prompts.CreateAsync(person, new NewPrompt { Title = "T", Goal = "G", Template = "Text", Variables = "[]" }, _ct));
    }
}
