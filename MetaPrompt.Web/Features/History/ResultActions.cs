using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using MudBlazor;

namespace MetaPrompt.Web.Features.History;

/// <summary>What is done to results with a way back, the same from the list and from a result's page. One per circuit.</summary>
public sealed class ResultActions(ResultQueries results, ResultLinkQueries links, ISnackbar snackbar, ILogger<ResultActions> log)
{
    /// <summary>Raised when something was undone: what is shown may be another.</summary>
    public event Action? Undone;

    /// <summary>Deletes the results at once and offers to undo it. Returns those that were there.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; nothing is deleted.</exception>
    public async Task<IReadOnlyList<Guid>> DeleteAsync(Caller caller, IReadOnlyCollection<Guid> ids)
    {
        // Asked for is asked for: it happens also where the page closes at this moment.
        var gone = await results.DeleteAsync(caller, ids, CancellationToken.None);
        if (gone.Count > 0)
            Say($"Deleted {Numbers.Of(gone.Count, "result", "results")}.", () => results.RestoreAsync(caller, gone, CancellationToken.None));
        return gone;
    }

    /// <summary>Gives the results a star or takes it away, and offers to undo it. Returns those for which that is new.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it.</exception>
    public async Task<IReadOnlyList<Guid>> StarAsync(Caller caller, IReadOnlyCollection<Guid> ids, bool starred)
    {
        var changed = await results.StarAsync(caller, ids, starred, CancellationToken.None);
        // One star is undone by pressing it again.
        if (changed.Count > 1 || !starred)
        {
            Say(starred ? $"Starred {Numbers.Of(changed.Count, "result", "results")}." : $"Took the star off {Numbers.Of(changed.Count, "result", "results")}.",
                () => results.StarAsync(caller, changed, !starred, CancellationToken.None));
        }

        return changed;
    }

    /// <summary>Takes a result's link back at once and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; the link still works.</exception>
    public async Task RevokeAsync(Caller caller, Guid resultId, string token)
    {
        await links.RevokeAsync(caller, resultId, token, CancellationToken.None);
        Say("The link does not work any more.", () => links.ReturnAsync(caller, resultId, token, CancellationToken.None));
    }

    private async Task UndoAsync(Func<Task> undo)
    {
        try
        {
            await undo();
            snackbar.Add("Undone.", Severity.Normal);
            Undone?.Invoke();
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A change of results could not be undone");
            Say($"It could not be undone just now: {Failures.Why(failure)}.", undo, "Try again");
        }
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => UndoAsync(undo);
    });
}
