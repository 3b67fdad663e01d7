using System.Data.Common;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using Microsoft.JSInterop;
using Npgsql;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// Nothing typed is lost: the browser keeps each change at once, the database (for a signed-in person) within a second, and two
/// tabs or devices at one draft never overwrite each other.
/// </summary>
public sealed partial class WizardPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private string _draft = NewDraft();
    private int _revision;
    private int _sequence;
    private bool _dirty;
    private bool _kept = true;
    private readonly SemaphoreSlim _oneSave = new(1);
    private bool _toKeep;
    private string? _savedMark;
    private string? _unkept;
    private Task _keeping = Task.CompletedTask;
    private IReadOnlyList<ShelvedDraft> _shelf = [];
    private StoredDraft? _other;
    private StoredDraft? _startedOver;
    private StoredDraft? _deleted;
    private bool _forked;
    private bool _resumed;

    private string ResumeWords => IsBackToSave
        ? "You are signed in, and everything is as you left it. Save prompt keeps it."
        : "This is where you left off.";

    // What else is unfinished; the one that is open is no entry of its own list.
    private IReadOnlyList<ShelvedDraft> Unfinished => [.. _shelf.Where(draft => draft.Id != _draft)];

    private static string NewDraft() => Guid.NewGuid().ToString("N");

    private async Task OpenAsync()
    {
        StoredDrafts stored;
        try
        {
            stored = await _drafts.LoadAsync(_owner, _gone.Token);
        }
        catch (JSException broken)
        {
            log.LogWarning("The wizard's script did not load: {Reason}", broken.Message);
            stored = DraftStore.Read(null, _owner);
            _kept = false;
        }

        await ShelveAsync(stored);
        // Whoever was quicker than the database has written and saved meanwhile, and is on the way to another page.
        if (_saved)
            return;
        (_open, _address) = (true, StepOf(StepText));
        var early = stored.Early.GetValueOrDefault(WizardFields.Goal);
        var latest = _shelf.FirstOrDefault(draft => draft.Id == stored.Tab) ?? (_shelf is [var first, ..] ? first : null);
        if (_state.IsWorthKeeping || !string.IsNullOrWhiteSpace(early))
        {
            // A goal came with the address or was typed before the page answered: it is what the person wants now.
            var own = latest is not null && latest.Id == stored.Tab ? await ReadAsync(latest) : null;
            if (own is not null && own.State.Goal.Trim() == _state.Goal.Trim())
                Resume(own);
            else
                _other = own ?? (latest is null ? null : await ReadAsync(latest));
            WizardFields.Apply(_state, stored.Early);
        }
        else if (latest is not null && await ReadAsync(latest) is { } draft)
        {
            // What was typed while the draft was read stays; the draft is offered beside it.
            if (_state.IsWorthKeeping)
                _other = draft;
            else
                Resume(draft);
            _resumed = _other is null;
            if (_resumed)
                WizardFields.Apply(_state, stored.Early.Where(field => field.Key != WizardFields.Goal));
        }
        else if (IsBackToSave)
        {
            _failure = new Failure("There is no unfinished prompt in this browser. Was it written in another one?");
        }

        if (_saved)
            return;
        _dirty = true;
        if (_state.IsWorthKeeping)
            Navigate(_state.Step, replace: true);
        _focus = _resumed && IsBackToSave && _state.Step == WizardStep.Template ? "#save" : _state.Step == WizardStep.Goal ? null : "#step";
        StateHasChanged();
        if (_state.Step == WizardStep.Questions && !_state.IsAsked)
            await AskAsync();
    }

    private async Task ShelveAsync(StoredDrafts stored)
    {
        IReadOnlyList<DraftRow> rows = [];
        if (_owner is not null)
        {
            try
            {
                rows = await draftQueries.ListAsync(_caller, _gone.Token);
            }
            catch (Exception failure) when (failure is DbException or TimeoutException)
            {
                // The browser's own are here; what is written goes there as soon as the database answers.
                log.LogWarning(failure, "The drafts could not be listed");
                _shelf = DraftShelf.Merge([.. stored.Drafts.Select(draft => draft with { Kept = false })], []).Drafts;
                return;
            }
        }

        var caught = await CatchUpAsync(stored.Drafts, rows);
        var shelf = DraftShelf.Merge([.. caught.Select(draft => draft with { Written = null })], rows);
        _shelf = shelf.Drafts;
        foreach (var id in shelf.Outdated)
            await _drafts.ForgetAsync(id, _gone.Token);
    }

    // A server that ended between saving and saying so leaves this browser a revision behind, with the very words that were
    // saved: nobody else has written, and what was typed since goes on from there.
    private async Task<IReadOnlyList<StoredDraft>> CatchUpAsync(IReadOnlyList<StoredDraft> drafts, IReadOnlyList<DraftRow> rows)
    {
        var caught = new List<StoredDraft>(drafts.Count);
        foreach (var local in drafts)
        {
            var row = local is { Kept: false, Written: not null } ? rows.FirstOrDefault(row => row.Id.ToString("N") == local.Id && row.Revision > local.Revision) : null;
            caught.Add(row is not null && await draftQueries.FindAsync(_caller, row.Id, _gone.Token) is { } found && found.State == local.Written
                ? local with { Revision = found.Revision }
                : local);
        }

        return caught;
    }

    // The draft with its state, from wherever it lies; null where it is gone or is none.
    private async Task<StoredDraft?> ReadAsync(ShelvedDraft draft)
    {
        if (draft.Local is { } local)
            return local with { Revision = draft.Revision };

        try
        {
            return await draftQueries.FindAsync(_caller, Guid.ParseExact(draft.Id, "N"), _gone.Token) is { } found && WizardDraft.Read(found.State) is { } state
                ? new StoredDraft(draft.Id, _owner, state, found.UpdatedAt, found.Revision, Kept: true)
                : null;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogWarning(failure, "A draft could not be read");
            _failure = new Failure($"The draft could not be read: {Failures.Why(failure)}. It is kept; try again in a moment.");
            return null;
        }
    }

    // In the browser at once; in the database soon.
    private async Task StoreAsync()
    {
        _dirty = false;
        var (before, sequence) = (_draft, ++_sequence);
        var kept = await _drafts.StoreAsync(_draft, _owner, WizardDraft.Write(_state), _revision, sequence, _gone.Token);
        _kept = kept is not null;
        if (kept is not null && kept != before && _draft == before)
        {
            (_draft, _revision, _forked) = (kept, 0, true);
            StateHasChanged();
        }

        if (_owner is null)
            return;
        _toKeep = true;
        if (_keeping.IsCompleted)
            _keeping = KeepAsync();
    }

    private async Task KeepAsync()
    {
        try
        {
            while (_toKeep && !_saved)
            {
                await Task.Delay(Pause, _gone.Token);
                if (!await KeepOnceAsync(_gone.Token))
                    await Task.Delay(PauseAfterFailure, _gone.Token);
            }
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            log.LogTrace("The page is gone; its last words are kept as it closes");
        }
    }

    // False where the database did not take it; it is tried again.
    private async Task<bool> KeepOnceAsync(CancellationToken cancellationToken)
    {
        await _oneSave.WaitAsync(cancellationToken);
        try
        {
            if (_toKeep && !_saved && _state.IsWorthKeeping)
                await SaveDraftAsync(cancellationToken);
            SayUnkept(null);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.CheckViolation)
        {
            // Too many, or too large: it stays in this browser.
            log.LogInformation("A draft stays in the browser alone: {Reason}", refused.MessageText);
            return true;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogDebug(failure, "A draft could not be kept; trying again");
            _toKeep = true;
            SayUnkept(Failures.Why(failure));
            return false;
        }
        finally
        {
            _oneSave.Release();
        }
    }

    private void SayUnkept(string? why)
    {
        if (_unkept == why)
            return;
        _unkept = why;
        StateHasChanged();
    }

    private async Task SaveDraftAsync(CancellationToken cancellationToken)
    {
        _toKeep = false;
        var (sequence, text) = (_sequence, WizardDraft.Write(_state));
        var mark = Mark(text);
        if (mark == _savedMark)
            return;

        var revision = await draftQueries.SaveAsync(_caller, Draft(text), _revision, cancellationToken);
        if (revision is null)
        {
            // Another tab or device has written since this one looked. What is here goes on under a name of its own.
            var old = _draft;
            (_draft, _forked) = (NewDraft(), true);
            revision = await draftQueries.SaveAsync(_caller, Draft(text), 0, cancellationToken);
            (_revision, _savedMark) = (revision ?? 0, mark);
            await _drafts.StoreAsync(_draft, _owner, text, _revision, sequence, cancellationToken);
            await _drafts.ForgetAsync(old, cancellationToken);
            _shelf = DraftShelf.Merge([], await draftQueries.ListAsync(_caller, cancellationToken)).Drafts;
            StateHasChanged();
        }

        (_revision, _savedMark) = (revision ?? 0, mark);
        await _drafts.KeptAsync(_draft, _revision, sequence, cancellationToken);
    }

    // Whether the database has it is all that is asked of the text: it is not kept beside the state for that.
    private static string Mark(string text) => Convert.ToBase64String(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));

    private NewDraft Draft(string text) => new(Guid.ParseExact(_draft, "N"), DraftShelf.GoalLine(_state), _state.Step.ToString(), text);

    // The tab closes: the words of the last moments go along, whether anybody waits for it or not.
    private async Task KeepLastAsync()
    {
        if (!_toKeep || _owner is null)
            return;

        try
        {
            await KeepOnceAsync(CancellationToken.None);
        }
        catch (Exception gone) when (PageGone.Is(gone))
        {
            log.LogTrace("The page is gone; the database has its last words");
        }
    }

    private async Task ForgetAsync(string id)
    {
        _shelf = [.. _shelf.Where(draft => draft.Id != id)];
        await _drafts.ForgetAsync(id, _gone.Token);
        if (_owner is null || !Guid.TryParseExact(id, "N", out var key))
            return;

        // After a save that is under way, so that it does not bring the draft back.
        await _oneSave.WaitAsync(CancellationToken.None);
        try
        {
            await draftQueries.DeleteAsync(_caller, key, CancellationToken.None);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogWarning(failure, "A draft could not be deleted");
        }
        finally
        {
            _oneSave.Release();
        }
    }

    private void Resume(StoredDraft draft)
    {
        (_draft, _state, _revision, _promptId) = (draft.Id, draft.State, draft.Revision, null);
        _savedMark = draft.Kept ? Mark(WizardDraft.Write(draft.State)) : null;
        (_asking, _adapting, _adaptNote) = (null, null, null);
        Look();
    }

    private Task ContinueAsync()
    {
        (_resumed, _focus) = (false, "#step");
        return Task.CompletedTask;
    }

    // Another prompt: this one stays as it is, among the unfinished.
    private async Task StartOverAsync()
    {
        var before = await PutOnShelfAsync();
        Resume(new StoredDraft(NewDraft(), _owner, new WizardState()));
        _resumed = false;
        Show(WizardStep.Goal);
        _startedOver = before;
        Navigate(WizardStep.Goal);
    }

    private Task UndoStartOverAsync() => _startedOver is { } before ? TakeAsync(before) : Task.CompletedTask;

    private async Task TakeOtherAsync()
    {
        if (_other is { } other)
            await TakeAsync(other);
        _other = null;
    }

    private async Task OpenDraftAsync(ShelvedDraft draft)
    {
        _failure = null;
        if (await ReadAsync(draft) is { } found)
            await TakeAsync(found);
        else if (_failure is null)
            _failure = new Failure("That draft is not there any more: it was saved or deleted elsewhere.");
    }

    private async Task TakeAsync(StoredDraft draft)
    {
        LeaveQuestions();
        _writing?.Abandon();
        await PutOnShelfAsync();
        Resume(draft);
        (_forked, _resumed) = (false, false);
        Show(_state.Step);
        Navigate(_state.Step);
    }

    // What is open stays an unfinished prompt; browser and database get its last words before something else is opened.
    private async Task<StoredDraft> PutOnShelfAsync()
    {
        if (_state.IsWorthKeeping)
        {
            await StoreAsync();
            if (_owner is not null)
                await KeepOnceAsync(_gone.Token);
        }

        _toKeep = false;
        await _drafts.LetGoAsync(_gone.Token);
        var draft = new StoredDraft(_draft, _owner, _state, DateTime.UtcNow, _revision, Kept: _savedMark is not null);
        if (_state.IsWorthKeeping)
            _shelf = [.. DraftShelf.Merge([draft with { Kept = false }], []).Drafts, .. _shelf.Where(other => other.Id != draft.Id)];
        return draft;
    }

    private async Task DeleteDraftAsync(ShelvedDraft draft)
    {
        _deleted = await ReadAsync(draft);
        await ForgetAsync(draft.Id);
        _said = "Deleted";
    }

    private async Task UndoDeleteAsync()
    {
        if (_deleted is not { } deleted)
            return;

        _deleted = null;
        var draft = deleted with { Revision = 0, At = DateTime.UtcNow, Kept = false };
        try
        {
            if (_owner is not null)
                draft = draft with { Revision = await PutBackAsync(draft) ?? 0, Kept = true };
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogWarning(failure, "A deleted draft came back in the browser alone");
        }

        if (!draft.Kept)
            await _drafts.PutAsideAsync(draft, _gone.Token);
        _shelf = [.. DraftShelf.Merge([draft with { Kept = false }], []).Drafts, .. _shelf];
    }

    private Task<int?> PutBackAsync(StoredDraft draft) =>
        draftQueries.SaveAsync(
            _caller, new NewDraft(Guid.ParseExact(draft.Id, "N"), DraftShelf.GoalLine(draft.State), draft.State.Step.ToString(), WizardDraft.Write(draft.State)), 0, CancellationToken.None);
}
