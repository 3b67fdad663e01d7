using MetaPrompt.Data;

namespace MetaPrompt.Web.Models;

/// <summary>
/// A run that this program carries out, or has a little while ago. Every member can be used from any thread.
/// </summary>
public sealed class LiveRun : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RunCell[] _cells;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _later;
    private TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _lastTold;
    private bool _tellLater;
    private int _atWork;
    private bool _gone;

    internal LiveRun(RunPlan plan, DateTimeOffset createdAt, ModelLimits limits, TimeProvider time, ILogger log)
    {
        (Id, Caller, PromptId, Parameters, CreatedAt) = (plan.RunId, plan.Caller, plan.PromptId, plan.Parameters, createdAt);
        _limits = limits;
        _time = time;
        _log = log;
        _later = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cells = [.. plan.Cells.Select((cell, position) => new RunCell(this, position, cell, limits, time))];
    }

    /// <summary>
    /// Raised on any thread when a cell changed: at once, then at most every <see cref="ModelLimits.ChangeInterval"/> for the
    /// run as a whole, and always after the last change. Read the cells in the handler; it must not throw or wait.
    /// </summary>
    public event Action? Changed;

    /// <summary>What the run is found by.</summary>
    public Guid Id { get; }

    /// <summary>The prompt from whose page it was started.</summary>
    public Guid PromptId { get; }

    /// <summary>What was asked for beyond the temperature.</summary>
    public RunParameters Parameters { get; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The cells by position. A cell that is run again is a new object in its place.</summary>
    public IReadOnlyList<RunCell> Cells
    {
        get
        {
            lock (_lock)
                return [.. _cells];
        }
    }

    /// <summary>Whether a cell is unfinished, or being checked.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_lock)
                return _atWork > 0;
        }
    }

    /// <summary>Ends when every cell has ended, is kept and checked. A run whose cells are run again has a new one. Never fails.</summary>
    public Task Completion
    {
        get
        {
            lock (_lock)
                return _completion.Task;
        }
    }

    /// <summary>Ends all cells as soon as possible and keeps what has arrived. Without effect on cells that have ended.</summary>
    public void Stop()
    {
        foreach (var cell in Cells)
            cell.Stop();
    }

    /// <summary>Ends one cell as soon as possible and keeps what has arrived.</summary>
    public void Stop(int position)
    {
        if (position >= 0 && position < _cells.Length)
            Cells[position].Stop();
    }

    /// <summary>The program shuts down: ends all cells; those that have not begun are another program's.</summary>
    internal void Suspend()
    {
        foreach (var cell in Cells)
            cell.Suspend();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _gone = true;
        _later.Dispose();
        foreach (var cell in _cells)
            cell.Dispose();
    }

    internal Caller Caller { get; }

    internal DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Held while its row is taken over or let go of.</summary>
    internal SemaphoreSlim Row { get; } = new(1, 1);

    internal bool IsOf(Guid? userId) => userId is not null && Caller.UserId == userId;

    /// <summary>Somebody begins to carry cells out.</summary>
    internal void BeginWork()
    {
        lock (_lock)
        {
            if (_atWork++ == 0 && _completion.Task.IsCompleted)
                _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
            EndedAt = null;
        }
    }

    /// <summary>They are done with it; true where nobody else is at work.</summary>
    internal bool EndWork()
    {
        lock (_lock)
        {
            if (--_atWork > 0)
                return false;
            EndedAt = _time.GetUtcNow();
        }

        return true;
    }

    /// <summary>Tells everybody that the run is over.</summary>
    internal void Complete()
    {
        TaskCompletionSource completion;
        lock (_lock)
            completion = _completion;
        Tell();
        completion.TrySetResult();
    }

    /// <summary>Puts new cells where the old ones are, to be run again.</summary>
    internal IReadOnlyList<RunCell> Renew(IEnumerable<int> positions)
    {
        var renewed = new List<RunCell>();
        lock (_lock)
        {
            foreach (var position in positions)
            {
                var old = _cells[position];
                _cells[position] = new RunCell(this, position, old.Plan, _limits, _time);
                renewed.Add(_cells[position]);
            }
        }

        TellSoon();
        return renewed;
    }

    internal void TellSoon()
    {
        lock (_lock)
        {
            if (_tellLater || _gone)
                return;

            if (_lastTold is { } last && _time.GetElapsedTime(last) is var since && since < _limits.ChangeInterval)
            {
                _tellLater = true;
                _later.Change(_limits.ChangeInterval - since, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Tell();
    }

    private void Tell()
    {
        lock (_lock)
        {
            _tellLater = false;
            _lastTold = _time.GetTimestamp();
        }

        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action)handler)();
            }
            catch (Exception problem)
            {
                // A page that is closing must not end a run that others may still look at.
                _log.LogError(problem, "A page could not be told of a run's change");
            }
        }
    }
}
