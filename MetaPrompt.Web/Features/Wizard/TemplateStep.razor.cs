using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>Title, template, variables, and what the rules notice in them.</summary>
public sealed partial class TemplateStep : IDisposable
{
    private IReadOnlyList<Finding> _findings = [];
    private int? _tokens;
    private bool _previewing;
    private bool _isLooking;
    private string? _looked;
    private IReadOnlyList<PromptVariable>? _lookedAt;
    private CancellationTokenSource? _looking;

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

    /// <summary>The person wants to see the place of a finding.</summary>
    [Parameter]
    public EventCallback<Finding> OnShow { get; set; }

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

    private string TokenWords => _tokens is { } tokens ? $"About {Numbers.Of(tokens, "token", "tokens")}" : "Counting tokens";

    private Dictionary<string, string> Samples => State.Variables
        .Select(variable => (variable.Name, Value: Sample(variable)))
        .Where(sample => !string.IsNullOrWhiteSpace(sample.Value))
        .ToDictionary(sample => sample.Name, sample => sample.Value!, StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _looking?.Cancel();
        _looking?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => await LookAsync();

    private static string? Sample(PromptVariable variable) =>
        !string.IsNullOrWhiteSpace(variable.Example) ? variable.Example
        : !string.IsNullOrWhiteSpace(variable.Default) ? variable.Default
        : variable.Choices is [var first, ..] ? first : null;

    // Beside the page: rules and tokenizer never make typing wait. A newer text makes an older look worthless.
    private async Task LookAsync()
    {
        if (State.Template is not { } template || Writing is not null || (template == _looked && ReferenceEquals(State.Variables, _lookedAt)))
            return;

        (_looked, _lookedAt) = (template, State.Variables);
        _looking?.Cancel();
        _looking?.Dispose();
        _looking = new CancellationTokenSource();
        var stop = _looking.Token;
        _isLooking = true;
        var (findings, tokens) = await Task.Run(() => (State.Findings(ContextTokens), TokenEstimate.Count(template)), CancellationToken.None);
        if (stop.IsCancellationRequested)
            return;

        (_findings, _tokens, _isLooking) = (findings, tokens, false);
    }

    private Task PreviewAsync()
    {
        _previewing = !_previewing;
        return OnChanged.InvokeAsync();
    }

    private Task SetTitleAsync(string? title)
    {
        State.Title = WizardText.Clean(title);
        return ChangedAsync();
    }

    private Task SetTemplateAsync(string? template)
    {
        State.Edit(template);
        return ChangedAsync();
    }

    private Task MendAsync(Finding finding)
    {
        if (finding.Mend is { } mend)
            State.Apply(mend);
        return ChangedAsync();
    }

    private Task DismissAsync(Finding finding)
    {
        State.Dismiss(finding);
        _findings = State.Findings(ContextTokens);
        return OnChanged.InvokeAsync();
    }

    private async Task ChangedAsync()
    {
        await OnChanged.InvokeAsync();
        await LookAsync();
    }
}
