using System.Text.Json;
using MetaPrompt.Web.Shared;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>A draft as it lies in the browser.</summary>
/// <param name="Id">Its name there.</param>
/// <param name="Owner">The person it belongs to; null for whoever was not signed in.</param>
/// <param name="State">The wizard's state with everything that was typed.</param>
/// <param name="At">When it was last written there, UTC by the browser's clock.</param>
/// <param name="Revision">The revision in the database that it goes on from; 0 where it was never there.</param>
/// <param name="Kept">Whether the database has all of it.</param>
/// <param name="Written">The state as the server last wrote it, before what was typed since; null where it is not known.</param>
public sealed record StoredDraft(string Id, Guid? Owner, WizardState State, DateTime At = default, int Revision = 0, bool Kept = false, string? Written = null);

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

    /// <summary>
    /// Keeps the draft this tab works on. Returns its id: a new one where another tab has written to the same draft, so that
    /// neither overwrites the other. Null where the browser keeps nothing: it may be set to, or full.
    /// </summary>
    /// <param name="id">Its id so far.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="state">The state as text.</param>
    /// <param name="revision">The revision in the database that it goes on from.</param>
    /// <param name="sequence">A number for <see cref="KeptAsync"/> to name this state by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> StoreAsync(string id, Guid? owner, string state, int revision, int sequence, CancellationToken cancellationToken) =>
        _module is null ? null
            : await _module.InvokeAsync<string?>("store", cancellationToken, id, owner?.ToString("D"), state, revision, sequence);

    /// <summary>Tells the browser that the database has the state of this number.</summary>
    public async Task KeptAsync(string id, int revision, int sequence, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("kept", cancellationToken, id, revision, sequence);
    }

    /// <summary>Keeps what the fields hold and works on no draft until the next <see cref="StoreAsync"/>.</summary>
    public async Task LetGoAsync(CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("letGo", cancellationToken);
    }

    /// <summary>Keeps a draft that this tab does not work on. False where the browser keeps nothing.</summary>
    public async Task<bool> PutAsideAsync(StoredDraft draft, CancellationToken cancellationToken) =>
        _module is not null
        && await _module.InvokeAsync<bool>("putAside", cancellationToken, draft.Id, draft.Owner?.ToString("D"), WizardDraft.Write(draft.State), draft.Revision);

    /// <summary>Forgets a draft for good.</summary>
    public async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("forget", cancellationToken, id);
    }

    /// <summary>The question whose card has the focus; null where none has.</summary>
    public async Task<string?> QuestionAtAsync(CancellationToken cancellationToken) =>
        _module is null ? null : await _module.InvokeAsync<string?>("questionAt", cancellationToken);

    /// <summary>Moves the focus.</summary>
    /// <param name="selector">Where to.</param>
    /// <param name="toTop">Whether the page shows its top.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task FocusAsync(string selector, bool toTop, CancellationToken cancellationToken)
    {
        if (_module is not null)
            await _module.InvokeVoidAsync("focusOn", cancellationToken, selector, toTop);
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
            var kept = entry.TryGetProperty("kept", out var said) && said.ValueKind == JsonValueKind.True;
            drafts.Add(new StoredDraft(id, writer, state, Time(entry), Math.Max(0, Number(entry, "revision")), kept, Text(entry, "state")));
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

    private static int Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static DateTime Time(JsonElement entry) =>
        entry.TryGetProperty("at", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var at) && at is > 0 and < 253_402_300_799_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime
            : default;

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
