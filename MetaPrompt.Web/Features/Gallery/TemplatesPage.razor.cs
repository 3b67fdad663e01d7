using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The list of templates; its whole state is its address.</summary>
public sealed partial class TemplatesPage(GalleryQueries gallery, GalleryCache categoryCache)
{
    private const int PageSize = 24;

    private IReadOnlyList<TemplateCard> _cards = [];
    private IReadOnlyList<CategoryCount> _categories = [];
    private TemplateSort _sort;
    private TemplateCursor? _cursor;
    private bool _more;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    [SupplyParameterFromQuery(Name = "category")]
    private string? CategoryText { get; set; }

    [SupplyParameterFromQuery(Name = "tag")]
    private string? TagText { get; set; }

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    private string? Query => Trimmed(QueryText, 200);

    private string? Category => Trimmed(CategoryText, 100);

    private string? Tag => Trimmed(TagText, 60);

    private string Title => Query is not null ? $"Templates for “{Query}”" : Category ?? (Tag is not null ? $"Templates tagged {Tag}" : "Templates");

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        _sort = GalleryUrl.ParseSort(Sort, Query is not null);
        _cursor = GalleryQueries.ParseCursor(After, _sort, Query is not null);
        var search = new TemplateSearch
        {
            Query = Query, Category = Category, Tag = Tag, Sort = _sort, After = _cursor, Size = PageSize + 1,
        };
        var cards = await gallery.SearchAsync(HttpContext.User.Caller(), search, HttpContext.RequestAborted);
        _more = cards.Count > PageSize;
        _cards = _more ? [.. cards.Take(PageSize)] : cards;
        _categories = await categoryCache.CategoriesAsync(HttpContext.RequestAborted);
    }

    private static string? Trimmed(string? text, int longest)
    {
        text = text?.Trim();
        return string.IsNullOrEmpty(text) ? null : text.Length <= longest ? text : text[..longest];
    }
}
