using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>Single results of one's own: reading, starring, deleting with a way back; and what the list can be narrowed to.</summary>
public sealed class ResultQueries(Db db)
{
    private const string Find =
        """
        -- results.find
        select r.id, r.prompt_id, p.title as prompt_title, r.prompt_version, r.model, r.model_id, r.temperature, r.parameters::text,
          r.variable_values::text, r.resolved_prompt, r.run_id, r.case_id, r.case_name, r.result, r.error,
          coalesce(r.outcome, case when r.error is null then 'done' else 'failed' end) as outcome,
          r.finish_reason, r.tokens_used, r.input_tokens, r.output_tokens, r.first_token_ms, r.response_time_ms, r.cost, r.attempts,
          r.starred, r.created_at, v.passed, v.outcomes::text, v.judge_cost, r.sent is not null as has_sent
        from unnest(@Ids) with ordinality as u (id, place)
        join public.test_results r on r.id = u.id
        join public.prompts p on p.id = r.prompt_id and p.deleted_at is null
        left join public.test_verdicts v on v.result_id = r.id
        where r.user_id = (select auth.uid())
        order by u.place
        """;

    private const string Sent =
        """
        -- results.sent
        select jsonb_pretty(r.sent) from public.test_results r where r.id = @Id and r.user_id = (select auth.uid()) and r.sent is not null
        """;

    private const string Star =
        """
        -- results.star
        update public.test_results set starred = @Starred where id = any (@Ids) and user_id = (select auth.uid()) and starred <> @Starred
        returning id
        """;

    private const string Delete = "-- results.delete\nselect d.id from public.delete_results(@Ids) as d (id)";

    private const string Restore = "-- results.restore\nselect d.id from public.restore_results(@Ids) as d (id)";

    private const string Choices =
        """
        -- results.choices
        select 'prompt' as kind, p.id::text as value, p.title::text as name
        from public.prompts p
        where p.user_id = (select auth.uid()) and p.deleted_at is null
          and exists (select from public.test_results r where r.user_id = (select auth.uid()) and r.prompt_id = p.id)
        union all
        select 'model', m.model, m.model
        from (select distinct r.model from public.test_results r
          where r.user_id = (select auth.uid()) and (@PromptId is null or r.prompt_id = @PromptId)) m
        union all
        select 'version', v.prompt_version::text, v.prompt_version::text
        from (select distinct r.prompt_version from public.test_results r
          where r.user_id = (select auth.uid()) and r.prompt_id = @PromptId and r.prompt_version is not null) v
        union all
        select 'case', c.id::text, coalesce(nullif(c.name, ''), 'Case ' || c.position)
        from public.test_cases c where c.user_id = (select auth.uid()) and c.prompt_id = @PromptId
        order by kind, name
        """;

    private const string Templates =
        """
        -- results.templates
        select u.prompt_id, u.version, p.title, coalesce(t.text, p.template) as template, t.text is not null as is_that_version
        from unnest(@PromptIds, @Versions) as u (prompt_id, version)
        join public.prompts p on p.id = u.prompt_id and p.user_id = (select auth.uid())
        left join public.prompt_versions v on v.prompt_id = u.prompt_id and v.number = u.version
        left join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
        """;

    /// <summary>What the caller's prompts said in these versions; what a prompt says now where a version is not known any more.</summary>
    /// <param name="caller">Whose prompts.</param>
    /// <param name="versions">Prompts with the number of a version, 0 where that is unknown.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<TestedTemplate>> TemplatesAsync(
        Caller caller, IReadOnlyCollection<(Guid PromptId, int Version)> versions, CancellationToken cancellationToken) =>
        db.QueryAsync<TestedTemplate>(caller, Templates, new
        {
            PromptIds = versions.Select(version => version.PromptId).ToArray(),
            Versions = versions.Select(version => version.Version).ToArray(),
        }, cancellationToken);

    /// <summary>The caller's results with these ids, in their order; those that are not there, or of a deleted prompt, are left out.</summary>
    public Task<IReadOnlyList<ResultDetails>> FindAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<ResultDetails>(caller, Find, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>The request as it went over the wire, as JSON in lines; null where that is unknown.</summary>
    public Task<string?> SentAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<string>(caller, Sent, new { Id = id }, cancellationToken);

    /// <summary>Gives the results a star or takes it away. Returns those for which that is new.</summary>
    public Task<IReadOnlyList<Guid>> StarAsync(Caller caller, IReadOnlyCollection<Guid> ids, bool starred, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(caller, Star, new { Ids = ids.ToArray(), Starred = starred }, cancellationToken);

    /// <summary>Deletes the results so that they can be brought back for 30 days. Returns those that were there.</summary>
    public Task<IReadOnlyList<Guid>> DeleteAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(caller, Delete, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>Undoes <see cref="DeleteAsync"/>. Returns those that came back.</summary>
    public Task<IReadOnlyList<Guid>> RestoreAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(caller, Restore, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>The prompts and models that the caller has results of; of one prompt also its versions and test cases.</summary>
    public Task<IReadOnlyList<ResultChoice>> ChoicesAsync(Caller caller, Guid? promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<ResultChoice>(caller, Choices, new { PromptId = promptId }, cancellationToken);
}
