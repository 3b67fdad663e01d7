using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>Putting prompts of one's own into the gallery and taking them out.</summary>
public sealed class PublishQueries(Db db)
{
    private const string Publish =
        """
        -- templates.publish
        select public.publish_prompt(@PromptId, @Category, @Tags)
        """;

    private const string Unpublish =
        """
        -- templates.unpublish
        update public.prompts set is_public = false
        where id = @PromptId and user_id = (select auth.uid()) and is_public
        """;

    /// <summary>
    /// Publishes a prompt, or changes category and tags of a published one. Tags are trimmed, lower-cased and made distinct.
    /// Returns the template's id, the same as before where it was published once.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">P0002: no such prompt of the caller's; 23514: more than ten tags, or too long.</exception>
    public Task<Guid> PublishAsync(Caller caller, Guid promptId, string? category, string[] tags, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Publish, new { PromptId = promptId, Category = category, Tags = tags }, cancellationToken);

    /// <summary>Takes a prompt out of the gallery; its likes are kept for the day it returns. False where it was not published.</summary>
    public async Task<bool> UnpublishAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Unpublish, new { PromptId = promptId }, cancellationToken).ConfigureAwait(false) > 0;
}
