using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>What tests of models share: a clock of their own and short ways to catalogs and answers.</summary>
public abstract class ModelTest
{
    /// <summary>Stands still until a test moves it: no time-out comes by itself.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The defaults, but pages hear of every change at once: the clock stands still.</summary>
    protected static ModelLimits Limits { get; } = new() { ChangeInterval = TimeSpan.Zero };

    protected ModelCatalog Catalog(params ModelSettings[] models) => new(models, Limits, Clock);

    protected PromptRunner Runner(ModelCatalog catalog, KeepRun? keep = null, ModelLimits? limits = null) =>
        new(catalog, keep ?? ((_, _) => Task.CompletedTask), limits ?? Limits, Clock, NullLogger<PromptRunner>.Instance);

    protected static RunRequest Request(ModelSettings model, string prompt = "Say hello.", decimal temperature = 0.7m, Caller? caller = null) => new()
    {
        PromptId = Guid.NewGuid(),
        Caller = caller ?? Caller.User(Guid.NewGuid()),
        Model = model,
        Temperature = temperature,
        ResolvedPrompt = prompt,
        VariableValues = new Dictionary<string, string> { ["name"] = "Ada" },
    };

    /// <summary>Starts a run and waits for its end.</summary>
    protected static async Task<PromptRun> RunAsync(PromptRunner runner, RunRequest request)
    {
        var run = runner.Find(runner.Start(request), request.Caller)!;
        await run.Completion.WaitAsync(Cancel);
        return run;
    }

    /// <summary>The failure of one streamed question to the model.</summary>
    protected async Task<ModelFailure> FailureAsync(ModelSettings model)
    {
        using var catalog = Catalog(model);
        return await Assert.ThrowsAsync<ModelFailure>(async () =>
        {
            await foreach (var update in catalog.Client(model).GetStreamingResponseAsync("Hello?", cancellationToken: Cancel))
                Assert.NotNull(update);
        });
    }

    /// <summary>Waits until the run says so, told by its own changes.</summary>
    protected static async Task UntilAsync(PromptRun run, Func<PromptRun, bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (condition(run))
                reached.TrySetResult();
        }

        run.Changed += Look;
        Look();
        await reached.Task.WaitAsync(Cancel);
        run.Changed -= Look;
    }
}
