using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using MetaPrompt.Data;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>Keeps a run that has ended its answer; called once for each.</summary>
public delegate Task KeepRun(PromptRun run, CancellationToken cancellationToken);

/// <summary>
/// Owns the runs, outside of pages and connections: a closed tab changes nothing, the run goes on and is found again by
/// its id. Each run is sent once and its result kept once, whether done, stopped or failed. When the program shuts
/// down, runs end and what they have is kept first.
/// </summary>
public sealed class PromptRunner : IHostedService, IDisposable
{
    private const int MaxPrompt = 1_000_000;

    private static readonly TimeSpan[] KeepAgainAfter = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    private readonly ConcurrentDictionary<Guid, PromptRun> _runs = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _starting = new();
    private readonly ModelCatalog _catalog;
    private readonly KeepRun _keep;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<PromptRunner> _log;
    private readonly ITimer _sweep;
    private bool _closing;

    /// <param name="catalog">Where the clients come from.</param>
    /// <param name="keep">Keeps each result, in the database.</param>
    /// <param name="limits">Time-outs and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For what only those who run the program can mend.</param>
    public PromptRunner(ModelCatalog catalog, KeepRun keep, ModelLimits limits, TimeProvider time, ILogger<PromptRunner> log)
    {
        ArgumentNullException.ThrowIfNull(time);
        _catalog = catalog;
        _keep = keep;
        _limits = limits;
        _time = time;
        _log = log;
        _sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    /// <summary>
    /// Starts the run and returns its id at once. The same <see cref="RunRequest.RunId"/> again is the same run: nothing
    /// new is sent.
    /// </summary>
    /// <exception cref="ModelFailure">
    /// <see cref="FailureKind.NotStarted"/>: the temperature or the prompt is out of bounds, the person has too many runs
    /// going, or the program is shutting down.
    /// </exception>
    /// <exception cref="ArgumentException">Nobody is signed in, or the id is that of someone else's run.</exception>
    public Guid Start(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Caller.UserId is not { } userId)
            throw new ArgumentException("A run belongs to a signed-in person.", nameof(request));

        Check(request);
        PromptRun run;
        lock (_starting)
        {
            if (_runs.TryGetValue(request.RunId, out var same))
                return same.IsOf(userId) ? same.Id : throw new ArgumentException("The id belongs to another run.", nameof(request));
            if (_closing)
                throw new ModelFailure(FailureKind.NotStarted, "MetaPrompt is restarting. Run it again in a minute.");
            if (_runs.Values.Count(other => other.IsOf(userId) && other.State == RunState.Running) >= _limits.RunsPerPerson)
            {
                throw new ModelFailure(FailureKind.NotStarted, string.Create(CultureInfo.InvariantCulture,
                    $"You have {_limits.RunsPerPerson} runs going already. Wait for one to end, or stop one."));
            }

            run = new PromptRun(request, _limits, _time, _log);
            _runs[run.Id] = run;
        }

        _ = Task.Run(() => CarryOutAsync(run));
        return run.Id;
    }

    /// <summary>The run of that id; null where there is none, it ended long ago, or it is someone else's.</summary>
    public PromptRun? Find(Guid runId, Caller caller) =>
        _runs.TryGetValue(runId, out var run) && run.IsOf(caller.UserId) ? run : null;

    /// <summary>The caller's unfinished runs of a prompt: what a page that comes back shows.</summary>
    public IReadOnlyList<PromptRun> Unfinished(Guid promptId, Caller caller) =>
        [.. _runs.Values.Where(run => run.Request.PromptId == promptId && run.IsOf(caller.UserId) && run.State == RunState.Running)];

    /// <inheritdoc/>
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        PromptRun[] unfinished;
        lock (_starting)
        {
            _closing = true;
            unfinished = [.. _runs.Values.Where(run => !run.Completion.IsCompleted)];
        }

        foreach (var run in unfinished)
            run.Stop();
        await using (cancellationToken.Register(_giveUp.Cancel))
            await Task.WhenAll(unfinished.Select(run => run.Completion)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweep.Dispose();
        _giveUp.Dispose();
        foreach (var gate in _gates.Values)
            gate.Dispose();
    }

