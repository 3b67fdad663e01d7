using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>Authors as anybody may read them.</summary>
public sealed class AuthorQueries(Db db, ReadDb? reads = null)
{
    private readonly ReadDb _reads = reads ?? new ReadDb(db);

    private const string FindSql =
        """
        -- authors.find
        select id, full_name, avatar_url, joined_at, templates, likes, followers
        from public.get_author(@Id)
        """;

    private const string TemplatesSql =
        """
        -- authors.templates
        select template_id, title, title as title_highlight, goal, goal as goal_highlight, category, tags, variables,
          likes_count, uses_count, author_id, author_name, published_at, cursor_value
        from public.author_templates(@AuthorId, @Sort, @AfterValue, @AfterId, @Size)
        """;

    /// <summary>An author's public profile; null for a person who published nothing.</summary>
    public Task<Author?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        _reads.FirstOrDefaultAsync<Author>(caller, FindSql, new { Id = id }, cancellationToken);

    /// <summary>A page of an author's templates.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="authorId">Whose templates.</param>
    /// <param name="sort"><see cref="TemplateSort.Likes"/>, or else the newest first.</param>
    /// <param name="after">The end of the page before; null for the first page.</param>
    /// <param name="size">1 to 100.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public Task<IReadOnlyList<TemplateCard>> TemplatesAsync(
        Caller caller, Guid authorId, TemplateSort sort, TemplateCursor? after, int size, CancellationToken cancellationToken) =>
        _reads.QueryAsync<TemplateCard>(caller, TemplatesSql, new
        {
            AuthorId = authorId,
            Sort = sort == TemplateSort.Likes ? "likes" : "newest",
            AfterValue = after?.Value,
            AfterId = after?.Id,
            Size = Math.Clamp(size, 1, 100),
        }, cancellationToken);
}
