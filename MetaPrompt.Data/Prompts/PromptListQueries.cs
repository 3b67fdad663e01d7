using System.Text;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>The list of one's own prompts: pages of it in each order, how many there are, and which.</summary>
public sealed class PromptListQueries(Db db)
{
    /// <summary>The most ids that <see cref="IdsAsync"/> returns.</summary>
    public const int MostIds = 10_000;

    private const string Own = "p.user_id = (select auth.uid()) and p.deleted_at is null";

    // The text is looked for as it stands: a percent sign is a percent sign. The collation "C" knows the case of ASCII letters
    // only, and takes half the time. No index does better, as none is used for what is not leakproof under row-level security.
    private const string InAscii =
        """
        -- with a text of ASCII letters
        and (position(lower(@Search) in lower(p.title collate "C")) > 0
            or position(lower(@Search) in lower(p.goal collate "C")) > 0
            or position(lower(@Search) in lower(p.template collate "C")) > 0)
        """;

    private const string InAnyLetters =
        """
        -- with a text
        and (position(lower(@Search) in lower(p.title)) > 0
            or position(lower(@Search) in lower(p.goal)) > 0
            or position(lower(@Search) in lower(p.template)) > 0)
        """;

    private const string WithAllLabels =
        """
        -- with all these labels
        and p.id in (
            select m.prompt_id from public.prompt_labels m
            where m.user_id = (select auth.uid()) and m.label_id = any (@Labels::uuid[])
            group by m.prompt_id having count(*) = cardinality(@Labels::uuid[]))
        """;

    private const string WithNoLabel = " and not exists (select from public.prompt_labels m where m.prompt_id = p.id)";

    private const string PublicOrNot = " and p.is_public = @IsPublic";

    private const string UnlistedOrNot =
        """
        -- for whoever has the link, or not
        and @IsUnlisted = exists (
            select from public.prompt_templates t where t.prompt_id = p.id and t.unlisted and t.hidden_at is null)
        """;

    // The rows of the page first, by the order's index; what is shown of them after that. In one step PostgreSQL would rather
    // join and sort everything a person has: it guesses how many that is.
    private const string Rows =
        """
        -- what is shown of them
          limit @Size
        )
        select p.id, p.title, left(p.goal, 300) as goal, jsonb_path_query_array(p.variables, '$[0 to 4]')::text as variables,
          jsonb_array_length(p.variables) as variables_count, p.is_public, p.created_at, p.updated_at,
          t.id as template_id, coalesce(t.unlisted, false) as unlisted, t.hidden_at,
          (select count(*)::int from public.test_results r where r.user_id = (select auth.uid()) and r.prompt_id = p.id) as tests,
          array(select m.label_id from public.prompt_labels m where m.prompt_id = p.id) as labels
        from page
        join public.prompts p on p.id = page.id
        left join public.prompt_templates t on t.prompt_id = p.id
        order by
        """;

    private const string From = "page as materialized (select p.id from public.prompts p where ";

    private static readonly Order Newest = new(
        "-- prompts.list_newest\nwith " + From, " and (p.created_at, p.id) < (@AfterCreatedAt, @AfterId)",
        "p.created_at desc, p.id desc");

    private static readonly Order Changed = new(
        "-- prompts.list_changed\nwith " + From, " and (p.updated_at, p.id) < (@AfterUpdatedAt, @AfterId)",
        "p.updated_at desc, p.id desc");

    private static readonly Order Title = new(
        "-- prompts.list_title\nwith " + From, " and (p.title collate \"und-x-icu\", p.id) > (@AfterTitle, @AfterId)",
        "p.title collate \"und-x-icu\", p.id");

    private static readonly Order Tested = new(
        """
        -- prompts.list_tested
        with counted as materialized (
          select r.prompt_id, count(*)::int as tests
          from public.test_results r
          where r.user_id = (select auth.uid())
          group by r.prompt_id
        ), page as materialized (
          select p.id
          from public.prompts p
          left join counted c on c.prompt_id = p.id
          where
        """ + " ",
        " and (coalesce(c.tests, 0), p.id) < (@AfterTests, @AfterId)", "coalesce(c.tests, 0) desc, p.id desc", "tests desc, p.id desc");

