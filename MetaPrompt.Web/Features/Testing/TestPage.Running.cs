using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing;

/// <content>Runs: started, found again, watched, stopped, or only looked at dry.</content>
public sealed partial class TestPage
{
    // The address decides; without a run in it, one that is still going is what a person who comes back looks for.
    private void FindRun()
    {
        var run = RunId is { } id ? runner.Find(id, _caller) : _run ?? (_dry is null && runner.Unfinished(Id, _caller) is [var going, ..] ? going : null);
        if (RunId == _next)
            _next = Guid.NewGuid();
        Show(run?.PromptId == Id ? run : null);
        _gone = RunId is not null && _run is null;
    }

    private void Show(LiveRun? run)
    {
        if (run is not null)
            _dry = null;
        if (ReferenceEquals(_run, run))
            return;
        _run = run;
        if (run is not null && RendererInfo.IsInteractive)
            _ = WatchAsync(run);
    }

    private async Task RunAsync(bool anyway)
    {
        if (IsRunning)
            return;
        _failure = null;
        _missing = anyway ? [] : _form!.Missing();
        if (_missing.Count > 0)
        {
            StateHasChanged();
            await _kept!.FocusAsync("#variable-" + _missing[0].Name);
            return;
        }

        if (Model is { } model)
            await StartAsync(model);
        else
            await DryRunAsync();
        if (_failure is not null)
            return;
        StateHasChanged();
        await _kept!.RevealAsync("#test-outcome");
    }

    private async Task StartAsync(ModelSettings model)
    {
        try
        {
            var run = await runner.StartAsync(
                new RunPlan
                {
                    RunId = _next,
                    PromptId = Id,
                    Caller = _caller,
                    Cells = [new PlannedCell { PromptId = Id, PromptVersion = Prompt!.Version, Model = model, Temperature = _form!.Temperature, ResolvedPrompt = _resolved, VariableValues = _values }],
                },
                _closed.Token);
            Show(run);
            navigation.NavigateTo(TestUrl.Of(Id, _next), replace: true);
        }
        catch (ModelFailure refused)
        {
            _failure = refused.Message;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A run could not be begun");
            _failure = "The database did not answer, so nothing was sent. Run it again in a moment.";
        }
    }

    private async Task DryRunAsync()
    {
        var (template, variables, values, models) = (_template!, _form!.Variables, _values, catalog.All);
        _dry = await Task.Run(() => DryRunReport.Of(template, variables, values, models));
        _run = null;
        if (RunId is not null)
            navigation.NavigateTo(TestUrl.Of(Id), replace: true);
    }

    private async Task StopAsync()
    {
        _run?.Stop();
        await _kept!.FocusAsync("#test-run");
    }

    // A run may end before the page has drawn it once; what was kept of it is read in any case.
    private async Task WatchAsync(LiveRun run)
    {
        try
        {
            await run.Completion.WaitAsync(_closed.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await InvokeAsync(async () =>
        {
            StateHasChanged();
            if (_results is not null && !_closed.IsCancellationRequested)
                await _results.ReloadAsync();
        });
    }
}
