using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Models;

/// <content>Cells: waiting their turn, sent, tried again, kept, checked.</content>
public sealed partial class PromptRunner
{
    // Two minutes and a half in all: a database that is started again is back by then.
    private static readonly TimeSpan[] KeepAgainAfter =
        [.. new[] { 1, 2, 4, 8, 15, 30, 45, 45 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private async Task CarryOutAsync(LiveRun run, IReadOnlyList<RunCell> cells)
    {
        var unsent = new ConcurrentBag<int>();
        using var tooLong = new CancellationTokenSource(_limits.WholeRun, _time);
        await Parallel.ForEachAsync(
            cells,
            new ParallelOptions { MaxDegreeOfParallelism = _limits.CellsPerRun },
            async (cell, _) =>
            {
                if (!await CarryOutAsync(run, cell, tooLong.Token).ConfigureAwait(false))
                    unsent.Add(cell.Position);
            }).ConfigureAwait(false);

        await run.Row.WaitAsync().ConfigureAwait(false);
        try
        {
            // Where the program shuts down, they stay queued, for another to go on with.
            var stopped = unsent.Where(position => !run.Cells[position].IsSuspended).ToArray();
            if (stopped.Length > 0)
                await PersistAsync(run, token => _rows.EndCellsAsync(run.Caller, run.Id, stopped, CellState.Stopped, null, token)).ConfigureAwait(false);
            if (run.EndWork())
            {
                await PersistAsync(run, async token =>
                {
                    if (!_closing || !await _rows.HandOverAsync(run.Caller, run.Id, _owner, token).ConfigureAwait(false))
                        await _rows.EndAsync(run.Caller, run.Id, _owner, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
                run.Complete();
            }
        }
        finally
        {
            run.Row.Release();
        }
    }

    // False where nothing was sent and nothing is to be kept.
    private async Task<bool> CarryOutAsync(LiveRun run, RunCell cell, CancellationToken tooLong)
    {
        var isSent = await CarryOutMeasuredAsync(run, cell, tooLong).ConfigureAwait(false);
        _meter?.Ended(cell.State, cell.WasSent && !Budget.CostsNothing(cell.FailureKind), cell.InputTokens, cell.OutputTokens, cell.Cost);
        return isSent;
    }

    private async Task<bool> CarryOutMeasuredAsync(LiveRun run, RunCell cell, CancellationToken tooLong)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cell.StopToken, tooLong);
        var gate = _gates.GetOrAdd($"{cell.Plan.Model.Endpoint} {cell.Plan.Model.KeyId}", _ => new SemaphoreSlim(_limits.CellsPerProvider));
        var state = CellState.Failed;
        try
        {
            await gate.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                cell.RowAttempt = await BeginAsync(run, cell, stop.Token).ConfigureAwait(false);
                if (cell.RowAttempt is null)
                {
                    cell.EndAnswer(null, "Another tab or server has changed this cell meanwhile. Load the page again.", keeping: false);
                    cell.End(CellState.Stopped, null, null);
                    return true;
                }

                state = await AnswerAsync(run, cell, stop.Token, tooLong).ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            cell.EndAnswer(null, StopNote(tooLong), keeping: false);
            cell.End(CellState.Stopped, null, null);
            return false;
        }
        catch (Exception problem)
        {
            // The cell could not be taken for sending: nothing was sent.
            _log.LogError(problem, "A cell of {Model} could not be begun", cell.Plan.Model.Name);
            cell.EndAnswer(NothingSent(), null, keeping: false);
            cell.End(CellState.Failed, null, null);
            return false;
        }

        var resultId = Guid.NewGuid();
        var notKept = await KeepAsync(run, cell, state, resultId).ConfigureAwait(false);
        if (notKept is null && cell.Plan.Assertions.Count > 0 && state != CellState.Stopped)
            cell.BeginGrading();
        cell.End(state, notKept is null ? resultId : null, notKept);
        if (cell.Grading)
            await GradeAsync(run, cell, resultId).ConfigureAwait(false);
        return true;
    }

    private async Task<int?> BeginAsync(LiveRun run, RunCell cell, CancellationToken stop)
    {
        int? attempt = null;
        await AtDatabaseAsync(async () => attempt = await _rows.BeginCellAsync(run.Caller, run.Id, cell.Position, _owner, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return attempt;
    }

    private async Task<Reservation?> ReserveAsync(LiveRun run, ModelSettings model, int tokens, CancellationToken stop)
    {
        Reservation? reserved = null;
        await AtDatabaseAsync(async () => reserved = await _budget.ReserveAsync(run.Caller, model, tokens, run.Parameters.MaxTokens, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return reserved;
    }

    // A large run must leave connections to everybody else.
    private async Task AtDatabaseAsync(Func<Task> work, CancellationToken stop)
    {
        await _database.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _database.Release();
        }
    }

    private async Task<CellState> AnswerAsync(LiveRun run, RunCell cell, CancellationToken stop, CancellationToken tooLong)
    {
        var model = cell.Plan.Model;
        Reservation? reserved = null;
        var refused = false;
        try
        {
            // A key that was taken away since the run began must not be used.
            if (model.IsOwn)
                model = await _catalog.FindAsync(run.Caller, model.Name, stop).ConfigureAwait(false) ?? RunRows.Gone(model.Name);
            if (RunRows.IsGone(model))
            {
                var unreadable = await _catalog.UnreadableAsync(run.Caller, stop).ConfigureAwait(false);
                throw new ModelFailure(FailureKind.NoModel, FailureWords.Missing(model.Name, unreadable, "Choose another model and run the prompt with that."));
            }

            var tokens = TokenEstimate.Count(cell.Plan.ResolvedPrompt) + TokenEstimate.Count(run.Parameters.System ?? "");
            reserved = await ReserveAsync(run, model, tokens, stop).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await ReadAnswerAsync(run, cell, model, reserved, stop).ConfigureAwait(false);
                    cell.EndAnswer(null, null, keeping: true);
                    return CellState.Done;
                }
                catch (ModelFailure failure) when (attempt < _limits.Attempts && !cell.HasText && Pause(failure, attempt) is { } pause)
                {
                    _log.LogInformation("{Model} asked to come back in {Pause}: {Kind}", model.Name, pause, failure.Kind);
                    cell.Wait(pause);
                    refused = true;
                    await Task.Delay(pause, _time, stop).ConfigureAwait(false);
                    refused = false;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            cell.EndAnswer(null, StopNote(tooLong), keeping: true);
            return CellState.Stopped;
        }
        catch (ModelFailure failure)
        {
            cell.EndAnswer(failure, null, keeping: true);
            _log.LogWarning(failure, "A cell of {Model} failed: {Kind}", model.Name, failure.Kind);
            return CellState.Failed;
        }
        catch (DbException problem)
        {
            _log.LogWarning(problem, "A cell of {Model} could not be begun", model.Name);
            cell.EndAnswer(NothingSent(), null, keeping: true);
            return CellState.Failed;
        }
        catch (Exception problem)
        {
            cell.EndAnswer(FailureWords.ForException(model, problem), null, keeping: true);
            _log.LogError(problem, "A cell of {Model} failed inside MetaPrompt", model.Name);
            return CellState.Failed;
        }
        finally
        {
            if (reserved is not null)
                await AtDatabaseAsync(() => _budget.SettleAsync(reserved, refused || Budget.CostsNothing(cell.FailureKind) ? 0 : cell.Cost), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static ModelFailure NothingSent() => new(FailureKind.NotStarted, "The database did not answer, so nothing was sent. Run it again.");

    private async Task ReadAnswerAsync(LiveRun run, RunCell cell, ModelSettings model, Reservation? reserved, CancellationToken stop)
    {
        var call = ModelCall.Prepare(model, cell.Plan.ResolvedPrompt, cell.Plan.Temperature, run.Parameters);
        if (reserved is not null)
            call.Options.MaxOutputTokens = reserved.MaxOutputTokens;
        cell.Begin(call.LeftOut);
        using var sent = SentRequest.Listen();
        try
        {
            await foreach (var update in _catalog.Client(model).GetStreamingResponseAsync(call.Messages, call.Options, stop).ConfigureAwait(false))
            {
                if (!cell.Add(update))
                {
                    throw new ModelFailure(FailureKind.AnswerTooLong, string.Create(CultureInfo.InvariantCulture,
                        $"{model.Name} wrote more than {_limits.AnswerCharacters:N0} characters, so it was ended there. Say in the prompt how long the answer may be."));
                }
            }
        }
        finally
        {
            cell.NoteSent(sent.Json);
        }

        if (string.IsNullOrWhiteSpace(cell.Answer))
            throw FailureWords.Empty(model, cell.FinishReason);
    }

    // How long to wait before the next attempt; null where there is none. What broke off in the middle may have been paid for.
    private TimeSpan? Pause(ModelFailure failure, int attempt)
    {
        if (failure.Kind is not (FailureKind.RateLimited or FailureKind.ServerError or FailureKind.Unreachable))
            return null;
        if (failure.RetryAfter is { } asked)
            return asked <= _limits.LongestPause ? asked : null;

        // Not all at once: others were refused at the same moment.
        var seconds = Math.Pow(2, attempt - 1) * (0.8 + (Random.Shared.NextDouble() * 0.4));
        return TimeSpan.FromSeconds(seconds) is var pause && pause < _limits.LongestPause ? pause : _limits.LongestPause;
    }

    private string? StopNote(CancellationToken tooLong) =>
        _closing ? "MetaPrompt was restarted before the answer was complete. Run it again for the whole answer."
        : tooLong.IsCancellationRequested ? $"The run was still going after {FailureWords.Duration(_limits.WholeRun)}, so it was ended. Run what is missing again."
        : null;

    private async Task<string?> KeepAsync(LiveRun run, RunCell cell, CellState state, Guid resultId)
    {
        // Never sent, and no failure to tell of: the row alone ends.
        var kept = cell.WasSent || cell.Failure is not null
            ? await PersistAsync(run, token => _keep(run, cell, resultId, state, token)).ConfigureAwait(false)
            : await PersistAsync(run, token => _rows.EndCellsAsync(run.Caller, run.Id, [cell.Position], state, null, token)).ConfigureAwait(false);
        return kept ? null : "This result could not be kept with the prompt: the database did not take it. Copy the answer before you leave the page.";
    }

    private async Task<bool> PersistAsync(LiveRun run, Func<CancellationToken, Task> write)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await AtDatabaseAsync(() => write(_giveUp.Token), CancellationToken.None).ConfigureAwait(false);
                return true;
            }
            catch (DbException problem) when ((problem.IsTransient || DatabaseTrouble.Of(problem) is not null) && attempt < KeepAgainAfter.Length && !_giveUp.IsCancellationRequested)
            {
                _log.LogWarning(problem, "Something of run {Run} could not be kept yet", run.Id);
                // When the host waits no longer, the next attempt comes at once and is the last.
                await Task.Delay(KeepAgainAfter[attempt], _time, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception problem)
            {
                _log.LogError(problem, "Something of run {Run} could not be kept", run.Id);
                return false;
            }
        }
    }

    private async Task GradeAsync(LiveRun run, RunCell cell, Guid resultId)
    {
        try
        {
            await _grade(run, cell, resultId, cell.StopToken).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            if (!cell.StopToken.IsCancellationRequested)
                _log.LogError(problem, "A result of {Model} could not be checked", cell.Plan.Model.Name);
        }
        finally
        {
            if (cell.Grading)
                cell.EndGrading(null, []);
        }
    }
}
