namespace MetaPrompt.Data.Tests;

/// <summary>A kept answer. Source: <c>test_results</c>; what was not measured is null, never 0.</summary>
public sealed record TestResult
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string Model { get; init; }
    public required decimal Temperature { get; init; }

    /// <summary>JSON object: variable name to value.</summary>
    public required string VariableValues { get; init; }

    public required string ResolvedPrompt { get; init; }
    public string? Result { get; init; }

    /// <summary>In and out together, as the provider counted them.</summary>
    public int? TokensUsed { get; init; }

    public int? ResponseTimeMs { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }
    public string? FinishReason { get; init; }

    /// <summary>What went wrong, in the words shown to the person; null for an answer.</summary>
    public string? Error { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>The number of the version whose text was run; null where unknown. The version may have been dropped since.</summary>
    public int? PromptVersion { get; init; }

    /// <summary>The run whose cell it answers; null for results of before there were runs, and of runs that were deleted.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The cell's position in the run.</summary>
    public int? Cell { get; init; }

    /// <summary>The test case; null where the values were only typed, or the case was deleted.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>What the test case was called then.</summary>
    public string? CaseName { get; init; }

    /// <summary>What the provider calls the model.</summary>
    public string? ModelId { get; init; }

    /// <summary>JSON object: what was asked for beyond the temperature.</summary>
    public string? Parameters { get; init; }

    /// <summary>JSON object: the request as it went over the wire, without key and headers.</summary>
    public string? Sent { get; init; }

    /// <summary>Milliseconds to the first text; null where none came.</summary>
    public int? FirstTokenMs { get; init; }

    /// <summary>US dollars; null where a price or a count was unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>How often it was sent: more than once where the provider asked to come back later.</summary>
    public int? Attempts { get; init; }

    /// <summary>done, stopped or failed; null for results of before there were runs.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether its person starred it.</summary>
    public bool Starred { get; init; }
}

/// <summary>A result to keep, of a prompt of the caller's.</summary>
public sealed record NewTestResult
{
    /// <summary>Made by the caller, so that keeping it again after a lost connection keeps one.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    public required Guid PromptId { get; init; }

    /// <summary>Up to 50 characters.</summary>
    public required string Model { get; init; }

    /// <summary>0 to 2, two decimals.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>JSON object.</summary>
    public required string VariableValues { get; init; }

    public required string ResolvedPrompt { get; init; }
    public string? Result { get; init; }
    public int? TokensUsed { get; init; }
    public int? ResponseTimeMs { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }
    public string? FinishReason { get; init; }
    public string? Error { get; init; }

    /// <inheritdoc cref="TestResult.PromptVersion"/>
    public int? PromptVersion { get; init; }

    /// <summary>The run whose cell it answers; null for results of before there were runs, and of runs that were deleted.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The cell's position in the run.</summary>
    public int? Cell { get; init; }

    /// <summary>The test case; null where the values were only typed, or the case was deleted.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>What the test case was called then.</summary>
    public string? CaseName { get; init; }

    /// <summary>What the provider calls the model.</summary>
    public string? ModelId { get; init; }

    /// <summary>JSON object: what was asked for beyond the temperature.</summary>
    public string? Parameters { get; init; }

    /// <summary>JSON object: the request as it went over the wire, without key and headers.</summary>
    public string? Sent { get; init; }

    /// <summary>Milliseconds to the first text; null where none came.</summary>
    public int? FirstTokenMs { get; init; }

    /// <summary>US dollars; null where a price or a count was unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>How often it was sent: more than once where the provider asked to come back later.</summary>
    public int? Attempts { get; init; }

    /// <summary>done, stopped or failed; null for results of before there were runs.</summary>
    public string? Outcome { get; init; }

    /// <summary>The attempt of the cell that this ends; a cell that was begun again since is left alone.</summary>
    public int? CellAttempt { get; init; }
}

/// <summary>Where the next page of results begins: after this row.</summary>
public sealed record TestResultCursor(DateTime CreatedAt, Guid Id);
