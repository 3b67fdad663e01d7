using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;

namespace MetaPrompt.Data.Templates;

/// <summary>Putting prompts of one's own into the gallery and taking them out.</summary>
public sealed class PublishQueries(Db db)
{
    private const string Publish =
        """
        -- templates.publish
        select public.publish_prompt(@PromptId, @Category, @Tags)
        """;

    // Locked and compared first: what becomes public is the very text that was looked at.
    private const string PublishAs =
        """
        -- templates.publish_as
        with looked_at as materialized (
          select p.id from public.prompts p
          where p.id = @PromptId and p.user_id = (select auth.uid()) and p.updated_at = @BasedOn
          for update
        )
        select public.publish_prompt(l.id, @Category, @Tags, @Visibility, @Note) from looked_at l
        """;

    private const string Unpublish =
        """
        -- templates.unpublish
        select public.unpublish_prompt(@PromptId)
        """;

    private const string Near =
        """
        -- templates.near
        select template_id, title, category, author_id, author_name, published_at, likes_count, similarity, same_text, is_own, is_origin
        from public.near_templates(@PromptId)
        """;

    private const string Suggest =
        """
        -- templates.suggest_terms
        select kind, value from public.suggest_terms(@PromptId)
        """;

    private const string Notice =
        """
        -- templates.moderation_notice
        select hidden_at, reason, review_requested_at, review_open from public.moderation_notice(@PromptId)
        """;

    private const string RequestReview =
        """
        -- templates.request_review
        select public.request_review(@PromptId, @Note)
        """;

    /// <summary>
    /// Publishes a prompt, or changes category and tags of a published one. Tags are trimmed, lower-cased and made distinct.
    /// Returns the template's id, the same as before where it was published once.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">
    /// P0002: no such prompt of the caller's; 23514: more than ten tags, or too long; see <see cref="PublishRefusal"/> for the rest.
    /// </exception>
    public Task<Guid> PublishAsync(Caller caller, Guid promptId, string? category, string[] tags, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Publish, new { PromptId = promptId, Category = category, Tags = tags }, cancellationToken);

    /// <summary>
    /// Shows a prompt to whom it says, if its text is still the one that was looked at. Returns the template's id; null where the
    /// text has changed since or there is no such prompt of the caller's: then nothing is written.
    /// </summary>
    /// <inheritdoc cref="PublishAsync(Caller, Guid, string?, string[], CancellationToken)" path="/exception"/>
    public Task<Guid?> PublishAsync(Caller caller, Publication publication, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid?>(caller, PublishAs, new
        {
            publication.PromptId,
            publication.Category,
            Tags = publication.Tags.ToArray(),
            Visibility = publication.Visibility switch
            {
                PromptVisibility.Public => "public",
                PromptVisibility.Unlisted => "unlisted",
                _ => "private",
            },
            publication.Note,
            publication.BasedOn,
        }, cancellationToken);

    /// <summary>Makes a prompt private again; its likes are kept for the day it returns. False where nobody else saw it anyway.</summary>
    public Task<bool> UnpublishAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, Unpublish, new { PromptId = promptId }, cancellationToken);

    /// <summary>Templates of the gallery that say nearly what a prompt of the caller's says, the nearest first, five at most.</summary>
    public Task<IReadOnlyList<NearTemplate>> NearAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<NearTemplate>(caller, Near, new { PromptId = promptId }, cancellationToken);

    /// <summary>Categories and tags of the gallery that fit a prompt of the caller's, the best first.</summary>
    public async Task<SuggestedTerms> SuggestAsync(Caller caller, Guid promptId, CancellationToken cancellationToken)
    {
        var terms = await db.QueryAsync<SuggestedTerm>(caller, Suggest, new { PromptId = promptId }, cancellationToken).ConfigureAwait(false);
        return new SuggestedTerms(
            [.. terms.Where(term => term.Kind == "category").Select(term => term.Value)],
            [.. terms.Where(term => term.Kind == "tag").Select(term => term.Value)]);
    }

    /// <summary>Why a prompt of the caller's is hidden; null where it is not.</summary>
    public Task<ModerationNotice?> NoticeAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<ModerationNotice>(caller, Notice, new { PromptId = promptId }, cancellationToken);

    /// <summary>Asks the moderators, once per hiding, to look again. False where it is not hidden or was asked before.</summary>
    public Task<bool> RequestReviewAsync(Caller caller, Guid promptId, string note, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, RequestReview, new { PromptId = promptId, Note = note }, cancellationToken);

    private sealed record SuggestedTerm
    {
        public required string Kind { get; init; }
        public required string Value { get; init; }
    }
}
