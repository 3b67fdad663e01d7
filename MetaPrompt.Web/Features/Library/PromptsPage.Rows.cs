using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Which rows of the list the page has: those near what is looked at, and more of them from the database as one scrolls.</summary>
public sealed partial class PromptsPage
{
    private const string File = "./Features/Library/PromptsPage.razor.js";

    // Rows beside what is seen, and the steps in which the rows change.
    private const int Margin = 40;
    private const int Step = 20;

    private DotNetObjectReference<PromptsPage>? _self;
    private IJSObjectReference? _module;
    private bool _opened;
    private bool _stuck;
    private int _from;
    private int _to;

    private int To => Math.Min(_to, Loaded?.Items.Count ?? 0);

    // In rows: the whole list where its length is known, so that the scroll bar tells the truth.
    private int Height => Loaded is { } loaded ? loaded.Total ?? loaded.Items.Count + (loaded.More ? 1 : 0) : 0;

    /// <summary>The browser looks at these rows: they and some beside them are shown.</summary>
    [JSInvokable]
    public async Task LookAsync(int first, int count)
    {
        if (Loaded is not { } loaded)
            return;
        var needed = Math.Min(Math.Max(0, first) + Math.Clamp(count, 1, 200) + Margin, Height);
        if (loaded.More && !_stuck && needed > loaded.Items.Count && !_busy)
            await GrowAsync(Math.Clamp(needed - loaded.Items.Count, PageSize, MostAtOnce));
        ShowRows(first, count);
        StateHasChanged();
    }

    /// <summary>Every prompt that answers to the filters is chosen.</summary>
    [JSInvokable("SelectAllAsync")]
    public Task SelectAllByKeyAsync() => SelectAllAsync();

    /// <summary>Nothing is chosen any more.</summary>
    [JSInvokable("ClearAsync")]
    public Task ClearByKeyAsync() => ClearAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        deletion.Restored -= OnRestored;
        batch.Undone -= OnRestored;
        _loads.Dispose();
        _typing.Dispose();
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("close");
                await _module.DisposeAsync();
            }
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            // The tab is gone, and its listeners with it.
            _module = null;
        }

        _self?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_opened)
            return;
        _opened = true;
        try
        {
            _self = DotNetObjectReference.Create(this);
            _module = await browser.InvokeAsync<IJSObjectReference>("import", File);
            await _module.InvokeVoidAsync("open", _self);
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            _module = null;
        }
    }

    private void ShowRows(int first, int count)
    {
        var items = Loaded?.Items.Count ?? 0;
        _from = Math.Max(0, (Math.Min(Math.Max(0, first), Math.Max(0, items - 1)) - Margin) / Step * Step);
        _to = Math.Min(items, (Math.Max(0, first) + Math.Clamp(count, 20, 200) + Margin + Step) / Step * Step);
        _from = Math.Min(_from, Math.Max(0, _to - Step));
    }

    private async Task MoreAsync()
    {
        await GrowAsync(PageSize);
        ShowRows(To, 0);
    }

    private async Task GrowAsync(int size)
    {
        if (Loaded is not { More: true, Items: [.., var last] } before)
            return;
        var token = _loads.Next();
        (_busy, _stuck) = (true, false);
        try
        {
            var page = await lists.PageAsync(_caller, Filter, Sort, PromptCursor.After(last), size + 1, token);
            if (!_loads.IsLatest(token) || Loaded is not { } now || now.Key != before.Key || now.Items.Count != before.Items.Count)
                return;
            var known = before.Items.Select(item => item.Id).ToHashSet();
            IReadOnlyList<PromptListItem> items = [.. before.Items, .. page.Take(size).Where(item => known.Add(item.Id))];
            var more = page.Count > size;
            Loaded = now with { Items = items, More = more, Total = more ? Math.Max(now.Total ?? 0, items.Count + 1) : items.Count };
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
            log.LogWarning(failure, "More of the list of prompts could not be read");
        }
    }

    private async Task FocusRowAsync(int index)
    {
        if (_module is null)
            return;
        try
        {
            await _module.InvokeVoidAsync("focusRow", index);
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            _module = null;
        }
    }
}
