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
        select template_id, title, goal, category, tags, variables, likes_count, uses_count, author_id, author_name,
          published_at, cursor_value
        from public.favorite_templates(@AfterValue, @AfterId, @Size)
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
}
