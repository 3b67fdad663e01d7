using MetaPrompt.Web.Monitoring;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// How much one open page may send: clicks, keys, answers of scripts, parts of files. No hand and no upload comes near; a script
/// that clicks through one connection, which requests' limits do not see, is slowed down to the rate, and ended where it goes on
/// all the same. It costs two numbers a page and no timer.
/// </summary>
internal sealed class PagePace(RequestLimits limits, TimeProvider time, LimitMeter meter, ILogger<PagePace> log) : CircuitHandler
{
    /// <summary>How far behind the rate a page may be kept waiting; beyond, it is ended.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A whole minute's worth may come at once.
    private static readonly TimeSpan Burst = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _due = DateTimeOffset.MinValue;
    private DateTimeOffset _told = DateTimeOffset.MinValue;
    private int _ended;

    /// <inheritdoc/>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        limits.PageActionsPerMinute == 0 ? next : async context =>
        {
            if (Wait() is { Ticks: > 0 } wait)
                await Task.Delay(wait, time);
            await next(context);
        };

    /// <summary>How long what has just come must wait for its turn.</summary>
    /// <exception cref="PageTooBusyException">Too much waits already: the page is to be ended.</exception>
    internal TimeSpan Wait()
    {
        var now = time.GetUtcNow();
        var (wait, tells) = (TimeSpan.Zero, false);
        lock (_lock)
        {
            _due = (_due > now ? _due : now) + (TimeSpan.FromMinutes(1) / limits.PageActionsPerMinute);
            wait = _due - now - Burst;
            if (wait > TimeSpan.Zero && now - _told >= TimeSpan.FromMinutes(1))
                (_told, tells) = (now, true);
        }

        if (wait > Patience)
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                meter.Reached(LimitMeter.PageEnded);
            throw new PageTooBusyException();
        }

        if (tells)
        {
            meter.Reached(LimitMeter.PageSlowed);
            log.LogWarning("An open page sends more than {Limit} actions a minute and is slowed down", limits.PageActionsPerMinute);
        }

        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}

/// <summary>A page sent far more than a person can: it is ended.</summary>
internal sealed class PageTooBusyException() : Exception("This page sent far more at once than a person can do, so it was ended. Load it again; what was saved is there.");
