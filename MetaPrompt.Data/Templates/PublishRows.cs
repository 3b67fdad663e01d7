using System.Globalization;
using MetaPrompt.Data.Prompts;
using Npgsql;

namespace MetaPrompt.Data.Templates;

/// <summary>How and to whom a prompt is to be shown.</summary>
public sealed record Publication
{
    public required Guid PromptId { get; init; }

    /// <summary>Free text; null for none.</summary>
    public string? Category { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];
    public PromptVisibility Visibility { get; init; } = PromptVisibility.Public;

    /// <summary>What is new, for the list of versions; at most 500 characters count.</summary>
    public string? Note { get; init; }

    /// <summary>The prompt's <see cref="Prompt.UpdatedAt"/> that was looked at.</summary>
    public required DateTime BasedOn { get; init; }
}

/// <summary>A template of the gallery that says nearly what a prompt says. Source: <c>near_templates</c>.</summary>
public sealed record NearTemplate
{
    public required Guid TemplateId { get; init; }
    public required string Title { get; init; }
    public string? Category { get; init; }
    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public required DateTime PublishedAt { get; init; }
    public required int LikesCount { get; init; }

    /// <summary>The share of runs of three words that both have, from 0.6 to 1.</summary>
    public required float Similarity { get; init; }

    /// <summary>Whether the texts are the same but for case, signs, blanks and the names of variables.</summary>
    public required bool SameText { get; init; }

    /// <summary>Whether the caller published it.</summary>
    public required bool IsOwn { get; init; }

    /// <summary>Whether the prompt was copied from it.</summary>
    public required bool IsOrigin { get; init; }
}

/// <summary>Where a prompt may belong, the best first.</summary>
public sealed record SuggestedTerms(IReadOnlyList<string> Categories, IReadOnlyList<string> Tags);

/// <summary>What the author of a hidden template is told. Source: <c>moderation_notice</c>.</summary>
public sealed record ModerationNotice
{
    public required DateTime HiddenAt { get; init; }

    /// <summary>The moderator's words.</summary>
    public required string Reason { get; init; }

    /// <summary>When the author asked to look again; null where they have not.</summary>
    public DateTime? ReviewRequestedAt { get; init; }

    /// <summary>Whether that waits for an answer.</summary>
    public required bool ReviewOpen { get; init; }
}

/// <summary>Why the database refused to publish, or to take a report: its own states, one per rule.</summary>
public static class PublishRefusal
{
    /// <summary>A moderator hid the prompt, or its very text.</summary>
    public const string Hidden = "PT403";

    /// <summary>The text is an exact copy of a stranger's template.</summary>
    public const string Copy = "PT409";

    /// <summary>Too many in too short a time.</summary>
    public const string TooMany = "PT429";

    /// <summary>From when on it is possible again; null where the refusal is another one.</summary>
    public static DateTime? PossibleAt(PostgresException refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.SqlState == TooMany
            && DateTime.TryParse(refusal.Hint, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : null;
    }

    /// <summary>The template that the text is a copy of; null where the refusal is another one.</summary>
    public static Guid? CopyOf(PostgresException refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.SqlState == Copy && Guid.TryParse(refusal.Hint, out var id) ? id : null;
    }
}