    /// <summary>A page of the caller's prompts.</summary>
    /// <param name="caller">Whose prompts.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="after">The last row of the page before; null for the first page.</param>
    /// <param name="size">1 to 2,001 rows.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<PromptListItem>> PageAsync(
        Caller caller, PromptFilter filter, PromptSort sort, PromptCursor? after, int size, CancellationToken cancellationToken)
    {
        var order = sort switch
        {
            PromptSort.Changed => Changed,
            PromptSort.Title => Title,
            PromptSort.Tested => Tested,
            _ => Newest,
        };
        var asked = new Parameters(filter, size, after);
        var sql = string.Concat([order.Head, Where(asked), after is null ? "" : order.After, " order by ", order.By, " ", Rows, " ", order.ByRows ?? order.By]);
        return db.QueryAsync<PromptListItem>(caller, sql, asked, cancellationToken);
    }

    /// <summary>How many prompts of the caller's answer to the filter.</summary>
    public Task<int> CountAsync(Caller caller, PromptFilter filter, CancellationToken cancellationToken)
    {
        var asked = new Parameters(filter);
        return db.FirstOrDefaultAsync<int>(
            caller, "-- prompts.list_count\nselect count(*)::int from public.prompts p where " + Where(asked), asked, cancellationToken);
    }

    /// <summary>The ids of the caller's prompts that answer to the filter, the newest <see cref="MostIds"/> of them.</summary>
    public Task<IReadOnlyList<Guid>> IdsAsync(Caller caller, PromptFilter filter, CancellationToken cancellationToken)
    {
        var asked = new Parameters(filter, MostIds);
        return db.QueryAsync<Guid>(
            caller, "-- prompts.list_ids\nselect p.id from public.prompts p where " + Where(asked) + " order by p.created_at desc, p.id desc limit @Size",
            asked, cancellationToken);
    }

    // Only what is asked for stands in a statement, always in the same words: the list without a filter, by far the most
    // frequent, has a short one whose plan is kept. Values are parameters.
    private static string Where(Parameters asked) => string.Concat(
    [
        Own,
        asked.Search is null ? "" : asked.IsAscii ? InAscii : InAnyLetters,
        asked.Labels is null ? "" : WithAllLabels,
        asked.Unlabelled ? WithNoLabel : "",
        asked.IsPublic is null ? "" : PublicOrNot,
        asked.IsUnlisted is null ? "" : UnlistedOrNot,
    ]);

    /// <summary>The fixed text of an order: how its statement begins, where a later page begins, and the order itself.</summary>
    private sealed record Order(string Head, string After, string By, string? ByRows = null);

    private sealed class Parameters(PromptFilter filter, int size = 1, PromptCursor? after = null)
    {
        public string? Search { get; } = string.IsNullOrWhiteSpace(filter.Search) ? null : filter.Search.Trim();

        public bool IsAscii => Search is null || Ascii.IsValid(Search);

        public Guid[]? Labels { get; } = filter.Unlabelled || filter.Labels.Count == 0 ? null : [.. filter.Labels.Distinct()];

        public bool Unlabelled => filter.Unlabelled;

        public bool? IsPublic => filter.Visibility is { } visibility ? visibility == PromptVisibility.Public : null;

        public bool? IsUnlisted => filter.Visibility is PromptVisibility.Private or PromptVisibility.Unlisted ? filter.Visibility == PromptVisibility.Unlisted : null;

        public Guid? AfterId => after?.Id;

        public DateTime? AfterCreatedAt => after?.CreatedAt;

        public DateTime? AfterUpdatedAt => after?.UpdatedAt;

        public string? AfterTitle => after?.Title;

        public int? AfterTests => after?.Tests;

        public int Size { get; } = Math.Clamp(size, 1, MostIds);
    }
}
