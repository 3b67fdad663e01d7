using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>What a prompt said before, any two of it beside each other, and the way back. What is compared is the address.</summary>
public sealed partial class VersionsPage(
    PromptQueries prompts, PromptVersionQueries versions, VersionActions actions, GalleryChanged gallery, NavigationManager navigation,
    IDialogService dialogs, ISnackbar snackbar, TimeProvider time, ILogger<VersionsPage> log)
{
    private const int PageSize = 20;

    private readonly LatestOnly _loads = new();
    private readonly LatestOnly _comparisons = new();
    private readonly Dictionary<int, VersionCount> _counts = [];
    private Caller _caller;
    private Difference? _difference;
    private PromptVersion? _shown;
    private (Guid Id, int? From, int? To)? _compared;
    private bool _missing;
    private bool _busy;
    private string? _failure;
    private IReadOnlyList<Finding> _secrets = [];
    private int _asked;

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is listed: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedVersions? Loaded { get; set; }

    [SupplyParameterFromQuery]
    private int? From { get; set; }

    [SupplyParameterFromQuery]
    private int? To { get; set; }

    [SupplyParameterFromQuery]
    private string? View { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private bool IsSideBySide => View == "side";

    /// <inheritdoc/>
    public void Dispose()
    {
        actions.Changed -= OnChanged;
        _loads.Dispose();
        _comparisons.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actions.Changed += OnChanged;
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Loaded?.Prompt.Id != Id)
        {
            Loaded = null;
            await LoadAsync();
        }
        else if (RendererInfo.IsInteractive)
        {
            await CompareAsync();
            await CountWordsAsync(Loaded);
        }
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        _failure = null;
        try
        {
            var prompt = await prompts.FindAsync(_caller, Id, token);
            var size = Math.Clamp(Loaded?.Items.Count ?? 0, PageSize, 100);
            var items = prompt is null ? [] : await versions.PageAsync(_caller, Id, null, size, token);
            var numbers = prompt is null ? [] : await versions.NumbersAsync(_caller, Id, token);
            if (!_loads.IsLatest(token))
                return;
            if (prompt is null or { DeletedAt: not null } || items.Count == 0)
            {
                navigation.NotFound();
                return;
            }

            Loaded = new LoadedVersions(prompt with { Template = "" }, items, numbers);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The versions of a prompt could not be read");
            _failure = $"The versions could not be read: {Failures.Why(failure)}. They are safe in it.";
            return;
        }

        if (RendererInfo.IsInteractive)
        {
            await CompareAsync();
            await CountWordsAsync(Loaded);
        }
    }

    // Texts may be long: read and compared only where somebody waits for it, and off the circuit.
    private async Task CompareAsync()
    {
        if (_compared == (Id, From, To))
            return;
        (_compared, _difference, _shown, _missing) = ((Id, From, To), null, null, false);
        if (To is not { } to)
            return;
        var token = _comparisons.Next();
        try
        {
            var current = await versions.FindAsync(_caller, Id, to, token);
            var old = From is { } from ? await versions.FindAsync(_caller, Id, from, token) : null;
            var isMissing = current is null || (From is not null && old is null);
            var difference = isMissing || old is null ? null : await Task.Run(() => VersionTexts.Between(old, current!), token);
            if (_comparisons.IsLatest(token))
                (_shown, _difference, _missing) = (current, difference, isMissing);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Versions could not be compared");
            (_compared, _failure) = (null, $"The versions could not be compared: {Failures.Why(failure)}. Try again in a moment.");
        }
    }

    private async Task CountWordsAsync(LoadedVersions? loaded)
    {
        var changed = loaded?.Items.Where(item => (item.TemplateChanged || item.VariablesChanged) && !_counts.ContainsKey(item.Number)).ToList() ?? [];
        if (changed.Count == 0)
            return;
        StateHasChanged();
        try
        {
            var texts = await versions.TextsAsync(_caller, Id, changed[^1].Previous!.Value, changed[0].Number, CancellationToken.None);
            foreach (var (number, count) in await Task.Run(() => VersionCount.Of(changed, texts)))
                _counts[number] = count;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            // The list says what changed without them.
            log.LogWarning(failure, "Words of versions could not be counted");
        }
    }

    private Task MoreAsync() => TryAsync("Older versions could not be read: {why}. Try again in a moment.", async () =>
    {
        var older = await versions.PageAsync(_caller, Id, Loaded!.Items[^1].Number, PageSize, CancellationToken.None);
        Loaded = Loaded with { Items = [.. Loaded.Items, .. older] };
        await CountWordsAsync(Loaded);
    });

    // What others read stays guarded: an old version can leak as well as an edit.
    private Task AskRestoreAsync(int number) => TryAsync(NotRestored, async () =>
    {
        (_secrets, _asked) = ([], number);
        if (Loaded!.Prompt.Visibility != PromptVisibility.Private && await versions.FindAsync(_caller, Id, number, CancellationToken.None) is { } version)
        {
            _secrets = PublishGuard.Find(version.Title, version.Goal, version.Template, PromptVariables.FromJson(version.Variables));
            if (_secrets.Count > 0)
                return;
        }

        await WriteAsync(number);
    });

    private Task RestoreAsync(int number) => TryAsync(NotRestored, () => WriteAsync(number));

    private async Task WriteAsync(int number)
    {
        _secrets = [];
        if (await actions.RestoreAsync(_caller, Loaded!.Prompt, number))
            return;
        await LoadAsync();
        _failure = "The prompt was changed elsewhere since this page was opened, so nothing was restored. The list is up to date now: look, then try again.";
    }

    private async Task DeleteAsync(PromptVersionItem version)
    {
        if (!await ConfirmDialog.AskAsync(dialogs, $"Delete version {version.Number}?",
                version.Published is null ? "Its text is gone for good then. The other versions and the prompt stay as they are."
                    : "Its text is gone for good then, also from the versions that others see in the gallery. The prompt stays as it is.",
                "Delete it", "Keep it"))
        {
            return;
        }

        await TryAsync("The version could not be deleted: {why}. Try again in a moment.", async () =>
        {
            await versions.DeleteAsync(_caller, Id, version.Number, CancellationToken.None);
            if (version.Published is not null)
                await gallery.TellAsync(CancellationToken.None);
            // The version after it changed more now.
            _counts.Clear();
            _compared = null;
            await LoadAsync();
            snackbar.Add($"Version {version.Number} is deleted.", Severity.Normal);
        });
    }

    private async Task TryAsync(string words, Func<Task> act)
    {
        if (_busy)
            return;
        (_busy, _failure) = (true, null);
        try
        {
            await act();
        }
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, time.GetUtcNow().UtcDateTime) is { } why)
        {
            _failure = why;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Versions of a prompt could not be changed");
            _failure = Failures.Say(words, failure);
        }
        finally
        {
            _busy = false;
        }
    }

    private void OnChanged(Guid id)
    {
        if (id != Id)
            return;
        _ = InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        });
    }

    private const string NotRestored = "The version could not be restored: {why}. Try again in a moment.";
}

/// <summary>A prompt with the first pages of its versions.</summary>
/// <param name="Prompt">Without its template, which may be long and is not shown.</param>
/// <param name="Items">The newest first.</param>
/// <param name="Numbers">Of all versions, the newest first.</param>
public sealed record LoadedVersions(Prompt Prompt, IReadOnlyList<PromptVersionItem> Items, IReadOnlyList<int> Numbers);
