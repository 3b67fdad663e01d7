namespace MetaPrompt.Data.Templates;

/// <summary>What a card of the gallery shows. Source: <c>search_templates</c>, <c>favorite_templates</c>.</summary>
public sealed record TemplateCard
{
    public required Guid TemplateId { get; init; }
    public required string Title { get; init; }

    /// <summary>The first 300 characters of the goal.</summary>
    public required string Goal { get; init; }

    public string? Category { get; init; }
    public required string[] Tags { get; init; }

    /// <summary>Names of its first six variables.</summary>
    public required string[] Variables { get; init; }

    public required int LikesCount { get; init; }
    public required int UsesCount { get; init; }
    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public required DateTime PublishedAt { get; init; }

    /// <summary>Its place in the order it was asked for in; with <see cref="TemplateId"/> the start of the next page.</summary>
    public required string CursorValue { get; init; }

    /// <summary>Words and stems to mark, as <c>search_marks</c> gives them; null where nothing was searched for.</summary>
    public string[]? Marks { get; init; }

    /// <summary>
    /// The title, with each matched word between U+0002 and U+0003; the title itself where there is nothing to mark. The
    /// two signs are never in what is stored.
    /// </summary>
    public string TitleHighlight => SearchHighlight.Mark(Title, Marks);

    /// <summary>The goal in the same way as <see cref="TitleHighlight"/>.</summary>
    public string GoalHighlight => SearchHighlight.Mark(Goal, Marks);
}

/// <summary>A published template as its page shows it. Source: <c>get_template</c>.</summary>
public sealed record Template
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }

    /// <summary>The text with its <c>{{variables}}</c>. Somebody else's: never markup until sanitised.</summary>
    public required string TemplateText { get; init; }

    /// <summary>JSON: a list of names or of variables with their details.</summary>
    public required string Variables { get; init; }

    public string? Category { get; init; }
    public required string[] Tags { get; init; }
    public required int LikesCount { get; init; }
    public required int UsesCount { get; init; }
    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public string? AuthorAvatarUrl { get; init; }
    public required DateTime PublishedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Whether the caller favorited it; false for a visitor.</summary>
    public required bool IsFavorite { get; init; }
}

/// <summary>What is public of somebody who published something. Source: <c>get_author</c>.</summary>
public sealed record Author
{
    public required Guid Id { get; init; }
    public string? FullName { get; init; }
    public string? AvatarUrl { get; init; }
    public required DateTime JoinedAt { get; init; }

    /// <summary>How many templates of theirs are in the gallery.</summary>
    public required long Templates { get; init; }

    /// <summary>Likes of all of them.</summary>
    public required long Likes { get; init; }
}

/// <summary>A category and how many templates it has. Source: <c>gallery_categories</c>.</summary>
public sealed record CategoryCount
{
    public required string Category { get; init; }
    public required long Templates { get; init; }
}

/// <summary>The orders the gallery knows.</summary>
public enum TemplateSort
{
    /// <summary>Best match first; without a query the same as <see cref="Likes"/>.</summary>
    Best,
    Likes,
    Uses,
    Newest,
    Trending,
}

/// <summary>Where the next page begins: after the card with this place and id.</summary>
public sealed record TemplateCursor(string Value, Guid Id);

/// <summary>What a person looks for in the gallery.</summary>
public sealed record TemplateSearch
{
    /// <summary>Words, "phrases", -words, tag:, category: and author:; null or blank for all.</summary>
    public string? Query { get; init; }

    public string? Category { get; init; }
    public string? Tag { get; init; }
    public Guid? AuthorId { get; init; }
    public TemplateSort Sort { get; init; }
    public TemplateCursor? After { get; init; }

    /// <summary>1 to 100.</summary>
    public int Size { get; init; } = 24;
}
