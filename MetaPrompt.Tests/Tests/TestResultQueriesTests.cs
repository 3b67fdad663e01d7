using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;
using TestResult = MetaPrompt.Data.Tests.TestResult;

namespace MetaPrompt.Tests.Tests;

public sealed class TestResultQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TestResultQueries _results = new(database.Db);

    [Fact]
    public async Task A_result_is_kept_as_it_was_measured()
    {
        var (person, prompt) = await PromptAsync();
        var result = New(prompt) with
        {
            Model = "claude", Temperature = 0.75m, VariableValues = """{"topic": "tea"}""", Result = "An answer", TokensUsed = 30,
            ResponseTimeMs = 1234, InputTokens = 10, OutputTokens = 20, FinishReason = "stop",
        };

        await _results.SaveAsync(person, result, _ct);
        await _results.SaveAsync(person, result with { Result = "Another" }, _ct);

        var kept = Assert.Single(await _results.PageAsync(person, prompt, null, 10, _ct));
        Assert.Equal((result.Id, prompt, "claude", 0.75m, """{"topic": "tea"}""", "Write about tea."), (kept.Id, kept.PromptId, kept.Model, kept.Temperature, kept.VariableValues, kept.ResolvedPrompt));
        Assert.Equal<(string?, int?, int?, int?, int?, string?, string?)>(("An answer", 30, 1234, 10, 20, "stop", null), (kept.Result, kept.TokensUsed, kept.ResponseTimeMs, kept.InputTokens, kept.OutputTokens, kept.FinishReason, kept.Error));
        Assert.Equal(DateTimeKind.Utc, kept.CreatedAt.Kind);
    }

    [Fact]
    public async Task What_was_not_measured_is_null_and_not_zero()
    {
        var (person, prompt) = await PromptAsync();
        await _results.SaveAsync(person, New(prompt) with { Error = "The key was refused." }, _ct);

        var kept = Assert.Single(await _results.PageAsync(person, prompt, null, 10, _ct));

        Assert.Equal<(string?, int?, int?, int?, int?, string?, string?)>((null, null, null, null, null, null, "The key was refused."), (kept.Result, kept.TokensUsed, kept.ResponseTimeMs, kept.InputTokens, kept.OutputTokens, kept.FinishReason, kept.Error));
    }

    [Fact]
    public async Task Results_that_cannot_be_are_refused()
    {
        var (person, prompt) = await PromptAsync();
        foreach (var (impossible, code) in new (NewTestResult, string)[]
        {
            (New(prompt) with { Temperature = 2.01m }, PostgresErrorCodes.CheckViolation),
            (New(prompt) with { Temperature = -0.01m }, PostgresErrorCodes.CheckViolation),
            (New(prompt) with { Temperature = 12 }, PostgresErrorCodes.NumericValueOutOfRange),
            (New(prompt) with { TokensUsed = -1 }, PostgresErrorCodes.CheckViolation),
            (New(prompt) with { ResponseTimeMs = -1 }, PostgresErrorCodes.CheckViolation),
            (New(prompt) with { VariableValues = "[]" }, PostgresErrorCodes.CheckViolation),
            (New(prompt) with { Model = new string('m', 51) }, PostgresErrorCodes.StringDataRightTruncation),
            (New(prompt) with { Error = new string('e', 10_001) }, PostgresErrorCodes.CheckViolation),
            (New(Guid.NewGuid()), PostgresErrorCodes.InsufficientPrivilege),
        })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => _results.SaveAsync(person, impossible, _ct));
            Assert.Equal((code, impossible), (refusal.SqlState, impossible));
        }

        Assert.Empty(await _results.PageAsync(person, prompt, null, 10, _ct));
    }

    [Fact]
    public async Task A_result_of_a_strangers_prompt_is_refused_even_where_the_prompt_is_published()
    {
        var (_, prompt) = await PromptAsync();
        await database.OwnerAsync("update public.prompts set is_public = true where id = @id", ("id", prompt));
        var stranger = Caller.User(await database.CreateUserAsync());

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _results.SaveAsync(stranger, New(prompt), _ct));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task The_pages_are_every_result_once_the_latest_first()
    {
        var (person, prompt) = await PromptAsync();
        for (var i = 0; i < 17; i++)
            await _results.SaveAsync(person, New(prompt), _ct);
        await database.OwnerAsync("update public.test_results set created_at = date_trunc('second', created_at) where prompt_id = @id", ("id", prompt));

        foreach (var size in (int[])[1, 5, 17, 100])
        {
            var all = new List<TestResult>();
            TestResultCursor? after = null;
            while (true)
            {
                var page = await _results.PageAsync(person, prompt, after, size, _ct);
                all.AddRange(page);
                if (page.Count < size)
                    break;
                after = new TestResultCursor(page[^1].CreatedAt, page[^1].Id);
            }

            Assert.Equal(17, all.DistinctBy(result => result.Id).Count());
            Assert.Equal(
                all.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id.ToString(), StringComparer.Ordinal).Select(r => r.Id),
                all.Select(r => r.Id));
        }
    }

    [Fact]
    public async Task A_result_is_deleted_once_and_goes_with_its_prompt()
    {
        var (person, prompt) = await PromptAsync();
        var id = Guid.NewGuid();
        await _results.SaveAsync(person, New(prompt) with { Id = id }, _ct);
        await _results.SaveAsync(person, New(prompt), _ct);

        Assert.True(await _results.DeleteAsync(person, id, _ct));
        Assert.False(await _results.DeleteAsync(person, id, _ct));
        Assert.Single(await _results.PageAsync(person, prompt, null, 10, _ct));

        await database.OwnerAsync("delete from public.prompts where id = @id", ("id", prompt));
        Assert.Empty(await _results.PageAsync(person, prompt, null, 10, _ct));
    }

    private static NewTestResult New(Guid prompt) => new()
    {
        PromptId = prompt, Model = "m", Temperature = 1, VariableValues = "{}", ResolvedPrompt = "Write about tea.",
    };

    private async Task<(Caller Person, Guid Prompt)> PromptAsync()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var prompt = new NewPrompt { Title = "Title", Goal = "Goal", Template = "Write about {{topic}}.", Variables = "[]" };
        return (person, await new PromptQueries(database.Db).CreateAsync(person, prompt, _ct));
    }
}
