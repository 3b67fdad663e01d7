using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Monitoring;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>Whether it is well, and if it is slow, why. For administrators; there is no such page for anybody else.</summary>
public sealed partial class MonitoringPage(
    Vitals vitals, Alerts alerts, MonitoringQueries queries, MonitoringReader reader, PlanQueries plans, NavigationManager navigation,
    TimeProvider time, IJSRuntime browser, ILogger<MonitoringPage> log)
{
    // As often as the charts get a point.
    private static readonly TimeSpan Every = Vitals.Step;
    private static readonly TimeSpan EveryAll = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _closed = new();
    private readonly SemaphoreSlim _one = new(1);
    private Caller _caller;
    private VitalsNow? _now;
    private IReadOnlyList<VitalsPoint> _history = [];
    private IReadOnlyList<Alert> _current = [];
    private IReadOnlyList<Alert> _recent = [];
    private IReadOnlyList<string> _why = [];
    private (string Name, QueryPlan? Plan)? _slowest;
    private DateTimeOffset _readAll;
    private IJSObjectReference? _module;
    private DotNetObjectReference<MonitoringPage>? _self;
    private bool _paused;
    private bool _hidden;
    private bool _reading;

    /// <summary>What was read of the database: survives from the first answer to the interactive page.</summary>
    [PersistentState]
    public DatabaseFigures? Kept { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private DatabaseFigures Figures => Kept ?? new DatabaseFigures();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _self?.Dispose();
        if (_module is null)
            return;
        try
        {
            await _module.InvokeVoidAsync("forget");
            await _module.DisposeAsync();
        }
        catch (Exception failure) when (PageGone.Is(failure))
        {
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication).User;
        _caller = user.Caller();
        // The right is the database's to give; while it is away the session's own word is enough for what needs no database.
        if (!await MayAsync(user.IsInRole("administrator")))
        {
            navigation.NotFound();
            return;
        }

        if (Kept is null)
            await ReadAsync(MonitoringReader.All);
        else
            await LookAsync();
        if (RendererInfo.IsInteractive && _now is not null)
            _ = GoOnAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Not at the first render: then it is not yet known who asks.
        if (_now is null || _self is not null)
            return;
        try
        {
            _self = DotNetObjectReference.Create(this);
            _module = await browser.InvokeAsync<IJSObjectReference>("import", _closed.Token, "./Features/Monitoring/MonitoringPage.razor.js");
            await _module.InvokeVoidAsync("watch", _closed.Token, _self);
        }
        catch (Exception failure) when (PageGone.Is(failure))
        {
        }
    }

    /// <summary>The browser says whether anybody looks at the page.</summary>
    [JSInvokable]
    public async Task ShowAsync(bool visible)
    {
        var back = _hidden && visible;
        _hidden = !visible;
        if (back && !_paused)
            await TickAsync();
    }

    private async Task<bool> MayAsync(bool sessionSays)
    {
        try
        {
            return await queries.MayAsync(_caller, _closed.Token);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Whether somebody may see the monitoring could not be asked");
            return sessionSays;
        }
    }

    private async Task GoOnAsync()
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closed.Token))
            {
                if (!_paused && !_hidden)
                    await InvokeAsync(TickAsync);
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task PauseAsync()
    {
        _paused = !_paused;
        if (!_paused)
            await TickAsync();
    }

    private Task RefreshAsync() => ReadAsync(MonitoringReader.All);

    private async Task TickAsync()
    {
        await ReadAsync(time.GetUtcNow() - _readAll >= EveryAll ? MonitoringReader.All : MonitoringReader.Quick);
        StateHasChanged();
    }

    // One after the other: a slow answer to an old question must not overwrite a newer one.
    private async Task ReadAsync(DatabasePart[] parts)
    {
        if (!await _one.WaitAsync(0))
            return;
        _reading = true;
        try
        {
            Look();
            Kept = await reader.ReadAsync(Figures, parts, _caller, _closed.Token);
            if (parts.Length == MonitoringReader.All.Length)
                _readAll = time.GetUtcNow();
            await LookAsync();
        }
        catch (NotAdministratorException)
        {
            _now = null;
            navigation.NotFound();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
        }
        finally
        {
            _reading = false;
            _one.Release();
        }
    }

    private async Task LookAsync()
    {
        Look();
        await AskWhyAsync();
        Look();
    }

    private void Look()
    {
        _now = vitals.Now();
        (_history, _current, _recent) = (vitals.History(), alerts.Current, alerts.Recent);
        _why = StateWords.Why(_now, Figures, _slowest, alerts.Thresholds.SlowQueryMs);
    }

    // The plan of the slowest query, once for each that becomes it.
    private async Task AskWhyAsync()
    {
        if (Figures.AwaySince is not null || StateWords.Slowest(_now!) is not { } query || query.Recent.MaxMs < alerts.Thresholds.SlowQueryMs || _slowest?.Name == query.Name)
            return;
        try
        {
            _slowest = (query.Name, (await plans.ExplainAsync(_caller, query.Name, _closed.Token)).Plan);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The plan of {Query} could not be asked for", query.Name);
        }
    }
}
