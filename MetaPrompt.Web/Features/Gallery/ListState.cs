using MetaPrompt.Data.Templates;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>What a list shows: its filters and its order, as the address says them. Changing one keeps the others and begins at the first page.</summary>
public sealed record ListState
{
    public string? Query { get; init; }
    public string? Category { get; init; }
    public string? Tag { get; init; }

    /// <summary>The order's key where the address names one.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered => Query is not null || Category is not null || Tag is not null;

    /// <summary>Its address, from a page on where <paramref name="after"/> is given.</summary>
    public string Address(string? after = null) => GalleryUrl.List(Query, Category, Tag, Sort, after);

    /// <summary>As the data classes ask for it.</summary>
    public TemplateSearch Search(TemplateSort sort, TemplateCursor? after, int size) => new()
    {
        Query = Query, Category = Category, Tag = Tag, Sort = sort, After = after, Size = size,
    };
}
