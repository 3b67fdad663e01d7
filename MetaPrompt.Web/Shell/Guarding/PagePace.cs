using MetaPrompt.Web.Monitoring;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// How much one open page may send: clicks, keys, answers of scripts, parts of files. No hand and no upload comes near; a script
/// that clicks through one connection, which requests' limits do not see, is slowed down to the rate, and ended where it goes on
/// all the same. The page is told so before (<c>metaprompt.ended</c> in site.js). It costs two numbers a page and no timer.
/// </summary>
internal sealed class PagePace(RequestLimits limits, TimeProvider time, LimitMeter meter, IJSRuntime browser, ILogger<PagePace> log) : CircuitHandler
{
    /// <summary>How far behind the rate a page may be kept waiting; beyond, it is ended.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A whole minute's worth may come at once.
    private static readonly TimeSpan Burst = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

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
            {
                meter.Reached(LimitMeter.PageEnded);
                _ = TellAsync();
            }

            throw new PageTooBusyException();
        }

        if (tells)
        {
            meter.Reached(LimitMeter.PageSlowed);
            log.LogWarning("An open page sends more than {Limit} actions a minute and is slowed down", limits.PageActionsPerMinute);
        }

        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    // Sent ahead of the end, on the same connection; nobody waits for an answer, so nothing of the page is held for it.
    private async Task TellAsync()
    {
        try
        {
            await browser.InvokeVoidAsync("metaprompt.ended", Answer);
        }
        catch (Exception gone) when (gone is JSException or JSDisconnectedException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is ended whether it was told or not.
        }
    }
}

/// <summary>A page sent far more than a person can: it is ended.</summary>
internal sealed class PageTooBusyException() : Exception("This page sent far more at once than a person can do, so it was ended. Load it again; what was saved is there.");
