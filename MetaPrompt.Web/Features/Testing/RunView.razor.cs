using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>
/// Watches a run while the page is open. The runner tells of changes at most every tenth of a second; a page that cannot
/// keep up skips some, never the last.
/// </summary>
public sealed partial class RunView(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private LiveRun? _watched;
    private ITimer? _clock;
    private CellState _state;
    private string _answer = "";
    private int _queued;
    private bool _gone;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public LiveRun Live { get; set; } = default!;

    private RunCell Run => Live.Cells[0];

    /// <summary>Raised when the same is to be tried again.</summary>
    [Parameter]
    public EventCallback OnAgain { get; set; }

    private bool IsRunning => _state is CellState.Queued or CellState.Running;

    private string StateWords => _state switch
    {
        CellState.Done => "Done",
        CellState.Stopped => "Stopped",
        CellState.Failed => "Failed",
        _ => Run.State == CellState.Queued ? "Waiting its turn" : _answer.Length == 0 ? "Sent" : "Writing",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone = true;
        Unwatch();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_watched, Live))
            return;
        Unwatch();
        _watched = Live;
        // A page that is only being drawn for the first answer has nobody to tell.
        if (RendererInfo.IsInteractive)
        {
            Live.Changed += OnChanged;
            _clock = time.CreateTimer(_ => OnChanged(), null, Tick, Tick);
        }

        // Read after subscribing, so that a change in between is not missed.
        Read();
        if (!IsRunning)
            Unwatch();
    }

    private void OnChanged()
    {
        if (!_gone && Interlocked.Exchange(ref _queued, 1) == 0)
            _ = InvokeAsync(Update);
    }

    private void Update()
    {
        Volatile.Write(ref _queued, 0);
        if (_gone || !IsRunning)
            return;
        Read();
        if (!IsRunning)
            Unwatch();
        StateHasChanged();
    }

    private void Read()
    {
        // The state first: an answer read after its end is whole.
        _state = Run.State;
        _answer = Run.Answer;
    }

    private void Unwatch()
    {
        if (_watched is not null)
            _watched.Changed -= OnChanged;
        _clock?.Dispose();
        _clock = null;
    }
}
