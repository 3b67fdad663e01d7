using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>What the caller is writing in the wizard and has not saved as a prompt yet.</summary>
public sealed class DraftQueries(Db db)
{
    // The rows may be large: a list shows their goals only.
    private const string List =
        """
        -- drafts.list
        select id, goal, step, revision, updated_at
        from public.prompt_drafts
        where user_id = (select auth.uid())
        order by updated_at desc, id desc
        limit 200
        """;

    private const string Find =
        """
        -- drafts.find
        select id, goal, step, revision, updated_at, state
        from public.prompt_drafts
        where id = @Id and user_id = (select auth.uid())
        """;

    // Somebody who has not seen the latest revision writes nothing, and no row says so.
    private const string Save =
        """
        -- drafts.save
        insert into public.prompt_drafts as d (id, user_id, goal, step, state)
        values (@Id, (select auth.uid()), @Goal, @Step, @State)
        on conflict (id) do update set goal = excluded.goal, step = excluded.step, state = excluded.state
        where d.revision = @BasedOn
        returning d.revision
        """;

    private const string Delete =
        """
        -- drafts.delete
        delete from public.prompt_drafts where id = @Id and user_id = (select auth.uid())
        """;

    /// <summary>The caller's drafts, the latest first.</summary>
    public Task<IReadOnlyList<DraftRow>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<DraftRow>(caller, List, null, cancellationToken);

    /// <summary>One draft with its state; null where the caller has no such draft.</summary>
    public Task<DraftText?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<DraftText>(caller, Find, new { Id = id }, cancellationToken);

    /// <summary>
    /// Keeps a draft. A draft that is not there (any more) is made. Returns its new revision; null where another tab or device
    /// has written since <paramref name="basedOn"/>, and then nothing is changed.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">54000: 200 drafts are there; 23514: the state has over 4 MB.</exception>
    public async Task<int?> SaveAsync(Caller caller, NewDraft draft, int basedOn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var revision = await db.FirstOrDefaultAsync<int>(
            caller, Save, new { draft.Id, draft.Goal, draft.Step, draft.State, BasedOn = basedOn }, cancellationToken).ConfigureAwait(false);
        return revision == 0 ? null : revision;
    }

    /// <summary>Throws a draft away. False where there was none.</summary>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Delete, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;
}

/// <summary>A draft in a list. Source: <c>prompt_drafts</c>.</summary>
public record DraftRow
{
    public required Guid Id { get; init; }

    /// <summary>The first 300 characters of the goal.</summary>
    public required string Goal { get; init; }

    /// <summary>Where in the wizard it was left: Goal, Questions or Template.</summary>
    public required string Step { get; init; }

    /// <summary>From 1; grows with every write.</summary>
    public required int Revision { get; init; }

    public required DateTime UpdatedAt { get; init; }
}

/// <summary>A draft with everything in it.</summary>
public sealed record DraftText : DraftRow
{
    /// <summary>The wizard's state as it wrote it.</summary>
    public required string State { get; init; }
}

/// <summary>A draft to keep.</summary>
/// <param name="Id">Made by whoever began it.</param>
/// <param name="Goal">The goal, at most 300 characters of it.</param>
/// <param name="Step">Goal, Questions or Template.</param>
/// <param name="State">The wizard's state as text.</param>
public sealed record NewDraft(Guid Id, string Goal, string Step, string State);
