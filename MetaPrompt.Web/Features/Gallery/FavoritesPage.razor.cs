using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The signed-in person's favorites: found again, taken back, brought back.</summary>
public sealed partial class FavoritesPage(FavoriteQueries favorites, GalleryQueries gallery)
{
    private const int PageSize = 24;

    private static readonly (FavoriteSort Sort, string Key, string Label)[] Sorts =
    [
        (FavoriteSort.Latest, "latest", "Latest favorited"),
        (FavoriteSort.Title, "title", "Title"),
        (FavoriteSort.Likes, "likes", "Most liked"),
    ];

    private IReadOnlyList<TemplateCard> _cards = [];
    private FavoriteCounts _counts = new() { Listed = 0, Gone = 0 };
    private FavoriteSort _sort;
    private TemplateCursor? _cursor;
    private bool _more;
    private string? _notice;
    private string _noticeKind = "";
    private Guid? _undo;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [SupplyParameterFromQuery]
    private string? Removed { get; set; }

    [SupplyParameterFromQuery]
    private string? Restored { get; set; }

    [SupplyParameterFromQuery]
    private string? Cleared { get; set; }

    [SupplyParameterFromQuery]
    private string? Problem { get; set; }

    private string? Query => QueryText?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 200)] : null;

    private string Here => Url(_cursor is null ? null : After);

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        var stop = HttpContext.RequestAborted;
        _sort = Array.Find(Sorts, sort => sort.Key == Sort).Sort;
        _cursor = FavoriteQueries.ParseCursor(After, _sort);
        var search = new FavoriteSearch { Query = Query, Sort = _sort, After = _cursor, Size = PageSize + 1 };
        var cards = await favorites.SearchAsync(caller, search, stop);
        _more = cards.Count > PageSize;
        _cards = _more ? [.. cards.Take(PageSize)] : cards;
        _counts = await favorites.CountAsync(caller, stop);

        if (Guid.TryParse(Removed, out var removed))
        {
            // What is said about it comes from the gallery, never from the address.
            var template = await gallery.FindAsync(caller, removed, stop);
            _undo = template is { IsFavorite: false } ? removed : null;
            _notice = template is null ? "Removed." : template.IsFavorite ? null : $"Removed “{template.Title}” from your favorites.";
        }
        else if (Restored is not null)
        {
            (_notice, _noticeKind) = ("It is a favorite again.", "ok");
        }
        else if (Cleared is not null)
        {
            _notice = "Removed what is no longer public.";
        }
        else if (Problem is not null)
        {
            (_notice, _noticeKind) = ("That template is no longer public, so it cannot be a favorite again.", "bad");
        }
    }

    private string Url(string? after) => BackUrl.With("/favorites", "/favorites",
        ("q", Query), ("sort", _sort == FavoriteSort.Latest ? null : Array.Find(Sorts, sort => sort.Sort == _sort).Key), ("after", after));
}
