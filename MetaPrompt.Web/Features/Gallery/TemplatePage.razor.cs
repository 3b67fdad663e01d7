using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>A published template: read it, fill it in, take it.</summary>
public sealed partial class TemplatePage(
    GalleryQueries gallery, TemplateContextQueries contexts, TemplateVersionQueries versions, NavigationManager navigation)
{
    private const int ShownVersions = 5;
    private const int ShownDescendants = 5;
    private const int ShownSimilar = 3;

    private Template? _template;
    private TemplateContext _context = new() { Unlisted = false, Descendants = 0 };
    private IReadOnlyList<TemplateVersionItem> _versions = [];
    private IReadOnlyList<TemplateDescendant> _descendants = [];
    private IReadOnlyList<TemplateCard> _similar = [];
    private Filling _filling = default!;
    private bool _signedIn;

    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    private string Address => GalleryUrl.Template(Id);

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var (caller, stop) = (HttpContext.User.Caller(), HttpContext.RequestAborted);
        _signedIn = caller.UserId is not null;
        _template = await gallery.FindAsync(caller, Id, stop);
        // Before anything else is waited for: the page is drawn while it waits.
        if (_template is not null)
            _filling = Filling.Of(_template.TemplateText, _template.Variables, HttpContext.Request.Query);
        if (_template is null || await contexts.FindAsync(caller, Id, stop) is not { } context)
        {
            _template = null;
            navigation.NotFound();
            return;
        }

        _context = context;
        _versions = await versions.ListAsync(caller, Id, stop);
        _similar = await gallery.SimilarAsync(caller, Id, ShownSimilar, stop);
        if (context.Descendants > 0)
            _descendants = await contexts.DescendantsAsync(caller, Id, ShownDescendants, stop);
    }
}
