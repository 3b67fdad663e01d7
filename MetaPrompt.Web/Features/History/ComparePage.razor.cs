using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MetaPrompt.Web.Features.History;

/// <summary>Results beside each other; which is the address.</summary>
public sealed partial class ComparePage(ResultQueries results, ILogger<ComparePage> log)
{
    private readonly LatestOnly _loads = new();
    private readonly List<Difference> _differences = [];
    private Caller _caller;
    private IReadOnlyList<ResultDetails>? _results;
    private IReadOnlyList<ComparedSetting> _asked = [];
    private IReadOnlyList<ComparedSetting> _measured = [];
    private string? _read;
    private bool _failed;

    [SupplyParameterFromQuery]
    private string? Ids { get; set; }

    [SupplyParameterFromQuery]
    private string? View { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private bool IsSideBySide => View == "side";

    private string Address => ResultsUrl.Compare(ResultsUrl.ReadIds(Ids));

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _caller = (await Authentication).User.Caller();
        if (_read != Address)
            await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _read = Address;
        var token = _loads.Next();
        (_failed, _results) = (false, null);
        _differences.Clear();
        try
        {
            var found = await results.FindAsync(_caller, ResultsUrl.ReadIds(Ids), token);
            if (!_loads.IsLatest(token))
                return;
            (_results, _asked, _measured) = (found, ResultComparison.Asked(found), ResultComparison.Measured(found));
            // Texts may be long: compared only where somebody waits for it, and off the circuit.
            for (var place = 1; RendererInfo.IsInteractive && place < found.Count; place++)
            {
                StateHasChanged();
                var (first, other) = (found[0], found[place]);
                var difference = await Task.Run(() => ResultComparison.Texts(first, other), token);
                if (!_loads.IsLatest(token))
                    return;
                _differences.Add(difference);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Results to compare could not be read");
            _failed = true;
        }
    }
}
