using System.Globalization;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>The gallery as anybody may read it, and taking a template from it.</summary>
public sealed partial class GalleryQueries(Db db, ReadDb? reads = null)
{
    private readonly ReadDb _reads = reads ?? new ReadDb(db);

    private const string SearchSql =
        """
        -- templates.search
        select template_id, title, goal, category, tags, variables, likes_count, uses_count, author_id, author_name,
          published_at, cursor_value, (select public.search_marks(@Query) where @Query::text is not null) as marks
        from public.search_templates(@Query, @Category, @Tag, @AuthorId, @Sort, @AfterValue, @AfterId, @Size)
        """;

    private const string FindSql =
        """
        -- templates.find
        select id, prompt_id, title, goal, template as template_text, variables::text, category, tags, likes_count,
          uses_count, author_id, author_name, author_avatar_url, published_at, updated_at, is_favorite
        from public.get_template(@Id)
        """;

    private const string CategoriesSql =
        """
        -- templates.categories
        select category, templates from public.gallery_categories()
        """;

    private const string UseSql =
        """
        -- templates.use
        select public.use_template(@Id)
        """;

    /// <summary>A page of cards.</summary>
    public Task<IReadOnlyList<TemplateCard>> SearchAsync(Caller caller, TemplateSearch search, CancellationToken cancellationToken) =>
        _reads.QueryAsync<TemplateCard>(caller, SearchSql, new
        {
            Query = Blank(search.Query),
            Category = Blank(search.Category),
            Tag = Blank(search.Tag),
            search.AuthorId,
            Sort = SortName(search.Sort),
            AfterValue = search.After?.Value,
            AfterId = search.After?.Id,
            Size = Math.Clamp(search.Size, 1, 100),
        }, cancellationToken);

    /// <summary>A published template; null where there is none, also where it is private.</summary>
    public Task<Template?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        _reads.FirstOrDefaultAsync<Template>(caller, FindSql, new { Id = id }, cancellationToken);

    /// <summary>All categories with their number of templates, largest first.</summary>
    public Task<IReadOnlyList<CategoryCount>> CategoriesAsync(Caller caller, CancellationToken cancellationToken) =>
        _reads.QueryAsync<CategoryCount>(caller, CategoriesSql, null, cancellationToken);

    /// <summary>Copies a published template into the caller's prompts and counts the use once a day. Returns the copy's id.</summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such published template.</exception>
    public Task<Guid> UseAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, UseSql, new { Id = id }, cancellationToken);

    /// <summary>
    /// A cursor from an address people can edit: null unless its value is one that this order can have, so that PostgreSQL is
    /// never asked to read nonsense as a number.
    /// </summary>
    /// <param name="text">As <see cref="CursorText"/> writes it.</param>
    /// <param name="sort">The order of the page; <paramref name="hasQuery"/> decides what "best" means.</param>
    /// <param name="hasQuery">Whether there is something to match.</param>
    public static TemplateCursor? ParseCursor(string? text, TemplateSort sort, bool hasQuery)
    {
        if (text is null || text.Length > 100 || text.LastIndexOf('~') is var cut && cut < 1
            || !Guid.TryParseExact(text[(cut + 1)..], "N", out var id))
        {
            return null;
        }

        var value = text[..cut];
        if (sort == TemplateSort.Newest)
        {
            // .NET reads many more spellings of a time than PostgreSQL does: it gets one that both read alike.
            return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? new TemplateCursor(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), id)
                : null;
        }

        var valid = sort switch
        {
            TemplateSort.Trending => IsNumber(value, 1_000_000),
            TemplateSort.Uses => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            TemplateSort.Best when hasQuery => IsNumber(value, 1e20),
            _ => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        };
        return valid ? new TemplateCursor(value, id) : null;
    }

    /// <summary>The cursor after a card, for an address.</summary>
    public static string CursorText(TemplateCard card) => $"{card.CursorValue}~{card.TemplateId:N}";

    private static bool IsNumber(string value, double limit) =>
        double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) && Math.Abs(number) < limit;

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string SortName(TemplateSort sort) => sort switch
    {
        TemplateSort.Uses => "uses",
        TemplateSort.Newest => "newest",
        TemplateSort.Trending => "trending",
        TemplateSort.Likes => "likes",
        _ => "best",
    };
}
