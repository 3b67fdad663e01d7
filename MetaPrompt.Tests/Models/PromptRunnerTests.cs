using System.Data.Common;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class PromptRunnerTests : ModelTest
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
        var request = Request(model, "Greet Ada.", 1.25m);

        var run = runner.Find(runner.Start(request), request.Caller)!;
        await UntilAsync(run, it => it.Answer == "Good ");
        Assert.Equal(RunState.Running, run.State);
        Assert.Null(run.OutputTokens);
        Clock.Advance(TimeSpan.FromMilliseconds(1500));
        more.SetResult();
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(RunState.Done, run.State);
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

        var run = await RunAsync(runner, Request(server.Settings()));

        Assert.Equal(RunState.Done, run.State);
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
        var kept = new List<PromptRun>();
        using var runner = Runner(catalog, Keep(kept));
        var request = Request(server.Settings());

        var run = runner.Find(runner.Start(request), request.Caller)!;
        await UntilAsync(run, it => it.Answer == "Half");
        run.Stop();
        await run.Completion.WaitAsync(Cancel);
        await server.Requests[0].HungUp.WaitAsync(Cancel);

        Assert.Equal(RunState.Stopped, run.State);
        Assert.Equal("Half", run.Answer);
        Assert.Null(run.Failure);
        Assert.Null(run.OutputTokens);
        Assert.Same(run, Assert.Single(kept));
        run.Stop();
        Assert.Equal(RunState.Stopped, run.State);
    }

    [Fact]
    public async Task A_failure_in_the_middle_keeps_what_arrived()
    {
        var seen = new TaskCompletionSource();
        await using var server = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(seen.Task), new ScriptedStep.Cut()));
        using var catalog = Catalog(server.Settings());
        var kept = new List<PromptRun>();
        using var runner = Runner(catalog, Keep(kept));
        var request = Request(server.Settings());

        var run = runner.Find(runner.Start(request), request.Caller)!;
        await UntilAsync(run, it => it.Answer == "Half");
        seen.SetResult();
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal("Half", run.Answer);
        Assert.Equal(FailureKind.BrokenStream, run.FailureKind);
        Assert.EndsWith("What had arrived is kept.", run.Failure, StringComparison.Ordinal);
        Assert.Null(run.OutputTokens);
        Assert.Same(run, Assert.Single(kept));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_refusal_tells_how_long_to_wait_and_is_not_tried_again()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(429, "Slow.") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } });
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);

        var run = await RunAsync(runner, Request(server.Settings()));

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal(TimeSpan.FromSeconds(7), run.RetryAfter);
        Assert.Contains("in 7 seconds", run.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain("kept", run.Failure, StringComparison.Ordinal);
        Assert.Equal("", run.Answer);
        Assert.Single(server.Requests);
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

        var run = await RunAsync(runner, Request(server.Settings()));

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

        var run = await RunAsync(runner, Request(server.Settings()));

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

        var run = await RunAsync(runner, Request(server.Settings()));

        Assert.Equal(RunState.Done, run.State);
        Assert.Equal(string.Concat(chunks), run.Answer);
    }

    [Fact]
    public async Task Only_its_owner_finds_a_run()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var request = Request(server.Settings());

        var id = runner.Start(request);

        Assert.NotNull(runner.Find(id, request.Caller));
        Assert.Single(runner.Unfinished(request.PromptId, request.Caller));
        foreach (var other in new[] { Caller.User(Guid.NewGuid()), Caller.Anonymous, Caller.App })
        {
            Assert.Null(runner.Find(id, other));
            Assert.Empty(runner.Unfinished(request.PromptId, other));
        }

        Assert.Throws<ArgumentException>(() => runner.Start(request with { Caller = Caller.User(Guid.NewGuid()) }));
        Assert.Throws<ArgumentException>(() => runner.Start(Request(server.Settings(), caller: Caller.Anonymous)));
        await StopAsync(runner);
    }

    [Fact]
    public async Task The_same_run_asked_for_twice_is_sent_once()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var request = Request(server.Settings());

        var first = await RunAsync(runner, request);
        var second = await RunAsync(runner, request);

        Assert.Same(first, second);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_model_serves_as_many_runs_at_a_time_as_it_may_and_the_next_when_one_ends()
    {
        await using var server = await ScriptedOpenAi.StartAsync(request => request.Prompt == "last" ? ScriptedAnswer.Say("Served.") : ScriptedAnswer.Hang());
        using var catalog = Catalog();
        using var runner = Runner(catalog, limits: Limits with { RunsPerModel = 2 });
        var caller = Caller.User(Guid.NewGuid());
        var first = runner.Find(runner.Start(Request(server.Settings(), "first", caller: caller)), caller)!;
        runner.Start(Request(server.Settings(), "second", caller: caller));
        await server.NextRequestAsync(Cancel);
        await server.NextRequestAsync(Cancel);

        var last = runner.Find(runner.Start(Request(server.Settings(), "last", caller: caller)), caller)!;
        await using var other = await ScriptedOpenAi.StartAsync();
        await RunAsync(runner, Request(other.Settings("Another model"), caller: caller));
        Assert.True(last.Waiting);
        Assert.Equal(0, last.ElapsedMs);
        Assert.Equal(2, server.Requests.Count);
        first.Stop();
        await last.Completion.WaitAsync(Cancel);

        Assert.Equal("Served.", last.Answer);
        Assert.False(last.Waiting);
        await StopAsync(runner);
    }

    [Fact]
    public async Task A_run_stopped_before_its_turn_was_never_sent_and_leaves_no_result()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        var kept = new List<PromptRun>();
        using var runner = Runner(catalog, Keep(kept), Limits with { RunsPerModel = 1 });
        var caller = Caller.User(Guid.NewGuid());
        runner.Start(Request(server.Settings(), caller: caller));
        await server.NextRequestAsync(Cancel);

        var waiting = runner.Find(runner.Start(Request(server.Settings(), caller: caller)), caller)!;
        waiting.Stop();
        await waiting.Completion.WaitAsync(Cancel);

        Assert.Equal(RunState.Stopped, waiting.State);
        Assert.Empty(kept);
        Assert.Single(server.Requests);
        await StopAsync(runner);
    }

    [Fact]
    public async Task A_person_can_have_only_so_many_runs_at_a_time()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { RunsPerPerson = 2 });
        var caller = Caller.User(Guid.NewGuid());
        runner.Start(Request(server.Settings(), caller: caller));
        runner.Start(Request(server.Settings(), caller: caller));

        var failure = Assert.Throws<ModelFailure>(() => runner.Start(Request(server.Settings(), caller: caller)));

        Assert.Equal(FailureKind.NotStarted, failure.Kind);
        Assert.Contains("2 runs", failure.Message, StringComparison.Ordinal);
        runner.Start(Request(server.Settings()));
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

        Assert.Throws<ModelFailure>(() => runner.Start(Request(server.Settings(), prompt, (decimal)temperature)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_shutdown_ends_runs_keeps_them_and_takes_no_new_ones()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        using var catalog = Catalog(server.Settings());
        var kept = new List<PromptRun>();
        using var runner = Runner(catalog, Keep(kept));
        var request = Request(server.Settings());
        var run = runner.Find(runner.Start(request), request.Caller)!;
        await UntilAsync(run, it => it.Answer == "Half");

        await StopAsync(runner);

        Assert.Same(run, Assert.Single(kept));
        Assert.Equal(RunState.Stopped, run.State);
        Assert.Contains("restarted", run.Failure, StringComparison.Ordinal);
        Assert.Equal(FailureKind.NotStarted, Assert.Throws<ModelFailure>(() => runner.Start(Request(server.Settings()))).Kind);
    }

    [Fact]
    public async Task A_finished_run_is_forgotten_after_a_while()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var request = Request(server.Settings());
        var run = await RunAsync(runner, request);

        Clock.Advance(Limits.KeepFinished - TimeSpan.FromMinutes(1));
        Assert.Same(run, runner.Find(run.Id, request.Caller));
        Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(runner.Find(run.Id, request.Caller));
        run.Stop();
    }

    [Fact]
    public async Task Pages_hear_of_many_chunks_seldom_but_always_of_the_last()
    {
        var seen = 0;
        var finished = 0;
        var watched = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do([new ScriptedStep.Wait(watched.Task), .. Enumerable.Repeat(new ScriptedStep.Say("x"), 500)]));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: Limits with { ChangeInterval = TimeSpan.FromMilliseconds(100) });
        var request = Request(server.Settings());
        var run = runner.Find(runner.Start(request), request.Caller)!;
        run.Changed += () =>
        {
            Interlocked.Increment(ref seen);
            if (run.State == RunState.Done)
                Interlocked.Increment(ref finished);
        };
        watched.SetResult();
        await run.Completion.WaitAsync(Cancel);

        // The clock stands still: at most the beginning, and the end.
        Assert.InRange(seen, 1, 2);
        Assert.Equal(1, finished);
        Assert.Equal(500, run.Answer.Length);
    }

    [Fact]
    public async Task A_page_that_fails_does_not_disturb_the_run()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        var keeping = new TaskCompletionSource();
        using var runner = Runner(catalog, (_, _) => keeping.Task);
        var request = Request(server.Settings());
        var run = runner.Find(runner.Start(request), request.Caller)!;
        run.Changed += () => throw new ObjectDisposedException("page");
        keeping.SetResult();

        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(RunState.Done, run.State);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_moment_loses_no_result()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        var attempts = 0;
        var first = new TaskCompletionSource();
        using var runner = Runner(catalog, (_, _) =>
        {
            first.TrySetResult();
            return ++attempts < 3 ? throw new Away(isTransient: true) : Task.CompletedTask;
        });
        var request = Request(server.Settings());

        var run = runner.Find(runner.Start(request), request.Caller)!;
        await first.Task.WaitAsync(Cancel);
        while (!run.Completion.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(3, attempts);
        Assert.Null(run.NotKept);
    }

    [Fact]
    public async Task A_result_that_cannot_be_kept_is_told()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, (_, _) => throw new Away(isTransient: false));

        var run = await RunAsync(runner, Request(server.Settings()));

        Assert.Equal(RunState.Done, run.State);
        Assert.Equal("Hello from the scripted model.", run.Answer);
        Assert.Contains("Copy the answer", run.NotKept, StringComparison.Ordinal);
    }

    private static KeepRun Keep(List<PromptRun> kept) => (run, _) =>
    {
        kept.Add(run);
        return Task.CompletedTask;
    };

    private static Task StopAsync(IHostedService runner) => runner.StopAsync(Cancel);

    private sealed class Away(bool isTransient) : DbException
    {
        public override bool IsTransient => isTransient;
    }
}
