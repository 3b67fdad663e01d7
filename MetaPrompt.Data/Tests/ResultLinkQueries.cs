using System.Buffers.Text;
using System.Security.Cryptography;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>Sharing a result of one's own by a secret link, and reading one that was shared.</summary>
public sealed class ResultLinkQueries(Db db)
{
    private const string Find =
        """
        -- result_links.find
        select l.token from public.result_links l where l.result_id = @ResultId and l.user_id = (select auth.uid())
        """;

    // Two windows that make one at the same moment show the same.
    private const string Create =
        """
        -- result_links.create
        insert into public.result_links (result_id, user_id, token) values (@ResultId, (select auth.uid()), @Token)
        on conflict (result_id) do nothing
        """;

    private const string Revoke =
        """
        -- result_links.revoke
        delete from public.result_links where result_id = @ResultId and token = @Token and user_id = (select auth.uid())
        """;

    private const string Read =
        """
        -- result_links.read
        select model, temperature, parameters::text, resolved_prompt, result, error, outcome, finish_reason, input_tokens,
          output_tokens, response_time_ms, created_at
        from public.get_shared_result(@Token)
        """;

    /// <summary>The token of a result's link; null where it has none.</summary>
    public Task<string?> FindAsync(Caller caller, Guid resultId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<string>(caller, Find, new { ResultId = resultId }, cancellationToken);

    /// <summary>Makes the link of a result of the caller's and returns its token; where it has one already, that one.</summary>
    /// <exception cref="Npgsql.PostgresException">23503: the result is not the caller's.</exception>
    public async Task<string?> CreateAsync(Caller caller, Guid resultId, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await db.ExecuteAsync(caller, Create, new { ResultId = resultId, Token = token }, cancellationToken).ConfigureAwait(false);
        return await FindAsync(caller, resultId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the link back: from now on it leads nowhere. False where it is not the result's.</summary>
    public async Task<bool> RevokeAsync(Caller caller, Guid resultId, string token, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Revoke, new { ResultId = resultId, Token = token }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Undoes <see cref="RevokeAsync"/>: the same link works again. False where the result has another one by now.</summary>
    public async Task<bool> ReturnAsync(Caller caller, Guid resultId, string token, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Create, new { ResultId = resultId, Token = token }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>What a link leads to; null where it was taken back, the prompt deleted, or the link never existed.</summary>
    public Task<SharedResult?> ReadAsync(Caller caller, string token, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<SharedResult>(caller, Read, new { Token = token }, cancellationToken);
}

/// <summary>A result as whoever has its link reads it: not whose it is, nor of which prompt.</summary>
public sealed record SharedResult
{
    public required string Model { get; init; }
    public required decimal Temperature { get; init; }

    /// <inheritdoc cref="ResultDetails.Parameters"/>
    public string? Parameters { get; init; }

    public required string ResolvedPrompt { get; init; }
    public string? Result { get; init; }

    /// <inheritdoc cref="TestResult.Error"/>
    public string? Error { get; init; }

    public required ResultOutcome Outcome { get; init; }
    public string? FinishReason { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }
    public int? ResponseTimeMs { get; init; }
    public required DateTime CreatedAt { get; init; }
}
