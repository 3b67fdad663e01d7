namespace MetaPrompt.Data.Tests;

/// <summary>A run to begin. Source: <c>test_runs</c>.</summary>
public sealed record NewTestRun
{
    /// <summary>Made before the click: the same id again is the same run.</summary>
    public required Guid Id { get; init; }

    /// <summary>The caller's prompt from whose page it is started.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>JSON object: what is asked for beyond the temperature.</summary>
    public required string Parameters { get; init; }

    /// <summary>The running program that carries it out.</summary>
    public required Guid Owner { get; init; }

    /// <summary>1 to 2,000.</summary>
    public required IReadOnlyList<NewTestCell> Cells { get; init; }
}

/// <summary>One prompt version × model × temperature × test case; its position is its place in the list.</summary>
public sealed record NewTestCell
{
    /// <summary>The caller's.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>The version whose text was filled in; null where unknown.</summary>
    public int? PromptVersion { get; init; }

    /// <summary>Up to 50 characters.</summary>
    public required string Model { get; init; }

    /// <summary>0 to 2, two decimals.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>The caller's; null where the values were only typed.</summary>
    public Guid? CaseId { get; init; }

    public string? CaseName { get; init; }

    /// <summary>JSON object.</summary>
    public required string VariableValues { get; init; }

    public required string ResolvedPrompt { get; init; }

    /// <summary>JSON list, at most 100.</summary>
    public string Assertions { get; init; } = "[]";
}

/// <summary>A run. Source: <c>test_runs</c>.</summary>
public sealed record TestRun
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string Parameters { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its last cell ended; null while one is unfinished, or interrupted.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Whether a running program carries it out at this moment.</summary>
    public required bool Live { get; init; }

    /// <summary>Whether a running program will go on with it in some seconds, because the one that had it is gone.</summary>
    public bool LeftBehind { get; init; }

    public required int Cells { get; init; }
}

/// <summary>Where a cell stands. Source: <c>test_cells.state</c>; what is unfinished in a run that nobody carries out is <see cref="Interrupted"/>.</summary>
public enum CellState
{
    /// <summary>Waiting its turn: nothing has been sent.</summary>
    Queued,

    /// <summary>Being answered.</summary>
    Running,

    /// <summary>The model ended its answer.</summary>
    Done,

    /// <summary>The person ended it, or the program when it shut down.</summary>
    Stopped,

    /// <summary>It could not be answered to the end.</summary>
    Failed,

    /// <summary>Unfinished, and the program that had it is gone.</summary>
    Interrupted,
}

/// <summary>A cell and what its latest result measured. Source: <c>test_cells</c>, <c>test_results</c>, <c>test_verdicts</c>.</summary>
public sealed record TestCell
{
    public required Guid RunId { get; init; }

    /// <summary>From 0.</summary>
    public required int Position { get; init; }

    public required Guid PromptId { get; init; }
    public int? PromptVersion { get; init; }
    public required string Model { get; init; }
    public required decimal Temperature { get; init; }
    public Guid? CaseId { get; init; }
    public string? CaseName { get; init; }
    public required string VariableValues { get; init; }
    public required string ResolvedPrompt { get; init; }
    public required string Assertions { get; init; }
    public required CellState State { get; init; }

    /// <summary>How often it was begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why it failed, or was stopped by something else than the person.</summary>
    public string? Error { get; init; }

    /// <summary>Its latest result; null where there is none (yet), or it was deleted.</summary>
    public Guid? ResultId { get; init; }

    /// <summary>The answer's first <see cref="TestRunQueries.Excerpt"/> characters; null where none is kept.</summary>
    public string? Answer { get; init; }

    /// <summary>Characters of the whole answer.</summary>
    public int? AnswerLength { get; init; }

    public int? TokensUsed { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }
    public int? ResponseTimeMs { get; init; }
    public int? FirstTokenMs { get; init; }

    /// <summary>US dollars; null where unknown.</summary>
    public decimal? Cost { get; init; }

    public string? FinishReason { get; init; }

    /// <summary>JSON object: the request as it went over the wire.</summary>
    public string? Sent { get; init; }

    /// <summary>Whether the result kept all its assertions; null where one could not be checked, or there are none.</summary>
    public bool? Passed { get; init; }

    /// <summary>JSON list of outcomes; null where there is no verdict.</summary>
    public string? Outcomes { get; init; }
}

/// <summary>How many cells of a run stand where: a line of a prompt's runs.</summary>
public sealed record TestRunSummary
{
    public required Guid Id { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? EndedAt { get; init; }
    public required bool Live { get; init; }
    public required int Cells { get; init; }
    public required int Done { get; init; }
    public required int Failed { get; init; }
    public required int Passed { get; init; }

    /// <summary>Cells whose result has a verdict that is not null.</summary>
    public required int Checked { get; init; }

    /// <summary>US dollars of all results; null where one is unknown.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>A run that was taken over.</summary>
public sealed record LeftRun
{
    public required Guid Id { get; init; }

    /// <summary>Whose it is: it goes on in their name.</summary>
    public required Guid UserId { get; init; }
}

/// <summary>A run whose lease was renewed.</summary>
public sealed record RenewedRun
{
    public required Guid Id { get; init; }

    /// <summary>Whether its person asked to stop it, here or elsewhere.</summary>
    public required bool StopRequested { get; init; }
}
