using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>What a test needs of texts: other prompts to put beside the tested one, and an answer that is too long for a list.</summary>
public sealed class TestTextQueries(Db db)
{
    private const string Others =
        """
        -- prompts.to_test_beside
        select p.id, p.title, p.template, p.variables::text,
          (select max(v.number) from public.prompt_versions v where v.prompt_id = p.id) as version
        from public.prompts p
        where p.user_id = (select auth.uid()) and p.deleted_at is null and p.id <> @PromptId and length(p.template) <= 100000
          and (@Search is null or p.title ilike '%' || @Search || '%')
        order by p.updated_at desc, p.id desc
        limit @Size
        """;

    private const string Answer =
        """
        -- test_results.answer
        select r.result from public.test_results r where r.id = @Id and r.user_id = (select auth.uid())
        """;

    /// <summary>Other prompts of the caller's whose title contains the text, the latest changed first; at most 50.</summary>
    public Task<IReadOnlyList<TestablePrompt>> OthersAsync(Caller caller, Guid promptId, string? search, CancellationToken cancellationToken) =>
        db.QueryAsync<TestablePrompt>(caller, Others, new
        {
            PromptId = promptId,
            Search = string.IsNullOrWhiteSpace(search) ? null : LikePattern(search.Trim()),
            Size = 50,
        }, cancellationToken);

    /// <summary>The whole answer of a result of the caller's; null where there is none.</summary>
    public Task<string?> AnswerAsync(Caller caller, Guid resultId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<string?>(caller, Answer, new { Id = resultId }, cancellationToken);

    private static string LikePattern(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}

/// <summary>A prompt that can be tested beside another. Source: <c>prompts</c>.</summary>
public sealed record TestablePrompt
{
    public required Guid Id { get; init; }
    public required string Title { get; init; }
    public required string Template { get; init; }

    /// <summary>JSON, as the prompt's.</summary>
    public required string Variables { get; init; }

    /// <summary>The number of the version that says what it says.</summary>
    public int? Version { get; init; }
}
