using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>What a template said in one of its versions, and what changed. Its whole state is its address.</summary>
public sealed partial class TemplateVersionPage(GalleryQueries gallery, TemplateVersionQueries versions, NavigationManager navigation)
{
    private Template? _template;
    private TemplateVersion? _version;
    private TemplateVersion? _other;
    private IReadOnlyList<TemplateVersionItem> _versions = [];
    private Difference? _difference;
    private string _view = "text";
    private bool _signedIn;
    private bool _isAuthor;

    [Parameter]
    public Guid Id { get; set; }

    [Parameter]
    public int Number { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? View { get; set; }

    private bool IsNewest => _versions.Count > 0 && _versions[0].Number == Number;

    // Gaps are versions that were removed: the one before is the next that is there.
    private int? Previous => _versions.FirstOrDefault(version => version.Number < Number)?.Number;

    private IEnumerable<(string Key, string Label)> Views
    {
        get
        {
            yield return ("text", "Text");
            if (Previous is { } previous)
                yield return ("previous", $"Since version {previous}");
            if (!IsNewest)
                yield return ("current", "Until now");
        }
    }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        _template = await gallery.FindAsync(caller, Id, HttpContext.RequestAborted);
        _version = _template is null ? null : await versions.FindAsync(caller, Id, Number, HttpContext.RequestAborted);
        if (_template is null || _version is null)
        {
            navigation.NotFound();
            return;
        }

        _signedIn = caller.UserId is not null;
        _isAuthor = caller.UserId == _template.AuthorId;
        _versions = await versions.ListAsync(caller, Id, HttpContext.RequestAborted);
        _view = Views.Any(view => view.Key == View) ? View! : Previous is null ? "text" : "previous";
        var other = _view == "previous" ? Previous : _view == "current" ? _versions[0].Number : null;
        if (other is not { } number || await versions.FindAsync(caller, Id, number, HttpContext.RequestAborted) is not { } found)
            return;

        _other = found;
        var (old, current) = found.Number < _version.Number ? (found, _version) : (_version, found);
        _difference = Difference.Of(
            new ComparedText("Title", old.Title, current.Title),
            new ComparedText("Goal", old.Goal, current.Goal),
            new ComparedText("Template", old.TemplateText, current.TemplateText),
            new ComparedText("Variables", Names(old), Names(current)));
    }

    private static string Names(TemplateVersion version) =>
        string.Join('\n', PromptVariables.FromJson(version.Variables).Select(variable => variable.DisplayName));
}
