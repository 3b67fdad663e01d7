using System.Globalization;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>The caller's own published templates with what became of them.</summary>
public sealed class StatisticsQueries(Db db)
{
    private const string Page =
        """
        -- statistics.page
        select id, prompt_id, title, category, published_at, likes_count, uses_count, state, cursor_value
        from (
          select t.id, t.prompt_id, p.title, t.category, t.created_at as published_at, t.likes_count, t.uses_count,
            case when t.hidden_at is not null then 'hidden' when p.is_public then 'public' else 'unlisted' end as state,
            case @Sort when 'title' then lower(p.title) when 'likes' then t.likes_count::text when 'uses' then t.uses_count::text
              else t.created_at::text end as cursor_value
          from public.prompt_templates t
          join public.prompts p on p.id = t.prompt_id
          where t.user_id = (select auth.uid()) and p.deleted_at is null
            and (p.is_public or t.unlisted or t.hidden_at is not null)
        ) r
        where @AfterId is null
          or case @Sort
            when 'title' then (lower(r.title), r.id) > (@AfterValue, @AfterId)
            when 'likes' then (r.likes_count, r.id) < (@AfterValue::integer, @AfterId)
            when 'uses' then (r.uses_count, r.id) < (@AfterValue::integer, @AfterId)
            else (r.published_at, r.id) < (@AfterValue::timestamptz, @AfterId)
          end
        order by
          case when @Sort = 'title' then lower(r.title) end,
          case when @Sort = 'title' then r.id end,
          case @Sort when 'likes' then r.likes_count when 'uses' then r.uses_count end desc,
          case when @Sort = 'newest' then r.published_at end desc,
          r.id desc
        limit @Size
        """;

    private const string Totals =
        """
        -- statistics.totals
        select count(*) as templates, coalesce(sum(t.likes_count), 0)::bigint as likes, coalesce(sum(t.uses_count), 0)::bigint as uses,
          min(t.created_at) as first_published_at
        from public.prompt_templates t
        join public.prompts p on p.id = t.prompt_id
        where t.user_id = (select auth.uid()) and p.deleted_at is null
          and (p.is_public or t.unlisted or t.hidden_at is not null)
        """;

    private const string One =
        """
        -- statistics.one
        select t.id, t.prompt_id, p.title, t.category, t.created_at as published_at, t.likes_count, t.uses_count,
          case when t.hidden_at is not null then 'hidden' when p.is_public then 'public' else 'unlisted' end as state,
          '' as cursor_value
        from public.prompt_templates t
        join public.prompts p on p.id = t.prompt_id
        where t.id = @Id and t.user_id = (select auth.uid()) and p.deleted_at is null
          and (p.is_public or t.unlisted or t.hidden_at is not null)
        """;

    private const string Daily =
        """
        -- statistics.daily
        select (day::timestamp at time zone 'UTC') as day, likes, uses from public.daily_counts(@TemplateId, @Since)
        """;

    /// <summary>A page of the caller's templates that are out: in the gallery, unlisted, or hidden by a moderator.</summary>
    public Task<IReadOnlyList<PublishedTemplate>> PageAsync(
        Caller caller, PublishedSort sort, TemplateCursor? after, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<PublishedTemplate>(caller, Page, new
        {
            Sort = sort switch { PublishedSort.Title => "title", PublishedSort.Uses => "uses", PublishedSort.Newest => "newest", _ => "likes" },
            AfterValue = after?.Value,
            AfterId = after?.Id,
            Size = Math.Clamp(size, 1, 100),
        }, cancellationToken);

    /// <summary>One of the caller's; null where it is not theirs or not out.</summary>
    public Task<PublishedTemplate?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<PublishedTemplate>(caller, One, new { Id = id }, cancellationToken);

    /// <summary>Sums over all of the caller's templates that are out.</summary>
    public async Task<PublishedTotals> TotalsAsync(Caller caller, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<PublishedTotals>(caller, Totals, null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>
    /// Likes that are still there and uses by day (UTC), of one template of the caller's or of all; days without any are left out.
    /// </summary>
    public Task<IReadOnlyList<DailyCounts>> DailyAsync(Caller caller, Guid? templateId, DateTime? since, CancellationToken cancellationToken) =>
        db.QueryAsync<DailyCounts>(caller, Daily, new
        {
            TemplateId = templateId,
            Since = new Npgsql.NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date, Value = (object?)since?.Date ?? DBNull.Value },
        }, cancellationToken);

    /// <summary>A cursor from an address people can edit: null unless it is one that this order can have.</summary>
    public static TemplateCursor? ParseCursor(string? text, PublishedSort sort) => sort switch
    {
        PublishedSort.Title => FavoriteQueries.ParseCursor(text, FavoriteSort.Title),
        PublishedSort.Newest => GalleryQueries.ParseCursor(text, TemplateSort.Newest, hasQuery: false),
        _ => GalleryQueries.ParseCursor(text, TemplateSort.Likes, hasQuery: false),
    };

    /// <summary>The cursor after a row, for an address.</summary>
    public static string CursorText(PublishedTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return string.Create(CultureInfo.InvariantCulture, $"{template.CursorValue}~{template.Id:N}");
    }
}
