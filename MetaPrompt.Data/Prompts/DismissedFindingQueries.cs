using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>Which findings of the checks a person does not want to see again in a prompt of theirs.</summary>
public sealed class DismissedFindingQueries(Db db)
{
    private const string Find =
        """
        -- dismissed_findings.find
        select f.key
        from public.prompts p
        cross join unnest(p.dismissed_findings) with ordinality as f (key, position)
        where p.id = @PromptId and p.user_id = (select auth.uid())
        order by f.position
        """;

    private const string Save =
        """
        -- dismissed_findings.save
        update public.prompts set dismissed_findings = @Keys
        where id = @PromptId and user_id = (select auth.uid()) and deleted_at is null
        """;

    /// <summary>The keys, the oldest first; empty where nothing was dismissed or the prompt is not the caller's.</summary>
    public Task<IReadOnlyList<string>> FindAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(caller, Find, new { PromptId = promptId }, cancellationToken);

    /// <summary>Keeps these keys and no others; the prompt counts as unchanged. False where it is not the caller's.</summary>
    /// <param name="caller">Whose prompt.</param>
    /// <param name="promptId">The prompt.</param>
    /// <param name="keys">At most 200, each of at most 100 characters.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<bool> SaveAsync(Caller caller, Guid promptId, string[] keys, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Save, new { PromptId = promptId, Keys = keys }, cancellationToken).ConfigureAwait(false) > 0;
}
