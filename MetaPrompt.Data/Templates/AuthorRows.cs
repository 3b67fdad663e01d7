namespace MetaPrompt.Data.Templates;

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

    /// <summary>How many people follow them; who they are nobody is told.</summary>
    public required long Followers { get; init; }
}

/// <summary>An author whom the caller follows. Source: <c>followed_authors</c>.</summary>
public sealed record FollowedAuthor
{
    public required Guid Id { get; init; }
    public string? FullName { get; init; }
    public string? AvatarUrl { get; init; }

    /// <summary>When their newest template was published; null where nothing of theirs is public any more.</summary>
    public DateTime? NewestAt { get; init; }
}

/// <summary>An author worth following. Source: <c>suggested_authors</c>.</summary>
public sealed record SuggestedAuthor
{
    public required Guid Id { get; init; }
    public string? FullName { get; init; }
    public string? AvatarUrl { get; init; }

    /// <summary>How many of the gallery's most liked templates are theirs.</summary>
    public required long Templates { get; init; }

    /// <summary>Likes of those.</summary>
    public required long Likes { get; init; }
}
