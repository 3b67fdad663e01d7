using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Publishing with a way back, the same from every page of the library. One per circuit.</summary>
public sealed class PublishActions(
    PublishQueries publishing, GalleryChanged gallery, ISnackbar snackbar, TimeProvider time, ILogger<PublishActions> log)
{
    /// <summary>Raised with the prompt's id when its visibility changed; pages show it anew.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Shows the prompt to whom it says and offers to undo it. False where its text is not the one that was looked at.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it, or refused; see <see cref="PublishRefusal"/>.</exception>
    public async Task<bool> PublishAsync(Caller caller, Prompt before, Publication publication)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(publication);
        if (!await WriteAsync(caller, publication))
            return false;
        Say(PublishWords.Done(before.Visibility, publication.Visibility), () => UndoAsync(caller, before));
        return true;
    }

    /// <summary>Makes the prompt private and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; it is as it was.</exception>
    public Task UnpublishAsync(Caller caller, Prompt before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return PublishAsync(caller, before, As(before, PromptVisibility.Private));
    }

    private static Publication As(Prompt prompt, PromptVisibility visibility) => new()
    {
        PromptId = prompt.Id, Category = prompt.Category, Tags = prompt.Tags, Visibility = visibility, BasedOn = prompt.UpdatedAt,
    };

    private async Task<bool> WriteAsync(Caller caller, Publication publication)
    {
        // Taking back needs no look at the text; it happens also where that has changed.
        if (publication.Visibility == PromptVisibility.Private)
            await publishing.UnpublishAsync(caller, publication.PromptId, CancellationToken.None);
        else if (await publishing.PublishAsync(caller, publication, CancellationToken.None) is null)
            return false;
        await gallery.TellAsync(CancellationToken.None);
        Changed?.Invoke(publication.PromptId);
        return true;
    }

    private async Task UndoAsync(Caller caller, Prompt before)
    {
        try
        {
            snackbar.Add(
                await WriteAsync(caller, As(before, before.Visibility)) ? $"Undone: {PublishWords.Name(before.Visibility).ToLowerInvariant()} as before."
                    : "The text has changed since, so nothing became public. Open “Publish” to look at it first.",
                Severity.Normal);
        }
        catch (PostgresException refusal) when (PublishWords.Refused(refusal, time.GetUtcNow().UtcDateTime) is { } words)
        {
            snackbar.Add(words, Severity.Normal);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A publication could not be undone");
            Say($"That could not be undone just now: {Failures.Why(failure)}.", () => UndoAsync(caller, before), "Try again");
        }
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => undo();
    });
}
