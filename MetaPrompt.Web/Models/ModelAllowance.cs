using System.Globalization;
using System.Threading.RateLimiting;
using MetaPrompt.Data;
using MetaPrompt.Web.Monitoring;

namespace MetaPrompt.Web.Models;

/// <summary>
/// How often models may be asked for something: by each person in a minute, and by all who are not signed in together in an
/// hour. The wizard works before signing in, and a bot must not be able to spend the operator's money without end; nor is a
/// person's own page to be a way to call models as fast as a script can click.
/// </summary>
public sealed class ModelAllowance : IDisposable
{
    // Ten a minute of the usual sixty.
    private const int KeyTest = 6;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FixedWindowRateLimiter _visitors;
    private readonly PartitionedRateLimiter<Guid> _people;
    private readonly LimitMeter? _meter;
    private readonly int _most;

    /// <param name="limits">How often.</param>
    /// <param name="meter">Counts what is refused; null counts nothing.</param>
    public ModelAllowance(ModelLimits limits, LimitMeter? meter = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _meter = meter;
        _visitors = new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions
        {
            PermitLimit = limits.VisitorRequestsPerHour,
            Window = TimeSpan.FromHours(1),
        });
        var most = _most = limits.PersonRequestsPerMinute;
        _people = PartitionedRateLimiter.Create<Guid, Guid>(person => most == 0
            ? RateLimitPartition.GetNoLimiter(Guid.Empty)
            : RateLimitPartition.GetTokenBucketLimiter(person, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = most,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = Minute / most,
                QueueLimit = 0,
                // The partitioned limiter fills all its buckets with one timer.
                AutoReplenishment = false,
            }));
    }

    /// <summary>Takes one request: a question to the wizard's model, the start of a run.</summary>
    /// <exception cref="ModelFailure"><see cref="FailureKind.RateLimited"/>: none is left just now; nothing was sent.</exception>
    public void Take(Caller caller) => Take(caller, 1);

    /// <summary>
    /// Takes a test of a key, which counts as several requests: nobody is to try many keys, or many addresses, from here.
    /// </summary>
    /// <exception cref="ModelFailure">As for <see cref="Take(Caller)"/>.</exception>
    public void TakeKeyTest(Caller caller) => Take(caller, KeyTest);

    private void Take(Caller caller, int count)
    {
        if (caller.UserId is { } person)
            TakeOf(person, _most == 0 ? 1 : Math.Min(count, _most));
        else
            TakeOfVisitors();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _visitors.Dispose();
        _people.Dispose();
    }

    private void TakeOf(Guid person, int count)
    {
        using var lease = _people.AttemptAcquire(person, count);
        if (lease.IsAcquired)
            return;

        _meter?.Reached(LimitMeter.ModelRequests);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var asked) ? asked : TimeSpan.FromSeconds(10);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        throw new ModelFailure(FailureKind.RateLimited, string.Create(CultureInfo.InvariantCulture,
            $"That was a lot at once: models have been asked for something very often from your account in the last minute. Nothing was sent; try again in {(seconds == 1 ? "a second" : $"{seconds} seconds")}."))
        {
            RetryAfter = wait,
        };
    }

    private void TakeOfVisitors()
    {
        using var lease = _visitors.AttemptAcquire();
        if (lease.IsAcquired)
            return;

        _meter?.Reached(LimitMeter.VisitorRequests);
        throw new ModelFailure(
            FailureKind.RateLimited, "So many visitors have used the model in the last hour that it is kept for people with an account. Sign in to use it.");
    }
}
