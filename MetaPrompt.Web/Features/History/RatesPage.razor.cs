using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MetaPrompt.Web.Features.History;

/// <summary>Pass rates of a prompt by version and model, and the test cases that began to fail.</summary>
public sealed partial class RatesPage(PromptQueries prompts, ResultRateQueries rates, NavigationManager navigation, ILogger<RatesPage> log)
{
    private const int FewFlips = 10;

    private readonly LatestOnly _loads = new();
    private Caller _caller;
    private PassRates? _chart;
    private bool _allFlips;
    private bool _failed;

    /// <summary>The prompt's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    /// <summary>What is shown: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public LoadedRates? Loaded { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _caller = (await Authentication).User.Caller();
        if (Loaded?.PromptId != Id)
            await LoadAsync();
        else
            _chart ??= PassRates.Of(Loaded.Rates);
    }

    // A sum of which a part is unknown is at least that.
    private static string Cost(ResultRate rate) => rate.Cost is not { } cost ? "unknown" : rate.UnknownCosts == 0 ? Money.Text(cost) : $"{Money.Text(cost)} and unknown";

    private async Task LoadAsync()
    {
        var token = _loads.Next();
        (_failed, Loaded) = (false, null);
        try
        {
            var prompt = await prompts.FindAsync(_caller, Id, token);
            if (prompt is null or { DeletedAt: not null })
            {
                if (_loads.IsLatest(token))
                    navigation.NotFound();
                return;
            }

            var counted = await rates.RatesAsync(_caller, Id, token);
            var flips = await rates.FlipsAsync(_caller, Id, token);
            if (_loads.IsLatest(token))
                (Loaded, _chart) = (new LoadedRates(Id, prompt.Title, counted, flips), PassRates.Of(counted));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Pass rates could not be read");
            _failed = true;
        }
    }
}

/// <summary>A prompt with what its results came to.</summary>
public sealed record LoadedRates(Guid PromptId, string Title, IReadOnlyList<ResultRate> Rates, IReadOnlyList<ResultFlip> Flips);
