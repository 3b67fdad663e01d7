using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;
using MudBlazor;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Taking a secret link back, with a way to return it. One per circuit.</summary>
public sealed class LinkActions(PromptLinkQueries links, ISnackbar snackbar, ILogger<LinkActions> log)
{
    /// <summary>Raised with the prompt's id when its link works again.</summary>
    public event Action<Guid>? Returned;

    /// <summary>Takes the link back at once and offers to undo it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database did not take it; the link still works.</exception>
    public async Task RevokeAsync(Caller caller, Guid promptId, string token)
    {
        await links.RevokeAsync(caller, promptId, token, CancellationToken.None);
        Say("The link does not work any more.", () => ReturnAsync(caller, promptId, token));
    }

    private async Task ReturnAsync(Caller caller, Guid promptId, string token)
    {
        try
        {
            var isBack = await links.ReturnAsync(caller, promptId, token, CancellationToken.None);
            snackbar.Add(isBack ? "The same link works again." : "The prompt has a new link already, so the old one stays closed.", Severity.Normal);
            Returned?.Invoke(promptId);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A link could not be returned");
            Say($"The link could not be returned just now: {Failures.Why(failure)}.", () => ReturnAsync(caller, promptId, token), "Try again");
        }
    }

    private void Say(string words, Func<Task> undo, string action = "Undo") => snackbar.Add(words, Severity.Normal, options =>
    {
        options.Action = action;
        options.VisibleStateDuration = 12_000;
        options.OnClick = _ => undo();
    });
}
