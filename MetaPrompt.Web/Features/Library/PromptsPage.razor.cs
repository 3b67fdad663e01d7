using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// The list of one's own prompts; what is searched for, its filters and its order are in its address. Rows come by keyset as one
/// scrolls, and of those that have come the page has only the ones near what is looked at.
/// </summary>
public sealed partial class PromptsPage(
    PromptQueries prompts, PromptListQueries lists, LabelQueries labels, PromptDeletion deletion, PromptBatch batch,
    NavigationManager navigation, ISnackbar snackbar, IDialogService dialogs, IJSRuntime browser, TimeProvider time, ILogger<PromptsPage> log)
{
    private const int PageSize = 50;
    private const int MostAtOnce = 2_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly (PromptSort Sort, string Name)[] Orders =
        [(PromptSort.Newest, "Newest first"), (PromptSort.Changed, "Recently changed"), (PromptSort.Title, "Title A–Z"), (PromptSort.Tested, "Most tested")];

    private readonly LatestOnly _loads = new();
    private readonly LatestOnly _typing = new();
    private readonly Dictionary<Guid, Guid> _unanswered = [];
    private Caller _caller;
    private string _text = "";
    private string? _searched;
    private string? _shown;
    private DateTime _now;
    private bool _busy;
    private bool _failed;

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedPrompts? Loaded { get; set; }

    /// <summary>The person's labels, with how many prompts have each.</summary>
    [PersistentState]
    public IReadOnlyList<Label>? KnownLabels { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    [SupplyParameterFromQuery(Name = "label")]
    private string[]? LabelWords { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? ShowWord { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortWord { get; set; }

    private PromptFilter Filter { get; set; } = PromptFilter.None;

    private PromptSort Sort { get; set; }

    private IReadOnlyList<Label> Labels => KnownLabels ?? [];

    private string Found => Loaded switch
    {
        { Total: { } total } => $"{Exactly(total)}{(Filter.IsNone ? "" : " found")}",
        { } loaded => $"More than {Exactly(loaded.Items.Count)}",
        _ => "",
    };

    private string Said => _busy || _failed || Loaded is null ? "" : _selection.Count > 0 ? $"{_selection.Count} selected" : Filter.IsNone ? "" : Found;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        deletion.Restored += OnRestored;
        batch.Undone += OnRestored;
        _now = time.GetUtcNow().UtcDateTime;
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        (Filter, Sort) = LibraryUrl.Read(QueryText, LabelWords, ShowWord, SortWord);
        // Back and Forward change the address and the field follows; a search of its own must not undo what is typed meanwhile.
        if (Filter.Search != _searched || _shown is null)
            (_searched, _text) = (Filter.Search, Filter.Search ?? "");
        var key = LibraryUrl.List(Filter, Sort);
        if (_shown is not null && _shown != key)
        {
            _selection.Clear();
            _from = 0;
        }

        _shown = key;
        if (Loaded is null || Loaded.Key != key)
            await LoadAsync(PageSize);
        else if (_to == 0)
            ShowRows(0, 0);
    }

    private static string Exactly(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "prompt" : "prompts")}");

    private async Task SearchAsync(ChangeEventArgs args)
    {
        _text = args.Value as string ?? "";
        var token = _typing.Next();
        try
        {
            await Task.Delay(Pause, time, token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (!_typing.IsLatest(token))
            return;
        _searched = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim();
        Go(Filter with { Search = _searched }, Sort, replace: true);
    }

    private void Show(ChangeEventArgs args) => Go(LibraryUrl.Read(Filter.Search, LabelWords, args.Value as string, null).Filter, Sort);

    private void Order(ChangeEventArgs args) => Go(Filter, LibraryUrl.Read(null, null, null, args.Value as string).Sort);

    private void Go(PromptFilter filter, PromptSort sort, bool replace = false) => navigation.NavigateTo(LibraryUrl.List(filter, sort), replace: replace);

    private Task ReloadAsync() => LoadAsync(Math.Clamp(Loaded?.Items.Count ?? 0, PageSize, MostAtOnce));

    private async Task LoadAsync(int size)
    {
        var (filter, sort) = (Filter, Sort);
        var token = _loads.Next();
        (_busy, _failed, _stuck) = (true, false, false);
        try
        {
            var page = await lists.PageAsync(_caller, filter, sort, null, size + 1, token);
            if (!_loads.IsLatest(token))
                return;
            // A list that came whole needs no counting.
            var all = page.Count <= size ? page.Count : (int?)null;
            (_busy, _now) = (false, time.GetUtcNow().UtcDateTime);
            Loaded = new LoadedPrompts(LibraryUrl.List(filter, sort), [.. page.Take(size)], all is null, all);
            ShowRows(_from, 0);
            if (all is null)
                await CountAsync(filter, token);
            var known = await labels.ListAsync(_caller, token);
            if (_loads.IsLatest(token))
                KnownLabels = known;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            if (_loads.IsLatest(token))
                (_busy, _failed) = (false, true);
            log.LogWarning(failure, "The list of prompts could not be read");
        }
    }

    // The rows are on the page while they are counted.
    private async Task CountAsync(PromptFilter filter, CancellationToken token)
    {
        StateHasChanged();
        var total = await lists.CountAsync(_caller, filter, token);
        if (_loads.IsLatest(token) && Loaded is { } loaded)
            Loaded = loaded with { Total = Math.Max(total, loaded.Items.Count) };
    }

    private async Task DuplicateAsync(PromptListItem item)
    {
        if (await TryAsync(async () =>
            {
                // Drawn before the first attempt: another one, after an answer that was lost, finds the copy that is there.
                if (!_unanswered.TryGetValue(item.Id, out var copy))
                    _unanswered[item.Id] = copy = Guid.NewGuid();
                copy = await prompts.DuplicateAsync(_caller, item.Id, copy, CancellationToken.None);
                _unanswered.Remove(item.Id);
                snackbar.Add($"Duplicated “{CleanText.Cut(item.Title, 60)}”.", Severity.Normal, options =>
                {
                    options.Action = "Open the copy";
                    options.OnClick = _ =>
                    {
                        navigation.NavigateTo(LibraryUrl.Prompt(copy));
                        return Task.CompletedTask;
                    };
                });
            }))
        {
            await ReloadAsync();
        }
    }

    private async Task DeleteAsync(PromptListItem item)
    {
        if (await TryAsync(() => deletion.DeleteAsync(_caller, item.Id, item.Title, item.IsPublic)))
            await TakeOutAsync([item.Id]);
    }

    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be changed");
            snackbar.Add($"That did not work: {Failures.Why(failure)}. Try again in a moment.", Severity.Normal);
            return false;
        }
    }

    private void OnRestored() => _ = InvokeAsync(async () =>
    {
        await ReloadAsync();
        StateHasChanged();
    });
}

/// <summary>The part of the list that has come.</summary>
/// <param name="Key">The address it answers to.</param>
/// <param name="Items">In its order, from the first on.</param>
/// <param name="More">Whether there are others after them.</param>
/// <param name="Total">How many there are; null while they are counted.</param>
public sealed record LoadedPrompts(string Key, IReadOnlyList<PromptListItem> Items, bool More, int? Total);
