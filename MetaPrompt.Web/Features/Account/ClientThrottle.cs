using System.Threading.RateLimiting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Account;

/// <summary>What is counted per client address.</summary>
public enum Gate
{
    /// <summary>Anything that checks a password.</summary>
    Password,

    /// <summary>Asking for an account.</summary>
    SignUp,

    /// <summary>Asking for a mail, and using one's link.</summary>
    Mail,
}

/// <summary>How much one client address may do: so many at once, then one per so much time.</summary>
public sealed record AccountLimits
{
    public int Passwords { get; init; } = 60;
    public TimeSpan PasswordEvery { get; init; } = TimeSpan.FromSeconds(2);
    public int SignUps { get; init; } = 100;
    public TimeSpan SignUpEvery { get; init; } = TimeSpan.FromSeconds(10);
    public int Mails { get; init; } = 30;
    public TimeSpan MailEvery { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Keeps one client from trying many addresses, as the lock-out of an address keeps many clients from trying one. Generous,
/// since a whole office may come from one address. Counted on this node alone.
/// </summary>
public sealed class ClientThrottle : IDisposable
{
    private readonly PartitionedRateLimiter<(Gate Gate, string Client)> _limiter;

    public ClientThrottle(AccountLimits limits) =>
        _limiter = PartitionedRateLimiter.Create<(Gate Gate, string Client), (Gate, string)>(
            request => RateLimitPartition.GetTokenBucketLimiter(request, _ => Options(request.Gate, limits)));

    /// <summary>Counts a request; how long to wait, where it is one too many.</summary>
    public TimeSpan? Wait(HttpContext http, Gate gate)
    {
        using var lease = _limiter.AttemptAcquire((gate, ClientAddress.Key(http.Connection.RemoteIpAddress)));
        return lease.IsAcquired ? null
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait
            : TimeSpan.FromMinutes(1);
    }

    public void Dispose() => _limiter.Dispose();

    private static TokenBucketRateLimiterOptions Options(Gate gate, AccountLimits limits)
    {
        var (burst, every) = gate switch
        {
            Gate.Password => (limits.Passwords, limits.PasswordEvery),
            Gate.SignUp => (limits.SignUps, limits.SignUpEvery),
            _ => (limits.Mails, limits.MailEvery),
        };
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = every,
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