    // What could not be kept must not be paid for.
    private static void Check(RunRequest request)
    {
        if (request.Temperature is < 0 or > 2)
            throw new ModelFailure(FailureKind.NotStarted, "The temperature has to be between 0 and 2. Nothing was sent.");
        if (string.IsNullOrWhiteSpace(request.ResolvedPrompt))
            throw new ModelFailure(FailureKind.NotStarted, "The prompt is empty. Nothing was sent.");
        if (request.ResolvedPrompt.Length > MaxPrompt || request.VariableValues.Sum(value => (long)value.Value.Length) > MaxPrompt)
            throw new ModelFailure(FailureKind.NotStarted, string.Create(CultureInfo.InvariantCulture, $"The prompt with its variables is longer than {MaxPrompt:N0} characters. Shorten it; nothing was sent."));
    }

    private async Task CarryOutAsync(PromptRun run)
    {
        var state = RunState.Failed;
        string? notKept = null;
        try
        {
            var gate = _gates.GetOrAdd(run.Request.Model.Name, _ => new SemaphoreSlim(_limits.RunsPerModel));
            state = await AnswerAsync(run, gate).ConfigureAwait(false);
            if (run.WasSent || run.Failure is not null)
                notKept = await KeepAsync(run).ConfigureAwait(false);
        }
        finally
        {
            // Whatever happened, nobody may wait for ever.
            run.End(state, notKept);
        }
    }

    private async Task<RunState> AnswerAsync(PromptRun run, SemaphoreSlim gate)
    {
        var inside = false;
        try
        {
            await gate.WaitAsync(run.StopToken).ConfigureAwait(false);
            inside = true;
            run.Begin();
            await ReadAnswerAsync(run).ConfigureAwait(false);
            run.EndAnswer(null, null);
            return RunState.Done;
        }
        catch (OperationCanceledException) when (run.StopToken.IsCancellationRequested)
        {
            run.EndAnswer(null, _closing ? "MetaPrompt was restarted before the answer was complete. Run it again for the whole answer." : null);
            return RunState.Stopped;
        }
        catch (ModelFailure failure)
        {
            run.EndAnswer(failure, null);
            _log.LogWarning(failure, "A run of {Model} failed: {Kind}", run.Request.Model.Name, failure.Kind);
            return RunState.Failed;
        }
        catch (Exception problem)
        {
            run.EndAnswer(FailureWords.ForException(run.Request.Model, problem), null);
            _log.LogError(problem, "A run of {Model} failed inside MetaPrompt", run.Request.Model.Name);
            return RunState.Failed;
        }
        finally
        {
            if (inside)
                gate.Release();
        }
    }

    private async Task ReadAnswerAsync(PromptRun run)
    {
        var model = run.Request.Model;
        var options = new ChatOptions { Temperature = (float)run.Request.Temperature, MaxOutputTokens = model.MaxOutputTokens };
        var messages = new[] { new ChatMessage(ChatRole.User, run.Request.ResolvedPrompt) };
        await foreach (var update in _catalog.Client(model).GetStreamingResponseAsync(messages, options, run.StopToken).ConfigureAwait(false))
        {
            if (!run.Add(update))
            {
                throw new ModelFailure(FailureKind.AnswerTooLong, string.Create(CultureInfo.InvariantCulture,
                    $"{model.Name} wrote more than {_limits.AnswerCharacters:N0} characters, so it was ended there. Say in the prompt how long the answer may be."));
            }
        }

        if (string.IsNullOrWhiteSpace(run.Answer))
            throw FailureWords.Empty(model, run.FinishReason);
    }

    private async Task<string?> KeepAsync(PromptRun run)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _keep(run, _giveUp.Token).ConfigureAwait(false);
                return null;
            }
            catch (DbException problem) when (problem.IsTransient && attempt < KeepAgainAfter.Length && !_giveUp.IsCancellationRequested)
            {
                _log.LogWarning(problem, "A result of {Model} could not be kept yet", run.Request.Model.Name);
                // When the host waits no longer, the next attempt comes at once and is the last.
                await Task.Delay(KeepAgainAfter[attempt], _time, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception problem)
            {
                _log.LogError(problem, "A result of {Model} could not be kept", run.Request.Model.Name);
                return "This result could not be kept with the prompt: the database did not take it. Copy the answer before you leave the page.";
            }
        }
    }

    private void Sweep()
    {
        var before = _time.GetUtcNow() - _limits.KeepFinished;
        foreach (var run in _runs.Values.Where(run => run.EndedAt < before))
        {
            if (_runs.TryRemove(run.Id, out _))
                run.Dispose();
        }
    }
}
