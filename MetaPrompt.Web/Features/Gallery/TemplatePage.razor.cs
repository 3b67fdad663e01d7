using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
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

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private Template? _template;
    private TemplateContext _context = new() { Unlisted = false, Descendants = 0 };
    private IReadOnlyList<TemplateVersionItem> _versions = [];
    private IReadOnlyList<TemplateDescendant> _descendants = [];
    private IReadOnlyList<TemplateCard> _similar = [];
    private IReadOnlyList<PromptVariable> _variables = [];
    private string _filled = "";
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
        _variables = PromptVariables.Reconcile(_template.TemplateText, PromptVariables.FromJson(_template.Variables));
        FillIn();
        _filled = PromptTemplate.Parse(_template.TemplateText).Resolve(_values);
    }

    // Without JavaScript the form comes back as an address: v.name=value. What was emptied there stays empty.
    private void FillIn()
    {
        var query = HttpContext.Request.Query;
        var sent = query.Keys.Any(key => key.StartsWith("v.", StringComparison.Ordinal));
        foreach (var variable in _variables)
        {
            var value = query.TryGetValue("v." + variable.Name, out var given) ? given.ToString()
                : sent ? null
                : variable.Default;
            if (!string.IsNullOrEmpty(value))
                _values[variable.Name] = value;
        }
    }
}
