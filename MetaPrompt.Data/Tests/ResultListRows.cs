namespace MetaPrompt.Data.Tests;

/// <summary>How a result ended.</summary>
public enum ResultOutcome
{
    /// <summary>The model said all it had to say.</summary>
    Done,

    /// <summary>Its person stopped it.</summary>
    Stopped,

    /// <summary>It failed; there may be the beginning of an answer.</summary>
    Failed,
}

/// <summary>What a list of results can be narrowed to: how they ended, or what their checks said.</summary>
public enum ResultStatus
{
    /// <summary>It ended as it should.</summary>
    Done,

    /// <summary>Its person stopped it.</summary>
    Stopped,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>All its checks held.</summary>
    Passed,

    /// <summary>A check did not hold.</summary>
    Broken,

    /// <summary>Nothing was checked, or nothing could be.</summary>
    Unchecked,
}

/// <summary>Which of one's results: those that answer to all of it.</summary>
public sealed record ResultFilter
{
    /// <summary>All of them.</summary>
    public static ResultFilter None { get; } = new();

    /// <summary>Words that the prompt as it was sent and the answer have together, whatever their case and accents; a word with a minus is in neither.</summary>
    public string? Search { get; init; }

    public Guid? PromptId { get; init; }

    /// <summary>The version of the prompt.</summary>
    public int? Version { get; init; }

    /// <summary>The model's name, exactly.</summary>
    public string? Model { get; init; }

    public Guid? CaseId { get; init; }
    public Guid? RunId { get; init; }

    /// <summary>The first day (UTC).</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day (UTC), which is part of it.</summary>
    public DateOnly? To { get; init; }

    public ResultStatus? Status { get; init; }

    /// <summary>Only those with a star.</summary>
    public bool Starred { get; init; }

    /// <summary>Only these; null for any.</summary>
    public IReadOnlyCollection<Guid>? Ids { get; init; }

    /// <summary>Whether it leaves nothing out.</summary>
    public bool IsNone => this == None;
}

/// <summary>A row of the list of one's own results.</summary>
public sealed record ResultListItem
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string PromptTitle { get; init; }

    /// <inheritdoc cref="TestResult.PromptVersion"/>
    public int? PromptVersion { get; init; }

    public required string Model { get; init; }
    public required decimal Temperature { get; init; }
    public Guid? RunId { get; init; }
    public Guid? CaseId { get; init; }
    public string? CaseName { get; init; }
    public required ResultOutcome Outcome { get; init; }

    /// <summary>Whether all its checks held; null where nothing was checked.</summary>
    public bool? Passed { get; init; }

    public bool Starred { get; init; }

    /// <summary>The first 300 characters of the answer, or of what went wrong.</summary>
    public required string Beginning { get; init; }

    /// <inheritdoc cref="TestResult.TokensUsed"/>
    public int? TokensUsed { get; init; }

    public int? ResponseTimeMs { get; init; }

    /// <summary>US dollars; null is unknown.</summary>
    public decimal? Cost { get; init; }

    public required DateTime CreatedAt { get; init; }
}

/// <summary>A result with everything but the request as it went over the wire.</summary>
public sealed record ResultDetails
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string PromptTitle { get; init; }

    /// <inheritdoc cref="TestResult.PromptVersion"/>
    public int? PromptVersion { get; init; }

    public required string Model { get; init; }

    /// <summary>What the provider calls the model.</summary>
    public string? ModelId { get; init; }

    public required decimal Temperature { get; init; }

    /// <summary>JSON object of what was asked for beyond the temperature; null where that is unknown.</summary>
    public string? Parameters { get; init; }

    /// <inheritdoc cref="TestResult.VariableValues"/>
    public required string VariableValues { get; init; }

    public required string ResolvedPrompt { get; init; }
    public Guid? RunId { get; init; }
    public Guid? CaseId { get; init; }
    public string? CaseName { get; init; }
    public string? Result { get; init; }

    /// <inheritdoc cref="TestResult.Error"/>
    public string? Error { get; init; }

    public required ResultOutcome Outcome { get; init; }
    public string? FinishReason { get; init; }

    /// <inheritdoc cref="TestResult.TokensUsed"/>
    public int? TokensUsed { get; init; }

    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }
    public int? FirstTokenMs { get; init; }
    public int? ResponseTimeMs { get; init; }

    /// <summary>US dollars; null is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>How often it was sent; null where that is unknown.</summary>
    public int? Attempts { get; init; }

    public bool Starred { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <inheritdoc cref="ResultListItem.Passed"/>
    public bool? Passed { get; init; }

    /// <summary>JSON list of what each assertion came to; null where nothing was checked.</summary>
    public string? Outcomes { get; init; }

    /// <summary>US dollars paid to models that judged.</summary>
    public decimal? JudgeCost { get; init; }

    /// <summary>Whether the request as it went over the wire is known.</summary>
    public bool HasSent { get; init; }
}

/// <summary>Something that results can be narrowed to, because there are some of it.</summary>
public sealed record ResultChoice
{
    /// <summary>"prompt", "model", "version" or "case".</summary>
    public required string Kind { get; init; }

    /// <summary>The id, name or number.</summary>
    public required string Value { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }
}

/// <summary>What a prompt said in a version that was tested.</summary>
public sealed record TestedTemplate
{
    public required Guid PromptId { get; init; }

    /// <summary>The number that was asked for; 0 where it is unknown.</summary>
    public required int Version { get; init; }

    public required string Title { get; init; }
    public required string Template { get; init; }

    /// <summary>Whether it is that version's text; else it is what the prompt says now.</summary>
    public required bool IsThatVersion { get; init; }
}
