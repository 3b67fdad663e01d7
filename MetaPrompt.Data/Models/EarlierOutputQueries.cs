using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Models;

/// <summary>How long a prompt's answers were before: what an estimate for the next ones is made from.</summary>
public sealed class EarlierOutputQueries(Db db)
{
    // The latest hundred of a prompt say more than all: it was another text before.
    private const string OfPrompt =
        """
        -- test_results.output_range
        select r.model, min(r.output_tokens) as least, max(r.output_tokens) as most, count(*)::int as answers
        from (
          select t.model, t.output_tokens from public.test_results t
          where t.prompt_id = @PromptId and t.user_id = (select auth.uid())
          order by t.created_at desc, t.id desc
          limit 100) r
        where r.output_tokens > 0
        group by r.model
        """;

    /// <summary>For each model that answered the caller's prompt of late: the shortest and longest answer in tokens.</summary>
    public Task<IReadOnlyList<EarlierOutput>> OfPromptAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<EarlierOutput>(caller, OfPrompt, new { PromptId = promptId }, cancellationToken);
}

/// <summary>How long a model's answers to a prompt were.</summary>
public sealed record EarlierOutput
{
    /// <summary>The model's name, as results are kept under it.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens of the shortest.</summary>
    public required int Least { get; init; }

    /// <summary>Tokens of the longest.</summary>
    public required int Most { get; init; }

    /// <summary>How many there were.</summary>
    public required int Answers { get; init; }
}
