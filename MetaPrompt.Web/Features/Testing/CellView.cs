using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// A cell as it is shown, whether this program carries it out or the database tells of it. It never changes: what has not
/// changed is the same object, so that it need not be drawn again.
/// </summary>
public sealed class CellView
{
    // What it was read from: the same again need not be read again.
    private object? _source;
    private (long, int, Guid?, bool?) _stamp;
    private Lazy<IReadOnlyDictionary<string, string>> _values = null!;

    private CellView()
    {
    }

    /// <summary>Its place in the run, from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The prompt that was tested.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>The version whose text it was; null where unknown.</summary>
    public required int? PromptVersion { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>0 to 2.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>The test case; null where the values were typed, or it was deleted.</summary>
    public required Guid? CaseId { get; init; }

    /// <summary>What the test case was called.</summary>
    public required string? CaseName { get; init; }

    /// <summary>The prompt as it was sent.</summary>
    public required string ResolvedPrompt { get; init; }

    /// <summary>Where it stands.</summary>
    public required CellState State { get; init; }

    /// <summary>The answer as far as it is here; see <see cref="IsExcerpt"/>.</summary>
    public required string Answer { get; init; }

    /// <summary>Whether the kept answer is longer than <see cref="Answer"/>.</summary>
    public bool IsExcerpt { get; init; }

    /// <summary>Tokens in; null where nobody counted.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens out; null where nobody counted.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>US dollars; null where unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Milliseconds so far or in all; null where it was not sent.</summary>
    public int? ElapsedMs { get; init; }

    /// <summary>Milliseconds to the first text.</summary>
    public int? FirstTokenMs { get; init; }

    /// <summary>Why the model ended.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public string? Failure { get; init; }

    /// <summary>How long until it is tried again.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>How often it was sent; null where unknown.</summary>
    public int? Attempts { get; init; }

    /// <summary>Whether the answer is complete and being kept.</summary>
    public bool Keeping { get; init; }

    /// <summary>Why it could not be kept.</summary>
    public string? NotKept { get; init; }

    /// <summary>The kept result.</summary>
    public Guid? ResultId { get; init; }

    /// <summary>What went over the wire, JSON.</summary>
    public string? Sent { get; init; }

    /// <summary>What was asked for and not sent; null where nobody knows any more.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>Whether it is being checked.</summary>
    public bool Grading { get; init; }

    /// <summary>Whether it kept all its assertions; null where none was checked.</summary>
    public bool? Passed { get; init; }

    /// <summary>What the assertions said.</summary>
    public IReadOnlyList<AssertionOutcome> Outcomes { get; init; } = [];

    /// <summary>Values by variable.</summary>
    public IReadOnlyDictionary<string, string> Values => _values.Value;

    /// <summary>Whether more may come.</summary>
    public bool IsUnfinished => State is CellState.Queued or CellState.Running;

    /// <summary>Whether a person would want it again: it failed, was stopped or interrupted.</summary>
    public bool IsUnanswered => State is CellState.Failed or CellState.Stopped or CellState.Interrupted;

    /// <summary>Which column it stands in.</summary>
    internal (Guid, int?, string, decimal) Column => (PromptId, PromptVersion, Model, Temperature);

    /// <summary>A cell that this program carries out.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="before">How it was shown last; returned where it still is so.</param>
    /// <param name="clock">Whether time itself has to be shown anew.</param>
    public static CellView Of(RunCell cell, CellView? before, bool clock)
    {
        ArgumentNullException.ThrowIfNull(cell);
        // The revision first: what changes while it is read is read again the next time.
        var revision = cell.Revision;
        if (before is not null && ReferenceEquals(before._source, cell) && before._stamp.Item1 == revision && !(clock && before.State == CellState.Running))
            return before;

        // The state before the answer: an answer read after its end is whole.
        var state = cell.State;
        return new CellView
        {
            Position = cell.Position, PromptId = cell.Plan.PromptId, PromptVersion = cell.Plan.PromptVersion, Model = cell.Plan.Model.Name,
            Temperature = cell.Plan.Temperature, CaseId = cell.Plan.CaseId, CaseName = cell.Plan.CaseName, ResolvedPrompt = cell.Plan.ResolvedPrompt,
            State = state, Answer = cell.Answer, InputTokens = cell.InputTokens, OutputTokens = cell.OutputTokens, Cost = cell.Cost,
            ElapsedMs = cell.Attempts > 0 ? cell.ElapsedMs : null, FirstTokenMs = cell.FirstTokenMs, FinishReason = cell.FinishReason, Failure = cell.Failure,
            RetryIn = cell.RetryIn, Attempts = cell.Attempts, Keeping = cell.Keeping, NotKept = cell.NotKept, ResultId = cell.ResultId, Sent = cell.Sent,
            LeftOut = cell.LeftOut, Grading = cell.Grading, Passed = cell.Passed, Outcomes = cell.Outcomes,
            _source = cell, _stamp = (revision, 0, null, null), _values = new(cell.Plan.VariableValues),
        };
    }

    /// <summary>A cell as the database has it.</summary>
    /// <param name="cell">Its row.</param>
    /// <param name="before">How it was shown last; returned where it still is so.</param>
    public static CellView Of(TestCell cell, CellView? before)
    {
        ArgumentNullException.ThrowIfNull(cell);
        (long, int, Guid?, bool?) stamp = ((long)cell.State, cell.Attempt, cell.ResultId, cell.Passed);
        if (before is { _source: null } && before._stamp == stamp && before.Outcomes.Count > 0 == cell.Outcomes is not null)
            return before;
        return new CellView
        {
            Position = cell.Position, PromptId = cell.PromptId, PromptVersion = cell.PromptVersion, Model = cell.Model, Temperature = cell.Temperature,
            CaseId = cell.CaseId, CaseName = cell.CaseName, ResolvedPrompt = cell.ResolvedPrompt, State = cell.State, Answer = cell.Answer ?? "",
            IsExcerpt = cell.AnswerLength > cell.Answer?.Length, InputTokens = cell.InputTokens, OutputTokens = cell.OutputTokens, Cost = cell.Cost,
            ElapsedMs = cell.ResponseTimeMs, FirstTokenMs = cell.FirstTokenMs, FinishReason = cell.FinishReason, Failure = cell.Error,
            ResultId = cell.ResultId, Sent = cell.Sent, Passed = cell.Passed, Outcomes = AssertionJson.ReadOutcomes(cell.Outcomes),
            _stamp = stamp, _values = new(() => TestForm.ReadValues(cell.VariableValues)),
        };
    }
}
