using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>What stands around a template: where it came from, what came of it, its counters as of now, copies of one's own.</summary>
public sealed class TemplateContextQueries(Db db)
{
    private const string Find =
        """
        -- template_context.find
        select unlisted, origin_id, origin_title, copy_id, copied_at, descendants
        from public.get_template_context(@Id)
        """;

    private const string Descendants =
        """
        -- template_context.descendants
        select id, title, author_id, author_name, likes_count, published_at
        from public.get_template_descendants(@Id, @Size)
        """;

    private const string Counts =
        """
        -- template_context.counts
        select likes_count, uses_count, is_favorite from public.get_template_counts(@Id)
        """;

    private const string FavoritesAmong =
        """
        -- template_context.favorites_among
        select template_id from public.user_favorites
        where user_id = (select auth.uid()) and template_id = any (@Ids)
        """;

    private const string CopyToTest =
        """
        -- template_context.copy_to_test
        select public.copy_to_test(@Id)
        """;

    /// <summary>What stands around a template; null where it cannot be read.</summary>
    public Task<TemplateContext?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<TemplateContext>(caller, Find, new { Id = id }, cancellationToken);

    /// <summary>Published templates made from copies of this one, the most liked first.</summary>
    public Task<IReadOnlyList<TemplateDescendant>> DescendantsAsync(Caller caller, Guid id, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<TemplateDescendant>(caller, Descendants, new { Id = id, Size = size }, cancellationToken);

    /// <summary>Likes and uses as of now and whether the caller likes it; null where it cannot be read.</summary>
    public Task<TemplateCounts?> CountsAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<TemplateCounts>(caller, Counts, new { Id = id }, cancellationToken);

    /// <summary>Which of these templates are among the caller's favorites; none for a visitor.</summary>
    public async Task<IReadOnlySet<Guid>> FavoritesAmongAsync(Caller caller, IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        caller.UserId is null
            ? new HashSet<Guid>()
            : (await db.QueryAsync<Guid>(caller, FavoritesAmong, new { Ids = ids.ToArray() }, cancellationToken).ConfigureAwait(false)).ToHashSet();

    /// <summary>The caller's copy that says what the template says, made now where there is none. Returns the copy's id.</summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such template.</exception>
    public Task<Guid> CopyToTestAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, CopyToTest, new { Id = id }, cancellationToken);
}

/// <summary>What stands around a template. Source: <c>get_template_context</c>.</summary>
public sealed record TemplateContext
{
    /// <summary>Readable by whoever has the link, and in no list.</summary>
    public required bool Unlisted { get; init; }

    /// <summary>The public template it was made from; null also where that one is not public.</summary>
    public Guid? OriginId { get; init; }

    public string? OriginTitle { get; init; }

    /// <summary>The caller's latest copy that is not deleted.</summary>
    public Guid? CopyId { get; init; }

    public DateTime? CopiedAt { get; init; }

    /// <summary>How many published templates were made from copies of it.</summary>
    public required long Descendants { get; init; }
}

/// <summary>A published template made from a copy of another. Source: <c>get_template_descendants</c>.</summary>
public sealed record TemplateDescendant
{
    public required Guid Id { get; init; }
    public required string Title { get; init; }
    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public required int LikesCount { get; init; }
    public required DateTime PublishedAt { get; init; }
}

/// <summary>A template's counters. Source: <c>get_template_counts</c>.</summary>
public sealed record TemplateCounts
{
    public required int LikesCount { get; init; }
    public required int UsesCount { get; init; }
    public required bool IsFavorite { get; init; }
}
