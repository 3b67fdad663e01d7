using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <content>Editing in place: nothing typed is lost, nothing of others is written over unseen.</content>
public sealed partial class PromptPage
{
    private PromptDraft? _draft;
    private Prompt? _conflict;
    private DateTimeOffset? _restoredAt;
    private string? _problem;
    private IReadOnlyList<Finding> _secrets = [];
    private string? _secretsSeen;

    private bool IsDirty => _draft is not null && Loaded is not null && _draft.Differs(Loaded.Prompt);

    private async Task OpenedAsync(KeptText? kept)
    {
        if (_draft is not null || Loaded is null || kept is null)
            return;
        if (PromptDraft.Restore(Loaded.Prompt, kept) is not { } draft)
        {
            await _kept!.ForgetAsync();
            return;
        }

        (_draft, _restoredAt) = (draft, kept.At);
        // It may have begun from a version that is not the latest any more: said before anything more is written.
        if (draft.BasedOn != Loaded.Prompt.UpdatedAt)
            _conflict = Loaded.Prompt;
        StateHasChanged();
        await _kept!.NoteAsync(draft.Note());
    }

    private async Task EditAsync()
    {
        // A quick click must not write over words that the browser kept and that are still on their way.
        await _kept!.WhenOpenedAsync();
        if (Loaded is null)
            return;
        _draft ??= new PromptDraft(Loaded.Prompt);
        _failure = null;
        StateHasChanged();
        await _kept!.FocusAsync("#prompt-title");
    }

    private async Task ChangedAsync()
    {
        (_problem, _restoredAt) = (_problem is null ? null : _draft?.Problem(), null);
        (_secrets, _secretsSeen) = ([], null);
        // The browser keeps the fields by itself; beside the first change it has to know what they were an edit of.
        await NotedAsync();
    }

    private async Task NotedAsync()
    {
        if (_draft is not null && _kept is not null)
            await _kept.NoteAsync(_draft.Note());
    }

    private async Task SaveAsync()
    {
        var draft = _draft!;
        _problem = draft.Problem();
        if (_problem is not null || IsStoppedBySecrets(draft))
            return;
        if (!IsDirty && _conflict is null)
        {
            await CancelAsync();
            return;
        }

        await TryAsync("It could not be saved: {why}. Nothing is lost, everything is still here.", async () =>
        {
            if (await prompts.UpdateAsync(_caller, draft.ToEdit(), CancellationToken.None) is null && !await IsSavedOverSameTextAsync(draft))
                return;
            await SavedAsync();
        });
    }

    // What others read already stays guarded: an edit can leak as well as a publication. Whoever says "save anyway" says it
    // of this very text; after the next change it is asked again.
    private bool IsStoppedBySecrets(PromptDraft draft)
    {
        if (Loaded!.Prompt.Visibility == PromptVisibility.Private)
            return false;
        var text = PublishGuard.TextOf(draft.Title, draft.Goal, draft.Template, PromptVariables.ToJson(draft.Variables));
        if (_secretsSeen == text)
            return false;
        (_secrets, _secretsSeen) = (PublishGuard.Find(draft.Title, draft.Goal, draft.Template, draft.Variables), text);
        return _secrets.Count > 0;
    }

    // "Changed elsewhere" can also mean published elsewhere, with the same words: that is no conflict.
    private async Task<bool> IsSavedOverSameTextAsync(PromptDraft draft)
    {
        var before = Loaded!.Prompt;
        var now = await prompts.FindAsync(_caller, Id, CancellationToken.None);
        if (now is null)
        {
            _failure = "This prompt is gone. What you wrote is still in the fields: save it as a copy, or copy what you need.";
            _conflict = before with { DeletedAt = time.GetUtcNow().UtcDateTime };
            return false;
        }

        // It says already what is to be saved: an earlier attempt came through although its answer did not.
        if (now.DeletedAt is null && !draft.Differs(now))
            return true;

        if (_conflict is null && now.DeletedAt is null && draft.BasedOn == before.UpdatedAt && !new PromptDraft(before).Differs(now))
        {
            draft.Rebase(now);
            if (await prompts.UpdateAsync(_caller, draft.ToEdit(), CancellationToken.None) is not null)
                return true;
        }

        _conflict = now;
        StateHasChanged();
        await _kept!.FocusAsync("#conflict");
        return false;
    }

    private async Task SavedAsync()
    {
        var wasPublic = Loaded!.Prompt.Visibility != PromptVisibility.Private;
        await _kept!.ForgetAsync();
        EndEditing();
        await LoadAsync();
        if (wasPublic)
            await gallery.TellAsync(CancellationToken.None);
        snackbar.Add("Saved.", Severity.Normal);
        StateHasChanged();
        await _kept!.FocusAsync("h1");
    }

    private async Task OverwriteAsync()
    {
        // What is asked about next is the difference to the version that is written over.
        Loaded = Loaded! with { Prompt = _conflict! };
        _draft!.Rebase(_conflict!);
        _conflict = null;
        await SaveAsync();
    }

    private Task SaveCopyAsync() =>
        TryAsync("The copy could not be saved: {why}. Nothing is lost, everything is still here.", async () =>
        {
            _problem = _draft!.Problem();
            if (_problem is not null)
                return;
            var copy = await prompts.CreateAsync(_caller, _draft.ToCopy(Loaded!.Answers), CancellationToken.None);
            await _kept!.ForgetAsync();
            EndEditing();
            snackbar.Add("Your version is this copy. The other one is unchanged.", Severity.Normal);
            navigation.NavigateTo(LibraryUrl.Prompt(copy));
        });

    private async Task TakeOtherAsync()
    {
        await _kept!.ForgetAsync();
        EndEditing();
        await LoadAsync();
    }

    private async Task CancelAsync()
    {
        await _kept!.ForgetAsync();
        EndEditing();
        StateHasChanged();
        await _kept!.FocusAsync("#prompt-edit");
    }

    private void EndEditing()
    {
        (_draft, _conflict, _restoredAt, _problem) = (null, null, null, null);
        (_secrets, _secretsSeen) = ([], null);
    }

    private async Task LeavingAsync(LocationChangingContext leaving)
    {
        if (!IsDirty)
            return;
        if (!await ConfirmDialog.AskAsync(dialogs, "Leave without saving?",
                "Your changes are not saved yet. This browser keeps them, so they are here when you come back to this prompt.", "Leave", "Stay"))
        {
            leaving.PreventNavigation();
        }
    }
}
