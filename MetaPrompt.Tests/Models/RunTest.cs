using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>What tests of the runner share: a person with a prompt, over a migrated database, and short ways to runs.</summary>
public abstract class RunTest(TestDatabase database) : ModelTest, IClassFixture<TestDatabase>, IAsyncLifetime
{
    /// <summary>Has one prompt, and no limit.</summary>
    protected Caller Person { get; private set; }

    /// <summary>The person's prompt.</summary>
    protected Guid Prompt { get; private set; }

    protected TestDatabase Database => database;

    protected TestRunQueries Rows { get; } = new(database.Db);

    protected TestResultQueries Results { get; } = new(database.Db);

    public async ValueTask InitializeAsync() => (Person, Prompt) = await SomebodyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected async Task<(Caller Person, Guid Prompt)> SomebodyAsync()
    {
        var person = Caller.User(await database.CreateUserAsync());
        return (person, await database.CreatePromptAsync(person.UserId!.Value));
    }

    protected PromptRunner Runner(ModelCatalog catalog, KeepResult? keep = null, ModelLimits? limits = null, GradeResult? grade = null, BudgetSettings? budget = null, CellMeter? meter = null, TimeProvider? time = null) => new(
        catalog,
        new Budget(new BudgetQueries(database.Db), budget ?? new BudgetSettings(), NullLogger<Budget>.Instance),
        Rows,
        keep ?? KeepAsync,
        grade ?? ((_, _, _, _) => Task.CompletedTask),
        limits ?? Limits,
        time ?? Clock,
        NullLogger<PromptRunner>.Instance,
        meter);

    /// <summary>Keeps a result as the program does.</summary>
    protected Task KeepAsync(LiveRun run, RunCell cell, Guid id, CellState state, CancellationToken cancellationToken) =>
        Results.SaveAsync(run.Caller, RunRows.Result(run, cell, id, state), cancellationToken);

    protected RunPlan Plan(params PlannedCell[] cells) => new() { PromptId = Prompt, Caller = Person, Cells = cells };

    protected RunPlan Plan(ModelSettings model, string prompt = "Say hello.", decimal temperature = 0.7m) => Plan(Cell(model, prompt, temperature));

    protected PlannedCell Cell(ModelSettings model, string prompt = "Say hello.", decimal temperature = 0.7m) => new()
    {
        PromptId = Prompt,
        Model = model,
        Temperature = temperature,
        ResolvedPrompt = prompt,
        VariableValues = new Dictionary<string, string> { ["name"] = "Ada" },
    };

    /// <summary>Starts a run of one cell.</summary>
    protected static async Task<(LiveRun Run, RunCell Cell)> StartAsync(PromptRunner runner, RunPlan plan)
    {
        var run = await runner.StartAsync(plan, Cancel);
        return (run!, run!.Cells[0]);
    }

    /// <summary>Starts a run of one cell and waits for its end.</summary>
    protected static async Task<RunCell> RunAsync(PromptRunner runner, RunPlan plan)
    {
        var (run, _) = await StartAsync(runner, plan);
        await run.Completion.WaitAsync(Cancel);
        return run.Cells[0];
    }

    /// <summary>
    /// Waits for the run's end; its pauses and time-outs pass fifty times as fast as they would. Not faster: requests really are on their
    /// way meanwhile, and on a busy machine the clock would take their two minutes away before they were answered.
    /// </summary>
    protected async Task AdvanceAsync(LiveRun run)
    {
        while (!run.Completion.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>All results of the person's prompt, the latest first.</summary>
    protected Task<IReadOnlyList<Data.Tests.TestResult>> KeptAsync() => Results.PageAsync(Person, Prompt, null, 100, Cancel);

    /// <summary>The rows of the run's cells.</summary>
    protected Task<IReadOnlyList<TestCell>> CellsAsync(Guid runId) => Rows.CellsAsync(Person, runId, null, Cancel);

    /// <summary>Waits until the run says so, told by its own changes.</summary>
    protected static async Task UntilAsync(LiveRun run, Func<bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (condition())
                reached.TrySetResult();
        }

        run.Changed += Look;
        Look();
        await reached.Task.WaitAsync(Cancel);
        run.Changed -= Look;
    }
}
