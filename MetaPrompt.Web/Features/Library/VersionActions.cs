using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Restoring a version with a way back: both are new versions, none is lost. One per circuit.</summary>
public sealed class VersionActions(
    PromptQueries prompts, PromptVersionQueries versions, GalleryChanged gallery, ISnackbar snackbar, TimeProvider time, ILogger<VersionActions> log)
{
    /// <summary>Raised with the prompt's id when it says something else now; pages show it anew.</summary>
    public event Action<Guid>? Changed;

    /// <summary>
    /// Makes the prompt say what it said in that version and offers to undo it. False where the prompt was changed or deleted
    /// since it was read, or the version is gone: then nothing is written.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it, or refused; see <see cref="PublishWords"/>.</exception>
    public async Task<bool> RestoreAsync(Caller caller, Prompt before, int number)
    {
        ArgumentNullException.ThrowIfNull(before);
        if (await WriteAsync(caller, before, number) is not { } now)
            return false;
        if (before.Version is { } last)
            Say($"Version {number} is back, as version {now.Version}.", () => UndoAsync(caller, now, last));
        return true;
    }

    private async Task<Prompt?> WriteAsync(Caller caller, Prompt before, int number)
    {
        // Asked for is asked for: it happens also where the page closes at this moment.
        if (await versions.RestoreAsync(caller, before.Id, number, before.UpdatedAt, CancellationToken.None) is null)
            return null;
        if (before.Visibility != PromptVisibility.Private)
            await gallery.TellAsync(CancellationToken.None);
        var now = await prompts.FindAsync(caller, before.Id, CancellationToken.None);
        Changed?.Invoke(before.Id);
        return now;
    }

    private async Task UndoAsync(Caller caller, Prompt restored, int last)
    {
        try
        {
            snackbar.Add(
                await WriteAsync(caller, restored, last) is not null ? $"Undone: it says what version {last} says."
                    : "It was changed again since, so nothing was undone. Every version is still in the list.",
                Severity.Normal);
        }
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, time.GetUtcNow().UtcDateTime) is { } words)
        {
            snackbar.Add(words, Severity.Normal);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A restored version could not be undone");
            Say($"That could not be undone just now: {Failures.Why(failure)}.", () => UndoAsync(caller, restored, last), "Try again");
        }
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => undo();
    });
}
