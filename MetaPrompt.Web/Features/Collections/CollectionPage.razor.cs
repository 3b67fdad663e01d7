using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>A collection: its owner works with it; where it is shared, whoever has the link reads it.</summary>
public sealed partial class CollectionPage(CollectionQueries collections, GalleryQueries gallery, NavigationManager navigation, TimeProvider time)
{
    private const int PageSize = 50;

    private CollectionDetails? _collection;
    private IReadOnlyList<CollectedTemplate> _templates = [];
    private CollectionCursor? _cursor;
    private bool _more;
    private string? _notice;
    private Guid? _undo;
    private DateTime _now;

    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [SupplyParameterFromQuery]
    private string? Problem { get; set; }

    [SupplyParameterFromQuery]
    private string? Saved { get; set; }

    [SupplyParameterFromQuery]
    private string? Removed { get; set; }

    [SupplyParameterFromQuery]
    private string? At { get; set; }

    [SupplyParameterFromQuery]
    private string? Note { get; set; }

    private string Owner => _collection!.OwnerName ?? "somebody";

    private string Here => CollectionUrl.Page(Id, _cursor is null ? null : After);

    private string Description => _collection!.Description.Length > 0
        ? CleanText.Cut(_collection.Description, 160)
        : $"{Numbers.Of(_collection.Templates, "prompt template", "prompt templates")} collected by {CleanText.Cut(Owner, 60)}.";

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        var stop = HttpContext.RequestAborted;
        _now = time.GetUtcNow().UtcDateTime;
        _collection = await collections.FindAsync(caller, Id, stop);
        if (_collection is null)
        {
            navigation.NotFound();
            return;
        }

        _cursor = CollectionUrl.ParseCursor(After);
        var templates = await collections.ContentsAsync(caller, Id, _cursor, PageSize + 1, stop);
        _more = templates.Count > PageSize;
        _templates = _more ? [.. templates.Take(PageSize)] : templates;
        if (!_collection.IsOwn)
            return;

        if (Guid.TryParse(Removed, out var removed))
        {
            // What is said about it comes from the gallery, never from the address.
            var template = await gallery.FindAsync(caller, removed, stop);
            _notice = template is null ? "Taken out." : $"Took “{template.Title}” out.";
            _undo = template is null ? null : removed;
        }
        else
        {
            _notice = Saved switch
            {
                "details" => "Saved.",
                "shared" => "Shared: whoever has the link can read it.",
                "private" => "Private again: its link shows nothing to others.",
                "note" => "The note is saved.",
                "returned" => "It is back where it was.",
                _ => null,
            };
        }
    }
}
