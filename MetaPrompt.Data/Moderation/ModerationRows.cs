using System.Text.Json;

namespace MetaPrompt.Data.Moderation;

/// <summary>A template as a moderator judges it. Source: <c>moderation_items</c>.</summary>
public sealed record ModerationItem
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required Guid TemplateId { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }

    /// <summary>The first 20,000 characters as they are now. Somebody else's.</summary>
    public required string Template { get; init; }

    public string? Category { get; init; }
    public required string[] Tags { get; init; }

    /// <summary>public, unlisted, private, hidden or deleted.</summary>
    public required string Visibility { get; init; }

    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public required int LikesCount { get; init; }

    /// <summary>Null where it is not hidden.</summary>
    public DateTime? HiddenAt { get; init; }

    public string? HiddenReason { get; init; }
    public DateTime? ReviewRequestedAt { get; init; }

    /// <summary>What the author says to it; may be empty.</summary>
    public required string ReviewNote { get; init; }

    /// <summary>Whether the author waits for an answer.</summary>
    public required bool ReviewOpen { get; init; }

    /// <summary>Open reports.</summary>
    public required int ReportsCount { get; init; }

    public DateTime? FirstReportedAt { get; init; }

    /// <summary>JSON, as PostgreSQL gives it.</summary>
    public required string ReportsText { get; init; }

    /// <inheritdoc cref="ReportsText"/>
    public required string HistoryText { get; init; }

    /// <summary>The open reports, the oldest first; fifty at most.</summary>
    public IReadOnlyList<ReportLine> Reports => JsonSerializer.Deserialize<List<ReportLine>>(ReportsText, Json) ?? [];

    /// <summary>What was decided about it before, the latest first; ten at most.</summary>
    public IReadOnlyList<HistoryLine> History => JsonSerializer.Deserialize<List<HistoryLine>>(HistoryText, Json) ?? [];
}

/// <summary>One report.</summary>
/// <param name="Reason">As <see cref="OwnReport.Reason"/>.</param>
/// <param name="Details">The reporter's words; may be empty.</param>
/// <param name="At">When.</param>
/// <param name="By">The reporter's name.</param>
public sealed record ReportLine(string Reason, string Details, DateTimeOffset At, string? By);

/// <summary>One decision.</summary>
/// <param name="Action">As <see cref="ModerationLogLine.Action"/>.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="At">When.</param>
/// <param name="By">Who; null where the account is gone.</param>
public sealed record HistoryLine(string Action, string Reason, DateTimeOffset At, string? By);

/// <summary>A line of the log. Source: <c>read_moderation_log</c>.</summary>
public sealed record ModerationLogLine
{
    public required long Id { get; init; }
    public required DateTime HappenedAt { get; init; }
    public required Guid ActorId { get; init; }

    /// <summary>Null where the account is gone or has no name.</summary>
    public string? ActorName { get; init; }

    /// <summary>hide, dismiss, restore, undo, or review: its author asked to look again.</summary>
    public required string Action { get; init; }

    public required Guid TemplateId { get; init; }

    /// <summary>The title as it was then.</summary>
    public required string Title { get; init; }

    public required string Reason { get; init; }

    /// <summary>Whether a later line undid it.</summary>
    public required bool Undone { get; init; }
}

/// <summary>Which lines of the log; null is any.</summary>
public sealed record ModerationLogFilter
{
    public string? Action { get; init; }
    public Guid? ActorId { get; init; }
    public Guid? TemplateId { get; init; }

    /// <summary>Only lines before this one: the next page.</summary>
    public long? BeforeId { get; init; }

    /// <summary>1 to 200.</summary>
    public int Size { get; init; } = 50;
}
