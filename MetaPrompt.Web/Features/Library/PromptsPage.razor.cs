using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <summary>The list of one's own prompts; what is searched for is in its address.</summary>
public sealed partial class PromptsPage(
    PromptQueries prompts, PromptDeletion deletion, NavigationManager navigation, ISnackbar snackbar, TimeProvider time, ILogger<PromptsPage> log)
{
    private const int PageSize = 25;
    private const int MostReloaded = 199;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly LatestOnly _loads = new();
    private readonly LatestOnly _typing = new();
    private Caller _caller;
    private string _text = "";
    private string? _searched;
    private DateTime _now;
    private bool _busy;
    private bool _failed;

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedPrompts? Loaded { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    private string? Query => string.IsNullOrWhiteSpace(QueryText) ? null : QueryText.Trim() is { Length: > 200 } longer ? longer[..200] : QueryText.Trim();

    private string Said => _busy || _failed || Loaded is not { Query: not null } ? ""
        : Loaded.More ? $"More than {Loaded.Items.Count} prompts found" : $"{Numbers.Of(Loaded.Items.Count, "prompt", "prompts")} found";

    /// <inheritdoc/>
    public void Dispose()
    {
        deletion.Restored -= OnRestored;
        _loads.Dispose();
        _typing.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        deletion.Restored += OnRestored;
        _now = time.GetUtcNow().UtcDateTime;
        _text = Query ?? "";
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Back and Forward change the address and the field follows; a search of its own must not undo what is typed meanwhile.
        if (Query != _searched)
            (_searched, _text) = (Query, Query ?? "");
        if (Loaded is null || Loaded.Query != Query)
            await LoadAsync(PageSize);
    }

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
        navigation.NavigateTo(LibraryUrl.List(_searched), replace: true);
    }

    private Task ReloadAsync() => LoadAsync(Math.Clamp(Loaded?.Items.Count ?? 0, PageSize, MostReloaded));

    private async Task LoadAsync(int size)
    {
        var query = Query;
        if (await PageAsync(query, null, size) is { } page)
            Loaded = new LoadedPrompts(query, [.. page.Take(size)], page.Count > size);
    }

    private async Task MoreAsync()
    {
        if (_busy || Loaded is not { More: true, Items: [.., var last] } before)
            return;
        if (await PageAsync(before.Query, new PromptCursor(last.CreatedAt, last.Id), PageSize) is { } page)
            Loaded = before with { Items = [.. before.Items, .. page.Take(PageSize)], More = page.Count > PageSize };
    }

    // Null where it failed, or where a newer question has overtaken it: then nothing on the page changes.
    private async Task<IReadOnlyList<PromptListItem>?> PageAsync(string? query, PromptCursor? after, int size)
    {
        var token = _loads.Next();
        (_busy, _failed) = (true, false);
        try
        {
            var page = await prompts.PageAsync(_caller, query, after, Math.Min(size, MostReloaded) + 1, token);
            if (!_loads.IsLatest(token))
                return null;
            (_busy, _now) = (false, time.GetUtcNow().UtcDateTime);
            return page;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            if (_loads.IsLatest(token))
                (_busy, _failed) = (false, true);
            log.LogWarning(failure, "The list of prompts could not be read");
            return null;
        }
    }

    private async Task DuplicateAsync(PromptListItem item)
    {
        if (await TryAsync(async () =>
            {
                var copy = await prompts.DuplicateAsync(_caller, item.Id, CancellationToken.None);
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
        if (await TryAsync(() => deletion.DeleteAsync(_caller, item.Id, item.Title, item.IsPublic)) && Loaded is { } before)
            Loaded = before with { Items = [.. before.Items.Where(other => other.Id != item.Id)] };
        if (Loaded is { Items.Count: 0, More: true })
            await ReloadAsync();
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
            snackbar.Add("That did not work: the database did not take it. Try again in a moment.", Severity.Normal);
            return false;
        }
    }

    private void OnRestored() => _ = InvokeAsync(async () =>
    {
        await ReloadAsync();
        StateHasChanged();
    });
}

/// <summary>The part of the list that is on the page.</summary>
/// <param name="Query">What it was searched for; null for all.</param>
/// <param name="Items">Newest first.</param>
/// <param name="More">Whether there are older ones.</param>
public sealed record LoadedPrompts(string? Query, IReadOnlyList<PromptListItem> Items, bool More);
