using System.Globalization;
using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using MudBlazor;

namespace MetaPrompt.Web.Features.Testing;

/// <content>Runs: started, found again, or only looked at dry; and test cases made of what came.</content>
public sealed partial class TestPage
{
    // The second click of a double click comes within this time, also where the first one's answer was there at once.
    private static readonly TimeSpan DoubleClick = TimeSpan.FromMilliseconds(700);

    private Guid? _shown;
    private bool _running;
    private bool _starting;
    private long _startedAt;

    // Made before the click, and made anew when the address names it: two clicks in a row ask for the same run, paid for once.
    private Guid _next = Guid.NewGuid();

    private Guid? Shown => RunId ?? _shown;

    // The address decides; without a run in it, one that is still going is what a person who comes back looks for.
    private void FindRun()
    {
        if (RunId == _next)
            _next = Guid.NewGuid();
        var before = Shown;
        if (RunId is null && _dry is null)
            _shown = runner.Unfinished(Id, _caller) is [var going, ..] ? going.Id : _shown;
        if (RunId is not null)
            (_dry, _shown) = (null, RunId);
        if (before != Shown)
            _running = false;
    }

    private async Task RunningAsync(bool isRunning)
    {
        _running = isRunning;
        if (!isRunning && _ready)
            await ReadAsync("What is spent could not be read", async () => _meter = await budget.MeterAsync(_caller, _closed.Token));
    }

    private async Task RunAsync(bool anyway)
    {
        if (_running || _starting || (_startedAt != 0 && time.GetElapsedTime(_startedAt) < DoubleClick))
            return;
        _failure = null;
        // What was typed into the table a moment ago is run with.
        if (_setup.UsesCases && _table is not null)
            CasesChanged(await _table.FlushAsync());
        _missing = anyway || _setup.UsesCases ? [] : _form!.Missing();
        if (_missing.Count > 0)
        {
            StateHasChanged();
            await _kept!.FocusAsync("#variable-" + _missing[0].Name);
            return;
        }

        if (_models.Count == 0)
        {
            await DryRunAsync();
            return;
        }

        _failure = Refusal();
        if (_failure is null)
            await StartAsync();
        if (_failure is not null)
            return;
        StateHasChanged();
        await _kept!.RevealAsync("#test-outcome");
    }

    private string? Refusal() =>
        _chosen.Count == 0 ? "Choose at least one model, or make a dry run."
        : _planned.Count == 0 ? _cases is { Count: > 0 } ? "Choose at least one test case." : "There is no test case yet. Make one, or type the values."
        : CellCount > RunPlan.MaxCells ? string.Create(CultureInfo.InvariantCulture, $"These would be {CellCount:N0} cells; a run has at most {RunPlan.MaxCells:N0}. Leave some out.")
        : _setup.Parameters.Problems() is [var (_, words), ..] ? words
        : null;

    private async Task StartAsync()
    {
        _starting = true;
        try
        {
            // Filling in many long texts takes a moment: not on the circuit.
            var (columns, cases) = (_columns, _planned);
            var plan = new RunPlan { RunId = _next, Caller = _caller, PromptId = Id, Parameters = _setup.Parameters, Cells = await Task.Run(() => GridPlan.Cells(columns, cases)) };
            await runner.StartAsync(plan, CancellationToken.None);
            (_dry, _running, _startedAt) = (null, true, time.GetTimestamp());
            navigation.NavigateTo(TestUrl.Of(Id, plan.RunId), replace: true);
        }
        catch (ModelFailure refused)
        {
            _failure = refused.Message;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A run could not be started");
            _failure = $"The run could not be started: {Failures.Why(failure)}. Nothing was sent.";
        }
        finally
        {
            _starting = false;
        }
    }

    private async Task DryRunAsync()
    {
        if (_setup.UsesCases && _table is not null)
            CasesChanged(await _table.FlushAsync());
        _failure = _planned.Count == 0 ? "There is no test case to look at. Make one, or type the values." : null;
        if (_failure is not null)
            return;
        var (texts, cases, columns, parameters) = (_texts, _planned, _columns, _setup.Parameters);
        try
        {
            _dry = await Task.Run(() => DryRunReport.Of(texts, cases, columns, parameters, _closed.Token), _closed.Token);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }

        _shown = null;
        if (RunId is not null)
            navigation.NavigateTo(TestUrl.Of(Id), replace: true);
        StateHasChanged();
        await _kept!.RevealAsync("#test-outcome");
    }

    private Task MakeCaseAsync(CellView cell) => ReadAsync("The test case could not be made", async () =>
    {
        if (_table is not null && _setup.UsesCases)
            CasesChanged(await _table.FlushAsync());
        var made = new TestCase
        {
            Id = Guid.NewGuid(), Name = NameOf(cell), VariableValues = JsonSerializer.Serialize(cell.Values), Assertions = "[]", Position = _cases?.Count ?? 0,
        };
        await caseQueries.SaveAsync(_caller, Id, [made], CancellationToken.None);
        await CasesChangedAsync();
        snackbar.Add($"“{made.Name}” is a test case now.", Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = 12_000;
            options.OnClick = _ => InvokeAsync(() => ReadAsync("The test case could not be taken back", async () =>
            {
                await caseQueries.DeleteAsync(_caller, Id, [made.Id], CancellationToken.None);
                await CasesChangedAsync();
            }));
        });
    });

    private static string NameOf(CellView cell) =>
        cell.CaseName is { Length: > 0 } name ? CleanText.Cut(name, 190) + " again"
        : cell.Values.Values.FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) is { } value ? CleanText.Cut(value.Trim().ReplaceLineEndings(" "), 60)
        : "From a result";

    private async Task CasesChangedAsync()
    {
        await ReadCasesAsync();
        Replan();
        // A table that is open reads them anew.
        _tables++;
        StateHasChanged();
    }
}
