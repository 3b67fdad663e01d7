using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Tests;

public sealed class VerdictQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly VerdictQueries _verdicts = new(database.Db);

    [Fact]
    public async Task The_latest_verdict_on_a_result_is_its_verdict()
    {
        var (person, result) = await ResultAsync();
        await _verdicts.SaveAsync(person, new NewVerdict { ResultId = result, Passed = true, Outcomes = "[]", JudgeCost = 0.0000000012m }, _ct);
        await _verdicts.SaveAsync(person, new NewVerdict { ResultId = result, Passed = null, Outcomes = """[{"type":"is-json","passed":null,"why":"a\u0000b"}]""" }, _ct);

        var verdict = Assert.Single(await _verdicts.OfAsync(person, [result, Guid.NewGuid()], _ct)).Value;

        Assert.Equal((result, null, """[{"why": "ab", "type": "is-json", "passed": null}]""", null), (verdict.ResultId, verdict.Passed, verdict.Outcomes, verdict.JudgeCost));
    }

    [Fact]
    public async Task What_a_judge_cost_is_kept_to_the_last_digit()
    {
        var (person, result) = await ResultAsync();

        await _verdicts.SaveAsync(person, new NewVerdict { ResultId = result, Passed = false, Outcomes = "[]", JudgeCost = 0.0000000012m }, _ct);

        Assert.Equal((false, 0.0000000012m), (await _verdicts.OfAsync(person, [result], _ct))[result] is var verdict ? (verdict.Passed!.Value, verdict.JudgeCost!.Value) : default);
    }

    [Fact]
    public async Task Nobody_reads_or_writes_the_verdict_on_somebody_elses_result()
    {
        var (person, result) = await ResultAsync();
        var stranger = Caller.User(await database.CreateUserAsync());
        await _verdicts.SaveAsync(person, new NewVerdict { ResultId = result, Passed = true, Outcomes = "[]" }, _ct);

        Assert.Empty(await _verdicts.OfAsync(stranger, [result], _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _verdicts.SaveAsync(stranger, new NewVerdict { ResultId = result, Passed = false, Outcomes = "[]" }, _ct));
        Assert.True((await _verdicts.OfAsync(person, [result], _ct))[result].Passed);
    }

    private async Task<(Caller Person, Guid Result)> ResultAsync()
    {
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        var result = Guid.NewGuid();
        await new TestResultQueries(database.Db).SaveAsync(
            Caller.User(user), new NewTestResult { Id = result, PromptId = prompt, Model = "m", Temperature = 1, VariableValues = "{}", ResolvedPrompt = "x" }, _ct);
        return (Caller.User(user), result);
    }
}
