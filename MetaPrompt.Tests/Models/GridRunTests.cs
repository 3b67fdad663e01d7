using System.Collections.Concurrent;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>Grids: many cells at once over both providers' APIs, with everything that can go wrong on the way.</summary>
public sealed class GridRunTests(TestDatabase database) : RunTest(database)
{
    [Fact]
    public async Task Ten_models_and_twenty_cases_run_to_the_end_and_every_cell_has_its_own_answer()
    {
        await using var openAi = await ScriptedOpenAi.StartAsync(GridPlan.Echo);
        await using var anthropic = await ScriptedAnthropic.StartAsync(GridPlan.Echo);
        var models = GridPlan.Models(openAi.Endpoint, anthropic.Endpoint);
        using var catalog = Catalog(models);
        using var runner = Runner(catalog);
        var plan = Grid(models, 20);

        var run = (await runner.StartAsync(plan, Cancel))!;
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(200, run.Cells.Count);
        Assert.All(run.Cells, cell => Assert.Equal((CellState.Done, GridPlan.Answer(cell.Plan)), (cell.State, cell.Answer)));
        var rows = await CellsAsync(run.Id);
        Assert.All(rows.Zip(run.Cells), pair => Assert.Equal(
            (CellState.Done, pair.Second.Answer, pair.Second.Plan.Model.Name, pair.Second.Plan.CaseName, pair.Second.ResultId, 1),
            (pair.First.State, pair.First.Answer, pair.First.Model, pair.First.CaseName, pair.First.ResultId, pair.First.Attempt)));
        Assert.Equal(100, openAi.Requests.Count);
        Assert.Equal(100, anthropic.Requests.Count);
        Assert.NotNull((await Rows.FindAsync(Person, run.Id, Cancel))!.EndedAt);
        Assert.Equal(200L, await Database.OwnerScalarAsync<long>("select count(*) from public.test_results where run_id = @id and outcome = 'done' and sent ? 'body'", ("id", run.Id)));
    }

