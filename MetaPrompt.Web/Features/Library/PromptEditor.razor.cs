using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Edits a draft; what the rules notice follows as one types.</summary>
public sealed partial class PromptEditor(DismissedFindingQueries dismissals, ILogger<PromptEditor> log)
{
    private IReadOnlyList<string> _dismissed = [];

    /// <summary>What is edited.</summary>
    [Parameter, EditorRequired]
    public PromptDraft Draft { get; set; } = default!;

    /// <summary>Whether saving changes what others see.</summary>
    [Parameter]
    public bool IsPublic { get; set; }

    /// <summary>Whether it is being saved.</summary>
    [Parameter]
    public bool Busy { get; set; }

    /// <summary>Why it cannot be saved; null where nothing is known.</summary>
    [Parameter]
    public string? Problem { get; set; }

    /// <summary>What should not become public unseen; saving again means that it was seen.</summary>
    [Parameter]
    public IReadOnlyList<Finding> Secrets { get; set; } = [];

    /// <summary>Raised after a field changed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Raised after something changed that is in no field: a variable's details.</summary>
    [Parameter]
    public EventCallback OnNoted { get; set; }

    /// <summary>Raised when it is to be saved.</summary>
    [Parameter]
    public EventCallback OnSave { get; set; }

    /// <summary>Raised when the changes are not wanted.</summary>
    [Parameter]
    public EventCallback OnCancel { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication).User.Caller();
        try
        {
            _dismissed = await dismissals.FindAsync(user, Draft.Id, CancellationToken.None);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "The dismissed findings of a prompt could not be read; all are shown");
        }
    }

    private Task SetTitleAsync(string title)
    {
        Draft.Title = CleanText.Of(title);
        return OnChanged.InvokeAsync();
    }

    private Task SetGoalAsync(string goal)
    {
        Draft.Goal = CleanText.Of(goal);
        return OnChanged.InvokeAsync();
    }

    private async Task ChangeAsync(EditedTemplate edited)
    {
        Draft.Edited = edited;
        await OnChanged.InvokeAsync();
        await OnNoted.InvokeAsync();
    }

    private Task DismissAsync(string key) => DismissAsync(DismissedFindings.With(_dismissed, key));

    private Task ShowDismissedAsync() => DismissAsync([]);

    // At once, not with the text: who cancels an edit has dismissed the finding all the same.
    private async Task DismissAsync(IReadOnlyList<string> keys)
    {
        _dismissed = keys;
        try
        {
            await dismissals.SaveAsync((await Authentication).User.Caller(), Draft.Id, [.. keys], CancellationToken.None);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A dismissed finding was not kept; it comes back with the page");
        }
    }
}
