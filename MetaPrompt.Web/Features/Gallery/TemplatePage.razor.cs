using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>A published template: read it, fill it in, take it.</summary>
public sealed partial class TemplatePage(GalleryQueries gallery, NavigationManager navigation)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private Template? _template;
    private IReadOnlyList<PromptVariable> _variables = [];
    private bool _signedIn;

    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var caller = HttpContext.User.Caller();
        _signedIn = caller.UserId is not null;
        _template = await gallery.FindAsync(caller, Id, HttpContext.RequestAborted);
        if (_template is null)
        {
            navigation.NotFound();
            return;
        }

        _variables = PromptVariables.Reconcile(_template.TemplateText, PromptVariables.FromJson(_template.Variables));

        // Without JavaScript the form comes back as an address: v.name=value.
        foreach (var variable in _variables)
        {
            if (HttpContext.Request.Query.TryGetValue("v." + variable.Name, out var given) && given.ToString() is { Length: > 0 } value)
                _values[variable.Name] = value;
        }
    }

    private static string Short(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";
}
