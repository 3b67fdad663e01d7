using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>What the caller's prompts said after each save. Triggers write versions; here they are read, restored and ended.</summary>
public sealed class PromptVersionQueries(Db db)
{
    // What changed is seen against the version before, which need not be on the same page.
    private const string Page =
        """
        -- prompt_versions.page
        select v.number, v.title, v.note, v.created_at, b.number as previous,
          coalesce(v.title <> b.title, false) as title_changed, coalesce(v.goal <> b.goal, false) as goal_changed,
          coalesce(v.template_hash <> b.template_hash, false) as template_changed,
          coalesce(v.variables <> b.variables, false) as variables_changed,
          (select max(p.number) from public.template_versions p where p.prompt_version_id = v.id) as published,
          (select count(*)::int from public.test_results r where r.prompt_id = v.prompt_id and r.prompt_version = v.number) as tests
        from (
          select o.id, o.prompt_id, o.number, o.title, o.goal, o.template_hash, o.variables, o.note, o.created_at
          from public.prompt_versions o
          where o.prompt_id = @PromptId and (@Before is null or o.number < @Before)
          order by o.number desc
          limit @Size
        ) v
        left join lateral (
          select o.number, o.title, o.goal, o.template_hash, o.variables
          from public.prompt_versions o
          where o.prompt_id = v.prompt_id and o.number < v.number
          order by o.number desc
          limit 1
        ) b on true
        order by v.number desc
        """;

    private const string Numbers =
        """
        -- prompt_versions.numbers
        select v.number from public.prompt_versions v where v.prompt_id = @PromptId order by v.number desc
        """;

    private const string Texts =
        """
        -- prompt_versions.texts
        select v.number, case when t.bytes <= @Longest then t.text end as template, v.variables::text
        from public.prompt_versions v
        join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
        where v.prompt_id = @PromptId and v.number between @From and @To
        order by v.number
        """;

    private const string Find =
        """
        -- prompt_versions.find
        select v.number, v.title, v.goal, t.text as template, v.variables::text, v.note, v.created_at
        from public.prompt_versions v
        join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
        where v.prompt_id = @PromptId and v.number = @Number
        """;

    private const string Restore =
        """
        -- prompt_versions.restore
        with note as (select set_config('metaprompt.version_note', @Note, true))
        update public.prompts p
        set title = v.title, goal = v.goal, template = t.text, variables = v.variables
        from note, public.prompt_versions v
        join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
        where v.prompt_id = p.id and v.number = @Number
          and p.id = @PromptId and p.user_id = (select auth.uid()) and p.deleted_at is null and p.updated_at = @BasedOn
        returning p.updated_at
        """;

    private const string Delete =
        """
        -- prompt_versions.delete
        select public.delete_prompt_version(@PromptId, @Number)
        """;

    /// <summary>The longest text, in bytes, that <see cref="TextsAsync"/> fetches.</summary>
    public const int LongestText = 100_000;

    /// <summary>A page of versions without their texts, the newest first.</summary>
    /// <param name="caller">Whose prompt.</param>
    /// <param name="promptId">The prompt; nothing is found in a stranger's.</param>
    /// <param name="before">The last number of the page before; null for the first page.</param>
    /// <param name="size">1 to 100 rows.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<PromptVersionItem>> PageAsync(
        Caller caller, Guid promptId, int? before, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<PromptVersionItem>(
            caller, Page, new { PromptId = promptId, Before = before, Size = Math.Clamp(size, 1, 100) }, cancellationToken);

    /// <summary>The numbers of all versions, the newest first, usually 500 at most.</summary>
    public Task<IReadOnlyList<int>> NumbersAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<int>(caller, Numbers, new { PromptId = promptId }, cancellationToken);

    /// <summary>Templates and variables of a stretch of versions, to count what changed from one to the next.</summary>
    public Task<IReadOnlyList<PromptVersionText>> TextsAsync(Caller caller, Guid promptId, int from, int to, CancellationToken cancellationToken) =>
        db.QueryAsync<PromptVersionText>(
            caller, Texts, new { PromptId = promptId, From = from, To = to, Longest = LongestText }, cancellationToken);

    /// <summary>One version with its text; null where there is none of the caller's.</summary>
    public Task<PromptVersion?> FindAsync(Caller caller, Guid promptId, int number, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<PromptVersion>(caller, Find, new { PromptId = promptId, Number = number }, cancellationToken);

    /// <summary>
    /// Makes the prompt say again what it said then: a new version, noted as restored. Returns the prompt's new time of change;
    /// null where there is no such version, or the prompt was deleted or changed since <paramref name="basedOn"/>: then nothing
    /// is written.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">The prompt is public and the text may not be; see <see cref="Templates.PublishRefusal"/>.</exception>
    public Task<DateTime?> RestoreAsync(Caller caller, Guid promptId, int number, DateTime basedOn, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<DateTime?>(
            caller, Restore, new { PromptId = promptId, Number = number, BasedOn = basedOn, Note = $"Restored version {number}" }, cancellationToken);

    /// <summary>Ends a version for good, also where it was published. False where there is none of the caller's, or it is the newest.</summary>
    public Task<bool> DeleteAsync(Caller caller, Guid promptId, int number, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, Delete, new { PromptId = promptId, Number = number }, cancellationToken);
}
