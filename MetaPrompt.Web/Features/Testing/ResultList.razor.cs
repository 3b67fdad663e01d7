using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What was kept of earlier runs. Read once the page is interactive: it stands below what one comes for.</summary>
public sealed partial class ResultList(TestResultQueries queries, TimeProvider time, ILogger<ResultList> log) : IDisposable
{
    private const int PageSize = 10;

    private readonly LatestOnly _loads = new();
    private IReadOnlyList<TestResult>? _results;
    private Guid _read;
    private DateTime _now;
    private bool _more;
    private bool _busy;
    private bool _failed;

    /// <summary>Whose results.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>Of which prompt.</summary>
    [Parameter, EditorRequired]
    public Guid PromptId { get; set; }

    /// <summary>Raised for a result whose values are to be used again.</summary>
    [Parameter]
    public EventCallback<TestResult> OnUse { get; set; }

    /// <summary>Reads the latest results anew: one more was kept.</summary>
    public async Task ReloadAsync()
    {
        if (await PageAsync(null) is { } page)
            (_results, _more) = ([.. page.Take(PageSize)], page.Count > PageSize);
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || _read == PromptId)
            return;
        (_read, _results) = (PromptId, null);
        await ReloadAsync();
    }

    private async Task MoreAsync()
    {
        if (_busy || _results is not [.., var last])
            return;
        if (await PageAsync(new TestResultCursor(last.CreatedAt, last.Id)) is { } page)
            (_results, _more) = ([.. _results, .. page.Take(PageSize)], page.Count > PageSize);
    }

    private async Task<IReadOnlyList<TestResult>?> PageAsync(TestResultCursor? after)
    {
        var token = _loads.Next();
        (_busy, _failed) = (true, false);
        try
        {
            var page = await queries.PageAsync(Caller, PromptId, after, PageSize + 1, token);
            if (!_loads.IsLatest(token))
                return null;
            (_busy, _now) = (false, time.GetUtcNow().UtcDateTime);
            return page;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Earlier results could not be read");
            if (_loads.IsLatest(token))
                (_busy, _failed) = (false, true);
            return null;
        }
    }

    private async Task DeleteAsync(TestResult result)
    {
        try
        {
            await queries.DeleteAsync(Caller, result.Id, CancellationToken.None);
            _results = [.. _results!.Where(other => other.Id != result.Id)];
            if (_results.Count == 0 && _more)
                await ReloadAsync();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A result could not be deleted");
            _failed = true;
        }
    }
}
