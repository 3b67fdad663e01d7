namespace MetaPrompt.Data.Tests;

/// <summary>A run that was kept. Source: <c>test_results</c>; what was not measured is null, never 0.</summary>
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
}

/// <summary>A run to keep, of a prompt of the caller's.</summary>
public sealed record NewTestResult
{
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
}

/// <summary>Where the next page of results begins: after this row.</summary>
public sealed record TestResultCursor(DateTime CreatedAt, Guid Id);
