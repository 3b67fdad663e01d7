using System.Buffers.Text;
using System.Security.Cryptography;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>Sharing a prompt of one's own by a secret link, and reading one that was shared.</summary>
public sealed class PromptLinkQueries(Db db)
{
    private const string Find =
        """
        -- prompt_links.find
        select l.token, l.created_at from public.prompt_links l where l.prompt_id = @PromptId
        """;

    // Two windows that make one at the same moment show the same.
    private const string Create =
        """
        -- prompt_links.create
        insert into public.prompt_links (prompt_id, token) values (@PromptId, @Token)
        on conflict (prompt_id) do nothing
        """;

    private const string Revoke =
        """
        -- prompt_links.revoke
        delete from public.prompt_links where prompt_id = @PromptId and token = @Token
        """;

    private const string Read =
        """
        -- prompt_links.read
        select title, goal, template as template_text, variables::text, updated_at from public.get_shared_prompt(@Token)
        """;

    /// <summary>The link of a prompt of the caller's; null where it has none.</summary>
    public Task<PromptLink?> FindAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<PromptLink>(caller, Find, new { PromptId = promptId }, cancellationToken);

    /// <summary>Makes the link of a prompt of the caller's and returns it; where it has one already, that one.</summary>
    /// <exception cref="Npgsql.PostgresException">42501: the prompt is not the caller's.</exception>
    public async Task<PromptLink?> CreateAsync(Caller caller, Guid promptId, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await db.ExecuteAsync(caller, Create, new { PromptId = promptId, Token = token }, cancellationToken).ConfigureAwait(false);
        return await FindAsync(caller, promptId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the link back: from now on it leads nowhere. False where it is not the prompt's.</summary>
    public async Task<bool> RevokeAsync(Caller caller, Guid promptId, string token, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Revoke, new { PromptId = promptId, Token = token }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Undoes <see cref="RevokeAsync"/>: the same link works again. False where the prompt has another one by now.</summary>
    public async Task<bool> ReturnAsync(Caller caller, Guid promptId, string token, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Create, new { PromptId = promptId, Token = token }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>What a link leads to; null where it was taken back, the prompt deleted, or the link never existed.</summary>
    public Task<SharedPrompt?> ReadAsync(Caller caller, string token, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<SharedPrompt>(caller, Read, new { Token = token }, cancellationToken);
}
