using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Models;

/// <summary>
/// A person's own keys at model providers. What names a <see cref="Caller"/> runs as that person, who has no right to any
/// secret; what names a user's id runs as the program, through functions that nobody else may execute.
/// </summary>
public sealed class ProviderKeyQueries(Db db)
{
    /// <summary>The most keys of a person.</summary>
    public const int MostKeys = 20;

    private const string List =
        """
        -- provider_keys.list
        select k.id, k.name, k.provider, k.endpoint, k.hint, k.created_at, k.last_used_at
        from public.provider_keys k
        where k.user_id = (select auth.uid())
        order by k.created_at, k.id
        """;

    private const string Rename =
        """
        -- provider_keys.rename
        update public.provider_keys set name = @Name where id = @Id and user_id = (select auth.uid())
        """;

    private const string Add =
        """
        -- provider_keys.add
        select internal.add_provider_key(@Id, @UserId, @Name, @Provider, @Endpoint, @Secret, @Hint)
        """;

    private const string Replace =
        """
        -- provider_keys.replace
        select internal.replace_provider_secret(@Id, @UserId, @Secret, @Hint)
        """;

    private const string Remove =
        """
        -- provider_keys.remove
        select @Id as id, name, provider, endpoint, secret, hint from internal.remove_provider_key(@Id, @UserId)
        """;

    private const string Find =
        """
        -- provider_keys.find
        select provider, endpoint, secret from internal.find_provider_key(@Id, @UserId)
        """;

    private const string Secrets =
        """
        -- provider_keys.secrets
        select id, secret from internal.list_provider_secrets(@UserId)
        """;

    private const string Models =
        """
        -- provider_keys.models
        select key_id, provider, endpoint, secret, name, model, input_price_per_million, output_price_per_million, priced_on,
          context_tokens, max_output_tokens
        from internal.list_own_models(@UserId)
        """;

    private const string NoteUse =
        """
        -- provider_keys.note_use
        select internal.note_key_use(@Id)
        """;

    /// <summary>The caller's keys, the oldest first.</summary>
    public Task<IReadOnlyList<ProviderKey>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<ProviderKey>(caller, List, null, cancellationToken);

    /// <summary>Another name for a key. False where the caller has no such key.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: another key of theirs is called so.</exception>
    public async Task<bool> RenameAsync(Caller caller, Guid id, string name, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Rename, new { Id = id, Name = name }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Keeps a key of a person's.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: the name (or the id) is taken; 23514: they have 20 already.</exception>
    public Task AddAsync(Guid userId, KeptProviderKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return db.ExecuteAsync(
            Caller.App, Add, new { key.Id, UserId = userId, key.Name, key.Provider, key.Endpoint, key.Secret, key.Hint }, cancellationToken);
    }

    /// <summary>Another secret, encrypted, for the same address. False where the person has no such key.</summary>
    public Task<bool> ReplaceAsync(Guid userId, Guid id, string? secret, string? hint, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(Caller.App, Replace, new { Id = id, UserId = userId, Secret = secret, Hint = hint }, cancellationToken);

    /// <summary>Removes a key with its models, and gives it back once, still encrypted; null where the person has no such key.</summary>
    public Task<KeptProviderKey?> RemoveAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<KeptProviderKey>(Caller.App, Remove, new { Id = id, UserId = userId }, cancellationToken);

    /// <summary>A key with its secret, still encrypted; null where the person has no such key.</summary>
    public Task<ProviderSecret?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<ProviderSecret>(Caller.App, Find, new { Id = id, UserId = userId }, cancellationToken);

    /// <summary>The secrets of all of a person's keys, still encrypted, by the key's id; null where the server wants none.</summary>
    public async Task<IReadOnlyList<(Guid Id, string? Secret)>> SecretsAsync(Guid userId, CancellationToken cancellationToken) =>
        await db.QueryAsync<(Guid, string?)>(Caller.App, Secrets, new { UserId = userId }, cancellationToken).ConfigureAwait(false);

    /// <summary>A person's models with their keys' secrets, still encrypted; by key, then in the order they were chosen.</summary>
    public Task<IReadOnlyList<OwnModel>> ModelsAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<OwnModel>(Caller.App, Models, new { UserId = userId }, cancellationToken);

    /// <summary>Notes that a key is used now, at most once a minute.</summary>
    public Task NoteUseAsync(Guid id, CancellationToken cancellationToken) =>
        db.ExecuteAsync(Caller.App, NoteUse, new { Id = id }, cancellationToken);
}
