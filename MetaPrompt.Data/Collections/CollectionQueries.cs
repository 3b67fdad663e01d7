using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Collections;

/// <summary>The caller's collections, and shared ones by their id.</summary>
public sealed class CollectionQueries(Db db)
{
    /// <summary>The name of the rule that a person has at most 200 collections, as a refusal carries it.</summary>
    public const string Limit = "collections_limit";

    private const string ListSql =
        """
        -- collections.list
        select id, name, description, is_shared, templates, titles, has_template, updated_at
        from public.list_collections(@TemplateId)
        """;

    private const string FindSql =
        """
        -- collections.find
        select id, name, description, is_shared, owner_id, owner_name, owner_is_author, is_own, templates, gone, created_at, updated_at
        from public.get_collection(@Id)
        """;

    private const string ContentsSql =
        """
        -- collections.contents
        select template_id, state, title, goal, category, tags, variables, likes_count, uses_count, author_id, author_name, note, position
        from public.collection_contents(@Id, @AfterPosition, @AfterId, @Size)
        """;

    private const string CreateSql =
        """
        -- collections.create
        insert into public.collections (owner_id, name, description, is_shared)
        values ((select auth.uid()), @Name, @Description, @IsShared)
        returning id
        """;

    private const string ChangeSql =
        """
        -- collections.change
        update public.collections set name = @Name, description = @Description
        where id = @Id and owner_id = (select auth.uid()) and deleted_at is null
        """;

    private const string ShareSql =
        """
        -- collections.share
        update public.collections set is_shared = @Shared
        where id = @Id and owner_id = (select auth.uid()) and deleted_at is null
        """;

    private const string DeleteSql =
        """
        -- collections.delete
        update public.collections set deleted_at = now()
        where id = @Id and owner_id = (select auth.uid()) and deleted_at is null
        """;

    private const string RestoreSql =
        """
        -- collections.restore
        update public.collections set deleted_at = null
        where id = @Id and owner_id = (select auth.uid()) and deleted_at is not null
        """;

    private const string DeletedSql =
        """
        -- collections.deleted
        select name from public.collections
        where id = @Id and owner_id = (select auth.uid()) and deleted_at is not null
        """;

    /// <summary>The caller's collections, the latest changed first, and whether a template is in each.</summary>
    public Task<IReadOnlyList<CollectionSummary>> ListAsync(Caller caller, Guid? templateId, CancellationToken cancellationToken) =>
        db.QueryAsync<CollectionSummary>(caller, ListSql, new { TemplateId = templateId }, cancellationToken);

    /// <summary>A collection of the caller's or a shared one; null for any other.</summary>
    public Task<CollectionDetails?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<CollectionDetails>(caller, FindSql, new { Id = id }, cancellationToken);

    /// <summary>A page of what is in it, as far as the caller may know, in its order.</summary>
    public Task<IReadOnlyList<CollectedTemplate>> ContentsAsync(
        Caller caller, Guid id, CollectionCursor? after, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<CollectedTemplate>(caller, ContentsSql, new
        {
            Id = id,
            AfterPosition = after?.Position,
            AfterId = after?.TemplateId,
            Size = Math.Clamp(size, 1, 100),
        }, cancellationToken);

    /// <summary>Makes a collection and returns its id.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: the caller has one of that name; 23514: blank, too long, or too many (<see cref="Limit"/>).</exception>
    public Task<Guid> CreateAsync(Caller caller, string name, string description, bool shared, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, CreateSql, new { Name = name, Description = description, IsShared = shared }, cancellationToken);

    /// <summary>Renames and describes it; false where it is not the caller's.</summary>
    /// <exception cref="Npgsql.PostgresException">As <see cref="CreateAsync"/>.</exception>
    public async Task<bool> ChangeAsync(Caller caller, Guid id, string name, string description, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, ChangeSql, new { Id = id, Name = name, Description = description }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Lets whoever has the link read it, or ends that; false where it is not the caller's.</summary>
    public async Task<bool> ShareAsync(Caller caller, Guid id, bool shared, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, ShareSql, new { Id = id, Shared = shared }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Deletes it, or brings the last deleted one back; false where there is nothing to.</summary>
    /// <exception cref="Npgsql.PostgresException">Bringing back: 23505: there is another of that name by now; 23514: too many (<see cref="Limit"/>).</exception>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, bool deleted, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, deleted ? DeleteSql : RestoreSql, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>The name of a deleted collection of the caller's that can be brought back; null where there is none.</summary>
    public Task<string?> FindDeletedAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<string>(caller, DeletedSql, new { Id = id }, cancellationToken);
}
