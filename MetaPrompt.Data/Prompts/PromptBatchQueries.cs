using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;

namespace MetaPrompt.Data.Prompts;

/// <summary>The same done to many prompts of one's own, each in one statement: all of it or, where it says so, a row per prompt.</summary>
public sealed class PromptBatchQueries(Db db)
{
    /// <summary>The most prompts that are published in one call.</summary>
    public const int MostPublished = 200;

    private const string Delete =
        """
        -- prompts.delete_many
        update public.prompts set deleted_at = now()
        where id = any (@Ids) and user_id = (select auth.uid()) and deleted_at is null
        returning id, updated_at as based_on, is_public
        """;

    private const string Restore =
        """
        -- prompts.restore_many
        update public.prompts set deleted_at = null
        where id = any (@Ids) and user_id = (select auth.uid()) and deleted_at is not null
        returning id, updated_at as based_on, is_public
        """;

    private const string Find =
        """
        -- prompts.find_many
        select p.id, p.user_id, p.title, p.goal, p.template, p.variables::text, p.is_public, p.created_at, p.updated_at,
          p.deleted_at, p.origin_template_id, t.id as template_id, t.category, coalesce(t.tags, '{}') as tags,
          coalesce(t.unlisted, false) as unlisted, t.hidden_at
        from unnest(@Ids) with ordinality as u (id, place)
        join public.prompts p on p.id = u.id
        left join public.prompt_templates t on t.prompt_id = p.id
        where p.user_id = (select auth.uid()) and p.deleted_at is null
        order by u.place
        """;

    private const string Near =
        """
        -- prompts.near_many
        select u.id as prompt_id, n.template_id, n.title, n.same_text, n.is_own
        from unnest(@Ids) as u (id)
        cross join lateral public.near_templates(u.id) n
        """;

    private const string Seen =
        """
        -- prompts.seen_by_others
        select p.id, p.updated_at as based_on, p.is_public
        from public.prompts p
        left join public.prompt_templates t on t.prompt_id = p.id
        where p.id = any (@Ids) and p.user_id = (select auth.uid()) and (p.is_public or t.unlisted)
        """;

    private const string MakePrivate =
        """
        -- prompts.make_private
        select u.id from unnest(@Ids) as u (id) where public.unpublish_prompt(u.id)
        """;

    private const string Publish =
        """
        -- prompts.publish_many
        select prompt_id, template_id, refusal, refusal_hint
        from public.publish_prompts(@Ids, @BasedOn, @Visibilities, @Category)
        """;

    /// <summary>Deletes the prompts so that they can be restored for 30 days. Returns those that were there.</summary>
    public Task<IReadOnlyList<SeenPrompt>> DeleteAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<SeenPrompt>(caller, Delete, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>Brings deleted prompts back as they were. Returns those that came back.</summary>
    public Task<IReadOnlyList<SeenPrompt>> RestoreAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<SeenPrompt>(caller, Restore, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>The prompts with all their text, in the order of the ids; those that are not there are left out.</summary>
    public Task<IReadOnlyList<Prompt>> FindAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<Prompt>(caller, Find, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>Templates of the gallery that say nearly what each of the prompts says.</summary>
    public async Task<ILookup<Guid, NearPrompt>> NearAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        (await db.QueryAsync<NearPrompt>(caller, Near, new { Ids = ids.ToArray() }, cancellationToken).ConfigureAwait(false)).ToLookup(near => near.PromptId);

    /// <summary>Those of the prompts that others see, as they are now.</summary>
    public Task<IReadOnlyList<SeenPrompt>> SeenAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<SeenPrompt>(caller, Seen, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>Makes the prompts private again, their likes kept. Returns those that others saw before.</summary>
    public Task<IReadOnlyList<Guid>> MakePrivateAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(caller, MakePrivate, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>
    /// Shows each prompt to whom it says, where its text is the one that was looked at. What one rule refuses does not stop the
    /// others: a row for each says what became of it.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">23514, 22001: the category is too long; 22023: more than 200.</exception>
    public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
        Caller caller, IReadOnlyCollection<SeenPrompt> prompts, string? category, CancellationToken cancellationToken) =>
        db.Patient.QueryAsync<PublishOutcome>(caller, Publish, new
        {
            Ids = prompts.Select(prompt => prompt.Id).ToArray(),
            BasedOn = prompts.Select(prompt => prompt.BasedOn).ToArray(),
            Visibilities = prompts.Select(prompt => prompt.IsPublic ? "public" : "unlisted").ToArray(),
            Category = category,
        }, cancellationToken);
}

/// <summary>A prompt, and whether everybody sees it, or shall.</summary>
public sealed record SeenPrompt
{
    public required Guid Id { get; init; }

    /// <summary>The <see cref="Prompt.UpdatedAt"/> of the text that was looked at.</summary>
    public required DateTime BasedOn { get; init; }

    /// <summary>Seen by everybody; else, where it is seen, by whoever has the link.</summary>
    public required bool IsPublic { get; init; }
}

/// <summary>A template of the gallery that says nearly what a prompt says.</summary>
public sealed record NearPrompt
{
    public required Guid PromptId { get; init; }
    public required Guid TemplateId { get; init; }
    public required string Title { get; init; }

    /// <inheritdoc cref="NearTemplate.SameText"/>
    public required bool SameText { get; init; }

    /// <inheritdoc cref="NearTemplate.IsOwn"/>
    public required bool IsOwn { get; init; }
}

/// <summary>What became of a prompt that was to be published. Source: <c>publish_prompts</c>.</summary>
public sealed record PublishOutcome
{
    /// <summary>The text is not the one that was looked at.</summary>
    public const string Changed = "changed";

    public required Guid PromptId { get; init; }

    /// <summary>Its template; null where it was refused.</summary>
    public Guid? TemplateId { get; init; }

    /// <summary>Null, or <see cref="Changed"/>, or a state of <see cref="PublishRefusal"/>.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the state says beside itself.</summary>
    public string? RefusalHint { get; init; }
}
