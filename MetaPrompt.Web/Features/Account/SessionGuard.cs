using System.Collections.Concurrent;
using System.Security.Cryptography;
using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary>How often sessions are looked at, and how long answers take that must not tell anything by their time.</summary>
public sealed record AccountTimes
{
    /// <summary>For how long a session found alive is believed; another node's revocation arrives within it.</summary>
    public TimeSpan SessionCache { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an open page's circuit looks again. Together with the cache: under a minute.</summary>
    public TimeSpan CircuitCheck { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time an answer takes that is the same for known and unknown addresses.</summary>
    public TimeSpan AnswerFloor { get; init; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>
/// Knows whether a session is alive, asking the database at most every few seconds per session; keeps sessions at Supabase
/// fresh meanwhile. Sessions ended by this node are dead at once.
/// </summary>
public sealed class SessionGuard : IDisposable
{
    private const int MostSessions = 100_000;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MostSessions });
    private readonly ConcurrentDictionary<Guid, long> _endings = new();
    private readonly SessionQueries _sessions;
    private readonly IRemoteSessions? _remote;
    private readonly IDataProtector _protector;
    private readonly AccountTimes _times;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionGuard> _log;

    public SessionGuard(
        SessionQueries sessions, IServiceProvider services, IDataProtectionProvider protection, AccountTimes times,
        TimeProvider time, ILogger<SessionGuard> log)
    {
        _sessions = sessions;
        _remote = services.GetService<IRemoteSessions>();
        _protector = protection.CreateProtector("MetaPrompt.Accounts.RemoteToken");
        _times = times;
        _time = time;
        _log = log;
    }

    /// <summary>The session as it is now; null where it is over.</summary>
    /// <param name="userId">Whose it says it is.</param>
    /// <param name="secret">From the cookie.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NpgsqlException">The database is away: nothing is known.</exception>
    public async Task<LiveSession?> FindAsync(Guid userId, string secret, CancellationToken cancellationToken)
    {
        var idHash = OneTimeToken.Hash(secret);
        var key = Convert.ToHexString(idHash);
        // Read before the database is: a session that ends while the answer is on its way is not believed afterwards.
        var endings = _endings.GetValueOrDefault(userId);
        // By the time that has passed: the cache goes by the clock, which may be stepped back.
        if (_cache.TryGetValue(key, out Seen? seen) && seen!.Endings == endings && seen.Session.UserId == userId
            && _time.GetElapsedTime(seen.At) < _times.SessionCache)
            return seen.Session;

        var asked = _time.GetTimestamp();
        var session = await _sessions.FindAsync(idHash, cancellationToken).ConfigureAwait(false);
        if (session is null || session.UserId != userId || !await StaysAsync(idHash, session).ConfigureAwait(false))
            return null;

        _cache.Set(key, new Seen(session, endings, asked), new MemoryCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = _times.SessionCache,
            Size = 1,
        });
        return session;
    }

    /// <summary>Opens a session and returns its secret; null where the person has no row in this database.</summary>
    public async Task<string?> OpenAsync(SignedIn signedIn, string userAgent, CancellationToken cancellationToken)
    {
        var secret = OneTimeToken.New();
        var opened = await _sessions.OpenAsync(
            new NewSession
            {
                IdHash = OneTimeToken.Hash(secret),
                UserId = signedIn.Account.Id,
                UserAgent = userAgent,
                RemoteToken = signedIn.Tokens is { } tokens ? _protector.Protect(tokens.RefreshToken) : null,
                RemoteExpiresAt = signedIn.Tokens?.AccessExpiresAt,
            },
            cancellationToken).ConfigureAwait(false);
        if (opened)
            return secret;

        _log.LogError(
            "Somebody signed in whom public.users does not know. Do Supabase:Url and ConnectionStrings:MetaPrompt belong to the same project?");
        return null;
    }

    /// <summary>Ends one session, here and at Supabase.</summary>
    public async Task EndAsync(Guid userId, string secret, CancellationToken cancellationToken)
    {
        var token = await _sessions.RevokeAsync(OneTimeToken.Hash(secret), cancellationToken).ConfigureAwait(false);
        Forget(userId);
        await EndRemoteAsync([token], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all sessions of a person but the one named, if one is; how many have ended.</summary>
    public async Task<int> EndAllAsync(Guid userId, string? exceptSecret, CancellationToken cancellationToken)
    {
        var tokens = await _sessions.RevokeAllAsync(
            userId, exceptSecret is null ? null : OneTimeToken.Hash(exceptSecret), cancellationToken).ConfigureAwait(false);
        Forget(userId);
        await EndRemoteAsync(tokens, cancellationToken).ConfigureAwait(false);
        return tokens.Count;
    }

    /// <summary>Looks again at the next request: something of the person has changed, or they are gone.</summary>
    public void Forget(Guid userId) => _endings.AddOrUpdate(userId, 1, (_, endings) => endings + 1);

    /// <summary>Whether the database is away, in which case nothing is known of any session.</summary>
    public static bool IsOutage(NpgsqlException e) =>
        e is not PostgresException { SqlState: var state } || e.IsTransient
        || state.StartsWith("57", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal);

    public void Dispose() => _cache.Dispose();

    // Whether the session goes on as far as Supabase is concerned. Not cancelled with the request: a token that has been
    // traded and not kept would end the session.
    private async Task<bool> StaysAsync(byte[] idHash, LiveSession session)
    {
        if (_remote is null || session.RemoteExpiresAt is not { } expires
            || expires > _time.GetUtcNow().UtcDateTime + TimeSpan.FromMinutes(1))
            return true;

        // Somebody else is at it already: until they are done the session is as alive as it was.
        if (await _sessions.LeaseRemoteAsync(idHash, CancellationToken.None).ConfigureAwait(false) is not { } kept)
            return true;

        var outcome = Unprotect(kept) is { } token
            ? await _remote.RefreshAsync(token, CancellationToken.None).ConfigureAwait(false)
            : new Refused(Refusal.SessionEnded);
        switch (outcome)
        {
            case SignedIn { Tokens: { } next }:
                await _sessions.RenewRemoteAsync(
                    idHash, _protector.Protect(next.RefreshToken), next.AccessExpiresAt, CancellationToken.None).ConfigureAwait(false);
                return true;
            case Refused { Reason: Refusal.SessionEnded }:
                await _sessions.RevokeAsync(idHash, CancellationToken.None).ConfigureAwait(false);
                return false;
            default:
                // Supabase is away or busy. It is asked again when the lease is over; until then people go on working.
                return true;
        }
    }

    private async Task EndRemoteAsync(IReadOnlyList<string?> tokens, CancellationToken cancellationToken)
    {
        if (_remote is null)
            return;
        await Task.WhenAll(tokens.Select(kept => kept is null ? null : Unprotect(kept)).OfType<string>()
            .Select(token => _remote.EndAsync(token, cancellationToken))).ConfigureAwait(false);
    }

    private string? Unprotect(string kept)
    {
        try
        {
            return _protector.Unprotect(kept);
        }
        catch (CryptographicException e)
        {
            // The key ring is not the one it was written with; the session is lost, and the person signs in again.
            _log.LogWarning(e, "A session's token cannot be read");
            return null;
        }
    }

    private sealed record Seen(LiveSession Session, long Endings, long At);
}
