using System.Text.Json;
using MetaPrompt.Web.Prompting;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shared.Editing;

/// <content>What the editor tells the browser and hears from it. Without the script one edits on, undecorated.</content>
public sealed partial class TemplateEditor
{
    private const string File = "./Shared/Editing/TemplateEditor.razor.js";

    private DotNetObjectReference<TemplateEditor>? _self;
    private IJSObjectReference? _handle;
    private int _batch;
    private bool _toDraw;
    private string? _focus;

    // Those that have a place in the text, in the order of the list.
    private IEnumerable<Finding> Marked => _findings.Where(finding => finding.Length > 0);

    /// <summary>The browser asks: these characters are selected and to be a variable.</summary>
    [JSInvokable]
    public void AskVariable(int start, int end)
    {
        (_making, _makingProblem, _shown) = (TemplateSelection.Of(Template.Text, start, end - start), null, null);
        _focus = _making.Problem is null ? "#make-name" : "[data-close]";
        StateHasChanged();
    }

    /// <summary>The browser says: the cursor stands in this finding of the ones it was given with this number; -1 for none.</summary>
    [JSInvokable]
    public void AtFinding(int batch, int index)
    {
        var shown = batch == _batch ? Marked.ElementAtOrDefault(index) : null;
        if (_making is not null || shown == _shown)
            return;
        _shown = shown;
        StateHasChanged();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _looks.Dispose();
        await TryAsync("close");
        _self?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await OpenAsync();
        if (_toDraw)
        {
            _toDraw = false;
            var marks = Marked.Select(finding => new object[] { finding.Start, finding.Length, finding.Level.ToString().ToLowerInvariant() });
            await TryAsync("draw", JsonSerializer.Serialize(new object[] { _batch, marks, Template.Text.Length }));
        }

        if (_focus is { } place)
        {
            _focus = null;
            await TryAsync("focus", place);
        }
    }

    private Task OpenAsync() => TryAsync(async () =>
    {
        var module = await browser.InvokeAsync<IJSObjectReference>("import", File);
        _self = DotNetObjectReference.Create(this);
        _handle = module is null ? null : await module.InvokeAsync<IJSObjectReference?>("open", Id, _self, Save);
        _toDraw = true;
    });

    private Task TryAsync(string what, params object[] with) =>
        _handle is { } handle ? TryAsync(async () => await handle.InvokeVoidAsync(what, with)) : Task.CompletedTask;

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            log.LogTrace("The page is gone");
        }
        catch (JSException broken)
        {
            log.LogWarning("The editor's script does not work: {Reason}", broken.Message);
        }
    }
}
