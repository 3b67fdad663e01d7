using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The list of templates; its whole state is its address.</summary>
public sealed partial class TemplatesPage(GalleryQueries gallery, GalleryCache cache, TemplateContextQueries contexts, SearchTurns turns)
{
    private const int PageSize = 24;

    private IReadOnlyList<TemplateCard> _cards = [];
    private SearchFacets _facets = new() { Categories = [], Tags = [] };
    private IReadOnlySet<Guid>? _favorites;
    private TemplateSort _sort;
    private TemplateCursor? _cursor;
    private bool _more;

    // What the address asks for, and what is shown: another query where that one finds nothing and a mended one does.
    private ListState _state = new();
    private ListState _shown = new();
    private string? _mended;

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

    private string Title => _state.Query is not null ? $"Templates for “{_state.Query}”"
        : (_state.Category, _state.Tag) switch
        {
            (null, null) => "Templates",
            ({ } category, null) => $"{category} templates",
            (null, { } tag) => $"Templates tagged {tag}",
            var (category, tag) => $"{category} templates tagged {tag}",
        };

    private string Description => _state.Category is null
        ? "Prompt templates with variables to fill in: search by words, category and tag, sort by what people like and use."
        : $"Prompt templates for {_state.Category} with variables to fill in, sorted by what people like and use.";

    private string Canonical => (_state with { Query = null, Sort = null }).Address();

    private string Feed => _state is { Category: { } category, Tag: null, Query: null }
        ? $"/feeds/categories/{Uri.EscapeDataString(category)}.atom"
        : "/feeds/templates.atom";

    private string Placeholder => _state.IsFiltered || _facets.Total is not > 0
        ? "Search templates" : $"Search {_facets.Total.Value.ToString("N0", CultureInfo.InvariantCulture)} templates";

    private bool HasFacets => _facets.Categories.Count + _facets.Tags.Count > 0;

    private TemplateSort Usual => _state.Query is null ? TemplateSort.Likes : TemplateSort.Best;

    private string Found => (_facets.Total, _facets.Capped) switch
    {
        (null, _) => "",
        ({ } total, true) => $"At least {total.ToString("N0", CultureInfo.InvariantCulture)} templates",
        (1, _) => "1 template",
        ({ } total, _) => $"{total.ToString("N0", CultureInfo.InvariantCulture)} templates",
    };

    private IEnumerable<(string Label, string Value, ListState Without)> Filters
    {
        get
        {
            if (_state.Category is { } category)
                yield return ("Category", category, _state with { Category = null });
            if (_state.Tag is { } tag)
                yield return ("Tag", tag, _state with { Tag = null });
        }
    }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var query = Trimmed(QueryText, 200);
        _sort = GalleryUrl.ParseSort(Sort, query is not null);
        _cursor = GalleryQueries.ParseCursor(After, _sort, query is not null);
        _state = new ListState
        {
            Query = query, Category = Trimmed(CategoryText, 100), Tag = Trimmed(TagText, 60),
            Sort = _sort == (query is null ? TemplateSort.Likes : TemplateSort.Best) ? null : Sort,
        };
        _shown = _state;
        using (query is null ? null : await turns.TakeAsync(HttpContext.RequestAborted))
        {
            await LoadAsync();
            if (_cards.Count == 0 && query is not null && _cursor is null)
                await MendAsync();
        }

        if (HttpContext.User.Caller().UserId is not null)
            _favorites = await contexts.FavoritesAmongAsync(HttpContext.User.Caller(), _cards.Select(card => card.TemplateId), HttpContext.RequestAborted);
    }

    // Most searches in other people's words find less than a page: its cards tell the counts, and the words are read once.
    private async Task LoadAsync()
    {
        var (caller, stop) = (HttpContext.User.Caller(), HttpContext.RequestAborted);
        var search = _shown.Search(_sort, _cursor, PageSize + 1);
        var cards = await gallery.SearchAsync(caller, search, stop);
        _more = cards.Count > PageSize;
        _cards = _more ? [.. cards.Take(PageSize)] : cards;
        if (!_more && search is { Query: not null, Category: null, Tag: null, After: null })
        {
            _facets = SearchFacets.Of(_cards);
            return;
        }

        // The counts are the same on every page and in every order of a search.
        var counted = search with { Sort = TemplateSort.Best, After = null, Size = PageSize };
        _facets = await cache.OfSearchAsync("facets", counted, cancel => gallery.FacetsAsync(Caller.Anonymous, counted, cancel), stop);
    }

    private async Task MendAsync()
    {
        var advice = await gallery.AdviseAsync(HttpContext.User.Caller(), _state.Search(_sort, null, PageSize), HttpContext.RequestAborted);
        if (advice.DidYouMean is not { } mended)
            return;
        _shown = _state with { Query = mended };
        await LoadAsync();
        _mended = _cards.Count > 0 ? mended : null;
    }

    private static string? Trimmed(string? text, int longest)
    {
        text = text?.Trim();
        return string.IsNullOrEmpty(text) ? null : text.Length <= longest ? text : CleanText.Cut(text, longest).TrimEnd('…');
    }
}
