using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>Title, template, variables, and what the rules notice in them.</summary>
public sealed partial class TemplateStep
{
    /// <summary>What is edited.</summary>
    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    /// <summary>What can be done with the template as a whole, above it.</summary>
    [Parameter]
    public RenderFragment? Tools { get; set; }

    /// <summary>The model that is writing; null where none is.</summary>
    [Parameter]
    public string? Writing { get; set; }

    /// <summary>What it has written.</summary>
    [Parameter]
    public string SoFar { get; set; } = "";

    /// <summary>How many tokens the model may be given; null where nobody knows.</summary>
    [Parameter]
    public int? ContextTokens { get; set; }

    /// <summary>Something was typed or changed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>The edited template stays.</summary>
    [Parameter]
    public EventCallback OnKeepMine { get; set; }

    /// <summary>The template is to be made of the answers again.</summary>
    [Parameter]
    public EventCallback OnComposeAnew { get; set; }

    /// <summary>What was replaced comes back.</summary>
    [Parameter]
    public EventCallback OnUndo { get; set; }

    /// <summary>The model is to stop.</summary>
    [Parameter]
    public EventCallback OnStopWriting { get; set; }

    private Task SetTitleAsync(string? title)
    {
        State.Title = CleanText.Of(title);
        return OnChanged.InvokeAsync();
    }

    private Task ChangeAsync(EditedTemplate edited)
    {
        State.Edit(edited);
        return OnChanged.InvokeAsync();
    }

    private Task DismissAsync(string key)
    {
        State.Dismiss(key);
        return OnChanged.InvokeAsync();
    }

    private Task ShowDismissedAsync()
    {
        State.ShowAll();
        return OnChanged.InvokeAsync();
    }
}