    [Fact]
    public async Task Refusals_failures_cuts_silence_and_nonsense_lose_no_answer_and_pay_for_none_twice()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var answered = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        ScriptedAnswer Faulty(ScriptedRequest request)
        {
            var key = $"{request.Model} {request.Prompt}";
            var time = seen.AddOrUpdate(key, 1, (_, times) => times + 1);
            var trouble = time == 1 ? GridPlan.Number(request.Prompt) % 10 : -1;
            if (trouble is not (0 or 1))
                answered.AddOrUpdate(key, 1, (_, times) => times + 1);
            return trouble switch
            {
                0 => ScriptedAnswer.Error(429, "Slow down.") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } },
                1 => ScriptedAnswer.Error(500, "Sorry."),
                2 => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Cut()),
                3 => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.EndEarly()),
                4 => ScriptedAnswer.Hang(),
                5 => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Raw("event: content_block_delta\ndata: {\"broken\": \n\n")),
                6 => ScriptedAnswer.WebPage(),
                _ => GridPlan.Echo(request),
            };
        }

        await using var openAi = await ScriptedOpenAi.StartAsync(Faulty);
        await using var anthropic = await ScriptedAnthropic.StartAsync(Faulty);
        var models = GridPlan.Models(openAi.Endpoint, anthropic.Endpoint);
        using var catalog = Catalog(models);
        using var runner = Runner(catalog, limits: Limits with { CellsPerProvider = 100, CellsPerRun = 200 });

        var run = (await runner.StartAsync(Grid(models, 20), Cancel))!;
        await AdvanceAsync(run);

        Assert.All(run.Cells, cell => Assert.Equal(GridPlan.Number(cell.Plan.ResolvedPrompt) % 10 is >= 2 and <= 6 ? CellState.Failed : CellState.Done, cell.State));
        Assert.All(run.Cells.Where(cell => cell.State == CellState.Done), cell => Assert.Equal(GridPlan.Answer(cell.Plan), cell.Answer));
        // A connection that is cut may take what was on its way with it.
        Assert.All(run.Cells.Where(cell => GridPlan.Number(cell.Plan.ResolvedPrompt) % 10 is 2), cell => Assert.Contains(cell.Answer, new[] { "Half", "" }));
        Assert.All(run.Cells.Where(cell => GridPlan.Number(cell.Plan.ResolvedPrompt) % 10 is 3), cell => Assert.Equal("Half", cell.Answer));
        Assert.All(run.Cells.Where(cell => GridPlan.Number(cell.Plan.ResolvedPrompt) % 10 is 0 or 1), cell => Assert.Equal(2, cell.Attempts));
        // What had come was kept, and nothing that a provider may have been paid for was sent again by itself.
        Assert.Equal(200, (await CellsAsync(run.Id)).Count(row => row.ResultId is not null));
        Assert.Equal(200, answered.Count);
        Assert.All(answered.Values, times => Assert.Equal(1, times));

        var failed = run.Cells.Where(cell => cell.State == CellState.Failed).Select(cell => cell.Position).ToArray();
        Assert.Same(run, await runner.RerunAsync(Person, run.Id, failed, Cancel));
        await AdvanceAsync(run);

        Assert.All(run.Cells, cell => Assert.Equal((CellState.Done, GridPlan.Answer(cell.Plan)), (cell.State, cell.Answer)));
        Assert.Equal(failed.Length, answered.Values.Count(times => times == 2));
        Assert.Equal(200L + failed.Length, await Database.OwnerScalarAsync<long>("select count(*) from public.test_results where run_id = @id", ("id", run.Id)));
    }

    [Fact]
    public async Task One_cell_is_stopped_the_others_go_on_and_it_is_run_again()
    {
        var stopped = new TaskCompletionSource();
        var first = 0;
        await using var server = await ScriptedOpenAi.StartAsync(request => GridPlan.Number(request.Prompt) == 1 && Interlocked.Increment(ref first) == 1
            ? ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task))
            : ScriptedAnswer.Do(new ScriptedStep.Wait(stopped.Task), new ScriptedStep.Say("Whole")));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = (await runner.StartAsync(Grid([server.Settings()], 3), Cancel))!;
        await UntilAsync(run, () => run.Cells[1].Answer == "Half" && run.Cells.All(cell => cell.State == CellState.Running));

        run.Stop(1);
        await UntilAsync(run, () => run.Cells[1].State == CellState.Stopped);
        Assert.Equal([CellState.Running, CellState.Stopped, CellState.Running], run.Cells.Select(cell => cell.State));
        // Busy cells are left alone, and a second click finds nothing to do.
        await runner.RerunAsync(Person, run.Id, [0, 1, 2], Cancel);
        await runner.RerunAsync(Person, run.Id, [1], Cancel);
        stopped.SetResult();
        await run.Completion.WaitAsync(Cancel);

        Assert.All(run.Cells, cell => Assert.Equal((CellState.Done, "Whole"), (cell.State, cell.Answer)));
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(["Half", "Whole", "Whole", "Whole"], (await KeptAsync()).Select(result => result.Result).Order());
    }

    [Fact]
    public async Task What_a_program_that_is_gone_left_unfinished_is_interrupted_and_run_again_by_another()
    {
        await using var server = await ScriptedOpenAi.StartAsync(request => GridPlan.Number(request.Prompt) == 0 ? ScriptedAnswer.Say("First") : ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var gone = Runner(catalog);
        using var runner = Runner(catalog);
        var plan = Grid([server.Settings()], 3);
        var left = (await gone.StartAsync(plan, Cancel))!;
        await UntilAsync(left, () => left.Cells[0].State == CellState.Done);
        await server.NextRequestAsync(Cancel);
        await server.NextRequestAsync(Cancel);
        await server.NextRequestAsync(Cancel);

        // Its lease still runs: nobody takes its cells away.
        Assert.Null(await runner.RerunAsync(Person, plan.RunId, [1, 2], Cancel));
        await Database.OwnerAsync("update public.test_runs set lease_until = now() - interval '1 second' where id = @id", ("id", plan.RunId));
        Assert.Equal([CellState.Done, CellState.Interrupted, CellState.Interrupted], (await CellsAsync(plan.RunId)).Select(row => row.State));

        server.Answer = _ => ScriptedAnswer.Say("Again");
        var run = (await runner.RerunAsync(Person, plan.RunId, [1, 2], Cancel))!;
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal(["First", "Again", "Again"], run.Cells.Select(cell => cell.Answer));
        Assert.Equal([11, 11, 11], run.Cells.Select(cell => cell.InputTokens));
        Assert.Equal(["First", "Again", "Again"], (await CellsAsync(plan.RunId)).Select(row => row.Answer));
        // Should the first come back after all, what it was answered is kept and overwrites nothing.
        left.Stop();
        await left.Completion.WaitAsync(Cancel);
        Assert.Equal(["First", "Again", "Again"], (await CellsAsync(plan.RunId)).Select(row => row.Answer));
    }

    [Fact]
    public async Task A_program_killed_in_the_middle_of_a_run_loses_no_kept_answer_and_nothing_is_paid_for_twice()
    {
        var begun = 0;
        var killed = new TaskCompletionSource();
        var middle = new TaskCompletionSource();
        ScriptedAnswer Stuck(ScriptedRequest request)
        {
            // A while after the beginning, what is on its way stops half written.
            if (Interlocked.Increment(ref begun) < 80)
                return GridPlan.Echo(request);
            middle.TrySetResult();
            return ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(killed.Task));
        }

        await using var openAi = await ScriptedOpenAi.StartAsync(Stuck);
        await using var anthropic = await ScriptedAnthropic.StartAsync(Stuck);
        var runId = Guid.NewGuid();
        await using (var program = RunnerProcess.Start(Database.AppConnectionString, Person.UserId!.Value, Prompt, runId, (openAi.Endpoint, anthropic.Endpoint)))
        {
            await middle.Task.WaitAsync(Cancel);
            await program.KillAsync();
        }

        killed.SetResult();
        // Its lease runs out by itself after some seconds; nobody has to wait for that here.
        await Database.OwnerAsync("update public.test_runs set lease_until = now() where id = @id", ("id", runId));
        var left = await CellsAsync(runId);
        var done = left.Where(cell => cell.State == CellState.Done).Select(cell => cell.Position).ToHashSet();
        var unfinished = left.Where(cell => cell.State == CellState.Interrupted).Select(cell => cell.Position).ToArray();
        Assert.Equal(200, done.Count + unfinished.Length);
        Assert.InRange(done.Count, 20, 79);
        Assert.Equal(done.Count, (await KeptAsync()).Count);

        var before = Sent(openAi, anthropic);
        openAi.Answer = anthropic.Answer = GridPlan.Echo;
        var models = GridPlan.Models(openAi.Endpoint, anthropic.Endpoint);
        using var catalog = Catalog(models);
        using var runner = Runner(catalog);
        var run = (await runner.RerunAsync(Person, runId, unfinished, Cancel))!;
        await run.Completion.WaitAsync(Cancel);

        Assert.All(run.Cells, cell => Assert.Equal((CellState.Done, GridPlan.Answer(cell.Plan)), (cell.State, cell.Answer)));
        var after = Sent(openAi, anthropic);
        Assert.All(run.Cells, cell => Assert.Equal(
            done.Contains(cell.Position) ? 1 : before[Key(cell.Plan)].Count() + 1, after[Key(cell.Plan)].Count()));
        Assert.Equal(200L, await Database.OwnerScalarAsync<long>("select count(*) from public.test_results where run_id = @id", ("id", runId)));
    }

    [Fact]
    public async Task A_run_is_stopped_from_another_program_and_its_lease_is_renewed_until_then()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        using var catalog = Catalog(server.Settings());
        using var one = Runner(catalog, limits: Limits with { Silence = TimeSpan.FromDays(1), Whole = TimeSpan.FromDays(1), WholeRun = TimeSpan.FromDays(1) });
        using var other = Runner(catalog);
        var (run, cell) = await StartAsync(one, Plan(server.Settings()));
        await UntilAsync(run, () => cell.Answer == "Half");
        await Database.OwnerAsync("update public.test_runs set lease_until = now() + interval '1 second'");

        Clock.Advance(TimeSpan.FromSeconds(5));
        while (await Database.OwnerScalarAsync<bool>("select lease_until < now() + interval '10 seconds' from public.test_runs where id = @id", ("id", run.Id)))
            await Task.Yield();
        Assert.True(await other.StopAsync(Person, run.Id, Cancel));
        await AdvanceAsync(run);

        Assert.Equal((CellState.Stopped, "Half"), (cell.State, cell.Answer));
        Assert.False(await other.StopAsync(Person, run.Id, Cancel));
    }

    [Fact]
    public async Task A_budget_ends_cells_before_they_are_sent()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        var priced = server.Settings() with { InputPricePerMillion = 0, OutputPricePerMillion = 1_000_000, MaxOutputTokens = 10 };
        using var catalog = Catalog(priced);
        using var runner = Runner(catalog, limits: Limits with { CellsPerRun = 1 }, budget: new BudgetSettings { PerPersonPerDay = 25 });

        var run = (await runner.StartAsync(Grid([priced], 4), Cancel))!;
        await run.Completion.WaitAsync(Cancel);

        // Ten dollars could be spent by each, seven are: the third is the last that fits.
        Assert.Equal([CellState.Done, CellState.Done, CellState.Done, CellState.Failed], run.Cells.Select(cell => cell.State).Order());
        Assert.Equal(FailureKind.OverBudget, run.Cells.Single(cell => cell.State == CellState.Failed).FailureKind);
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(10, request.Json.GetProperty("max_tokens").GetInt32()));
    }

    [Fact]
    public async Task An_answer_is_kept_before_it_is_checked_and_a_check_that_fails_loses_nothing()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        var checking = new TaskCompletionSource<int>();
        using var runner = Runner(catalog, grade: async (_, cell, _, _) =>
        {
            var kept = await KeptAsync();
            checking.TrySetResult(kept.Count);
            if (cell.Position == 1)
                throw new InvalidOperationException("The judge is asleep.");
            cell.EndGrading(true, [new AssertionOutcome(cell.Plan.Assertions[0], true, "It is so.")]);
        });
        var cells = Grid([server.Settings()], 3).Cells;
        var rule = new Assertion { Type = AssertionType.Contains, Value = "Hello" };

        var run = (await runner.StartAsync(Plan([cells[0] with { Assertions = [rule] }, cells[1] with { Assertions = [rule] }, cells[2]]), Cancel))!;
        await run.Completion.WaitAsync(Cancel);

        Assert.True(await checking.Task > 0);
        Assert.Equal([true, null, null], run.Cells.Select(cell => cell.Passed));
        Assert.All(run.Cells, cell => Assert.False(cell.Grading));
        Assert.Equal(3, (await KeptAsync()).Count);
    }

    private static ILookup<string, ScriptedRequest> Sent(ScriptedOpenAi openAi, ScriptedAnthropic anthropic) =>
        openAi.Requests.Concat(anthropic.Requests).ToLookup(request => $"{request.Model} {request.Prompt}");

    private static string Key(PlannedCell cell) => $"{cell.Model.Model} {cell.ResolvedPrompt}";

    private RunPlan Grid(IReadOnlyList<ModelSettings> models, int cases) => GridPlan.Of(Person, Prompt, Guid.NewGuid(), models, cases);
}
