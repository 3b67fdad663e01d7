using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>What is new from the authors a person follows, and who they are.</summary>
public sealed partial class FollowingPage(FollowQueries follows, AuthorQueries authors, TimeProvider time)
{
    private const int PageSize = 24;
    private const int AuthorsShown = 20;

    private IReadOnlyList<TemplateCard> _cards = [];
    private IReadOnlyList<FollowedAuthor> _authors = [];
    private IReadOnlyList<SuggestedAuthor> _suggested = [];
    private TemplateCursor? _cursor;
    private Author? _unfollowed;
    private long _count;
    private bool _more;
    private int _newOnPage;
    private DateTime _seen;
    private DateTime _now;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [SupplyParameterFromQuery(Name = "authors")]
    private string? AuthorsShownText { get; set; }

    [SupplyParameterFromQuery]
    private string? Problem { get; set; }

    [SupplyParameterFromQuery]
    private string? Unfollowed { get; set; }

    private string Here => BackUrl.With("/following", "/following",
        ("after", _cursor is null ? null : After), ("authors", AuthorsShownText == "all" ? "all" : null));

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        var stop = HttpContext.RequestAborted;
        _now = time.GetUtcNow().UtcDateTime;
        _count = await follows.CountAsync(caller, stop);
        if (Guid.TryParse(Unfollowed, out var left) && !await follows.IsFollowingAsync(caller, left, stop))
            _unfollowed = await authors.FindAsync(caller, left, stop);
        if (_count < 5)
            _suggested = await follows.SuggestedAsync(caller, 6, stop);
        if (_count == 0)
            return;

        _cursor = GalleryQueries.ParseCursor(After, TemplateSort.Newest, hasQuery: false);
        var cards = await follows.PageAsync(caller, _cursor, PageSize + 1, stop);
        _more = cards.Count > PageSize;
        _cards = _more ? [.. cards.Take(PageSize)] : cards;
        _authors = await follows.AuthorsAsync(caller, AuthorsShownText == "all" ? 1000 : AuthorsShown, stop);
        _seen = await follows.VisitAsync(caller, allSeen: false, stop);
        _newOnPage = _cards.Count(card => card.PublishedAt > _seen);
    }

    private RenderFragment Suggestions => builder =>
    {
        if (_suggested.Count == 0)
            return;
        builder.OpenComponent<SuggestedAuthors>(0);
        builder.AddComponentParameter(1, nameof(SuggestedAuthors.Authors), _suggested);
        builder.CloseComponent();
    };
}
