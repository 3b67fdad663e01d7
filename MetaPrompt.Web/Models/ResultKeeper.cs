using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Models;

/// <summary>Keeps runs as rows of <c>test_results</c>: what was measured, null for what was not.</summary>
internal static class ResultKeeper
{
    private const int MaxFinishReason = 50;

    /// <summary>Keeps the run on its person's behalf.</summary>
    public static Task KeepAsync(TestResultQueries results, PromptRun run, CancellationToken cancellationToken) =>
        results.SaveAsync(run.Request.Caller, Row(run), cancellationToken);

    private static NewTestResult Row(PromptRun run) => new()
    {
        PromptId = run.Request.PromptId,
        Model = run.Request.Model.Name,
        Temperature = decimal.Round(run.Request.Temperature, 2),
        VariableValues = JsonSerializer.Serialize(run.Request.VariableValues.ToDictionary(value => Storable(value.Key), value => Storable(value.Value))),
        ResolvedPrompt = Storable(run.Request.ResolvedPrompt),
        Result = run.Answer is { Length: > 0 } answer ? Storable(answer) : null,
        TokensUsed = run.TotalTokens,
        ResponseTimeMs = run.WasSent ? run.ElapsedMs : null,
        InputTokens = run.InputTokens,
        OutputTokens = run.OutputTokens,
        FinishReason = run.FinishReason is { } reason && reason.Length > MaxFinishReason ? reason[..MaxFinishReason] : run.FinishReason,
        Error = run.Failure,
        PromptVersion = run.Request.PromptVersion,
    };

    // PostgreSQL takes neither halves of surrogate pairs nor the zero sign; neither is worth losing an answer for.
    private static string Storable(string text) => VariableNames.Whole(text).Replace("\0", "", StringComparison.Ordinal);
}
