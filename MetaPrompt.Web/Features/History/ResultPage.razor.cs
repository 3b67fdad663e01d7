using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace MetaPrompt.Web.Features.History;

/// <summary>One result with everything that is known of it. Its address has the list's query, so that one comes back to the same list.</summary>
public sealed partial class ResultPage(
    ResultQueries results, ResultActions actions, NavigationManager navigation, ISnackbar snackbar, ILogger<ResultPage> log)
{
    private readonly LatestOnly _loads = new();
    private Caller _caller;
    private ResultDetails? _result;
    private bool _sharing;
    private bool _deleted;
    private bool _failed;

    /// <summary>The result's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private string ListQuery
    {
        get
        {
            var (filter, oldestFirst) = ResultsUrl.Read(new Uri(navigation.Uri).Query);
            return ResultsUrl.Query(filter, oldestFirst);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        actions.Undone -= OnUndone;
        _loads.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actions.Undone += OnUndone;
        _caller = (await Authentication).User.Caller();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_result?.Id != Id)
            await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        (_failed, _deleted) = (false, false);
        try
        {
            var found = await results.FindAsync(_caller, [Id], token);
            if (!_loads.IsLatest(token))
                return;
            _result = found.Count > 0 ? found[0] : null;
            if (_result is null)
                navigation.NotFound();
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A result could not be read");
            _failed = true;
        }
    }

    private Task StarAsync(bool starred) => TryAsync(async () =>
    {
        await actions.StarAsync(_caller, [Id], starred);
        _result = _result! with { Starred = starred };
    });

    private Task DeleteAsync() => TryAsync(async () =>
    {
        await actions.DeleteAsync(_caller, [Id]);
        _deleted = true;
    });

    private Task RestoreAsync() => TryAsync(async () =>
    {
        await results.RestoreAsync(_caller, [Id], CancellationToken.None);
        await LoadAsync();
    });

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A result could not be changed");
            snackbar.Add($"That did not work: {Failures.Why(failure)}. Try again in a moment.", Severity.Normal);
        }
    }

    private void OnUndone() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });
}
