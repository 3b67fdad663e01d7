namespace MetaPrompt.Data.Templates;

// What helps a person to search: advice, counts, proposals, and templates like one they found.
public sealed partial class GalleryQueries
{
    private const string AdviseSql =
        """
        -- templates.advise
        select public.advise_search(@Query, @Category, @Tag, @AuthorId)
        """;

    private const string FacetsSql =
        """
        -- templates.facets
        select kind, value, templates
        from public.template_facets(@Query, @Category, @Tag, @AuthorId)
        """;

    private const string SuggestSql =
        """
        -- templates.suggest
        select text, kind, template_id, templates as count
        from public.suggest_templates(@Typed, @Size)
        """;

    private const string SimilarSql =
        """
        -- templates.similar
        select template_id, title, goal, category, tags, variables, likes_count, uses_count, author_id, author_name,
          published_at, cursor_value
        from public.similar_templates(@Id, @Size)
        """;

    /// <summary>
    /// What else to search for where a search finds nothing: its typos mended, its last word finished, a missing space put in.
    /// </summary>
    public async Task<SearchAdvice> AdviseAsync(Caller caller, TemplateSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        if (Blank(search.Query) is not { } query)
            return new SearchAdvice();

        var advice = await _reads.FirstOrDefaultAsync<string?>(
            caller, AdviseSql, Filters(search, query), cancellationToken).ConfigureAwait(false);
        return new SearchAdvice { DidYouMean = advice };
    }

    /// <summary>How many templates of each category and tag match; sort, page and size of the search make no difference.</summary>
    public async Task<SearchFacets> FacetsAsync(Caller caller, TemplateSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        var rows = await _reads.QueryAsync<FacetRow>(
            caller, FacetsSql, Filters(search, Blank(search.Query)), cancellationToken).ConfigureAwait(false);
        var total = rows.FirstOrDefault(row => row.Kind is "total" or "capped");
        return new SearchFacets
        {
            Categories = Counts(rows, "category"),
            Tags = Counts(rows, "tag"),
            Total = total?.Templates,
            Capped = total?.Kind == "capped",
        };
    }

    /// <summary>What a search box proposes: categories and tags that begin with what was typed, and titles with its words.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="typed">What stands in the box; its last word may be unfinished.</param>
    /// <param name="size">1 to 10.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<Suggestion>> SuggestAsync(Caller caller, string typed, int size, CancellationToken cancellationToken) =>
        Blank(typed) is { } text
            ? await _reads.QueryAsync<Suggestion>(
                caller, SuggestSql, new { Typed = text, Size = Math.Clamp(size, 1, 10) }, cancellationToken).ConfigureAwait(false)
            : [];

    /// <summary>Templates that share words of the title, tags or the category with this one, the most alike first.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="templateId">A template of the gallery; there is nothing like one that is not in it.</param>
    /// <param name="size">1 to 24.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<TemplateCard>> SimilarAsync(Caller caller, Guid templateId, int size, CancellationToken cancellationToken) =>
        _reads.QueryAsync<TemplateCard>(caller, SimilarSql, new { Id = templateId, Size = Math.Clamp(size, 1, 24) }, cancellationToken);

    private static object Filters(TemplateSearch search, string? query) =>
        new { Query = query, Category = Blank(search.Category), Tag = Blank(search.Tag), search.AuthorId };

    private static FacetCount[] Counts(IEnumerable<FacetRow> rows, string kind) =>
        [.. rows.Where(row => row.Kind == kind).Select(row => new FacetCount { Value = row.Value, Count = row.Templates })];

    private sealed record FacetRow
    {
        public required string Kind { get; init; }
        public required string Value { get; init; }
        public required long Templates { get; init; }
    }
}
