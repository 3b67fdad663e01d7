using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Models;

/// <summary>Runs as rows and rows as runs.</summary>
internal static class RunRows
{
    private const int MaxFinishReason = 50;
    private const int MaxSent = 1_000_000;

    /// <summary>What is laid down before anything is sent.</summary>
    public static NewTestRun New(RunPlan plan, Guid owner) => new()
    {
        Id = plan.RunId,
        PromptId = plan.PromptId,
        Parameters = plan.Parameters.ToJson(),
        Owner = owner,
        Cells = [.. plan.Cells.Select(cell => new NewTestCell
        {
            PromptId = cell.PromptId,
            PromptVersion = cell.PromptVersion,
            Model = cell.Model.Name,
            Temperature = decimal.Round(cell.Temperature, 2),
            CaseId = cell.CaseId,
            CaseName = cell.CaseName,
            VariableValues = Values(cell),
            ResolvedPrompt = Storable(cell.ResolvedPrompt),
            Assertions = AssertionJson.Write(cell.Assertions),
        })],
    };

    /// <summary>What was asked then, of the models of now. One that is not there any more has its name and no address.</summary>
    public static RunPlan Plan(Caller caller, TestRun run, IReadOnlyList<TestCell> cells, IReadOnlyList<ModelSettings> models) => new()
    {
        RunId = run.Id,
        Caller = caller,
        PromptId = run.PromptId,
        Parameters = RunParameters.FromJson(run.Parameters),
        Cells = [.. cells.Select(cell => new PlannedCell
        {
            PromptId = cell.PromptId,
            PromptVersion = cell.PromptVersion,
            Model = models.FirstOrDefault(model => string.Equals(model.Name, cell.Model, StringComparison.OrdinalIgnoreCase)) ?? Gone(cell.Model),
            Temperature = cell.Temperature,
            CaseId = cell.CaseId,
            CaseName = cell.CaseName,
            ResolvedPrompt = cell.ResolvedPrompt,
            VariableValues = JsonSerializer.Deserialize<Dictionary<string, string>>(cell.VariableValues) ?? [],
            Assertions = AssertionJson.Read(cell.Assertions),
        })],
    };

    /// <summary>A model of that name that is not there any more.</summary>
    public static ModelSettings Gone(string name) => new() { Name = name, Provider = ModelSettings.OpenAi, Endpoint = "", Model = name };

    /// <summary>Whether the model is not there any more.</summary>
    public static bool IsGone(ModelSettings model) => model.Endpoint.Length == 0;

    /// <summary>What a verdict said; empty where there is none.</summary>
    public static IReadOnlyList<AssertionOutcome> Outcomes(TestCell cell) => AssertionJson.ReadOutcomes(cell.Outcomes);

    /// <summary>The result of a cell that has ended: what was measured, null for what was not.</summary>
    public static NewTestResult Result(LiveRun run, RunCell cell, Guid resultId, CellState state) => new()
    {
        Id = resultId,
        PromptId = cell.Plan.PromptId,
        PromptVersion = cell.Plan.PromptVersion,
        Model = cell.Plan.Model.Name,
        ModelId = cell.Plan.Model.Model,
        Temperature = decimal.Round(cell.Plan.Temperature, 2),
        Parameters = run.Parameters.ToJson(),
        VariableValues = Values(cell.Plan),
        ResolvedPrompt = Storable(cell.Plan.ResolvedPrompt),
        Result = cell.Answer is { Length: > 0 } answer ? Storable(answer) : null,
        TokensUsed = cell.TotalTokens,
        InputTokens = cell.InputTokens,
        OutputTokens = cell.OutputTokens,
        ResponseTimeMs = cell.WasSent ? cell.ElapsedMs : null,
        FirstTokenMs = cell.FirstTokenMs,
        Cost = cell.Cost,
        FinishReason = cell.FinishReason is { } reason && reason.Length > MaxFinishReason ? reason[..MaxFinishReason] : cell.FinishReason,
        Error = cell.Failure,
        Sent = cell.Sent is { Length: <= MaxSent } sent ? sent : null,
        Attempts = cell.Attempts,
        Outcome = TestRunQueries.NameOf(state),
        RunId = run.Id,
        Cell = cell.Position,
        CellAttempt = cell.RowAttempt,
        CaseId = cell.Plan.CaseId,
        CaseName = cell.Plan.CaseName,
    };

    private static string Values(PlannedCell cell) =>
        JsonSerializer.Serialize(cell.VariableValues.ToDictionary(value => Storable(value.Key), value => Storable(value.Value)));

    // PostgreSQL takes neither halves of surrogate pairs nor the zero sign; neither is worth losing an answer for.
    private static string Storable(string text) => VariableNames.Whole(text).Replace("\0", "", StringComparison.Ordinal);
}
