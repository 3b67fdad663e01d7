namespace MetaPrompt.Web.Features.Library;

/// <summary>Where a prompt stands in the gallery: its category and its tags.</summary>
/// <param name="Category">Free text; null for none.</param>
/// <param name="Tags">Up to <see cref="MaxTags"/>, lower case, each once.</param>
public sealed record PublishTerms(string? Category, IReadOnlyList<string> Tags)
{
    /// <summary>The most tags.</summary>
    public const int MaxTags = 10;

    /// <summary>The most characters of a tag; ten of them fit what the database takes.</summary>
    public const int MaxTag = 40;

    /// <summary>The most characters of a category.</summary>
    public const int MaxCategory = 100;

    /// <summary>Categories worth offering before anybody used them.</summary>
    public static IReadOnlyList<string> Suggested { get; } =
        ["Analysis", "Business", "Coding", "Creative", "Data", "Design", "Education", "Engineering", "Marketing", "Operations", "Personal", "Productivity", "Research", "Support", "Translation", "Writing"];

    /// <summary>The suggested categories and those in use, each once whatever its case, in alphabetical order.</summary>
    public static IReadOnlyList<string> Categories(IEnumerable<string> used) =>
        [.. used.Concat(Suggested).DistinctBy(category => category.ToUpperInvariant()).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Adds what was typed: several where commas or line ends part them. What is there already is not added again.</summary>
    /// <returns>The tags, and why something was left out; null where nothing was.</returns>
    public static (IReadOnlyList<string> Tags, string? Problem) Add(IReadOnlyList<string> tags, string typed)
    {
        ArgumentNullException.ThrowIfNull(tags);
        ArgumentNullException.ThrowIfNull(typed);
        var result = tags.ToList();
        foreach (var tag in typed.Split([',', ';', '\n', '#'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.ToLowerInvariant()))
        {
            if (result.Contains(tag))
                continue;
            if (tag.Length > MaxTag)
                return (result, $"A tag may have {MaxTag} characters.");
            if (result.Count >= MaxTags)
                return (result, $"{MaxTags} tags are the most. Remove one to add another.");
            result.Add(tag);
        }

        return (result, null);
    }
}
