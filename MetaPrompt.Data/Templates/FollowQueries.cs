using System.Globalization;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>Whom the caller follows, and what is new from them.</summary>
public sealed class FollowQueries(Db db)
{
    /// <summary>The name of the rule that a person follows at most 1,000 authors, as a refusal carries it.</summary>
    public const string Limit = "follows_limit";

    private const string Follow =
        """
        -- follows.add
        insert into public.follows (follower_id, author_id)
        values ((select auth.uid()), @AuthorId)
        on conflict do nothing
        """;

    private const string Unfollow =
        """
        -- follows.remove
        delete from public.follows where follower_id = (select auth.uid()) and author_id = @AuthorId
        """;

    private const string State =
        """
        -- follows.state
        select exists (
          select from public.follows where follower_id = (select auth.uid()) and author_id = @AuthorId)
        """;

    private const string Page =
        """
        -- follows.page
        select template_id, title, title as title_highlight, goal, goal as goal_highlight, category, tags, variables,
          likes_count, uses_count, author_id, author_name, published_at, cursor_value
        from public.following_templates(@AfterValue, @AfterId, @Size)
        """;

    private const string Authors =
        """
        -- follows.authors
        select id, full_name, avatar_url, newest_at from public.followed_authors(@Size)
        """;

    private const string Suggested =
        """
        -- follows.suggested
        select id, full_name, avatar_url, templates, likes from public.suggested_authors(@Size)
        """;

    private const string Visit =
        """
        -- follows.visit
        select public.visit_following(@AllSeen)
        """;

    private const string CountSql =
        """
        -- follows.count
        select count(*) from public.follows where follower_id = (select auth.uid())
        """;

    /// <summary>Follows the author or stops it; twice is as once. True where something changed.</summary>
    /// <exception cref="Npgsql.PostgresException">
    /// 42501: nobody who has published something; 23514: the caller themselves, or more than 1,000 authors (<see cref="Limit"/>).
    /// </exception>
    public async Task<bool> SetAsync(Caller caller, Guid authorId, bool follow, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, follow ? Follow : Unfollow, new { AuthorId = authorId }, cancellationToken)
            .ConfigureAwait(false) > 0;

    /// <summary>Whether the caller follows the author.</summary>
    public Task<bool> IsFollowingAsync(Caller caller, Guid authorId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, State, new { AuthorId = authorId }, cancellationToken);

    /// <summary>How many authors the caller follows.</summary>
    public Task<long> CountAsync(Caller caller, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long>(caller, CountSql, null, cancellationToken);

    /// <summary>A page of what the followed authors published, the newest first.</summary>
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

    /// <summary>Whom the caller follows, the latest active first.</summary>
    public Task<IReadOnlyList<FollowedAuthor>> AuthorsAsync(Caller caller, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<FollowedAuthor>(caller, Authors, new { Size = size }, cancellationToken);

    /// <summary>Popular authors whom the caller does not follow yet.</summary>
    public Task<IReadOnlyList<SuggestedAuthor>> SuggestedAsync(Caller caller, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<SuggestedAuthor>(caller, Suggested, new { Size = size }, cancellationToken);

    /// <summary>Notes that the caller looks at what is new. Returns the time (UTC) from which on it is new to them.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="allSeen">Nothing is new to them from now on.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public Task<DateTime> VisitAsync(Caller caller, bool allSeen, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<DateTime>(caller, Visit, new { AllSeen = allSeen }, cancellationToken);
}
