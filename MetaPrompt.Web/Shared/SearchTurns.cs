using System.Threading.RateLimiting;
using MetaPrompt.Web.Shell.Guarding;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// Searches that no cache answers take turns: so many at once as keep PostgreSQL's processors busy, the others in the order they
/// came. All at once they would be no sooner through, and each as slow as the slowest beside it; and a flood of them would take the
/// connections that everything else needs.
/// </summary>
/// <param name="limits">How many; see <see cref="RequestLimits.SearchesAtOnce"/>.</param>
public sealed class SearchTurns(RequestLimits limits) : IDisposable
{
    // As long as for a connection: whoever waits for longer is told so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrencyLimiter? _limiter = limits.SearchesAtOnce == 0 ? null : new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.SearchesAtOnce, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn; disposing of it ends it. To be held while the database is asked, not while an answer is sent.</summary>
    /// <exception cref="TimeoutException">It did not come within five seconds.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<IDisposable?> TakeAsync(CancellationToken cancellationToken)
    {
        if (_limiter is null)
            return null;
        var turn = _limiter.AttemptAcquire();
        if (turn.IsAcquired)
            return turn;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await _limiter.AcquireAsync(1, patience.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The searches that came before took too long.", late);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter?.Dispose();
}
