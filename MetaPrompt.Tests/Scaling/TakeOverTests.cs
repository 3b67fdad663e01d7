using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Models;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>What a node leaves of its runs: another goes on with what had not begun, and nobody pays twice.</summary>
public sealed class TakeOverTests(TestDatabase database) : RunTest(database)
{
    private static readonly ScriptedAnswer Endless = ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task));

    [Fact]
    public async Task One_of_two_nodes_is_killed_and_the_other_goes_on_with_what_had_not_begun_and_calls_nothing_twice()
    {
        var begun = 0;
        var middle = new TaskCompletionSource();
        ScriptedAnswer Stuck(ScriptedRequest request)
        {
            if (Interlocked.Increment(ref begun) < 40)
                return GridPlan.Echo(request);
            middle.TrySetResult();
            return Endless;
        }

        await using var openAi = await ScriptedOpenAi.StartAsync(Stuck);
        await using var anthropic = await ScriptedAnthropic.StartAsync(Stuck);
        using var catalog = Catalog(GridPlan.Models(openAi.Endpoint, anthropic.Endpoint));
        using var living = Runner(catalog);
        await BeginAsync(living);
        var runId = Guid.NewGuid();
        await using (var node = RunnerProcess.Start(Database.AppConnectionString, Person.UserId!.Value, Prompt, runId, (openAi.Endpoint, anthropic.Endpoint)))
        {
            await middle.Task.WaitAsync(Cancel);
            // While its node lives, a run is nobody else's.
            await BeatAsync(4);
            Assert.Null(living.Find(runId, Person));
            await node.KillAsync();
        }

        openAi.Answer = anthropic.Answer = GridPlan.Echo;
        var inFlight = await PositionsAsync(runId, "running");
        var queued = await PositionsAsync(runId, "queued");
        Assert.NotEmpty(inFlight);
        Assert.NotEmpty(queued);
        await ExpireAsync(runId);
        var run = await TakenAsync(living, runId);
        await run.Completion.WaitAsync(Cancel);

        var cells = await CellsAsync(runId);
        Assert.Equal(200, cells.Count);
        Assert.All(cells, cell => Assert.Equal(inFlight.Contains(cell.Position) ? CellState.Interrupted : CellState.Done, cell.State));
        Assert.All(run.Cells.Where(cell => queued.Contains(cell.Position)), cell => Assert.Equal((CellState.Done, GridPlan.Answer(cell.Plan)), (cell.State, cell.Answer)));
        var sent = openAi.Requests.Concat(anthropic.Requests).CountBy(request => $"{request.Model} {request.Prompt}").ToDictionary();
        Assert.All(sent, request => Assert.Equal(1, request.Value));
        Assert.Null((await Rows.FindAsync(Person, runId, Cancel))!.EndedAt);

        // What was on its way may have been paid for: only its person asks for it again.
        var again = (await living.RerunAsync(Person, runId, inFlight, Cancel))!;
        await again.Completion.WaitAsync(Cancel);
        Assert.All(await CellsAsync(runId), cell => Assert.Equal(CellState.Done, cell.State));
        Assert.NotNull((await Rows.FindAsync(Person, runId, Cancel))!.EndedAt);
        Assert.Equal(200L, await Database.OwnerScalarAsync<long>("select count(*) from public.test_results where run_id = @id", ("id", runId)));
    }

    [Fact]
    public async Task A_node_that_shuts_down_hands_over_what_had_not_begun_but_for_what_its_person_stopped()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => Endless);
        using var catalog = Catalog(server.Settings());
        using var leaving = Runner(catalog, limits: Limits with { CellsPerProvider = 1 });
        using var living = Runner(catalog);
        await BeginAsync(living);
        var run = (await leaving.StartAsync(GridPlan.Of(Person, Prompt, Guid.NewGuid(), [server.Settings()], 4), Cancel))!;
        await UntilAsync(run, () => run.Cells.Any(cell => cell.Answer == "Half"));
        var begun = run.Cells.Single(cell => cell.Answer == "Half").Position;
        var unwanted = (begun + 1) % 4;
        run.Stop(unwanted);
        await UntilAsync(run, () => run.Cells[unwanted].State == CellState.Stopped);

        await ((IHostedService)leaving).StopAsync(Cancel);
        server.Answer = request => ScriptedAnswer.Say(request.Prompt);
        Assert.True((await Rows.FindAsync(Person, run.Id, Cancel))!.LeftBehind);
        var taken = await TakenAsync(living, run.Id);
        await taken.Completion.WaitAsync(Cancel);

        Assert.Equal(
            [.. Enumerable.Range(0, 4).Select(position => position == begun || position == unwanted ? CellState.Stopped : CellState.Done)],
            (await CellsAsync(run.Id)).Select(cell => cell.State));
        Assert.Equal(3, server.Requests.Count);
        Assert.NotNull((await Rows.FindAsync(Person, run.Id, Cancel))!.EndedAt);
    }

    [Fact]
    public async Task A_node_that_was_only_slow_keeps_what_it_is_answered_and_begins_nothing_more()
    {
        var waiting = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Wait(waiting.Task), new ScriptedStep.Say("Late")));
        using var catalog = Catalog(server.Settings());
        using var slow = Runner(catalog, limits: Limits with { CellsPerProvider = 1 }, time: new FakeTimeProvider());
        using var living = Runner(catalog);
        await BeginAsync(living);
        var run = (await slow.StartAsync(GridPlan.Of(Person, Prompt, Guid.NewGuid(), [server.Settings()], 2), Cancel))!;
        await server.NextRequestAsync(Cancel);
        var begun = Assert.Single(await PositionsAsync(run.Id, "running"));

        server.Answer = _ => ScriptedAnswer.Say("Other");
        await ExpireAsync(run.Id);
        var taken = await TakenAsync(living, run.Id);
        await taken.Completion.WaitAsync(Cancel);
        Assert.Equal(CellState.Interrupted, (await CellsAsync(run.Id))[begun].State);
        Assert.Null((await Rows.FindAsync(Person, run.Id, Cancel))!.EndedAt);
        waiting.SetResult();
        await run.Completion.WaitAsync(Cancel);
        // Its own was the last cell: with it the run has ended, whoever carried out the rest.
        Assert.NotNull((await Rows.FindAsync(Person, run.Id, Cancel))!.EndedAt);

        Assert.Equal(2, server.Requests.Count);
        var cells = await CellsAsync(run.Id);
        Assert.Equal(("Late", "Other"), (cells[begun].Answer, cells[1 - begun].Answer));
        Assert.All(cells, cell => Assert.Equal(CellState.Done, cell.State));
    }

    [Fact]
    public async Task A_run_that_was_taken_over_is_ended_by_whoever_ends_last_and_by_nobody_before()
    {
        var (runId, first, second) = (await LeftAsync(), Guid.NewGuid(), Guid.NewGuid());
        await Database.OwnerAsync("update public.test_runs set owner = @o where id = @id", ("o", first), ("id", runId));
        Assert.Equal(runId, (await Rows.TakeLeftAsync(second, [], Cancel))!.Id);

        // The slow one comes first: the run is another's, and goes on.
        await EndCellAsync(0);
        await Rows.EndAsync(Person, runId, first, Cancel);
        Assert.True((await Rows.FindAsync(Person, runId, Cancel))!.Live);
        Assert.Null((await Rows.FindAsync(Person, runId, Cancel))!.EndedAt);
        await EndCellAsync(1);
        await Rows.EndAsync(Person, runId, second, Cancel);
        var ended = (await Rows.FindAsync(Person, runId, Cancel))!.EndedAt;
        Assert.NotNull(ended);

        // What has ended stays as it ended, and somebody else's run is not even looked at.
        await Rows.EndAsync(Person, runId, first, Cancel);
        Assert.Equal(ended, (await Rows.FindAsync(Person, runId, Cancel))!.EndedAt);
        await Database.OwnerAsync("update public.test_runs set ended_at = null where id = @id", ("id", runId));
        await Rows.EndAsync(Caller.User(await Database.CreateUserAsync()), runId, first, Cancel);
        Assert.Null((await Rows.FindAsync(Person, runId, Cancel))!.EndedAt);

        Task<int> EndCellAsync(int position) => Database.OwnerAsync(
            "update public.test_cells set state = 'done' where run_id = @id and position = @p", ("id", runId), ("p", position));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("stop_requested_at = now()", false)]
    [InlineData("lease_until = now() + interval '5 seconds'", false)]
    [InlineData("lease_until = now() - interval '61 minutes'", false)]
    [InlineData("taken_over = 3", false)]
    [InlineData("owner = null", false)]
    public async Task What_nobody_wants_any_more_is_left_alone(string how, bool isTaken)
    {
        var runId = await LeftAsync();
        if (how.Length > 0)
            await Database.OwnerAsync($"update public.test_runs set {how} where id = @id", ("id", runId));

        Assert.Equal(isTaken, (await Rows.FindAsync(Person, runId, Cancel))!.LeftBehind);
        Assert.Equal(isTaken, await TakesAsync(runId));
    }

    [Fact]
    public async Task Of_several_nodes_one_takes_a_run_and_none_takes_what_it_has_in_hand()
    {
        var runId = await LeftAsync();
        Assert.Null(await Rows.TakeLeftAsync(Guid.NewGuid(), [runId], Cancel));

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Rows.TakeLeftAsync(Guid.NewGuid(), [], Cancel)));

        var left = Assert.Single(taken, run => run is not null)!;
        Assert.Equal((runId, Person.UserId!.Value), (left.Id, left.UserId));
    }

    // What other tests left is none of this one's.
    private Task<int> ForgetAsync() => Database.OwnerAsync("update public.test_runs set owner = null");

    private async Task BeginAsync(IHostedService living)
    {
        await ForgetAsync();
        await living.StartAsync(Cancel);
    }

    private Task<int> ExpireAsync(Guid runId) => Database.OwnerAsync("update public.test_runs set lease_until = now() where id = @id", ("id", runId));

    // A run of two cells, one of them on its way, whose program is gone.
    private async Task<Guid> LeftAsync()
    {
        await ForgetAsync();
        var plan = GridPlan.Of(Person, Prompt, Guid.NewGuid(), GridPlan.Models("http://127.0.0.1:9", "http://127.0.0.1:9")[..1], 2);
        var owner = Guid.NewGuid();
        Assert.True(await Rows.StartAsync(Person, RunRows.New(plan, owner), Cancel));
        Assert.NotNull(await Rows.BeginCellAsync(Person, plan.RunId, 0, owner, Cancel));
        await ExpireAsync(plan.RunId);
        return plan.RunId;
    }

    private async Task<bool> TakesAsync(Guid runId) => (await Rows.TakeLeftAsync(Guid.NewGuid(), [], Cancel))?.Id == runId;

    private async Task<int[]> PositionsAsync(Guid runId, string state) => await Database.OwnerScalarAsync<int[]>(
        "select coalesce(array_agg(position), '{}') from public.test_cells where run_id = @id and state = @state", ("id", runId), ("state", state));

    private async Task<LiveRun> TakenAsync(PromptRunner living, Guid runId)
    {
        for (var beat = 0; beat < 500; beat++)
        {
            if (living.Find(runId, Person) is { } run)
                return run;
            await BeatAsync(1);
        }

        throw new TimeoutException("Nobody took the run over.");
    }

    private async Task BeatAsync(int times)
    {
        for (var beat = 0; beat < times; beat++)
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20, Cancel);
        }
    }
}
