using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Monitoring;

namespace MetaPrompt.Web.Models;

/// <summary>Keeps the result of a cell that has ended, under the id; called until it does not fail.</summary>
public delegate Task KeepResult(LiveRun run, RunCell cell, Guid resultId, CellState state, CancellationToken cancellationToken);

/// <summary>Checks the kept result of a cell against its assertions and keeps the verdict. Fails only by being cancelled.</summary>
public delegate Task GradeResult(LiveRun run, RunCell cell, Guid resultId, CancellationToken cancellationToken);

/// <summary>
/// Owns the runs, outside of pages and connections: a closed tab changes nothing, the run goes on and is found again by
/// its id. A run is laid down in the database before anything is sent, each cell is taken there before it is sent, and ends
/// there with its result: whatever is killed when, no cell is sent twice and no kept result is lost. When the program shuts
/// down, cells end and what they have is kept first. What had not begun, then or when a program was killed, another goes on with.
/// </summary>
public sealed partial class PromptRunner : IHostedService, IDisposable
{
    private const int MaxPrompt = 1_000_000;
    private const long MaxRun = 64_000_000;
    private const int ConnectionsAtOnce = 16;

    // In a row, before runs are taken from those who were not.
    private const int BeatsToBeHeard = 2;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, LiveRun> _runs = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _giveUp = new();
    private readonly SemaphoreSlim _database = new(ConnectionsAtOnce);
    private readonly Lock _starting = new();
    private readonly Guid _owner = Guid.NewGuid();
    private readonly ModelCatalog _catalog;
    private readonly Budget _budget;
    private readonly TestRunQueries _rows;
    private readonly KeepResult _keep;
    private readonly GradeResult _grade;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<PromptRunner> _log;
    private readonly CellMeter? _meter;
    private readonly ModelAllowance? _allowance;
    private readonly ITimer _sweep;
    private readonly ITimer _heartbeat;
    private ITimer? _takeOver;
    private int _renewing;
    private int _taking;
    private int _heard;
    private bool _closing;

