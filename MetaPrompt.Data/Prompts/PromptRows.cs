namespace MetaPrompt.Data.Prompts;

/// <summary>A prompt as its owner sees it. Source: <c>prompts</c>, with its place in the gallery where it has one.</summary>
public sealed record Prompt
{
    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Template { get; init; }

    /// <summary>JSON: a list of names or of variables with their details.</summary>
    public required string Variables { get; init; }

    public required bool IsPublic { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Set where it was deleted and can still be restored.</summary>
    public DateTime? DeletedAt { get; init; }

    /// <summary>The community template it was copied from.</summary>
    public Guid? OriginTemplateId { get; init; }

    /// <summary>Its own template in the gallery; also known while it is unpublished, so that its likes are kept.</summary>
    public Guid? TemplateId { get; init; }

    public string? Category { get; init; }
    public string[] Tags { get; init; } = [];

    /// <summary>Whether whoever has the link reads it though it is not public.</summary>
    public bool Unlisted { get; init; }

    /// <summary>Set where a moderator hid it.</summary>
    public DateTime? HiddenAt { get; init; }

    /// <summary>The number of the version that says what it says.</summary>
    public int? Version { get; init; }

    /// <summary>Who sees it, where it is not hidden.</summary>
    public PromptVisibility Visibility => PromptVisibilities.Of(IsPublic, Unlisted, HiddenAt);
}

/// <summary>Who sees a prompt.</summary>
public enum PromptVisibility
{
    /// <summary>Its owner.</summary>
    Private,

    /// <summary>Whoever has the link.</summary>
    Unlisted,

    /// <summary>Everybody: it is in the gallery.</summary>
    Public,
}

internal static class PromptVisibilities
{
    public static PromptVisibility Of(bool isPublic, bool unlisted, DateTime? hiddenAt) =>
        hiddenAt is not null ? PromptVisibility.Private : isPublic ? PromptVisibility.Public : unlisted ? PromptVisibility.Unlisted : PromptVisibility.Private;
}

/// <summary>A clarifying question and what the person answered. Source: <c>prompt_answers</c>.</summary>
public sealed record PromptAnswer
{
    public required string QuestionId { get; init; }
    public required string QuestionText { get; init; }
    public required string Answer { get; init; }
}

/// <summary>A prompt to save.</summary>
public sealed record NewPrompt
{
    /// <summary>
    /// Drawn by whoever begins it, and the same at every attempt: where the answer to one is lost, the next one finds what it
    /// left. Null: each attempt makes a prompt.
    /// </summary>
    public Guid? Id { get; init; }

    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Template { get; init; }

    /// <summary>JSON list, as <see cref="Prompt.Variables"/>.</summary>
    public required string Variables { get; init; }

    public IReadOnlyList<PromptAnswer> Answers { get; init; } = [];
}

/// <summary>New texts for a prompt of one's own.</summary>
public sealed record PromptEdit
{
    public required Guid Id { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Template { get; init; }
    public required string Variables { get; init; }

    /// <summary>The <see cref="Prompt.UpdatedAt"/> the edit began from; an edit that began from an older one changes nothing.</summary>
    public required DateTime BasedOn { get; init; }

    /// <summary>What has changed, in the writer's words; at most 500 characters are kept. Where others read the prompt, they read it too.</summary>
    public string? Note { get; init; }
}
