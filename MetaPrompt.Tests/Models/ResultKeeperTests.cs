using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Xunit;
using TestResult = MetaPrompt.Data.Tests.TestResult;

namespace MetaPrompt.Tests.Models;

public sealed class ResultKeeperTests(TestDatabase database) : ModelTest, IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_finished_run_is_a_row_with_what_was_measured()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("An answer."));

        var (_, row) = await KeepAsync(server.Settings("A model"), 0.35m);

        Assert.Equal("A model", row.Model);
        Assert.Equal(0.35m, row.Temperature);
        Assert.Equal("Ada", JsonDocument.Parse(row.VariableValues).RootElement.GetProperty("name").GetString());
        Assert.Equal("Say hello.", row.ResolvedPrompt);
        Assert.Equal("An answer.", row.Result);
        Assert.Equal((11, 7, 18), (row.InputTokens, row.OutputTokens, row.TokensUsed));
        Assert.Equal("stop", row.FinishReason);
        Assert.NotNull(row.ResponseTimeMs);
        Assert.Null(row.Error);
    }

    [Fact]
    public async Task What_was_not_told_is_null_and_never_0()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("An answer.") with { InputTokens = null });

        var (_, row) = await KeepAsync(server.Settings(), 1);

        Assert.Null(row.InputTokens);
        Assert.Null(row.OutputTokens);
        Assert.Null(row.TokensUsed);
    }

    [Fact]
    public async Task A_failed_run_is_kept_with_what_arrived_and_the_words_the_person_saw()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.EndEarly()));

        var (run, row) = await KeepAsync(server.Settings(), 1);

        Assert.Equal("Half", row.Result);
        Assert.Equal(run.Failure, row.Error);
        Assert.Contains("broke off", row.Error, StringComparison.Ordinal);
        Assert.Null(row.FinishReason);
    }

    [Fact]
    public async Task A_refused_run_is_kept_without_an_answer()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(401, "no"));

        var (_, row) = await KeepAsync(server.Settings(), 1);

        Assert.Null(row.Result);
        Assert.Contains("refused the API key", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signs_that_no_database_takes_do_not_lose_the_answer()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("A\0B ", "日本"));

        var (run, row) = await KeepAsync(server.Settings(), 1, "Prompt with \0 and \ud83d.");

        Assert.Null(run.NotKept);
        Assert.Equal("AB 日本", row.Result);
        Assert.Equal("Prompt with  and \ufffd.", row.ResolvedPrompt);
    }

    [Fact]
    public async Task A_run_of_a_strangers_prompt_is_not_kept_and_says_so()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, Keep);
        var promptId = await database.CreatePromptAsync(await database.CreateUserAsync());

        var run = await RunAsync(runner, Request(server.Settings(), caller: Caller.User(await database.CreateUserAsync())) with { PromptId = promptId });

        Assert.Equal(RunState.Done, run.State);
        Assert.NotNull(run.NotKept);
        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from public.test_results where prompt_id = @id", ("id", promptId)));
    }

    [Fact]
    public async Task A_run_names_the_version_it_began_with_whatever_is_saved_while_the_model_answers()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("An answer."));
        var userId = await database.CreateUserAsync();
        var promptId = await database.CreatePromptAsync(userId);
        var read = (await new PromptQueries(database.Db).FindAsync(Caller.User(userId), promptId, Cancel))!;
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, async (run, cancellationToken) =>
        {
            await database.OwnerAsync("update public.prompts set template = 'Changed' where id = @id", ("id", promptId));
            await Keep(run, cancellationToken);
        });

        await RunAsync(runner, Request(server.Settings(), "Say hello.", 1, Caller.User(userId)) with { PromptId = promptId, PromptVersion = read.Version });

        Assert.Equal(2, (await new PromptQueries(database.Db).FindAsync(Caller.User(userId), promptId, Cancel))!.Version);
        Assert.Equal(1, Assert.Single(await new TestResultQueries(database.Db).PageAsync(Caller.User(userId), promptId, null, 10, Cancel)).PromptVersion);
    }

    private async Task<(PromptRun Run, TestResult Row)> KeepAsync(ModelSettings model, decimal temperature, string prompt = "Say hello.")
    {
        using var catalog = Catalog(model);
        using var runner = Runner(catalog, Keep);
        var userId = await database.CreateUserAsync();
        var promptId = await database.CreatePromptAsync(userId);
        var caller = Caller.User(userId);

        var run = await RunAsync(runner, Request(model, prompt, temperature, caller) with { PromptId = promptId });

        Assert.Null(run.NotKept);
        return (run, Assert.Single(await new TestResultQueries(database.Db).PageAsync(caller, promptId, null, 10, Cancel)));
    }

    private Task Keep(PromptRun run, CancellationToken cancellationToken) =>
        ResultKeeper.KeepAsync(new TestResultQueries(database.Db), run, cancellationToken);
}
