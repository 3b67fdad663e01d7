namespace MetaPrompt.Data.Collections;

/// <summary>A collection as its page shows it. Source: <c>get_collection</c>.</summary>
public sealed record CollectionDetails
{
    public required Guid Id { get; init; }

    /// <summary>1 to 100 characters, of its owner's once.</summary>
    public required string Name { get; init; }

    /// <summary>At most 500 characters; empty where there is none.</summary>
    public required string Description { get; init; }

    /// <summary>Whether whoever has the link may read it.</summary>
    public required bool IsShared { get; init; }

    public required Guid OwnerId { get; init; }
    public string? OwnerName { get; init; }

    /// <summary>Whether the owner has a page among the authors.</summary>
    public required bool OwnerIsAuthor { get; init; }

    /// <summary>Whether it is the caller's.</summary>
    public required bool IsOwn { get; init; }

    /// <summary>How many of its templates are in the gallery.</summary>
    public required long Templates { get; init; }

    /// <summary>How many are not, or no longer.</summary>
    public required long Gone { get; init; }

    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>One of the caller's collections in a list. Source: <c>list_collections</c>.</summary>
public sealed record CollectionSummary
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required bool IsShared { get; init; }

    /// <summary>How many templates are in it, those that are no longer public included.</summary>
    public required long Templates { get; init; }

    /// <summary>Titles of the first three.</summary>
    public required string[] Titles { get; init; }

    /// <summary>Whether the template that was asked about is in it.</summary>
    public required bool HasTemplate { get; init; }

    public required DateTime UpdatedAt { get; init; }
}

/// <summary>A template in a collection. Source: <c>collection_contents</c>.</summary>
public sealed record CollectedTemplate
{
    public required Guid TemplateId { get; init; }

    /// <summary>"public"; "own": out of the gallery, and the reader's own; "gone": no longer public, and nothing of it is told.</summary>
    public required string State { get; init; }

    /// <summary>Null where it is gone.</summary>
    public string? Title { get; init; }

    public string? Goal { get; init; }
    public string? Category { get; init; }
    public required string[] Tags { get; init; }
    public required string[] Variables { get; init; }
    public required int LikesCount { get; init; }
    public required int UsesCount { get; init; }
    public Guid? AuthorId { get; init; }
    public string? AuthorName { get; init; }

    /// <summary>What the collection's owner says of it, at most 300 characters; often empty.</summary>
    public required string Note { get; init; }

    /// <summary>Its place; with <see cref="TemplateId"/> the start of the next page.</summary>
    public required int Position { get; init; }
}

/// <summary>Where the next page of a collection begins: after the template with this place and id.</summary>
public sealed record CollectionCursor(int Position, Guid TemplateId);

/// <summary>What is wanted of a template in one's collections.</summary>
public sealed record Collecting
{
    public required Guid TemplateId { get; init; }

    /// <summary>The collections it shall be in.</summary>
    public required Guid[] Chosen { get; init; }

    /// <summary>Those that could be chosen: it is taken out of the ones that were not.</summary>
    public required Guid[] Offered { get; init; }

    /// <summary>The name of another collection to make and to put it into; null or blank for none.</summary>
    public string? NewName { get; init; }
}
