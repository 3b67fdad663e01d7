using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MetaPrompt.Web.Features.Models;

/// <summary>What the page was filled with; no secret is in it.</summary>
public sealed record LoadedModels(IReadOnlyList<ProviderKey> Keys, IReadOnlyList<KeyModel> Models, SpendMeterData Meter);

/// <summary>The site's models, a person's own keys and models, and their budget.</summary>
public sealed partial class ModelsPage(
    OwnKeys keys, KeyActions actions, ModelCatalog catalog, Budget budget, BudgetQueries budgets, TimeProvider time, ILogger<ModelsPage> log)
{
    private readonly LatestOnly _loads = new();
    private ElementReference _addButton;
    private bool _focusAdd;
    private Caller _caller;
    private DateTimeOffset _now;
    private EntryProblem? _problem;
    private string? _failure;
    private string? _said;
    private bool _adding;
    private bool _busy;
    private Guid? _added;

    // Another one is another form: what was typed into the last stays nowhere.
    private int _form;

    /// <summary>What was read: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedModels? Loaded { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private IReadOnlyList<string> Taken => [.. Loaded?.Models.Select(model => model.Name) ?? []];

    /// <inheritdoc/>
    public void Dispose()
    {
        catalog.Changed -= OnModelsChanged;
        actions.Returned -= OnReturned;
        _loads.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _caller = (await Authentication).User.Caller();
        _now = time.GetUtcNow();
        if (RendererInfo.IsInteractive)
        {
            catalog.Changed += OnModelsChanged;
            actions.Returned += OnReturned;
        }

        if (Loaded is null)
            await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusAdd)
            return;
        _focusAdd = false;
        await _addButton.FocusAsync();
    }

    private IReadOnlyList<KeyModel> ModelsOf(ProviderKey key) => [.. Loaded!.Models.Where(model => model.KeyId == key.Id)];

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        try
        {
            var (own, models) = await keys.ListAsync(_caller, token);
            var meter = await budget.MeterAsync(_caller, token);
            if (!_loads.IsLatest(token))
                return;
            (Loaded, _failure, _now) = (new(own, models, meter), null, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A person's keys could not be read");
            _failure = $"Your keys could not be read: {Failures.Why(failure)}. They are safe in it.";
        }
    }

    private void Add() => (_adding, _problem, _form) = (true, null, _form + 1);

    private void CloseForm() => (_adding, _problem, _focusAdd) = (false, null, true);

    private async Task SaveKeyAsync(EnteredKey entered)
    {
        if (_busy)
            return;
        (_busy, _problem) = (true, null);
        try
        {
            _added = await keys.AddAsync(_caller, entered, CancellationToken.None);
            _adding = false;
            _said = "The key is added.";
            await LoadAsync();
        }
        catch (EntryProblem problem)
        {
            _problem = problem;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A key could not be added");
            _problem = new EntryProblem("", $"The key could not be kept: {Failures.Why(failure)}. Try again in a moment.");
        }
        finally
        {
            _busy = false;
        }
    }

    private Task RemoveAsync(ProviderKey key) => TryAsync("The key could not be removed: {why}, so it may still be in use. Try again in a moment.", async () =>
    {
        await actions.RemoveAsync(_caller, key);
        _focusAdd = true;
        _said = $"{key.Name} is removed.";
    });

    private Task SaveLimitAsync(decimal? limit) => TryAsync("Your limit could not be saved: {why}. Try again in a moment.", async () =>
    {
        await budgets.SetLimitAsync(_caller, limit, CancellationToken.None);
        _said = limit is null ? "The limit is lifted." : "The limit is saved.";
    });

    private async Task TryAsync(string words, Func<Task> act)
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            await act();
            await LoadAsync();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Keys or a limit could not be changed");
            _failure = Failures.Say(words, failure);
        }
        finally
        {
            _busy = false;
        }
    }

    private void OnModelsChanged() => _ = InvokeAsync(StateHasChanged);

    private void OnReturned() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });
}
