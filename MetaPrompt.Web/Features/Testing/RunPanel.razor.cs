using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// Shows the run of an address, whoever carries it out: this program, whose changes it is told; another, whose progress it
/// reads every two seconds; or nobody any more. Runs belong to the runner: this only watches.
/// </summary>
public sealed partial class RunPanel(
    PromptRunner runner, TestRunQueries runs, PromptQueries prompts, NavigationManager navigation, TimeProvider time, IJSRuntime browser, ILogger<RunPanel> log)
{
    private const string File = "./Features/Testing/RunPanel.razor.js";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _gone = new();
    private readonly LatestOnly _looks = new();
    private readonly Dictionary<Guid, string> _titles = [];
    private ElementReference _root;
    private IJSObjectReference? _module;
    private GridModel? _model;
    private GridNames? _names;
    private RunWatch? _watch;
    private Guid _run;
    private int? _opened;
    private DateTime _now;
    private string? _problem;
    private bool _missing;
    private bool _goesOn;
    private bool _busy;
    private bool _focusElsewhere;
    private bool _told;

    /// <summary>Whose run.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The prompt whose page this is.</summary>
    [Parameter, EditorRequired]
    public Guid PromptId { get; set; }

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public Guid RunId { get; set; }

    /// <summary>The position of the cell that is open.</summary>
    [Parameter]
    public int? Cell { get; set; }

    /// <summary>The position of the cell it is compared with.</summary>
    [Parameter]
    public int? With { get; set; }

    /// <summary>The models there are.</summary>
    [Parameter]
    public IReadOnlyList<ModelSettings> Models { get; set; } = [];

    /// <summary>Raised when the run begins, goes on or ends: whether it is going.</summary>
    [Parameter]
    public EventCallback<bool> OnRunning { get; set; }

    /// <summary>Raised for a cell whose values are to be used again.</summary>
    [Parameter]
    public EventCallback<CellView> OnUse { get; set; }

    /// <summary>Raised for a cell that is to be a test case.</summary>
    [Parameter]
    public EventCallback<CellView> OnMakeCase { get; set; }

    private bool IsRunning => _model is { IsRunning: true };

    private string Title =>
        IsRunning ? _model!.Cells.Count == 1 ? "Running" : $"Running {_model.Cells.Count} cells"
        : _model!.Sums is { Interrupted: > 0 } ? "Interrupted"
        : _model.Sums.Failed == _model.Cells.Count ? "Failed"
        : _model.Sums.Stopped > 0 ? "Stopped"
        : "Done";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        _looks.Dispose();
        await _gone.CancelAsync();
        _gone.Dispose();
        if (_module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("close", _root));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _now = time.GetUtcNow().UtcDateTime;
        if (_run == RunId)
            return;
        (_run, _model, _problem, _missing, _told) = (RunId, null, null, false, false);
        Unwatch();
        await LookAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The cell that was open has the focus again, so that the arrow keys go on from it. Noted before it is waited for: a
        // render in between must not do it twice.
        var open = _model is null ? null : Cell;
        var (left, elsewhere) = (_opened, _focusElsewhere);
        (_opened, _focusElsewhere) = (open, elsewhere && open is not null);
        if (left is { } cell && open is null && !elsewhere && _module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("focusCell", _gone.Token, _root, cell));

        if (!firstRender)
            return;
        await TryAsync(async () =>
        {
            _module = await browser.InvokeAsync<IJSObjectReference>("import", _gone.Token, File);
            await _module.InvokeVoidAsync("open", _gone.Token, _root);
        });
    }

    private async Task LookAsync()
    {
        var token = _looks.Next();
        _problem = null;
        try
        {
            while (!token.IsCancellationRequested)
            {
                if (runner.Find(RunId, Caller) is { } live)
                {
                    Watch(live);
                    await NameAsync(token);
                    return;
                }

                // A page that is only being drawn for the first answer does not wait for a list of cells.
                if (!RendererInfo.IsInteractive)
                    return;
                var run = await runs.FindAsync(Caller, RunId, token);
                var cells = run is null ? [] : await runs.CellsAsync(Caller, RunId, null, token);
                if (!_looks.IsLatest(token))
                    return;
                if (run is null)
                {
                    _missing = true;
                    await TellAsync();
                    return;
                }

                _goesOn = run.LeftBehind;
                Show(GridModel.Of(run, cells, _model));
                await NameAsync(token);
                await TellAsync();
                StateHasChanged();
                if (!run.Live && !run.LeftBehind)
                    return;
                await Task.Delay(Poll, time, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A run could not be read");
            _problem = $"The run could not be read: {Failures.Why(failure)}. It goes on without this page.";
        }
    }

    private void Watch(LiveRun run)
    {
        Unwatch();
        if (RendererInfo.IsInteractive)
            _watch = new RunWatch(run, time, () => InvokeAsync(UpdateAsync));

        // Read after subscribing, so that a change in between is not missed.
        Show(GridModel.Of(run, _model));
        _ = InvokeAsync(TellAsync);
    }

    private void Unwatch()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private async Task UpdateAsync()
    {
        if (_watch is null || _gone.IsCancellationRequested)
            return;
        var clock = _watch.Take();
        Show(GridModel.Of(_watch.Run, _model, clock));
        StateHasChanged();
        await TellAsync();
    }

    private void Show(GridModel model)
    {
        if (_names is null || _model?.RunId != model.RunId)
            _names = GridNames.Of(model, _titles);
        _model = model;
        if (model.Sums.Unfinished == 0)
            _now = time.GetUtcNow().UtcDateTime;
    }

    private async Task TellAsync()
    {
        if (_told == IsRunning)
            return;
        _told = IsRunning;
        await OnRunning.InvokeAsync(_told);
    }

    // Other prompts' titles are not in the cells: without them the columns would be nameless.
    private async Task NameAsync(CancellationToken cancellationToken)
    {
        var strangers = _model!.Columns.Select(column => column.PromptId).Where(id => id != _model.PromptId && !_titles.ContainsKey(id)).Distinct().ToArray();
        foreach (var id in strangers)
            _titles[id] = (await prompts.FindAsync(Caller, id, cancellationToken))?.Title ?? "A deleted prompt";
        if (strangers.Length == 0)
            return;
        _names = GridNames.Of(_model, _titles);
        StateHasChanged();
    }

    private async Task StopAsync()
    {
        await TryAsync("The run could not be stopped", () => runner.StopAsync(Caller, RunId, CancellationToken.None));
        if (_module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("focus", _gone.Token, "#test-run"));
    }

    private void StopCell(int position)
    {
        if (_watch is not null)
            _watch.Run.Stop(position);
        else
            _problem = "Another server runs this: it can only be stopped as a whole.";
    }

    private string AgainWords(int count) =>
        _model!.Cells.Count == 1 ? "Try again"
        : _model.Sums.Interrupted == count ? count == 1 ? "Rerun the interrupted one" : $"Rerun the {count} interrupted"
        : _model.Sums.Failed == count ? count == 1 ? "Rerun the failed one" : $"Rerun the {count} failed"
        : $"Rerun the {count} unanswered";

    private async Task RerunUnansweredAsync()
    {
        await RerunAsync([.. _model!.Cells.Where(cell => cell.IsUnanswered).Select(cell => cell.Position)]);
        StateHasChanged();
        // Its place is taken by the button that stops.
        if (IsRunning && _module is not null)
            await TryAsync(() => _module.InvokeVoidAsync("focus", _gone.Token, "#stop-all"));
    }

    private async Task RerunAsync(IReadOnlyCollection<int> positions)
    {
        // A second click finds the cells under way.
        if (_busy || positions.Count == 0)
            return;
        _busy = true;
        await TryAsync("The cells could not be run again", async () =>
        {
            if (await runner.RerunAsync(Caller, RunId, positions, CancellationToken.None) is not { } live)
                _problem = "Another server still carries this run out. Wait until it has ended, or stop it first.";
            else if (!ReferenceEquals(_watch?.Run, live))
                Watch(live);
        });
        _busy = false;
    }

    private async Task TryAsync(string problem, Func<Task> act)
    {
        _problem = null;
        try
        {
            await act();
        }
        catch (ModelFailure refused)
        {
            _problem = refused.Message;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A run could not be changed");
            _problem = problem + $": {Failures.Why(failure)}. Nothing was sent.";
        }
    }

    private Task CloseAsync()
    {
        navigation.NavigateTo(TestUrl.Of(PromptId, RunId), replace: true);
        return Task.CompletedTask;
    }

    private async Task UseAsync(CellView cell)
    {
        _focusElsewhere = true;
        await CloseAsync();
        await OnUse.InvokeAsync(cell);
    }

    // A page that closes must not end what the person is doing.
    private async Task TryAsync(Func<ValueTask> act)
    {
        try
        {
            await act();
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            log.LogTrace("The page is gone");
        }
        catch (JSException broken)
        {
            log.LogWarning("The keys of a grid do not work: {Reason}", broken.Message);
        }
    }
}
