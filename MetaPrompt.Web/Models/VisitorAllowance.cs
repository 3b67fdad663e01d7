using System.Threading.RateLimiting;

namespace MetaPrompt.Web.Models;

/// <summary>
/// What people who are not signed in may ask of the wizard's model, all of them together: the wizard works before signing in,
/// and a bot must not be able to spend the operator's money without end.
/// </summary>
public sealed class VisitorAllowance : IDisposable
{
    private readonly FixedWindowRateLimiter _requests;

    /// <param name="limits">How many requests an hour.</param>
    public VisitorAllowance(ModelLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _requests = new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions
        {
            PermitLimit = limits.VisitorRequestsPerHour,
            Window = TimeSpan.FromHours(1),
        });
    }

    /// <summary>Takes one request of this hour's.</summary>
    /// <exception cref="ModelFailure">None is left; nothing was sent to the model.</exception>
    public void Take()
    {
        using var lease = _requests.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            throw new ModelFailure(
                FailureKind.RateLimited, "So many visitors have used the model in the last hour that it is kept for people with an account. Sign in to use it.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _requests.Dispose();
}
