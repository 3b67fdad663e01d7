using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Deleting with a way back, the same from the list and from a prompt's page. One per circuit.</summary>
public sealed class PromptDeletion(PromptQueries prompts, GalleryChanged gallery, ISnackbar snackbar, ILogger<PromptDeletion> log)
{
    /// <summary>Raised when a deletion was undone; the list shows the prompt again.</summary>
    public event Action? Restored;

    /// <summary>Deletes the prompt and offers to undo it. False where it was not there any more.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; nothing is deleted.</exception>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, string title, bool isPublic)
    {
        // Asked for is asked for: it happens also where the page closes at this moment.
        if (!await prompts.DeleteAsync(caller, id, CancellationToken.None))
            return false;
        if (isPublic)
            await gallery.TellAsync(CancellationToken.None);
        snackbar.Add($"Deleted “{CleanText.Cut(title, 60)}”.", Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = 12_000;
            options.OnClick = _ => UndoAsync(caller, id, title, isPublic);
        });
        return true;
    }

    /// <summary>Brings a deleted prompt back. False where it is not there any more.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; it stays deleted.</exception>
    public async Task<bool> RestoreAsync(Caller caller, Guid id, bool isPublic)
    {
        if (!await prompts.RestoreAsync(caller, id, CancellationToken.None))
            return false;
        if (isPublic)
            await gallery.TellAsync(CancellationToken.None);
        Restored?.Invoke();
        return true;
    }

    private async Task UndoAsync(Caller caller, Guid id, string title, bool isPublic)
    {
        try
        {
            snackbar.Add(
                await RestoreAsync(caller, id, isPublic) ? $"“{CleanText.Cut(title, 60)}” is back." : "It is back already.",
                Severity.Normal);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A prompt could not be restored");
            snackbar.Add($"It could not be brought back just now: {Failures.Why(failure)}.", Severity.Normal, options =>
            {
                options.Action = "Try again";
                options.RequireInteraction = true;
                options.OnClick = _ => UndoAsync(caller, id, title, isPublic);
            });
        }
    }
}
