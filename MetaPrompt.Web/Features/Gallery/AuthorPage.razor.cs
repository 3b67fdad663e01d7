using System.Globalization;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>Who somebody is and what they published. Kept for visitors: what depends on a person is asked only where one is signed in.</summary>
public sealed partial class AuthorPage(AuthorQueries authors, FollowQueries follows, NavigationManager navigation)
{
    private const int PageSize = 24;

    private Author? _author;
    private IReadOnlyList<TemplateCard> _cards = [];
    private TemplateSort _sort;
    private TemplateCursor? _cursor;
    private bool _more;
    private bool _isVisitor;
    private bool _isSelf;
    private bool _follows;

    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [SupplyParameterFromQuery]
    private string? Problem { get; set; }

    private string Name => _author?.FullName ?? "Unnamed author";

    private string Feed => string.Create(CultureInfo.InvariantCulture, $"/feeds/authors/{Id}.atom");

    private string Description => $"{Numbers.Of(_author!.Templates, "prompt template", "prompt templates")} by {CleanText.Cut(Name, 60)}, "
        + $"liked {Numbers.Of(_author.Likes, "time", "times")}: read them, fill in their variables, make them yours.";

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        var stop = HttpContext.RequestAborted;
        _author = await authors.FindAsync(caller, Id, stop);
        if (_author is null)
        {
            navigation.NotFound();
            return;
        }

        _sort = Sort == "likes" ? TemplateSort.Likes : TemplateSort.Newest;
        _cursor = GalleryQueries.ParseCursor(After, _sort, hasQuery: false);
        var cards = await authors.TemplatesAsync(caller, Id, _sort, _cursor, PageSize + 1, stop);
        _more = cards.Count > PageSize;
        _cards = _more ? [.. cards.Take(PageSize)] : cards;

        _isVisitor = caller.UserId is null;
        _isSelf = caller.UserId == Id;
        _follows = !_isVisitor && !_isSelf && await follows.IsFollowingAsync(caller, Id, stop);
    }

    private string Url(TemplateSort sort, string? after)
    {
        var page = GalleryUrl.Author(Id);
        return BackUrl.With(page, page, ("sort", sort == TemplateSort.Likes ? "likes" : null), ("after", after));
    }
}
