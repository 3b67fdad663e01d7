using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// Who is signed in, and where. A session is named by a secret that only its cookie holds; the database knows its hash. It
/// lives for a fortnight after the last visit, and ends at once for every node when it is revoked.
/// </summary>
public sealed class SessionQueries(Db db)
{
    private const string OpenSql =
        """
        -- Sessions.Open
        select internal.open_session(@IdHash, @UserId, @UserAgent, @RemoteToken, @RemoteExpiresAt)
        """;

    private const string FindSql =
        """
        -- Sessions.Find
        select user_id, email, full_name, avatar_url, is_administrator, remote_expires_at from internal.find_session(@IdHash)
        """;

    private const string RevokeSql =
        """
        -- Sessions.Revoke
        select remote_token from internal.revoke_session(@IdHash)
        """;

    private const string RevokeAllSql =
        """
        -- Sessions.RevokeAll
        select remote_token from internal.revoke_sessions(@UserId, @ExceptIdHash)
        """;

    private const string ListSql =
        """
        -- Sessions.List
        select id_hash, created_at, last_seen_at, user_agent from internal.list_sessions(@UserId)
        """;

    private const string LeaseSql =
        """
        -- Sessions.LeaseRemote
        select remote_token from internal.lease_remote_session(@IdHash)
        """;

    private const string RenewSql =
        """
        -- Sessions.RenewRemote
        select internal.renew_remote_session(@IdHash, @RemoteToken, @RemoteExpiresAt)
        """;

    private const string PurgeSql =
        """
        -- Sessions.Purge
        select internal.purge_accounts()
        """;

    /// <summary>Opens a session; false where the person has no row in <c>public.users</c>.</summary>
    public async Task<bool> OpenAsync(NewSession session, CancellationToken cancellationToken) =>
        await db.FirstOrDefaultAsync<bool>(Caller.App, OpenSql, session, cancellationToken).ConfigureAwait(false);

    /// <summary>The session's person as they are now, and notes the visit; null where the session is over.</summary>
    public Task<LiveSession?> FindAsync(byte[] idHash, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<LiveSession>(Caller.App, FindSql, new { IdHash = idHash }, cancellationToken);

    /// <summary>Ends one session. What it held of another service's session, still encrypted; null for none.</summary>
    public async Task<string?> RevokeAsync(byte[] idHash, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<RemoteRow>(Caller.App, RevokeSql, new { IdHash = idHash }, cancellationToken)
            .ConfigureAwait(false))?.RemoteToken;

    /// <summary>Ends all sessions of a person, but one where it is named; what each held of another service's session.</summary>
    public async Task<IReadOnlyList<string?>> RevokeAllAsync(Guid userId, byte[]? exceptIdHash, CancellationToken cancellationToken)
    {
        var ended = await db.QueryAsync<RemoteRow>(
            Caller.App, RevokeAllSql, new { UserId = userId, ExceptIdHash = exceptIdHash ?? [] }, cancellationToken)
            .ConfigureAwait(false);
        return [.. ended.Select(session => session.RemoteToken)];
    }

    /// <summary>Where a person is signed in, the latest visit first; at most 50.</summary>
    public Task<IReadOnlyList<SessionListItem>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<SessionListItem>(Caller.App, ListSql, new { UserId = userId }, cancellationToken);

    /// <summary>
    /// The other service's token where it is time to refresh it and nobody else is doing so; null otherwise. The lease ends
    /// with <see cref="RenewRemoteAsync"/>, or by itself after half a minute.
    /// </summary>
    public async Task<string?> LeaseRemoteAsync(byte[] idHash, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<RemoteRow>(Caller.App, LeaseSql, new { IdHash = idHash }, cancellationToken)
            .ConfigureAwait(false))?.RemoteToken;

    /// <summary>Keeps the next token (encrypted) and until when its access token holds.</summary>
    public Task RenewRemoteAsync(
        byte[] idHash, string remoteToken, DateTimeOffset remoteExpiresAt, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            Caller.App, RenewSql, new { IdHash = idHash, RemoteToken = remoteToken, RemoteExpiresAt = remoteExpiresAt },
            cancellationToken);

    /// <summary>Removes sessions, links, sign-ups and counters that are over.</summary>
    public Task PurgeAsync(CancellationToken cancellationToken) =>
        db.Patient.ExecuteAsync(Caller.App, PurgeSql, null, cancellationToken);

    private sealed record RemoteRow
    {
        public string? RemoteToken { get; init; }
    }
}

/// <summary>A session about to be opened.</summary>
public sealed record NewSession
{
    public required byte[] IdHash { get; init; }
    public required Guid UserId { get; init; }

    /// <summary>Browser and system in a few words.</summary>
    public required string UserAgent { get; init; }

    /// <summary>Encrypted; null for local accounts.</summary>
    public string? RemoteToken { get; init; }

    public DateTimeOffset? RemoteExpiresAt { get; init; }
}

/// <summary>Whose session it is.</summary>
public sealed record LiveSession
{
    public required Guid UserId { get; init; }
    public required string Email { get; init; }
    public string? FullName { get; init; }
    public string? AvatarUrl { get; init; }
    public required bool IsAdministrator { get; init; }
    public DateTime? RemoteExpiresAt { get; init; }
}

/// <summary>A line in a person's list of their sessions.</summary>
public sealed record SessionListItem
{
    public required byte[] IdHash { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime LastSeenAt { get; init; }
    public required string UserAgent { get; init; }
}
