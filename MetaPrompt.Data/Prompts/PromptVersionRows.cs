namespace MetaPrompt.Data.Prompts;

/// <summary>A line in the list of a prompt's versions. Source: <c>prompt_versions</c>.</summary>
public sealed record PromptVersionItem
{
    /// <summary>From 1; gaps are versions that were deleted.</summary>
    public required int Number { get; init; }

    public required string Title { get; init; }

    /// <summary>What its writer says has changed.</summary>
    public string? Note { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>The version before that is still there; null for the oldest.</summary>
    public int? Previous { get; init; }

    /// <summary>Whether its title is another than the previous version's; false for the oldest.</summary>
    public required bool TitleChanged { get; init; }

    /// <inheritdoc cref="TitleChanged"/>
    public required bool GoalChanged { get; init; }

    /// <inheritdoc cref="TitleChanged"/>
    public required bool TemplateChanged { get; init; }

    /// <inheritdoc cref="TitleChanged"/>
    public required bool VariablesChanged { get; init; }

    /// <summary>Under which number it was published; null where it was not.</summary>
    public int? Published { get; init; }

    /// <summary>How many test results are kept that ran it.</summary>
    public required int Tests { get; init; }
}

/// <summary>The words of a version. Source: <c>prompt_versions</c>, <c>prompt_texts</c>.</summary>
public sealed record PromptVersionText
{
    public required int Number { get; init; }

    /// <summary>Null where it is longer than <see cref="PromptVersionQueries.LongestText"/>.</summary>
    public string? Template { get; init; }

    /// <inheritdoc cref="Prompt.Variables"/>
    public required string Variables { get; init; }
}

/// <summary>A version of a prompt with its text. Source: <c>prompt_versions</c>, <c>prompt_texts</c>.</summary>
public sealed record PromptVersion
{
    public required int Number { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Template { get; init; }

    /// <inheritdoc cref="Prompt.Variables"/>
    public required string Variables { get; init; }

    public string? Note { get; init; }
    public required DateTime CreatedAt { get; init; }
}

/// <summary>The secret link of a prompt. Source: <c>prompt_links</c>.</summary>
public sealed record PromptLink
{
    /// <summary>Whoever knows it reads the prompt.</summary>
    public required string Token { get; init; }

    public required DateTime CreatedAt { get; init; }
}

/// <summary>What whoever has a prompt's link may read of it. Source: <c>get_shared_prompt</c>.</summary>
public sealed record SharedPrompt
{
    public required string Title { get; init; }
    public required string Goal { get; init; }

    /// <summary>Somebody else's text: never markup until sanitised.</summary>
    public required string TemplateText { get; init; }

    /// <inheritdoc cref="Prompt.Variables"/>
    public required string Variables { get; init; }

    public required DateTime UpdatedAt { get; init; }
}