    /// <param name="catalog">Where the clients come from.</param>
    /// <param name="budget">What a person may spend.</param>
    /// <param name="rows">Where runs are laid down.</param>
    /// <param name="keep">Keeps each result, in the database.</param>
    /// <param name="grade">Checks each result.</param>
    /// <param name="limits">Time-outs and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For what only those who run the program can mend.</param>
    /// <param name="meter">Counts the cells that ended; null counts nothing.</param>
    /// <param name="allowance">How often a person may start something; null for no limit.</param>
    public PromptRunner(
        ModelCatalog catalog, Budget budget, TestRunQueries rows, KeepResult keep, GradeResult grade, ModelLimits limits, TimeProvider time,
        ILogger<PromptRunner> log, CellMeter? meter = null, ModelAllowance? allowance = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_catalog, _budget, _rows, _keep, _grade, _limits, _time, _log, _meter, _allowance) = (catalog, budget, rows, keep, grade, limits, time, log, meter, allowance);
        _sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _heartbeat = time.CreateTimer(_ => _ = RenewAsync(), null, Heartbeat, Heartbeat);
    }

    /// <summary>
    /// Lays the run down and begins it. The same <see cref="RunPlan.RunId"/> again is the same run: nothing new is sent.
    /// Null where the run is known but not here (any more): its rows tell how it stands.
    /// </summary>
    /// <exception cref="ModelFailure">
    /// <see cref="FailureKind.NotStarted"/>: a temperature or a prompt is out of bounds, there are too many cells, the person has
    /// too many runs going, or the program is shutting down. <see cref="FailureKind.RateLimited"/>: they started too many just now.
    /// </exception>
    /// <exception cref="ArgumentException">Nobody is signed in, or the id is that of someone else's run.</exception>
    /// <exception cref="DbException">The database did not take it; nothing was sent.</exception>
    public async Task<LiveRun?> StartAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Caller.UserId is not { } userId)
            throw new ArgumentException("A run belongs to a signed-in person.", nameof(plan));

        Check(plan);
        LiveRun run;
        lock (_starting)
        {
            if (_runs.TryGetValue(plan.RunId, out var same))
                return same.IsOf(userId) ? same : throw new ArgumentException("The id belongs to another run.", nameof(plan));
            if (_closing)
                throw new ModelFailure(FailureKind.NotStarted, "MetaPrompt is restarting. Run it again in a minute.");
            if (_runs.Values.Count(other => other.IsOf(userId) && other.IsRunning) >= _limits.RunsPerPerson)
            {
                throw new ModelFailure(FailureKind.NotStarted, string.Create(CultureInfo.InvariantCulture,
                    $"You have {_limits.RunsPerPerson} runs going already. Wait for one to end, or stop one."));
            }

            _allowance?.Take(plan.Caller);
            // In its place before it is laid down: a second click at the same moment finds it.
            run = new LiveRun(plan, _time.GetUtcNow(), _limits, _time, _log);
            run.BeginWork();
            _runs[run.Id] = run;
        }

        var laidDown = false;
        try
        {
            laidDown = await _rows.StartAsync(plan.Caller, RunRows.New(plan, _owner), cancellationToken).ConfigureAwait(false);
            if (!laidDown && await _rows.FindAsync(plan.Caller, plan.RunId, cancellationToken).ConfigureAwait(false) is null)
                throw new ArgumentException("The id belongs to another run.", nameof(plan));
        }
        finally
        {
            if (!laidDown && _runs.TryRemove(run.Id, out _))
            {
                run.EndWork();
                run.Complete();
                run.Dispose();
            }
        }

        if (!laidDown)
            return null;

        _ = Task.Run(() => CarryOutAsync(run, run.Cells), CancellationToken.None);
        return run;
    }

    /// <summary>The run of that id; null where it is not here, it ended long ago, or it is someone else's.</summary>
    public LiveRun? Find(Guid runId, Caller caller) =>
        _runs.TryGetValue(runId, out var run) && run.IsOf(caller.UserId) ? run : null;

    /// <summary>The caller's unfinished runs that were started from a prompt's page, the latest first: what a page that comes back shows.</summary>
    public IReadOnlyList<LiveRun> Unfinished(Guid promptId, Caller caller) =>
        [.. _runs.Values.Where(run => run.PromptId == promptId && run.IsOf(caller.UserId) && run.IsRunning).OrderByDescending(run => run.CreatedAt)];

    /// <summary>What this program carries out now: runs none of whose cells has begun, others, and their unfinished cells.</summary>
    public (int RunsQueued, int RunsRunning, int CellsQueued, int CellsRunning) Count()
    {
        var (runsQueued, runsRunning, queued, running) = (0, 0, 0, 0);
        foreach (var run in _runs.Values.Where(run => run.IsRunning))
        {
            var states = run.Cells.CountBy(cell => cell.State).ToDictionary();
            queued += states.GetValueOrDefault(CellState.Queued);
            running += states.GetValueOrDefault(CellState.Running);
            if (states.GetValueOrDefault(CellState.Queued) == run.Cells.Count)
                runsQueued++;
            else
                runsRunning++;
        }

        return (runsQueued, runsRunning, queued, running);
    }

    /// <summary>Stops the caller's run, here or where it is carried out. False where nobody carries it out.</summary>
    /// <exception cref="DbException">The database is away and the run is not here.</exception>
    public async Task<bool> StopAsync(Caller caller, Guid runId, CancellationToken cancellationToken)
    {
        if (Find(runId, caller) is { } run)
        {
            run.Stop();
            return true;
        }

        return await _rows.RequestStopAsync(caller, runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs cells of the caller's run again that have ended or were interrupted; others are left alone. Each is asked as it was
    /// then, with the model's settings of now. Null where another program still carries the run out, or there is none.
    /// </summary>
    /// <exception cref="ModelFailure">
    /// <see cref="FailureKind.NotStarted"/>: the program is shutting down. <see cref="FailureKind.RateLimited"/>: they started too many just now.
    /// </exception>
    /// <exception cref="DbException">The database did not take it; nothing was sent.</exception>
    public async Task<LiveRun?> RerunAsync(Caller caller, Guid runId, IReadOnlyCollection<int> positions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(positions);
        _allowance?.Take(caller);
        var run = Find(runId, caller) ?? await FromRowsAsync(caller, runId, cancellationToken).ConfigureAwait(false);
        if (run is null)
            return null;

        await run.Row.WaitAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RunCell> again;
        try
        {
            lock (_starting)
            {
                if (_closing)
                    throw new ModelFailure(FailureKind.NotStarted, "MetaPrompt is restarting. Run it again in a minute.");
            }

            var busy = run.Cells.Where(cell => cell.IsUnfinished || cell.Grading).Select(cell => cell.Position).ToArray();
            var queued = await _rows.RerunAsync(caller, runId, positions, busy, _owner, cancellationToken).ConfigureAwait(false);
            if (queued.Count == 0)
                return Find(runId, caller);

            _runs[runId] = run;
            again = run.Renew(queued);
            run.BeginWork();
        }
        finally
        {
            run.Row.Release();
        }

        _ = Task.Run(() => CarryOutAsync(run, again), CancellationToken.None);
        return run;
    }

    /// <inheritdoc/>
    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        _takeOver = _time.CreateTimer(_ => _ = TakeOverAsync(), null, Heartbeat, Heartbeat);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        LiveRun[] unfinished;
        lock (_starting)
        {
            _closing = true;
            unfinished = [.. _runs.Values.Where(run => !run.Completion.IsCompleted)];
        }

        foreach (var run in unfinished)
            run.Suspend();
        await using (cancellationToken.Register(_giveUp.Cancel))
            await Task.WhenAll(unfinished.Select(run => run.Completion)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweep.Dispose();
        _heartbeat.Dispose();
        _takeOver?.Dispose();
        _giveUp.Dispose();
        _database.Dispose();
        foreach (var gate in _gates.Values)
            gate.Dispose();
    }

    // What could not be kept must not be paid for.
    private static void Check(RunPlan plan)
    {
        if (plan.Cells.Count is 0 or > RunPlan.MaxCells)
            throw NotStarted($"A run has 1 to {RunPlan.MaxCells:N0} cells; this has {plan.Cells.Count:N0}. Choose fewer models, temperatures or test cases. Nothing was sent.");
        if (plan.Parameters.Problems() is [var (_, words), ..])
            throw NotStarted($"{words} Nothing was sent.");
        foreach (var cell in plan.Cells)
        {
            if (cell.Temperature is < 0 or > 2)
                throw NotStarted($"The temperature has to be between 0 and 2. Nothing was sent.");
            if (string.IsNullOrWhiteSpace(cell.ResolvedPrompt))
                throw NotStarted($"The prompt is empty. Nothing was sent.");
            if (cell.ResolvedPrompt.Length > MaxPrompt || cell.VariableValues.Sum(value => (long)value.Value.Length) > MaxPrompt)
                throw NotStarted($"The prompt with its variables is longer than {MaxPrompt:N0} characters. Shorten it; nothing was sent.");
        }

        if (plan.Cells.Sum(cell => (long)cell.ResolvedPrompt.Length) > MaxRun)
            throw NotStarted($"All prompts of this run together are longer than {MaxRun:N0} characters. Run fewer cells at a time; nothing was sent.");
    }

    private static ModelFailure NotStarted(FormattableString words) => new(FailureKind.NotStarted, words.ToString(CultureInfo.InvariantCulture));

    private async Task<LiveRun?> FromRowsAsync(Caller caller, Guid runId, CancellationToken cancellationToken)
    {
        if (await _rows.FindAsync(caller, runId, cancellationToken).ConfigureAwait(false) is not { Live: false } row)
            return null;

        return await FromRowAsync(caller, row, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LiveRun> FromRowAsync(Caller caller, TestRun row, CancellationToken cancellationToken)
    {
        var cells = await _rows.CellsAsync(caller, row.Id, null, cancellationToken).ConfigureAwait(false);
        var plan = RunRows.Plan(caller, row, cells, await _catalog.ForAsync(caller, cancellationToken).ConfigureAwait(false));
        var run = new LiveRun(plan, new DateTimeOffset(row.CreatedAt, TimeSpan.Zero), _limits, _time, _log);
        foreach (var (cell, was) in run.Cells.Zip(cells))
            cell.Restore(was, RunRows.Outcomes(was));
        return run;
    }

    // One at a time, so that several programs share what one has left.
    private async Task TakeOverAsync()
    {
        if (_closing || Interlocked.Exchange(ref _taking, 1) != 0)
            return;

        try
        {
            // After an outage of the database every lease has passed, and those who live have to be heard first.
            if (_heard < BeatsToBeHeard)
            {
                await _rows.RenewAsync(_owner, [], _giveUp.Token).ConfigureAwait(false);
                _heard++;
                return;
            }

            Guid[] inHand = [.. _runs.Values.Where(run => !run.Completion.IsCompleted).Select(run => run.Id)];
            if (await _rows.TakeLeftAsync(_owner, inHand, _giveUp.Token).ConfigureAwait(false) is { } left)
                await GoOnAsync(Caller.User(left.UserId), left.Id).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            _heard = 0;
            _log.LogWarning(problem, "Runs that other programs left could not be looked for; trying again");
        }
        finally
        {
            Volatile.Write(ref _taking, 0);
        }
    }

    // Should this fail, the lease runs out again and the run is taken once more.
    private async Task GoOnAsync(Caller caller, Guid runId)
    {
        if (await _rows.FindAsync(caller, runId, _giveUp.Token).ConfigureAwait(false) is not { } row)
            return;

        var run = await FromRowAsync(caller, row, _giveUp.Token).ConfigureAwait(false);
        var queued = run.Cells.Where(cell => cell.State == CellState.Queued).Select(cell => cell.Position).ToArray();
        lock (_starting)
        {
            if (_closing || queued.Length == 0)
            {
                run.Dispose();
                return;
            }

            _runs[runId] = run;
            run.BeginWork();
        }

        _log.LogInformation("Going on with {Cells} cells of run {Run}, whose program is gone", queued.Length, runId);
        var cells = run.Renew(queued);
        _ = Task.Run(() => CarryOutAsync(run, cells), CancellationToken.None);
    }

    private void Sweep()
    {
        var before = _time.GetUtcNow() - _limits.KeepFinished;
        foreach (var run in _runs.Values.Where(run => !run.IsRunning && run.EndedAt < before))
        {
            if (_runs.TryRemove(run.Id, out _))
                run.Dispose();
        }
    }

    // As long as this is heard, the runs are carried out; a program that was killed falls silent.
    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _renewing, 1) != 0)
            return;

        try
        {
            var ids = _runs.Values.Where(run => run.IsRunning).Select(run => run.Id).ToArray();
            if (ids.Length == 0)
                return;
            foreach (var renewed in await _rows.RenewAsync(_owner, ids, _giveUp.Token).ConfigureAwait(false))
            {
                if (renewed.StopRequested && _runs.TryGetValue(renewed.Id, out var run))
                    run.Stop();
            }
        }
        catch (Exception problem)
        {
            _log.LogWarning(problem, "The runs that go on could not be told to the database; trying again");
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }
}
