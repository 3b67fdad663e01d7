using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shared;

/// <summary>What the browser kept of some fields.</summary>
public sealed record KeptText
{
    /// <summary>What each field held, by its <c>data-keep</c>.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>What the page noted beside them.</summary>
    public string? Note { get; init; }

    /// <summary>When it was kept.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>The browser's memory for a few fields; see the markup. Works as long as the page is interactive.</summary>
public sealed partial class KeptFields(IJSRuntime browser, ILogger<KeptFields> log) : IAsyncDisposable
{
    private const string File = "./Shared/KeptFields.razor.js";
    private const string Prefix = "metaprompt.kept.";

    private readonly CancellationTokenSource _gone = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ElementReference _root;
    private IJSObjectReference? _module;
    private IJSObjectReference? _handle;

    /// <summary>What it is kept under: whose and what, as in "prompt:user:id". Use <c>@key</c> where it can change.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>The fields.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Raised once, after the first interactive render, with what was kept; null where nothing was.</summary>
    [Parameter]
    public EventCallback<KeptText?> OnOpened { get; set; }

    /// <summary>
    /// Ends when what was kept has been told. Whoever is about to put something into the fields waits for it: what the browser
    /// kept would be written over otherwise.
    /// </summary>
    public Task WhenOpenedAsync() => _opened.Task;

    /// <summary>Keeps the fields as they are now with a note of the page's own.</summary>
    public async Task NoteAsync(string? note)
    {
        await DrawnAsync();
        if (_handle is not null)
            await TryAsync(() => _handle.InvokeVoidAsync("note", _gone.Token, note));
    }

    /// <summary>Forgets what was kept, until something is typed again.</summary>
    public async Task ForgetAsync()
    {
        await DrawnAsync();
        if (_handle is not null)
            await TryAsync(() => _handle.InvokeVoidAsync("forget", _gone.Token));
    }

    /// <summary>Moves the focus to the first element that matches; where <paramref name="top"/>, the page shows it from the top.</summary>
    public async Task FocusAsync(string selector, bool top = false)
    {
        await DrawnAsync();
        if (_module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("focus", _gone.Token, selector, top));
    }

    /// <summary>Scrolls to the element where its beginning is out of sight; the focus stays.</summary>
    public async Task RevealAsync(string selector)
    {
        await DrawnAsync();
        if (_module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("reveal", _gone.Token, selector));
    }

    /// <summary>Reads what the browser kept; null where it is nothing or not ours. Any text may stand there.</summary>
    public static KeptText? Read(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("fields", out var fields) || fields.ValueKind != JsonValueKind.Object)
                return null;
            return new KeptText
            {
                Fields = fields.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.String)
                    .DistinctBy(field => field.Name).ToDictionary(field => field.Name, field => CleanText.Of(field.Value.GetString()), StringComparer.Ordinal),
                Note = root.TryGetProperty("note", out var note) && note.ValueKind == JsonValueKind.String ? note.GetString() : null,
                At = root.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var time) && time is > 0 and < 253_402_300_799_000 ? DateTimeOffset.FromUnixTimeMilliseconds(time) : DateTimeOffset.UnixEpoch,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_handle is not null)
            await TryAsync(() => _handle.InvokeVoidAsync("close"));
        _loaded.TrySetResult();
        _opened.TrySetResult();
        await _gone.CancelAsync();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;

        string? kept = null;
        await TryAsync(async () =>
        {
            _module = await browser.InvokeAsync<IJSObjectReference>("import", _gone.Token, File);
            _handle = await _module.InvokeAsync<IJSObjectReference>("open", _gone.Token, _root, Prefix + Name);
            kept = await _handle.InvokeAsync<string?>("read", _gone.Token);
        });
        _loaded.TrySetResult();
        if (!_gone.IsCancellationRequested)
            await OnOpened.InvokeAsync(Read(kept));
        _opened.TrySetResult();
    }

    // What an event handler changed is drawn when it first waits: only then does the browser have the fields as they are now.
    private async Task DrawnAsync()
    {
        await Task.Yield();
        await _loaded.Task;
    }

    // A page that closes, or a browser that refuses, must not end what the person is doing: they lose the memory only.
    private async Task TryAsync(Func<ValueTask> act)
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
            log.LogWarning("A field's memory does not work: {Reason}", broken.Message);
        }
    }
}
