using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>What a template said before: read by whoever may read the template, removed by its author alone.</summary>
public sealed class TemplateVersionQueries(Db db, ReadDb? reads = null)
{
    private readonly ReadDb _reads = reads ?? new ReadDb(db);

    private const string List =
        """
        -- versions.list
        select number, note, created_at from public.get_template_versions(@TemplateId)
        """;

    private const string Find =
        """
        -- versions.find
        select number, title, goal, template as template_text, variables::text, note, created_at
        from public.get_template_version(@TemplateId, @Number)
        """;

    private const string Remove =
        """
        -- versions.remove
        delete from public.template_versions v
        where v.template_id = @TemplateId and v.number = @Number
          and v.number < (select max(latest.number) from public.template_versions latest where latest.template_id = @TemplateId)
        """;

    private const string Use =
        """
        -- versions.use
        select public.use_template(@TemplateId, @Number)
        """;

    /// <summary>All versions without their texts, the newest first, at most 200; empty where the template cannot be read.</summary>
    public Task<IReadOnlyList<TemplateVersionItem>> ListAsync(Caller caller, Guid templateId, CancellationToken cancellationToken) =>
        _reads.QueryAsync<TemplateVersionItem>(caller, List, new { TemplateId = templateId }, cancellationToken);

    /// <summary>One version with its text; null where there is none.</summary>
    public Task<TemplateVersion?> FindAsync(Caller caller, Guid templateId, int number, CancellationToken cancellationToken) =>
        _reads.FirstOrDefaultAsync<TemplateVersion>(caller, Find, new { TemplateId = templateId, Number = number }, cancellationToken);

    /// <summary>Removes a version of the caller's own template; never the newest, which is what the gallery shows. False where nothing was removed.</summary>
    public async Task<bool> RemoveAsync(Caller caller, Guid templateId, int number, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Remove, new { TemplateId = templateId, Number = number }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Copies a version into the caller's prompts and counts the use, as <see cref="GalleryQueries.UseAsync"/>. Returns the copy's id.</summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such version.</exception>
    public Task<Guid> UseAsync(Caller caller, Guid templateId, int number, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Use, new { TemplateId = templateId, Number = number }, cancellationToken);
}

/// <summary>A line in the list of versions. Source: <c>get_template_versions</c>.</summary>
public sealed record TemplateVersionItem
{
    /// <summary>From 1; gaps are versions that their author removed.</summary>
    public required int Number { get; init; }

    /// <summary>What its author says is new.</summary>
    public string? Note { get; init; }

    public required DateTime CreatedAt { get; init; }
}

/// <summary>A version with its text. Source: <c>get_template_version</c>.</summary>
public sealed record TemplateVersion
{
    public required int Number { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }

    /// <summary>Somebody else's text: never markup until sanitised.</summary>
    public required string TemplateText { get; init; }

    /// <summary>JSON, as <see cref="Template.Variables"/>.</summary>
    public required string Variables { get; init; }

    public string? Note { get; init; }
    public required DateTime CreatedAt { get; init; }
}
