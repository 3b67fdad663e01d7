using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using MudBlazor;

namespace MetaPrompt.Web.Features.Models;

/// <summary>
/// Removing keys and models, with a way back. One per circuit: what is needed to undo it stays in the server's memory, and a
/// secret in it is encrypted.
/// </summary>
public sealed class KeyActions(OwnKeys keys, ISnackbar snackbar, ILogger<KeyActions> log)
{
    /// <summary>Raised when something is back.</summary>
    public event Action? Returned;

    /// <summary>Removes a key with its models at once and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; the key is still there.</exception>
    public async Task RemoveAsync(Caller caller, ProviderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (await keys.RemoveAsync(caller, key.Id, CancellationToken.None) is { } removed)
            Say($"“{removed.Name}” is removed. Nothing of it is kept.", () => UndoAsync(() => keys.RestoreAsync(caller, removed, CancellationToken.None), $"“{removed.Name}” is back."));
    }

    /// <summary>Uses a model no longer and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; the model is still there.</exception>
    public async Task StopUsingAsync(Caller caller, KeyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (await keys.StopUsingAsync(caller, model.KeyId, model.Model, CancellationToken.None))
            Say($"“{model.Name}” is taken out. Its results stay.", () => UndoAsync(() => keys.UseAsync(caller, model, CancellationToken.None), $"“{model.Name}” is back."));
    }

    private async Task UndoAsync(Func<Task> undo, string done)
    {
        try
        {
            await undo();
            snackbar.Add(done, Severity.Normal);
        }
        catch (EntryProblem problem)
        {
            snackbar.Add($"That could not be undone. {problem.Message}", Severity.Normal);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A removed key or model could not be returned");
            Say($"That could not be undone just now: {Failures.Why(failure)}.", () => UndoAsync(undo, done), "Try again");
            return;
        }

        Returned?.Invoke();
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => undo();
    });
}
