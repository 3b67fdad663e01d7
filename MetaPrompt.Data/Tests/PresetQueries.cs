using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>Temperatures and parameters that the caller keeps under names of their own.</summary>
public sealed class PresetQueries(Db db)
{
    private const string All =
        """
        -- parameter_presets.all
        select p.id, p.name, p.temperatures, p.parameters::text
        from public.parameter_presets p
        where p.user_id = (select auth.uid())
        order by lower(p.name), p.id
        """;

    // Not "on conflict": its insert would count against the limit of presets also where nothing is added.
    private const string Save =
        """
        -- parameter_presets.save
        with changed as (
          update public.parameter_presets p
          set name = @Name, temperatures = @Temperatures, parameters = @Parameters::jsonb
          where p.user_id = (select auth.uid()) and lower(p.name) = lower(@Name)
          returning p.id),
        made as (
          insert into public.parameter_presets (id, user_id, name, temperatures, parameters)
          select @Id, (select auth.uid()), @Name, @Temperatures, @Parameters::jsonb
          where not exists (select from changed)
          returning id)
        select id from changed union all select id from made
        """;

    private const string Rename =
        """
        -- parameter_presets.rename
        update public.parameter_presets set name = @Name where id = @Id and user_id = (select auth.uid())
        """;

    private const string Delete =
        """
        -- parameter_presets.delete
        delete from public.parameter_presets where id = @Id and user_id = (select auth.uid())
        """;

    /// <summary>All of the caller's, by name.</summary>
    public Task<IReadOnlyList<Preset>> AllAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<Preset>(caller, All, null, cancellationToken);

    /// <summary>
    /// Keeps a preset; one of the same name, capital letters aside, is written over and keeps its id. Returns its id. Also what
    /// undoes a <see cref="DeleteAsync"/>.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">23514: the name or a value is out of range; 54000: there are 100 already.</exception>
    public Task<Guid> SaveAsync(Caller caller, Preset preset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return db.FirstOrDefaultAsync<Guid>(
            caller, Save, preset with { Parameters = JsonText.Storable(preset.Parameters) }, cancellationToken);
    }

    /// <summary>Calls a preset of the caller's otherwise. False where there is none.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: another one is called so; 23514: it is no name.</exception>
    public async Task<bool> RenameAsync(Caller caller, Guid id, string name, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Rename, new { Id = id, Name = name }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Deletes a preset of the caller's. False where there is none.</summary>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Delete, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;
}
