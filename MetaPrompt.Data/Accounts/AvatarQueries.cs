using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>Pictures of people: one's own to change, others' to see where they have published something.</summary>
public sealed class AvatarQueries(Db db)
{
    /// <summary>The most bytes a picture may have.</summary>
    public const int MaxBytes = 512 * 1024;

    private const string FindSql =
        """
        -- Avatars.Find
        select media_type, etag, case when etag = @KnownEtag then null else image end as image from public.get_avatar(@UserId)
        """;

    private const string SaveSql =
        """
        -- Avatars.Save
        insert into public.user_avatars (user_id, media_type, image)
        values ((select auth.uid()), @MediaType, @Image)
        on conflict (user_id) do update set media_type = excluded.media_type, image = excluded.image
        """;

    private const string RemoveSql =
        """
        -- Avatars.Remove
        delete from public.user_avatars where user_id = (select auth.uid())
        """;

    /// <summary>The picture, without its bytes where the reader has them already; null where there is none to see.</summary>
    public Task<Avatar?> FindAsync(Caller caller, Guid userId, string? knownEtag, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Avatar>(
            caller, FindSql, new { UserId = userId, KnownEtag = knownEtag ?? "" }, cancellationToken);

    /// <summary>Sets the caller's picture; its kind has been read from its bytes, never from its name.</summary>
    public Task SaveAsync(Caller caller, string mediaType, byte[] image, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, SaveSql, new { MediaType = mediaType, Image = image }, cancellationToken);

    /// <summary>Takes the caller's picture away; false where there was none.</summary>
    public async Task<bool> RemoveAsync(Caller caller, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, RemoveSql, null, cancellationToken).ConfigureAwait(false) == 1;
}

/// <summary>A person's picture.</summary>
public sealed record Avatar
{
    public required string MediaType { get; init; }

    /// <summary>SHA-256 of the bytes, in hexadecimal digits.</summary>
    public required string Etag { get; init; }

    /// <summary>Null where the reader named this very <see cref="Etag"/>.</summary>
    public byte[]? Image { get; init; }
}
