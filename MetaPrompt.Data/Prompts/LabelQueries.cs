using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>The caller's labels, and which of their prompts have them. What belongs to somebody else is not there.</summary>
public sealed class LabelQueries(Db db)
{
    /// <summary>The most labels of a person.</summary>
    public const int MostLabels = 200;

    /// <summary>The most labels of a prompt.</summary>
    public const int MostOfPrompt = 20;

    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 50;

    private const string List =
        """
        -- labels.list
        select l.id, l.name, coalesce(c.prompts, 0) as prompts
        from public.labels l
        left join (
          select m.label_id, count(*)::int as prompts
          from public.prompt_labels m
          join public.prompts p on p.id = m.prompt_id
          where m.user_id = (select auth.uid()) and p.user_id = (select auth.uid()) and p.deleted_at is null
          group by m.label_id) c on c.label_id = l.id
        where l.user_id = (select auth.uid())
        order by l.name collate "und-x-icu", l.id
        """;

    private const string Of =
        """
        -- labels.of
        select m.label_id as id, count(*)::int as prompts
        from public.prompt_labels m
        where m.user_id = (select auth.uid()) and m.prompt_id = any (@Prompts)
        group by m.label_id
        """;

    private const string Rename =
        """
        -- labels.rename
        update public.labels set name = @Name where id = @Id and user_id = (select auth.uid())
        """;

    // The label goes with what is left of it: prompts that have the other one already.
    private const string Merge =
        """
        -- labels.merge
        with moved as (
          update public.prompt_labels m set label_id = @Into
          where m.user_id = (select auth.uid()) and m.label_id = @Id
            and not exists (select from public.prompt_labels o where o.prompt_id = m.prompt_id and o.label_id = @Into)
        )
        delete from public.labels where id = @Id and user_id = (select auth.uid())
        """;

    // What it was on is read before it is gone: a statement sees what was there when it began.
    private const string Delete =
        """
        -- labels.delete
        with gone as (
          delete from public.labels l where l.id = @Id and l.user_id = (select auth.uid()) returning l.id
        )
        select m.prompt_id from public.prompt_labels m join gone on gone.id = m.label_id
        where m.user_id = (select auth.uid())
        """;

    private const string Restore =
        """
        -- labels.restore
        with made as (
          insert into public.labels (id, user_id, name) values (@Id, (select auth.uid()), @Name) returning id, user_id
        )
        insert into public.prompt_labels (prompt_id, user_id, label_id)
        select p.id, made.user_id, made.id from made join public.prompts p on p.user_id = made.user_id
        where p.id = any (@Prompts)
          and (select count(*) from public.prompt_labels m where m.prompt_id = p.id) < 20
        """;

    // A label of that name, whatever its case, is taken; else it is made. Prompts with twenty labels are left as they are and counted.
    private const string Add =
        """
        -- labels.add
        with label as (
          insert into public.labels as l (user_id, name) values ((select auth.uid()), @Name)
          on conflict (user_id, lower(name)) do update set name = l.name
          returning l.id, l.user_id
        ), mine as (
          select p.id, (select count(*) from public.prompt_labels m where m.prompt_id = p.id) < 20 as has_room,
            exists (select from public.prompt_labels m where m.prompt_id = p.id and m.label_id = (select id from label)) as has_it
          from public.prompts p
          where p.id = any (@Prompts) and p.user_id = (select auth.uid()) and p.deleted_at is null
        ), added as (
          insert into public.prompt_labels (prompt_id, user_id, label_id)
          select mine.id, label.user_id, label.id from mine cross join label
          where mine.has_room and not mine.has_it
          on conflict do nothing
        )
        select label.id, (select count(*)::int from mine where has_room and not has_it) as added,
          (select count(*)::int from mine where not has_room and not has_it) as full
        from label
        """;

    private const string Remove =
        """
        -- labels.remove
        delete from public.prompt_labels
        where label_id = @Id and user_id = (select auth.uid()) and prompt_id = any (@Prompts)
        """;

    /// <summary>The caller's labels by name, each with how many prompts have it.</summary>
    public Task<IReadOnlyList<Label>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<Label>(caller, List, null, cancellationToken);

    /// <summary>Which labels some of these prompts have, and how many of them.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> OfAsync(Caller caller, IReadOnlyCollection<Guid> prompts, CancellationToken cancellationToken) =>
        (await db.QueryAsync<LabelShare>(caller, Of, new { Prompts = prompts.ToArray() }, cancellationToken).ConfigureAwait(false))
            .ToDictionary(share => share.Id, share => share.Prompts);

    /// <summary>Renames a label. False where it is not there.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: another label has that name; 23514, 22001: it is blank or too long.</exception>
    public async Task<bool> RenameAsync(Caller caller, Guid id, string name, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Rename, new { Id = id, Name = Trimmed(name) }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Gives all prompts of a label another one and ends it. False where it is not there.</summary>
    /// <exception cref="Npgsql.PostgresException">23503: there is no such other label of the caller's.</exception>
    public async Task<bool> MergeAsync(Caller caller, Guid id, Guid into, CancellationToken cancellationToken) =>
        id != into && await db.ExecuteAsync(caller, Merge, new { Id = id, Into = into }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Ends a label. Returns the prompts it was on, for <see cref="RestoreAsync"/>.</summary>
    public Task<IReadOnlyList<Guid>> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(caller, Delete, new { Id = id }, cancellationToken);

    /// <summary>Makes a deleted label again, with its id, on those of the prompts that are still there and have room.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: there is such a label again; 23514: 200 labels are there.</exception>
    public Task RestoreAsync(Caller caller, Guid id, string name, IReadOnlyCollection<Guid> prompts, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Restore, new { Id = id, Name = Trimmed(name), Prompts = prompts.ToArray() }, cancellationToken);

    /// <summary>Labels the prompts; where there is no label of that name, whatever its case, it is made.</summary>
    /// <exception cref="Npgsql.PostgresException">23514, 22001: the name is blank or too long, or 200 labels are there.</exception>
    public async Task<Labelled> AddAsync(Caller caller, string name, IReadOnlyCollection<Guid> prompts, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<Labelled>(caller, Add, new { Name = Trimmed(name), Prompts = prompts.ToArray() }, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Takes a label off the prompts. Returns from how many.</summary>
    public Task<int> RemoveAsync(Caller caller, Guid id, IReadOnlyCollection<Guid> prompts, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Remove, new { Id = id, Prompts = prompts.ToArray() }, cancellationToken);

    private static string Trimmed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed record LabelShare
    {
        public required Guid Id { get; init; }
        public required int Prompts { get; init; }
    }
}

/// <summary>A label. Source: <c>labels</c>.</summary>
public sealed record Label
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>How many prompts have it; deleted ones do not count.</summary>
    public required int Prompts { get; init; }
}

/// <summary>What labelling did.</summary>
public sealed record Labelled
{
    /// <summary>The label.</summary>
    public required Guid Id { get; init; }

    /// <summary>How many prompts have it now that did not.</summary>
    public required int Added { get; init; }

    /// <summary>How many were left as they are because they have twenty labels.</summary>
    public required int Full { get; init; }
}
