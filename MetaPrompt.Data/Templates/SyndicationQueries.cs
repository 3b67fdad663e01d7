using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>What crawlers and link previews read: sitemaps cut into files, and the few facts of a template's picture.</summary>
public sealed class SyndicationQueries(Db db, ReadDb? reads = null)
{
    private readonly ReadDb _reads = reads ?? new ReadDb(db);

    private const string TemplateStartsSql =
        """
        -- syndication.template_starts
        select published_at as time, template_id as id from public.template_sitemap_starts(@Size)
        """;

    private const string TemplatesSql =
        """
        -- syndication.templates
        select template_id as id, updated_at from public.template_sitemap(@Time, @Id, @Size)
        """;

    private const string AuthorStartsSql =
        """
        -- syndication.author_starts
        select author_id from public.author_sitemap_starts(@Size)
        """;

    private const string AuthorsSql =
        """
        -- syndication.authors
        select author_id as id, updated_at from public.author_sitemap(@Id, @Size)
        """;

    private const string PictureSql =
        """
        -- syndication.picture
        select title, author_name, category, variables::text, updated_at from public.get_template(@Id)
        """;

    /// <summary>The first template of each file of so many, the oldest first. Walks an index from end to end: cache it.</summary>
    public Task<IReadOnlyList<SitemapStart>> TemplateStartsAsync(int size, CancellationToken cancellationToken) =>
        _reads.QueryAsync<SitemapStart>(Caller.Anonymous, TemplateStartsSql, new { Size = size }, cancellationToken);

    /// <summary>The templates of one file: as many as fit from its start.</summary>
    public Task<IReadOnlyList<SitemapEntry>> TemplatesAsync(SitemapStart start, int size, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return _reads.QueryAsync<SitemapEntry>(Caller.Anonymous, TemplatesSql, new { start.Time, start.Id, Size = size }, cancellationToken);
    }

    /// <summary>The first author of each file of so many. Walks an index from end to end: cache it.</summary>
    public Task<IReadOnlyList<Guid>> AuthorStartsAsync(int size, CancellationToken cancellationToken) =>
        _reads.QueryAsync<Guid>(Caller.Anonymous, AuthorStartsSql, new { Size = size }, cancellationToken);

    /// <summary>The authors of one file, each with the time of their latest template.</summary>
    public Task<IReadOnlyList<SitemapEntry>> AuthorsAsync(Guid start, int size, CancellationToken cancellationToken) =>
        _reads.QueryAsync<SitemapEntry>(Caller.Anonymous, AuthorsSql, new { Id = start, Size = size }, cancellationToken);

    /// <summary>What a template's picture shows; null where a visitor with its address would find nothing.</summary>
    public Task<PictureFacts?> PictureAsync(Guid id, CancellationToken cancellationToken) =>
        _reads.FirstOrDefaultAsync<PictureFacts>(Caller.Anonymous, PictureSql, new { Id = id }, cancellationToken);
}

/// <summary>Where a sitemap of templates begins.</summary>
public sealed record SitemapStart
{
    public required DateTime Time { get; init; }
    public required Guid Id { get; init; }
}

/// <summary>One address of a sitemap and when what is there changed last.</summary>
public sealed record SitemapEntry
{
    public required Guid Id { get; init; }
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>What a template's picture shows. Source: <c>get_template</c>.</summary>
public sealed record PictureFacts
{
    public required string Title { get; init; }
    public string? AuthorName { get; init; }
    public string? Category { get; init; }

    /// <summary>JSON: a list of names or of variables with their details.</summary>
    public required string Variables { get; init; }

    public required DateTime UpdatedAt { get; init; }
}
