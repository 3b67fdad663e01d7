using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Edits a draft; what the rules notice follows as one types.</summary>
public sealed partial class PromptEditor : IDisposable
{
    private readonly LatestOnly _looks = new();
    private IReadOnlyList<Finding> _findings = [];
    private int? _tokens;
    private (string Template, IReadOnlyList<PromptVariable> Variables)? _looked;

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

    /// <summary>Raised for a finding to be shown at its place.</summary>
    [Parameter]
    public EventCallback<Finding> OnShow { get; set; }

    /// <summary>Raised when it is to be saved.</summary>
    [Parameter]
    public EventCallback OnSave { get; set; }

    /// <summary>Raised when the changes are not wanted.</summary>
    [Parameter]
    public EventCallback OnCancel { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _looks.Dispose();

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LookAsync();

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

    private Task SetTemplateAsync(string template)
    {
        Draft.Template = template;
        return OnChanged.InvokeAsync();
    }

    private async Task MendAsync(Finding finding)
    {
        Draft.Template = finding.Mend!.Template;
        await OnChanged.InvokeAsync();
    }

    private async Task VariablesChangedAsync()
    {
        await OnChanged.InvokeAsync();
        await OnNoted.InvokeAsync();
    }

    // Counting and checking a long template takes a moment: not on the circuit, and only the latest counts.
    private async Task LookAsync()
    {
        var (template, variables) = (Draft.Template, Draft.Variables);
        if (_looked is { } looked && ReferenceEquals(looked.Template, template) && ReferenceEquals(looked.Variables, variables))
            return;
        _looked = (template, variables);
        var token = _looks.Next();
        var (findings, tokens) = await Task.Run(() => (PromptChecks.Find(template, variables), TokenEstimate.Count(template)), CancellationToken.None);
        if (_looks.IsLatest(token))
            (_findings, _tokens) = (findings, tokens);
    }
}
