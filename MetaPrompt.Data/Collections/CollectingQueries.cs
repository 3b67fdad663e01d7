using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Collections;

/// <summary>Putting templates into the caller's collections, taking them out, noting and ordering them.</summary>
public sealed class CollectingQueries(Db db)
{
    /// <summary>The name of the rule that a collection has at most 1,000 templates, as a refusal carries it.</summary>
    public const string Limit = "collection_templates_limit";

    private const string CollectSql =
        """
        -- collecting.choose
        select public.collect_template(@TemplateId, @Chosen, @Offered, @NewName)
        """;

    private const string AddSql =
        """
        -- collecting.add
        insert into public.collection_templates (collection_id, template_id)
        values (@Id, @TemplateId)
        on conflict do nothing
        """;

    private const string RemoveSql =
        """
        -- collecting.remove
        delete from public.collection_templates where collection_id = @Id and template_id = @TemplateId
        returning template_id, note, position
        """;

    private const string ReturnSql =
        """
        -- collecting.return
        select public.return_to_collection(@Id, @TemplateId, @Note, @Position) is not null
        """;

    private const string NoteSql =
        """
        -- collecting.note
        update public.collection_templates set note = @Note where collection_id = @Id and template_id = @TemplateId
        """;

    private const string MoveSql =
        """
        -- collecting.move
        select public.move_in_collection(@Id, @TemplateId, @Up)
        """;

    /// <summary>Sets in which of the caller's collections a template is. Returns in how many it is then.</summary>
    /// <exception cref="Npgsql.PostgresException">42501: the caller cannot see such a template; 23514: a limit, or the new name is too long.</exception>
    public Task<int> ChooseAsync(Caller caller, Collecting collecting, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int>(caller, CollectSql, collecting, cancellationToken);

    /// <summary>Adds a template at the end; false where it was there.</summary>
    /// <exception cref="Npgsql.PostgresException">42501: not the caller's collection, or no template they can see; 23514: it is full.</exception>
    public async Task<bool> AddAsync(Caller caller, Guid id, Guid templateId, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, AddSql, new { Id = id, TemplateId = templateId }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Takes a template out; what comes back can undo it, null where there was nothing.</summary>
    public Task<RemovedTemplate?> RemoveAsync(Caller caller, Guid id, Guid templateId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<RemovedTemplate>(caller, RemoveSql, new { Id = id, TemplateId = templateId }, cancellationToken);

    /// <summary>Undoes a removal: back with its note, where it was.</summary>
    /// <exception cref="Npgsql.PostgresException">As <see cref="AddAsync"/>.</exception>
    public Task<bool> ReturnAsync(Caller caller, Guid id, RemovedTemplate removed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(removed);
        return db.FirstOrDefaultAsync<bool>(caller, ReturnSql, new { Id = id, removed.TemplateId, removed.Note, removed.Position }, cancellationToken);
    }

    /// <summary>Says something of a template in a collection; false where it is not in one of the caller's.</summary>
    /// <exception cref="Npgsql.PostgresException">23514: more than 300 characters.</exception>
    public async Task<bool> NoteAsync(Caller caller, Guid id, Guid templateId, string note, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, NoteSql, new { Id = id, TemplateId = templateId, Note = note }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Changes places with the template before it or the one after it; false where there is none.</summary>
    public Task<bool> MoveAsync(Caller caller, Guid id, Guid templateId, bool up, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, MoveSql, new { Id = id, TemplateId = templateId, Up = up }, cancellationToken);
}

/// <summary>What a removal took out of a collection.</summary>
public sealed record RemovedTemplate
{
    public required Guid TemplateId { get; init; }
    public required string Note { get; init; }
    public required int Position { get; init; }
}
