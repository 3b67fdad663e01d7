namespace MetaPrompt.Data.Templates;

/// <summary>What else to search for. Source: <c>advise_search</c>.</summary>
public sealed record SearchAdvice
{
    /// <summary>The query with its typos mended; null where there is nothing better.</summary>
    public string? DidYouMean { get; init; }
}

/// <summary>How many templates match, by label. Source: <c>template_facets</c>.</summary>
public sealed record SearchFacets
{
    /// <summary>Of what matches the query and the other filters, whatever the category filter; most first, at most 50.</summary>
    public required IReadOnlyList<FacetCount> Categories { get; init; }

    /// <summary>Of what matches with all filters but the tag's own; in lower case, most first, at most 50.</summary>
    public required IReadOnlyList<FacetCount> Tags { get; init; }

    /// <summary>How many templates match with all filters.</summary>
    public long? Total { get; init; }

    /// <summary>More than <see cref="Total"/> match; every count is "at least".</summary>
    public bool Capped { get; init; }

    /// <summary>The same counted from the cards, where these are all that match and neither category nor tag was asked for.</summary>
    public static SearchFacets Of(IReadOnlyCollection<TemplateCard> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return new SearchFacets
        {
            Categories = Counts(all.Select(card => card.Category).OfType<string>()),
            Tags = Counts(all.SelectMany(card => card.Tags.Select(tag => tag.ToLowerInvariant())).Where(tag => tag.Length > 0)),
            Total = all.Count,
        };

        static FacetCount[] Counts(IEnumerable<string> values) =>
        [
            .. values.CountBy(value => value, StringComparer.Ordinal)
                .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal)
                .Take(50).Select(count => new FacetCount { Value = count.Key, Count = count.Value }),
        ];
    }
}

/// <summary>A category or a tag and how many matching templates have it.</summary>
public sealed record FacetCount
{
    public required string Value { get; init; }
    public required long Count { get; init; }
}

/// <summary>A line below a search box. Source: <c>suggest_templates</c>.</summary>
public sealed record Suggestion
{
    public required string Text { get; init; }

    /// <summary><c>title</c>, <c>tag</c> or <c>category</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Of a title: its template.</summary>
    public Guid? TemplateId { get; init; }

    /// <summary>Of a tag or category: how many templates have it.</summary>
    public long? Count { get; init; }
}
