using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>A person's own profile; row-level security shows nobody another's.</summary>
public sealed class ProfileQueries(Db db)
{
    private const string FindSql =
        """
        -- Profile.Find
        select id, email, full_name, avatar_url, created_at from public.users where id = (select auth.uid())
        """;

    private const string RenameSql =
        """
        -- Profile.Rename
        update public.users set full_name = @FullName where id = (select auth.uid())
        """;

    /// <summary>The caller's own profile; null for a visitor.</summary>
    public Task<Profile?> FindAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.UserId is null
            ? Task.FromResult<Profile?>(null)
            : db.FirstOrDefaultAsync<Profile>(caller, FindSql, null, cancellationToken);

    /// <summary>Changes the caller's name, 1 to 255 characters; false where there is no such person any more.</summary>
    public async Task<bool> RenameAsync(Caller caller, string fullName, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, RenameSql, new { FullName = fullName }, cancellationToken).ConfigureAwait(false) == 1;
}

/// <summary>What a person sees of themselves.</summary>
public sealed record Profile
{
    public required Guid Id { get; init; }
    public required string Email { get; init; }
    public string? FullName { get; init; }
    public string? AvatarUrl { get; init; }
    public required DateTime CreatedAt { get; init; }
}
