using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Shared;
using Npgsql;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <content>Reads the cases from the database, and writes what was changed a moment after the last change.</content>
public sealed partial class CaseTable
{
    private async Task LoadAsync()
    {
        var token = _loads.Next();
        (_loaded, _problem) = (false, null);
        try
        {
            var rows = await cases.ListAsync(Caller, PromptId, token);
            var forAll = AssertionJson.Read(await cases.AssertionsAsync(Caller, PromptId, token));
            if (!_loads.IsLatest(token))
                return;
            _book.Take(rows);
            (_forAll, _keptForAll) = (forAll, forAll);
            _open.Clear();
            (_shown, _loaded, _saved, _unsaved) = (PageSize, true, false, false);
            await TellAsync();
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Test cases could not be read");
            _problem = $"The test cases could not be read: {Failures.Why(failure)}. They are safe in it.";
        }
    }

    private Task RetryAsync() => _loaded ? KeepAsync() : LoadAsync();

    private void Unsaved()
    {
        if (!_unsaved)
        {
            _unsaved = true;
            StateHasChanged();
        }

        _timer ??= time.CreateTimer(_ => _ = InvokeAsync(KeepAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    // One write at a time: a later one has all that came meanwhile.
    private async Task KeepAsync()
    {
        await _writing.WaitAsync();
        try
        {
            if (!IsUnsaved || !_loaded)
                return;
            var (pending, forAll) = (_book.Pending(), _forAll);
            await cases.SaveAsync(Caller, _prompt, pending.Changed, CancellationToken.None);
            if (pending.Gone.Count > 0)
                await cases.DeleteAsync(Caller, _prompt, pending.Gone, CancellationToken.None);
            if (pending.Order is { } order)
                await cases.OrderAsync(Caller, _prompt, order, CancellationToken.None);
            _book.Kept(pending);
            if (!ReferenceEquals(forAll, _keptForAll))
            {
                await cases.SaveAssertionsAsync(Caller, _prompt, AssertionJson.Write(forAll), CancellationToken.None);
                _keptForAll = forAll;
            }

            (_problem, _saved, _unsaved) = (null, true, IsUnsaved);
        }
        catch (PostgresException refusal) when (Refused(refusal) is { } words)
        {
            _problem = words;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Test cases could not be saved");
            _problem = $"The last changes could not be saved: {Failures.Why(failure)}. They are still here, and it is tried again by itself.";
            _timer?.Change(Patience, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            _writing.Release();
        }

        if (_gone.IsCancellationRequested)
            return;
        await TellAsync();
        StateHasChanged();
    }

    private async Task TellAsync()
    {
        await OnChanged.InvokeAsync(Cases);
        await OnForAllChanged.InvokeAsync(_forAll);
    }

    private static string? Refused(PostgresException refusal) => refusal.SqlState switch
    {
        PostgresErrorCodes.CheckViolation => "A case is too large to be saved: its values may have 1 MB, its checks 200 kB. Shorten it; everything is still here.",
        "54000" => $"There are more than {TestCaseQueries.MostCases} cases, perhaps added in another window. Delete some; everything is still here.",
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation => "The prompt is not there any more, so its cases cannot be saved.",
        _ => null,
    };
}
