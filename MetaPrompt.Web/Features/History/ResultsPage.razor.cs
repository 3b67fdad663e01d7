using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace MetaPrompt.Web.Features.History;

/// <summary>The list of one's own results of all tests; what is searched for, its filters and its order are in its address.</summary>
public sealed partial class ResultsPage(
    ResultListQueries lists, ResultQueries results, ResultActions actions, NavigationManager navigation, ISnackbar snackbar, TimeProvider time,
    ILogger<ResultsPage> log)
{
    private const int PageSize = 50;
    private const string Oldest = "oldest";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly LatestOnly _loads = new();
    private readonly LatestOnly _typing = new();
    private readonly ResultSelection _selection = new();
    private Caller _caller;
    private string _text = "";
    private string? _searched;
    private string? _shown;
    private DateTime _now;
    private bool _narrowing;
    private bool _toggled;
    private bool _busy;
    private bool _failed;
    private bool _stuck;
    private bool _acting;

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedResults? Loaded { get; set; }

    /// <summary>What the list can be narrowed to.</summary>
    [PersistentState]
    public KnownChoices? Known { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    // Declared so that a change of the address is a change of the page; what they say is read from the whole address.
    [SupplyParameterFromQuery(Name = "q")]
    private string? Words { get; set; }

    [SupplyParameterFromQuery(Name = "prompt")]
    private string? PromptWord { get; set; }

    [SupplyParameterFromQuery(Name = "version")]
    private string? VersionWord { get; set; }

    [SupplyParameterFromQuery(Name = "model")]
    private string? ModelWord { get; set; }

    [SupplyParameterFromQuery(Name = "case")]
    private string? CaseWord { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    private string? RunWord { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromWord { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? ToWord { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? StatusWord { get; set; }

    [SupplyParameterFromQuery(Name = "starred")]
    private string? StarredWord { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortWord { get; set; }

    private ResultFilter Filter { get; set; } = ResultFilter.None;

    private bool OldestFirst { get; set; }

    private string Query => ResultsUrl.Query(Filter, OldestFirst);

    private IReadOnlyList<ResultChoice> Choices => Known?.Choices ?? [];

    private int Narrowed => new object?[] { Filter.PromptId, Filter.Version, Filter.Model, Filter.CaseId, Filter.RunId, Filter.From, Filter.To }.Count(one => one is not null);

    private string Found => Loaded switch
    {
        { Total: { } total } => $"{Exactly(total)}{(Filter.IsNone ? "" : " found")}",
        { } loaded => $"More than {Exactly(loaded.Items.Count)}",
        _ => "",
    };

    private string Said => _busy || _failed || Loaded is null ? "" : _selection.Ids.Count > 0 ? $"{_selection.Ids.Count} selected" : Filter.IsNone ? "" : Found;

    /// <inheritdoc/>
    public void Dispose()
    {
        actions.Undone -= OnUndone;
        _loads.Dispose();
        _typing.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actions.Undone += OnUndone;
        _now = time.GetUtcNow().UtcDateTime;
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        (Filter, OldestFirst) = ResultsUrl.Read(new Uri(navigation.Uri).Query);
        // Back and Forward change the address and the field follows; a search of its own must not undo what is typed meanwhile.
        if (Filter.Search != _searched || _shown is null)
            (_searched, _text) = (Filter.Search, Filter.Search ?? "");
        if (_shown is null || !_toggled)
            _narrowing = Narrowed > 0;
        var key = ResultsUrl.List(Filter, OldestFirst);
        if (_shown is not null && _shown != key)
            _selection.Clear();
        _shown = key;
        if (Loaded is null || Loaded.Key != key)
            await LoadAsync(PageSize);
    }

    private static string Exactly(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "result" : "results")}");

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
        Go(Filter with { Search = _searched }, OldestFirst, replace: true);
    }

    private void Status(ChangeEventArgs args) => Go(Filter with { Status = ResultsUrl.Read("?status=" + args.Value).Filter.Status }, OldestFirst);

    private void Go(ResultFilter filter, bool oldestFirst, bool replace = false) => navigation.NavigateTo(ResultsUrl.List(filter, oldestFirst), replace: replace);

    private void Key(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
            _selection.Clear();
    }

    private Task ReloadAsync() => LoadAsync(Math.Clamp(Loaded?.Items.Count ?? 0, PageSize, ResultListQueries.MostAtOnce - 1));

    private async Task LoadAsync(int size)
    {
        var (filter, oldestFirst) = (Filter, OldestFirst);
        var token = _loads.Next();
        (_busy, _failed, _stuck) = (true, false, false);
        try
        {
            var page = await lists.PageAsync(_caller, filter, oldestFirst, null, size + 1, token);
            if (!_loads.IsLatest(token))
                return;
            // A list that came whole needs no counting.
            var all = page.Count <= size ? page.Count : (int?)null;
            (_busy, _now) = (false, time.GetUtcNow().UtcDateTime);
            Loaded = new LoadedResults(ResultsUrl.List(filter, oldestFirst), [.. page.Take(size)], all is null, all);
            if (Known?.PromptId != filter.PromptId || Known is null)
            {
                StateHasChanged();
                var choices = await results.ChoicesAsync(_caller, filter.PromptId, token);
                if (_loads.IsLatest(token))
                    Known = new KnownChoices(filter.PromptId, choices);
            }

            if (all is null)
                await CountAsync(filter, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            if (_loads.IsLatest(token))
                (_busy, _failed) = (false, true);
            log.LogWarning(failure, "The list of results could not be read");
        }
    }

    // The rows are on the page while they are counted.
    private async Task CountAsync(ResultFilter filter, CancellationToken token)
    {
        StateHasChanged();
        var total = await lists.CountAsync(_caller, filter, token);
        if (_loads.IsLatest(token) && Loaded is { } loaded)
            Loaded = loaded with { Total = Math.Max(total, loaded.Items.Count) };
    }

    private async Task MoreAsync()
    {
        if (_busy || Loaded is not { More: true, Items: [.., var last] } before)
            return;
        var token = _loads.Next();
        (_busy, _stuck) = (true, false);
        try
        {
            var page = await lists.PageAsync(_caller, Filter, OldestFirst, new TestResultCursor(last.CreatedAt, last.Id), PageSize + 1, token);
            if (!_loads.IsLatest(token) || Loaded is not { } now || now.Key != before.Key)
                return;
            IReadOnlyList<ResultListItem> items = [.. before.Items, .. page.Take(PageSize)];
            var more = page.Count > PageSize;
            Loaded = now with { Items = items, More = more, Total = more ? now.Total : items.Count };
            _busy = false;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            if (_loads.IsLatest(token))
                (_busy, _stuck) = (false, true);
            log.LogWarning(failure, "More of the list of results could not be read");
        }
    }

    private Task StarAsync((ResultListItem Item, bool Starred) asked) => TryAsync(async () =>
    {
        await actions.StarAsync(_caller, [asked.Item.Id], asked.Starred);
        Show([asked.Item.Id], asked.Starred);
    });

    private Task StarSelectedAsync() => TryAsync(async () =>
    {
        await actions.StarAsync(_caller, _selection.Ids, true);
        Show(_selection.Ids, true);
    });

    private void Show(IReadOnlyCollection<Guid> ids, bool starred)
    {
        if (Loaded is { } loaded)
            Loaded = loaded with { Items = [.. loaded.Items.Select(item => ids.Contains(item.Id) ? item with { Starred = starred } : item)] };
    }

    private Task DeleteAsync(ResultListItem item) => TryAsync(async () => await TakeOutAsync(await actions.DeleteAsync(_caller, [item.Id])));

    private Task DeleteSelectedAsync() => TryAsync(async () => await TakeOutAsync(await actions.DeleteAsync(_caller, _selection.Ids)));

    private async Task TakeOutAsync(IReadOnlyCollection<Guid> gone)
    {
        if (Loaded is not { } before)
            return;
        var ids = gone.ToHashSet();
        _selection.Remove(ids);
        Loaded = before with { Items = [.. before.Items.Where(item => !ids.Contains(item.Id))], Total = before.Total is { } total ? Math.Max(0, total - ids.Count) : null };
        if (Loaded is { Items.Count: < PageSize, More: true })
            await ReloadAsync();
    }

    private async Task TryAsync(Func<Task> act)
    {
        if (_acting)
            return;
        _acting = true;
        try
        {
            await act();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Results could not be changed");
            snackbar.Add($"That did not work: {Failures.Why(failure)}. Try again in a moment.", Severity.Normal);
        }
        finally
        {
            _acting = false;
        }
    }

    private void OnUndone() => _ = InvokeAsync(async () =>
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
public sealed record LoadedResults(string Key, IReadOnlyList<ResultListItem> Items, bool More, int? Total);

/// <summary>What results can be narrowed to.</summary>
/// <param name="PromptId">The prompt whose versions and cases are among them.</param>
/// <param name="Choices">In their order.</param>
public sealed record KnownChoices(Guid? PromptId, IReadOnlyList<ResultChoice> Choices);
