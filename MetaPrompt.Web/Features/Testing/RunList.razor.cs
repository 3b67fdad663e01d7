using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>The latest runs of a prompt. Read once the page is interactive: they stand below what one comes for.</summary>
public sealed partial class RunList(TestRunQueries queries, TimeProvider time, ILogger<RunList> log)
{
    private const int Most = 12;

    private readonly LatestOnly _loads = new();
    private IReadOnlyList<TestRunSummary>? _runs;
    private (Guid, bool)? _read;
    private DateTime _now;
    private bool _failed;

    /// <summary>Whose runs.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>Of which prompt.</summary>
    [Parameter, EditorRequired]
    public Guid PromptId { get; set; }

    /// <summary>The run that is on the page.</summary>
    [Parameter]
    public Guid? Shown { get; set; }

    /// <summary>Whether that one is going: the list is read anew when it begins or ends.</summary>
    [Parameter]
    public bool IsRunning { get; set; }

    /// <summary>Reads them anew.</summary>
    public async Task ReloadAsync()
    {
        var token = _loads.Next();
        _failed = false;
        try
        {
            var runs = await queries.OfPromptAsync(Caller, PromptId, Most, token);
            if (_loads.IsLatest(token))
                (_runs, _now) = (runs, time.GetUtcNow().UtcDateTime);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Runs could not be read");
            _failed = _loads.IsLatest(token);
        }

        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || _read == (PromptId, IsRunning))
            return;
        if (_read?.Item1 != PromptId)
            _runs = null;
        _read = (PromptId, IsRunning);
        await ReloadAsync();
    }

    private static (string Words, string Class) State(TestRunSummary run) =>
        run.Live ? ("Running", "running")
        : run.EndedAt is null ? ("Interrupted", "bad")
        : run.Failed == run.Cells ? ("Failed", "bad")
        : run.Done + run.Failed == run.Cells ? ("Done", "done")
        : ("Stopped", "stopped");
}
