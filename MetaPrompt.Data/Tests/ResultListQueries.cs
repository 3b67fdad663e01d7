using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>The list of one's own results, of all prompts that are not deleted: pages of it, how many there are, and all of it as a stream.</summary>
public sealed class ResultListQueries(Db db)
{
    /// <summary>The most rows of a page.</summary>
    public const int MostAtOnce = 1_000;

    // Not a join: it would be made before the rows are put in order, for all of them.
    private const string Own =
        """
        -- of prompts that are not deleted
        r.user_id = (select auth.uid())
          and r.prompt_id not in (select p.id from public.prompts p where p.user_id = (select auth.uid()) and p.deleted_at is not null)
        """;

    // "is true" keeps it from becoming a join that PostgreSQL, not knowing how many they are, would make row by row.
    private const string WithWords = "\n  and (r.id in (select f.id from public.find_results(@Search) f)) is true";

    private const string HowItEnded = "coalesce(r.outcome, case when r.error is null then 'done' else 'failed' end)";

    private const string Checks = "(select v.passed from public.test_verdicts v where v.result_id = r.id)";

    private const string ListRows =
        $"""
        -- what is shown of them
          limit @Size
        )
        select r.id, r.prompt_id, p.title as prompt_title, r.prompt_version, r.model, r.temperature, r.run_id, r.case_id, r.case_name,
          {HowItEnded} as outcome, v.passed, r.starred, left(coalesce(nullif(r.result, ''), r.error, ''), 300) as beginning,
          r.tokens_used, r.response_time_ms, r.cost, r.created_at
        from page
        join public.test_results r on r.id = page.id
        join public.prompts p on p.id = r.prompt_id
        left join public.test_verdicts v on v.result_id = r.id
        """;

    private const string AllRows =
        $"""
        -- results.stream
        select r.id, r.prompt_id, p.title as prompt_title, r.prompt_version, r.model, r.model_id, r.temperature, r.parameters::text,
          r.variable_values::text, r.resolved_prompt, r.run_id, r.case_id, r.case_name, r.result, r.error, {HowItEnded} as outcome,
          r.finish_reason, r.tokens_used, r.input_tokens, r.output_tokens, r.first_token_ms, r.response_time_ms, r.cost, r.attempts,
          r.starred, r.created_at, v.passed, v.outcomes::text, v.judge_cost, r.sent is not null as has_sent
        from public.test_results r
        join public.prompts p on p.id = r.prompt_id
        left join public.test_verdicts v on v.result_id = r.id
        where
        """;

    private const string NewestFirst = "r.created_at desc, r.id desc";
    private const string OldestFirst = "r.created_at, r.id";

    /// <summary>A page of the caller's results.</summary>
    /// <param name="caller">Whose results.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="oldestFirst">The oldest first instead of the newest.</param>
    /// <param name="after">The last row of the page before; null for the first page.</param>
    /// <param name="size">1 to <see cref="MostAtOnce"/> rows.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<ResultListItem>> PageAsync(
        Caller caller, ResultFilter filter, bool oldestFirst, TestResultCursor? after, int size, CancellationToken cancellationToken)
    {
        var asked = new Parameters(filter, after, size);
        var order = oldestFirst ? OldestFirst : NewestFirst;
        var place = after is null ? "" : oldestFirst ? "\n  and (r.created_at, r.id) > (@AfterCreatedAt, @AfterId)" : "\n  and (r.created_at, r.id) < (@AfterCreatedAt, @AfterId)";
        var name = oldestFirst ? "-- results.list_oldest" : "-- results.list_newest";
        return db.QueryAsync<ResultListItem>(
            caller,
            string.Concat([name, "\nwith page as materialized (\n  select r.id from public.test_results r\n  where ", Where(asked), place, "\n  order by ", order, "\n", ListRows, "\norder by ", order]),
            asked, cancellationToken);
    }

    /// <summary>How many of the caller's results answer to the filter.</summary>
    public Task<int> CountAsync(Caller caller, ResultFilter filter, CancellationToken cancellationToken)
    {
        var asked = new Parameters(filter);
        return db.FirstOrDefaultAsync<int>(
            caller, "-- results.count\nselect count(*)::int from public.test_results r where " + Where(asked), asked, cancellationToken);
    }

    /// <summary>All of the caller's results that answer to the filter, with their texts, as they come; none is held.</summary>
    public IAsyncEnumerable<ResultDetails> StreamAsync(Caller caller, ResultFilter filter, bool oldestFirst, CancellationToken cancellationToken)
    {
        var asked = new Parameters(filter);
        return db.Patient.StreamAsync<ResultDetails>(
            caller, string.Concat([AllRows, " ", Where(asked), "\norder by ", oldestFirst ? OldestFirst : NewestFirst]), asked, cancellationToken);
    }

    // Only what is asked for stands in a statement, always in the same words: the list without a filter, by far the most
    // frequent, has a short one whose plan is kept. Values are parameters.
    private static string Where(Parameters asked) => string.Concat(
    [
        Own,
        asked.Search is null ? "" : WithWords,
        asked.PromptId is null ? "" : "\n  and r.prompt_id = @PromptId",
        asked.Version is null ? "" : "\n  and r.prompt_version = @Version",
        asked.Model is null ? "" : "\n  and r.model = @Model",
        asked.CaseId is null ? "" : "\n  and r.case_id = @CaseId",
        asked.RunId is null ? "" : "\n  and r.run_id = @RunId",
        asked.From is null ? "" : "\n  and r.created_at >= @From",
        asked.Before is null ? "" : "\n  and r.created_at < @Before",
        asked.Starred ? "\n  and r.starred" : "",
        asked.Ids is null ? "" : "\n  and r.id = any (@Ids::uuid[])",
        asked.Status switch
        {
            ResultStatus.Done => $"\n  and {HowItEnded} = 'done'",
            ResultStatus.Stopped => $"\n  and {HowItEnded} = 'stopped'",
            ResultStatus.Failed => $"\n  and {HowItEnded} = 'failed'",
            ResultStatus.Passed => $"\n  and {Checks}",
            ResultStatus.Broken => $"\n  and not {Checks}",
            ResultStatus.Unchecked => $"\n  and {Checks} is null",
            _ => "",
        },
    ]);

    private sealed class Parameters(ResultFilter filter, TestResultCursor? after = null, int size = 1)
    {
        internal ResultStatus? Status => filter.Status;

        internal bool Starred => filter.Starred;

        public string? Search { get; } = string.IsNullOrWhiteSpace(filter.Search) ? null : filter.Search.Trim();

        public Guid? PromptId => filter.PromptId;

        public int? Version => filter.Version;

        public string? Model => filter.Model;

        public Guid? CaseId => filter.CaseId;

        public Guid? RunId => filter.RunId;

        public DateTime? From => filter.From?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

        public DateTime? Before => filter.To is { } to && to < DateOnly.MaxValue ? to.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : null;

        public Guid[]? Ids { get; } = filter.Ids is null ? null : [.. filter.Ids.Distinct()];

        public DateTime? AfterCreatedAt => after?.CreatedAt;

        public Guid? AfterId => after?.Id;

        public int Size { get; } = Math.Clamp(size, 1, MostAtOnce);
    }
}
