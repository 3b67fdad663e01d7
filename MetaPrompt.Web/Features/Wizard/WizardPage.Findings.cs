using System.Data.Common;
using MetaPrompt.Data.Prompts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>What was dismissed in the wizard stays dismissed in the prompt.</summary>
public sealed partial class WizardPage
{
    [Inject]
    private DismissedFindingQueries Dismissals { get; set; } = default!;

    private async Task KeepDismissedAsync(Guid prompt)
    {
        if (_state.Dismissed.Count == 0)
            return;

        try
        {
            await Dismissals.SaveAsync(_caller, prompt, [.. _state.Dismissed], CancellationToken.None);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            // The prompt is saved, and that is what was asked for: these findings show up once more.
            log.LogWarning(failure, "The dismissed findings of a prompt were not kept");
        }
    }
}
