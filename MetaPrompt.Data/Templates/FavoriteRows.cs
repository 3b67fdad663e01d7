namespace MetaPrompt.Data.Templates;

/// <summary>The orders of one's favorites.</summary>
public enum FavoriteSort
{
    /// <summary>The latest favorited first.</summary>
    Latest,
    Title,
    Likes,
}

/// <summary>What a person looks for among their favorites.</summary>
public sealed record FavoriteSearch
{
    /// <summary>Words that must all be there; null or blank for all favorites.</summary>
    public string? Query { get; init; }

    public FavoriteSort Sort { get; init; }
    public TemplateCursor? After { get; init; }

    /// <summary>1 to 100.</summary>
    public int Size { get; init; } = 24;
}

/// <summary>How many favorites a person has. Source: <c>count_favorites</c>.</summary>
public sealed record FavoriteCounts
{
    /// <summary>Those in the gallery.</summary>
    public required long Listed { get; init; }

    /// <summary>Those that are no longer public.</summary>
    public required long Gone { get; init; }
}
