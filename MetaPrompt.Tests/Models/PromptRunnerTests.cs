using System.Data.Common;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>A run and its cells in one program: sent, stopped, kept, found.</summary>
public sealed class PromptRunnerTests(TestDatabase database) : RunTest(database)
{
    [Fact]
    public async Task A_run_streams_its_answer_and_ends_with_what_the_provider_counted()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(
            new ScriptedStep.Say("Good "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("<b>morning</b>.")));
        var model = server.Settings() with { InputPricePerMillion = 2, OutputPricePerMillion = 8 };
        using var catalog = Catalog(model);
        using var runner = Runner(catalog);
        var (live, run) = await StartAsync(runner, Plan(model, "Greet Ada.", 1.25m));
        await UntilAsync(live, () => run.Answer == "Good ");
        Assert.Equal(CellState.Running, run.State);
        Assert.Null(run.OutputTokens);
        Clock.Advance(TimeSpan.FromMilliseconds(1500));
        more.SetResult();
        await live.Completion.WaitAsync(Cancel);

        Assert.Equal(CellState.Done, run.State);
        Assert.Equal("Good <b>morning</b>.", run.Answer);
        Assert.Equal((11, 7, 18), (run.InputTokens, run.OutputTokens, run.TotalTokens));
        Assert.Equal(0.000078m, run.Cost);
        Assert.Equal("stop", run.FinishReason);
        Assert.Equal(1500, run.ElapsedMs);
        Assert.Equal(0, run.FirstTokenMs);
        Assert.Null(run.Failure);
        var sent = Assert.Single(server.Requests);
        Assert.Equal(1.25, sent.Temperature);
        Assert.Equal([("user", "Greet Ada.")], sent.Messages);
    }

    [Fact]
    public async Task Counts_that_no_one_told_are_unknown_and_only_estimated()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("Good morning.") with { InputTokens = null });
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var run = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal(CellState.Done, run.State);
        Assert.Null(run.InputTokens);
        Assert.Null(run.OutputTokens);
        Assert.Null(run.TotalTokens);
        Assert.Null(run.Cost);
        Assert.True(run.EstimatedTokens() is { Input: > 0, Output: > 0 });
    }

    [Fact]
    public async Task Stopping_hangs_up_keeps_what_arrived_and_tells_no_failure()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var (live, run) = await StartAsync(runner, Plan(server.Settings()));
        await UntilAsync(live, () => run.Answer == "Half");
        live.Stop();
        await live.Completion.WaitAsync(Cancel);
        await server.Requests[0].HungUp.WaitAsync(Cancel);

        Assert.Equal(CellState.Stopped, run.State);
        Assert.Equal("Half", run.Answer);
        Assert.Null(run.Failure);
        Assert.Null(run.OutputTokens);
        var kept = Assert.Single(await KeptAsync());
        Assert.Equal(("Half", "stopped", null), (kept.Result, kept.Outcome, kept.Error));
        Assert.Equal(CellState.Stopped, Assert.Single(await CellsAsync(live.Id)).State);
        live.Stop();
        Assert.Equal(CellState.Stopped, run.State);
    }

    [Fact]
    public async Task A_failure_in_the_middle_keeps_what_arrived()
    {
        var seen = new TaskCompletionSource();
        await using var server = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(seen.Task), new ScriptedStep.Cut()));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var (live, run) = await StartAsync(runner, Plan(server.Settings()));
        await UntilAsync(live, () => run.Answer == "Half");
        seen.SetResult();
        await live.Completion.WaitAsync(Cancel);

        Assert.Equal(CellState.Failed, run.State);
        Assert.Equal("Half", run.Answer);
        Assert.Equal(FailureKind.BrokenStream, run.FailureKind);
        Assert.EndsWith("What had arrived is kept.", run.Failure, StringComparison.Ordinal);
        Assert.Null(run.OutputTokens);
        var kept = Assert.Single(await KeptAsync());
        Assert.Equal(("Half", "failed", run.Failure), (kept.Result, kept.Outcome, kept.Error));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Who_is_asked_to_come_back_later_comes_back_then_and_pays_once()
    {
        var refusals = 0;
        await using var server = await ScriptedOpenAi.StartAsync(_ => Interlocked.Increment(ref refusals) <= 2
            ? ScriptedAnswer.Error(429, "Slow.") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } }
            : ScriptedAnswer.Say("At last."));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var (live, cell) = await StartAsync(runner, Plan(server.Settings()));
        for (var refused = 1; refused <= 2; refused++)
        {
            await UntilAsync(live, () => cell.RetryIn is not null);
            Assert.Equal(TimeSpan.FromSeconds(7), cell.RetryIn);
            Clock.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(refused, server.Requests.Count);
            Clock.Advance(TimeSpan.FromSeconds(1));
            await UntilAsync(live, () => cell.Attempts == refused + 1);
        }

        await live.Completion.WaitAsync(Cancel);

        Assert.Equal((CellState.Done, "At last.", 3), (cell.State, cell.Answer, cell.Attempts));
        Assert.Null(cell.Failure);
        Assert.Equal(3, Assert.Single(await KeptAsync()).Attempts);
    }

    [Theory]
    [InlineData(429, "3600", FailureKind.RateLimited)]
    [InlineData(401, null, FailureKind.RefusedKey)]
    [InlineData(400, null, FailureKind.BadRequest)]
    public async Task Who_is_refused_for_long_or_for_good_is_not_sent_again(int status, string? retryAfter, FailureKind kind)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(status, "No.") with
        {
            Headers = retryAfter is null ? new Dictionary<string, string>() : new() { ["Retry-After"] = retryAfter },
        });
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var cell = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal((CellState.Failed, kind), (cell.State, cell.FailureKind));
        Assert.DoesNotContain("kept", cell.Failure, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal(cell.Failure, Assert.Single(await KeptAsync()).Error);
    }

    [Fact]
    public async Task A_provider_that_goes_on_failing_is_given_up_after_some_attempts()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(503, "Overloaded."));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { Attempts = 3 });

        var (live, cell) = await StartAsync(runner, Plan(server.Settings()));
        await AdvanceAsync(live);

        Assert.Equal((CellState.Failed, FailureKind.ServerError, 3), (cell.State, cell.FailureKind, cell.Attempts));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("stop", "answered with nothing")]
    [InlineData("length", "used up its tokens")]
    [InlineData("content_filter", "declined to answer")]
    public async Task An_empty_answer_is_a_failure_that_says_why(string finishReason, string words)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say() with { FinishReason = finishReason });
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var run = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal(FailureKind.EmptyAnswer, run.FailureKind);
        Assert.Contains(words, run.Failure, StringComparison.Ordinal);
        Assert.Equal(finishReason, run.FinishReason);
    }

    [Fact]
    public async Task An_answer_without_end_is_ended_where_keeping_ends()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do([.. Enumerable.Repeat(new ScriptedStep.Say(new string('x', 400)), 3), new ScriptedStep.Wait(new TaskCompletionSource().Task)]));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { AnswerCharacters = 1000 });

        var run = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal(FailureKind.AnswerTooLong, run.FailureKind);
        Assert.Equal(1000, run.Answer.Length);
        await server.Requests[0].HungUp.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_long_answer_arrives_whole()
    {
        var chunks = Enumerable.Range(0, 2000).Select(number => $"{number} – naïve 日本語 🙂 {new string('x', 80)}\n").ToArray();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say(chunks));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var run = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal(CellState.Done, run.State);
        Assert.Equal(string.Concat(chunks), run.Answer);
    }

    [Fact]
    public async Task Only_its_owner_finds_a_run()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var plan = Plan(server.Settings());
        var (stranger, _) = await SomebodyAsync();

        await StartAsync(runner, plan);

        Assert.NotNull(runner.Find(plan.RunId, Person));
        Assert.Single(runner.Unfinished(Prompt, Person));
        foreach (var other in new[] { stranger, Caller.Anonymous, Caller.App })
        {
            Assert.Null(runner.Find(plan.RunId, other));
            Assert.Empty(runner.Unfinished(Prompt, other));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => runner.StartAsync(plan with { Caller = stranger }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => runner.StartAsync(plan with { Caller = Caller.Anonymous }, Cancel));
        Assert.False(await runner.StopAsync(stranger, plan.RunId, Cancel));
        Assert.Null(await runner.RerunAsync(stranger, plan.RunId, [0], Cancel));
        await StopAsync(runner);
    }

    [Fact]
    public async Task The_same_run_asked_for_many_times_at_once_is_sent_once()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var plan = Plan(server.Settings());

        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => runner.StartAsync(plan, Cancel))));
        await runs[0]!.Completion.WaitAsync(Cancel);

        Assert.All(runs, run => Assert.Same(runs[0], run));
        Assert.Same(runs[0], await runner.StartAsync(plan, Cancel));
        Assert.Single(server.Requests);
        Assert.Single(await KeptAsync());
    }

    [Fact]
    public async Task A_run_that_another_program_has_begun_is_not_begun_again()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var one = Runner(catalog);
        using var other = Runner(catalog);
        var plan = Plan(server.Settings());

        await RunAsync(one, plan);

        Assert.Null(await other.StartAsync(plan, Cancel));
        Assert.Null(other.Find(plan.RunId, Person));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_provider_serves_as_many_cells_at_a_time_as_it_may_and_the_next_when_one_ends()
    {
        await using var server = await ScriptedOpenAi.StartAsync(request => request.Prompt == "last" ? ScriptedAnswer.Say("Served.") : ScriptedAnswer.Hang());
        using var catalog = Catalog();
        using var runner = Runner(catalog, limits: Limits with { CellsPerProvider = 2 });
        var (first, _) = await StartAsync(runner, Plan(server.Settings(), "first"));
        await StartAsync(runner, Plan(server.Settings("Another model of it"), "second"));
        await server.NextRequestAsync(Cancel);
        await server.NextRequestAsync(Cancel);

        var (last, cell) = await StartAsync(runner, Plan(server.Settings(), "last"));
        await using var other = await ScriptedOpenAi.StartAsync();
        await RunAsync(runner, Plan(other.Settings("Another provider's")));
        Assert.Equal(CellState.Queued, cell.State);
        Assert.Equal(0, cell.ElapsedMs);
        Assert.Equal(2, server.Requests.Count);
        first.Stop();
        await last.Completion.WaitAsync(Cancel);

        Assert.Equal((CellState.Done, "Served."), (cell.State, cell.Answer));
        await StopAsync(runner);
    }

    [Fact]
    public async Task A_cell_stopped_before_its_turn_was_never_sent_and_leaves_no_result()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { CellsPerProvider = 1 });
        var (going, _) = await StartAsync(runner, Plan(server.Settings()));
        await server.NextRequestAsync(Cancel);

        var (waiting, cell) = await StartAsync(runner, Plan(server.Settings()));
        waiting.Stop();
        await waiting.Completion.WaitAsync(Cancel);

        Assert.Equal(CellState.Stopped, cell.State);
        Assert.Empty(await KeptAsync());
        Assert.Equal(CellState.Stopped, Assert.Single(await CellsAsync(waiting.Id)).State);
        Assert.Single(server.Requests);
        going.Stop();
        await going.Completion.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_person_can_have_only_so_many_runs_at_a_time()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { RunsPerPerson = 2 });
        await StartAsync(runner, Plan(server.Settings()));
        await StartAsync(runner, Plan(server.Settings()));

        var failure = await Assert.ThrowsAsync<ModelFailure>(() => runner.StartAsync(Plan(server.Settings()), Cancel));

        Assert.Equal(FailureKind.NotStarted, failure.Kind);
        Assert.Contains("2 runs", failure.Message, StringComparison.Ordinal);
        var (other, prompt) = await SomebodyAsync();
        await StartAsync(runner, new RunPlan { Caller = other, PromptId = prompt, Cells = [Cell(server.Settings()) with { PromptId = prompt }] });
        await StopAsync(runner);
    }

    [Theory]
    [InlineData(2.01, "Hello")]
    [InlineData(-0.01, "Hello")]
    [InlineData(1, "  ")]
    public async Task What_could_not_be_kept_is_not_sent(double temperature, string prompt)
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        await Assert.ThrowsAsync<ModelFailure>(() => runner.StartAsync(Plan(server.Settings(), prompt, (decimal)temperature), Cancel));
        await Assert.ThrowsAsync<ModelFailure>(() => runner.StartAsync(Plan([]), Cancel));
        await Assert.ThrowsAsync<ModelFailure>(() => runner.StartAsync(Plan([.. Enumerable.Repeat(Cell(server.Settings()), RunPlan.MaxCells + 1)]), Cancel));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_strangers_prompt_is_not_run_and_a_database_that_refuses_sends_nothing()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var (_, theirs) = await SomebodyAsync();
        var plan = Plan(Cell(server.Settings()) with { PromptId = theirs });

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => runner.StartAsync(plan, Cancel));

        Assert.Null(runner.Find(plan.RunId, Person));
        Assert.Null(await Rows.FindAsync(Person, plan.RunId, Cancel));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_shutdown_ends_cells_keeps_them_and_takes_no_new_ones_and_what_was_never_sent_is_interrupted()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { CellsPerProvider = 1 });
        var (live, cell) = await StartAsync(runner, Plan(Cell(server.Settings()), Cell(server.Settings())));
        await UntilAsync(live, () => live.Cells.Any(it => it.Answer == "Half"));
        cell = live.Cells.Single(it => it.Answer == "Half");

        await StopAsync(runner);

        Assert.Equal((CellState.Stopped, "Half"), (cell.State, Assert.Single(await KeptAsync()).Result));
        Assert.Contains("restarted", cell.Failure, StringComparison.Ordinal);
        Assert.Equal([CellState.Interrupted, CellState.Stopped], (await CellsAsync(live.Id)).Select(row => row.State).OrderDescending());
        Assert.Equal(FailureKind.NotStarted, (await Assert.ThrowsAsync<ModelFailure>(() => runner.StartAsync(Plan(server.Settings()), Cancel))).Kind);
    }

    [Fact]
    public async Task A_finished_run_is_forgotten_after_a_while()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var (run, _) = await StartAsync(runner, Plan(server.Settings()));
        await run.Completion.WaitAsync(Cancel);

        Clock.Advance(Limits.KeepFinished - TimeSpan.FromMinutes(1));
        Assert.Same(run, runner.Find(run.Id, Person));
        Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(runner.Find(run.Id, Person));
        run.Stop();
    }

    [Fact]
    public async Task Pages_hear_of_many_streams_seldom_but_always_of_the_last()
    {
        var seen = 0;
        var finished = 0;
        var watched = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do([new ScriptedStep.Wait(watched.Task), .. Enumerable.Repeat(new ScriptedStep.Say("x"), 100)]));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { ChangeInterval = TimeSpan.FromMilliseconds(125), CellsPerProvider = 20, CellsPerRun = 20 });
        var (run, _) = await StartAsync(runner, Plan([.. Enumerable.Repeat(Cell(server.Settings()), 20)]));
        run.Changed += () =>
        {
            Interlocked.Increment(ref seen);
            if (run.Cells.All(cell => cell.State == CellState.Done))
                Interlocked.Increment(ref finished);
        };
        watched.SetResult();
        await run.Completion.WaitAsync(Cancel);

        // The clock stands still: at most the beginning, and the end.
        Assert.InRange(seen, 1, 2);
        Assert.Equal(1, finished);
        Assert.All(run.Cells, cell => Assert.Equal(100, cell.Answer.Length));
    }

    [Fact]
    public async Task A_page_that_fails_does_not_disturb_the_run()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        var keeping = new TaskCompletionSource();
        using var runner = Runner(catalog, (_, _, _, _, _) => keeping.Task);
        var (run, cell) = await StartAsync(runner, Plan(server.Settings()));
        run.Changed += () => throw new ObjectDisposedException("page");
        keeping.SetResult();

        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(CellState.Done, cell.State);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_while_loses_no_result()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        var attempts = 0;
        using var runner = Runner(catalog, (run, cell, id, state, token) =>
            ++attempts < 5 ? throw new Away(isTransient: true) : KeepAsync(run, cell, id, state, token));

        var (live, cell) = await StartAsync(runner, Plan(server.Settings()));
        await UntilAsync(live, () => cell.Keeping);
        Assert.Equal((CellState.Running, "Hello from the scripted model."), (cell.State, cell.Answer));
        await AdvanceAsync(live);

        Assert.Equal(5, attempts);
        Assert.Null(cell.NotKept);
        Assert.Equal(cell.ResultId, Assert.Single(await KeptAsync()).Id);
    }

    [Fact]
    public async Task A_result_that_cannot_be_kept_is_told()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, (_, _, _, _, _) => throw new Away(isTransient: false));

        var cell = await RunAsync(runner, Plan(server.Settings()));

        Assert.Equal(CellState.Done, cell.State);
        Assert.Equal("Hello from the scripted model.", cell.Answer);
        Assert.Contains("Copy the answer", cell.NotKept, StringComparison.Ordinal);
    }

    private static Task StopAsync(IHostedService runner) => runner.StopAsync(Cancel);

    private sealed class Away(bool isTransient) : DbException
    {
        public override bool IsTransient => isTransient;
    }
}
