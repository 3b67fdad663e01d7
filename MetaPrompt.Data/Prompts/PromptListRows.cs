namespace MetaPrompt.Data.Prompts;

/// <summary>A row of the list of one's own prompts.</summary>
public sealed record PromptListItem
{
    public required Guid Id { get; init; }
    public required string Title { get; init; }

    /// <summary>The first 300 characters of the goal.</summary>
    public required string Goal { get; init; }

    /// <summary>JSON, as <see cref="Prompt.Variables"/>: the first five.</summary>
    public required string Variables { get; init; }

    /// <summary>How many variables there are in all.</summary>
    public required int VariablesCount { get; init; }

    public required bool IsPublic { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }
    public Guid? TemplateId { get; init; }

    /// <inheritdoc cref="Prompt.Unlisted"/>
    public bool Unlisted { get; init; }

    /// <inheritdoc cref="Prompt.HiddenAt"/>
    public DateTime? HiddenAt { get; init; }

    /// <inheritdoc cref="Prompt.Visibility"/>
    public PromptVisibility Visibility => PromptVisibilities.Of(IsPublic, Unlisted, HiddenAt);

    /// <summary>How many test results are kept of it.</summary>
    public required int Tests { get; init; }

    /// <summary>The ids of its labels.</summary>
    public Guid[] Labels { get; init; } = [];
}

/// <summary>The orders of the list.</summary>
public enum PromptSort
{
    /// <summary>The latest made first.</summary>
    Newest,

    /// <summary>The latest edited first.</summary>
    Changed,

    /// <summary>By title, letters as people sort them.</summary>
    Title,

    /// <summary>The most test results first.</summary>
    Tested,
}

/// <summary>Which of one's prompts are in the list: those that answer to all of it.</summary>
public sealed record PromptFilter
{
    /// <summary>All of them.</summary>
    public static PromptFilter None { get; } = new();

    /// <summary>Text that title, goal or template contains, case aside; null for any.</summary>
    public string? Search { get; init; }

    /// <summary>Labels it has all of.</summary>
    public IReadOnlyList<Guid> Labels { get; init; } = [];

    /// <summary>Only those without any label; <see cref="Labels"/> is nothing then.</summary>
    public bool Unlabelled { get; init; }

    /// <summary>Who sees it; null for whoever.</summary>
    public PromptVisibility? Visibility { get; init; }

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsNone => Search is null && Labels.Count == 0 && !Unlabelled && Visibility is null;
}

/// <summary>Where the next page of one's prompts begins: after this row, in whichever order.</summary>
/// <param name="Id">The row.</param>
/// <param name="CreatedAt">For <see cref="PromptSort.Newest"/>.</param>
/// <param name="UpdatedAt">For <see cref="PromptSort.Changed"/>.</param>
/// <param name="Title">For <see cref="PromptSort.Title"/>.</param>
/// <param name="Tests">For <see cref="PromptSort.Tested"/>.</param>
public sealed record PromptCursor(Guid Id, DateTime CreatedAt, DateTime UpdatedAt, string Title, int Tests)
{
    /// <summary>After this one.</summary>
    public static PromptCursor After(PromptListItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new PromptCursor(item.Id, item.CreatedAt, item.UpdatedAt, item.Title, item.Tests);
    }
}
