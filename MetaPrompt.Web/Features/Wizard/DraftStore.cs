using System.Text.Json;
using MetaPrompt.Web.Shared;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>A draft as it lies in the browser.</summary>
/// <param name="Id">Its name there.</param>
/// <param name="Owner">The person it belongs to; null for whoever was not signed in.</param>
/// <param name="State">The wizard's state with everything that was typed.</param>
public sealed record StoredDraft(string Id, Guid? Owner, WizardState State);

/// <summary>What the browser had when the page opened.</summary>
/// <param name="Tab">The draft this tab worked on; null for a new tab.</param>
/// <param name="Drafts">All that this person may see, newest first.</param>
/// <param name="Early">What was typed before the page answered, by field.</param>
public sealed record StoredDrafts(string? Tab, IReadOnlyList<StoredDraft> Drafts, IReadOnlyDictionary<string, string> Early)
{
    /// <summary>The draft to go on with: this tab's, else the newest.</summary>
    public StoredDraft? Latest => OfTab ?? (Drafts is [var first, ..] ? first : null);

    /// <summary>This tab's own draft.</summary>
    public StoredDraft? OfTab => Drafts.FirstOrDefault(draft => draft.Id == Tab);
}

/// <summary>The browser's memory: drafts survive a closed tab, a lost connection and signing in.</summary>
public sealed class DraftStore(IJSRuntime browser) : IAsyncDisposable
{
    private const string File = "./Features/Wizard/WizardPage.razor.js";

    private IJSObjectReference? _module;

    /// <summary>Reads what is kept for a person, and begins to keep what is typed. What is not a draft is left alone.</summary>
    /// <param name="owner">Who is signed in; null for nobody, who sees only what nobody wrote.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoredDrafts> LoadAsync(Guid? owner, CancellationToken cancellationToken)
    {
        _module = await browser.InvokeAsync<IJSObjectReference>("import", cancellationToken, File);
        return Read(await _module.InvokeAsync<string?>("load", cancellationToken), owner);
    }

    /// <summary>Keeps a draft. False where the browser keeps nothing: it may be set to, or full.</summary>
    public async Task<bool> StoreAsync(string id, Guid? owner, WizardState state, CancellationToken cancellationToken) =>
        _module is not null
        && await _module.InvokeAsync<bool>("store", cancellationToken, id, owner?.ToString("D"), WizardDraft.Write(state));

    /// <summary>Forgets a draft for good.</summary>
    public async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("forget", cancellationToken, id);
    }

    /// <summary>Moves the focus.</summary>
    /// <param name="selector">Where to.</param>
    /// <param name="toTop">Whether the page shows its top.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task FocusAsync(string selector, bool toTop, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("focusOn", cancellationToken, selector, toTop);
    }

    /// <summary>Selects characters of a text field.</summary>
    public async Task SelectAsync(string fieldId, int start, int end, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("selectIn", cancellationToken, fieldId, start, end);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_module is null)
            return;

        try
        {
            await _module.InvokeVoidAsync("leave");
            await _module.DisposeAsync();
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            // The tab is gone, and its listeners with it.
            _module = null;
        }
    }

    /// <summary>Reads what the script sends. Anybody may have written it: what makes no sense is not there.</summary>
    internal static StoredDrafts Read(string? json, Guid? owner)
    {
        if (string.IsNullOrEmpty(json))
            return new StoredDrafts(null, [], new Dictionary<string, string>());

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var drafts = new List<StoredDraft>();
        foreach (var entry in root.GetProperty("drafts").EnumerateArray())
        {
            if (Text(entry, "id") is not { Length: > 0 } id || !MayShow(Text(entry, "owner"), owner, out var writer))
                continue;
            if (WizardDraft.Read(Text(entry, "state")) is not { } state)
                continue;

            WizardFields.Apply(state, Typed(entry, "typed"));
            drafts.Add(new StoredDraft(id, writer, state));
        }

        return new StoredDrafts(Text(root, "tab"), drafts, Typed(root, "early"));
    }

    // One's own and nobody's; an owner that is no id is nobody we know.
    private static bool MayShow(string? writer, Guid? owner, out Guid? id)
    {
        id = null;
        if (writer is null)
            return true;
        if (!Guid.TryParse(writer, out var known))
            return false;

        id = known;
        return known == owner;
    }

    private static Dictionary<string, string> Typed(JsonElement entry, string name)
    {
        var typed = new Dictionary<string, string>(StringComparer.Ordinal);
        if (entry.TryGetProperty(name, out var fields) && fields.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in fields.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.String)
                    typed[field.Name] = field.Value.GetString()!;
            }
        }

        return typed;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
