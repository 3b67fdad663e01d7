using System.Globalization;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>The caller's favorites. Setting one twice is as setting it once, also from two tabs at the same moment.</summary>
public sealed class FavoriteQueries(Db db)
{
    private const string Add =
        """
        -- favorites.add
        insert into public.user_favorites (user_id, template_id)
        values ((select auth.uid()), @TemplateId)
        on conflict do nothing
        """;

    private const string Remove =
        """
        -- favorites.remove
        delete from public.user_favorites where user_id = (select auth.uid()) and template_id = @TemplateId
        """;

    private const string Page =
        """
        -- favorites.page
        select template_id, title, title as title_highlight, goal, goal as goal_highlight, category, tags, variables,
          likes_count, uses_count, author_id, author_name, published_at, cursor_value
        from public.favorite_templates(@AfterValue, @AfterId, @Size)
        """;

    private const string Search =
        """
        -- favorites.search
        select template_id, title, title as title_highlight, goal, goal as goal_highlight, category, tags, variables,
          likes_count, uses_count, author_id, author_name, published_at, cursor_value
        from public.search_favorites(@Query, @Sort, @AfterValue, @AfterId, @Size)
        """;

    private const string Counts =
        """
        -- favorites.counts
        select listed, gone from public.count_favorites()
        """;

    private const string RemoveGone =
        """
        -- favorites.remove_gone
        select public.remove_gone_favorites()
        """;

    /// <summary>Makes the template a favorite or takes that back. True where something changed.</summary>
    /// <exception cref="Npgsql.PostgresException">42501: the caller cannot see such a template.</exception>
    public async Task<bool> SetAsync(Caller caller, Guid templateId, bool favorite, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, favorite ? Add : Remove, new { TemplateId = templateId }, cancellationToken)
            .ConfigureAwait(false) > 0;

    /// <summary>A page of the caller's favorites that are in the gallery, the latest first.</summary>
    public Task<IReadOnlyList<TemplateCard>> PageAsync(
        Caller caller, TemplateCursor? after, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<TemplateCard>(caller, Page, new
        {
            AfterValue = after is null
                ? (DateTime?)null
                : DateTimeOffset.Parse(after.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime,
            AfterId = after?.Id,
            Size = Math.Clamp(size, 1, 100),
        }, cancellationToken);

    /// <summary>A page of the caller's favorites that hold all words of a query, in one of three orders.</summary>
    public Task<IReadOnlyList<TemplateCard>> SearchAsync(Caller caller, FavoriteSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        if (string.IsNullOrWhiteSpace(search.Query) && search.Sort == FavoriteSort.Latest)
            return PageAsync(caller, search.After, search.Size, cancellationToken);
        return db.QueryAsync<TemplateCard>(caller, Search, new
        {
            search.Query,
            Sort = search.Sort switch { FavoriteSort.Title => "title", FavoriteSort.Likes => "likes", _ => "latest" },
            AfterValue = search.After?.Value,
            AfterId = search.After?.Id,
            Size = Math.Clamp(search.Size, 1, 100),
        }, cancellationToken);
    }

    /// <summary>How many favorites the caller has, in the gallery and out of it.</summary>
    public async Task<FavoriteCounts> CountAsync(Caller caller, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<FavoriteCounts>(caller, Counts, null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Ends the caller's favorites of templates that are no longer public. Returns how many.</summary>
    public Task<int> RemoveGoneAsync(Caller caller, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int>(caller, RemoveGone, null, cancellationToken);

    /// <summary>A cursor from an address people can edit: null unless it is one that this order can have.</summary>
    public static TemplateCursor? ParseCursor(string? text, FavoriteSort sort)
    {
        if (sort != FavoriteSort.Title)
            return GalleryQueries.ParseCursor(text, sort == FavoriteSort.Likes ? TemplateSort.Likes : TemplateSort.Newest, hasQuery: false);
        return text is { Length: > 33 and <= 600 } && text[^33] == '~' && Guid.TryParseExact(text[^32..], "N", out var id)
            ? new TemplateCursor(text[..^33], id)
            : null;
    }
}
