using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>The same done to many prompts, with a way back. One per circuit.</summary>
public sealed class PromptBatch(PromptBatchQueries batch, GalleryChanged gallery, ISnackbar snackbar, TimeProvider time, ILogger<PromptBatch> log)
{
    /// <summary>Raised when something was undone; the list shows it anew.</summary>
    public event Action? Undone;

    /// <summary>Deletes the prompts, all or none, and offers to undo it. Returns those that are gone.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; nothing is deleted.</exception>
    public async Task<IReadOnlyList<Guid>> DeleteAsync(Caller caller, IReadOnlyCollection<Guid> ids)
    {
        // Asked for is asked for: it happens also where the page closes at this moment.
        var gone = await batch.DeleteAsync(caller, ids, CancellationToken.None);
        if (gone.Any(prompt => prompt.IsPublic))
            await gallery.TellAsync(CancellationToken.None);
        Guid[] deleted = [.. gone.Select(prompt => prompt.Id)];
        if (deleted.Length > 0)
            Say($"Deleted {Numbers.Of(deleted.Length, "prompt", "prompts")}.", () => RestoreAsync(caller, deleted));
        return deleted;
    }

    /// <summary>Makes the prompts private, all or none, and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; nothing is changed.</exception>
    public async Task MakePrivateAsync(Caller caller, IReadOnlyCollection<Guid> ids)
    {
        var seen = await batch.SeenAsync(caller, ids, CancellationToken.None);
        var hidden = seen.Count == 0 ? [] : await batch.MakePrivateAsync(caller, [.. seen.Select(prompt => prompt.Id)], CancellationToken.None);
        if (hidden.Count == 0)
        {
            snackbar.Add(ids.Count == 1 ? "It is private already." : "They are private already.", Severity.Normal);
            return;
        }

        await gallery.TellAsync(CancellationToken.None);
        Say($"{Numbers.Of(hidden.Count, "prompt is", "prompts are")} private now: only you see {(hidden.Count == 1 ? "it" : "them")}. Likes are kept.",
            () => ShowAgainAsync(caller, [.. seen.Where(prompt => hidden.Contains(prompt.Id))]));
    }

    private Task RestoreAsync(Caller caller, IReadOnlyCollection<Guid> ids) => UndoAsync(() => RestoreAsync(caller, ids), async () =>
    {
        var back = await batch.RestoreAsync(caller, ids, CancellationToken.None);
        if (back.Any(prompt => prompt.IsPublic))
            await gallery.TellAsync(CancellationToken.None);
        snackbar.Add(back.Count == 0 ? "They are back already." : $"{Numbers.Of(back.Count, "prompt is", "prompts are")} back.", Severity.Normal);
    });

    private Task ShowAgainAsync(Caller caller, IReadOnlyList<SeenPrompt> seen) => UndoAsync(() => ShowAgainAsync(caller, seen), async () =>
    {
        var outcomes = new List<PublishOutcome>();
        foreach (var part in seen.Chunk(PromptBatchQueries.MostPublished))
            outcomes.AddRange(await batch.PublishAsync(caller, part, null, CancellationToken.None));
        await gallery.TellAsync(CancellationToken.None);
        var refused = outcomes.Where(outcome => outcome.Refusal is not null).ToList();
        snackbar.Add(
            refused.Count == 0 ? $"Undone: {Numbers.Of(seen.Count, "prompt is", "prompts are")} as before."
                : $"{refused.Count} of {seen.Count} stayed private. {PublishWords.Refused(refused[0], time.GetUtcNow().UtcDateTime)}",
            Severity.Normal);
    });

    private async Task UndoAsync(Func<Task> again, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Something done to many prompts could not be undone");
            Say($"That could not be undone just now: {Failures.Why(failure)}.", again, "Try again");
            return;
        }

        Undone?.Invoke();
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => undo();
    });
}
