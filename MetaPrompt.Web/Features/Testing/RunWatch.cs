using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// Watches a run for one page: the only subscription it has, however many cells there are. The run tells of changes at most
/// every <see cref="ModelLimits.ChangeInterval"/>; a page that cannot keep up skips some, never the last.
/// </summary>
public sealed class RunWatch : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LiveRun _run;
    private readonly Func<Task> _changed;
    private readonly ITimer _clock;
    private int _queued;
    private int _ticked;
    private volatile bool _gone;

    /// <param name="run">What is watched.</param>
    /// <param name="time">The clock: times that are shown go on while nothing arrives.</param>
    /// <param name="changed">Called on any thread, and not again before <see cref="Take"/>.</param>
    public RunWatch(LiveRun run, TimeProvider time, Func<Task> changed)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(time);
        _run = run;
        _changed = changed;
        _run.Changed += Tell;
        _clock = time.CreateTimer(_ => OnTick(), null, Second, Second);
    }

    /// <summary>What is watched.</summary>
    public LiveRun Run => _run;

    /// <summary>To be called before the run is read: what changes from then on is told again. True where a second has passed.</summary>
    public bool Take()
    {
        Volatile.Write(ref _queued, 0);
        return Interlocked.Exchange(ref _ticked, 0) == 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone = true;
        _run.Changed -= Tell;
        _clock.Dispose();
    }

    private void OnTick()
    {
        if (!_run.IsRunning)
            return;
        Volatile.Write(ref _ticked, 1);
        Tell();
    }

    private void Tell()
    {
        if (!_gone && Interlocked.Exchange(ref _queued, 1) == 0)
            _ = _changed();
    }
}
