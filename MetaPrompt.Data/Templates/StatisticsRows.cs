namespace MetaPrompt.Data.Templates;

/// <summary>The orders of one's own published templates.</summary>
public enum PublishedSort
{
    Likes,
    Uses,
    Newest,
    Title,
}

/// <summary>A template of the caller's that is out.</summary>
public sealed record PublishedTemplate
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string Title { get; init; }
    public string? Category { get; init; }
    public required DateTime PublishedAt { get; init; }
    public required int LikesCount { get; init; }
    public required int UsesCount { get; init; }

    /// <summary>"public", "unlisted" or "hidden" (by a moderator).</summary>
    public required string State { get; init; }

    /// <summary>Its place in the order; with <see cref="Id"/> the start of the next page.</summary>
    public required string CursorValue { get; init; }
}

/// <summary>Sums over a person's published templates.</summary>
public sealed record PublishedTotals
{
    public required long Templates { get; init; }
    public required long Likes { get; init; }
    public required long Uses { get; init; }

    /// <summary>When the first of them was published; null where there is none.</summary>
    public DateTime? FirstPublishedAt { get; init; }
}

/// <summary>What happened on a day (UTC). Source: <c>daily_counts</c>.</summary>
public sealed record DailyCounts
{
    public required DateTime Day { get; init; }

    /// <summary>Likes given on that day and still there.</summary>
    public required long Likes { get; init; }

    /// <summary>Uses, at most one per person.</summary>
    public required long Uses { get; init; }
}
