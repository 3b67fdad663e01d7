using MetaPrompt.Web.Prompting;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shared.Editing;

/// <summary>
/// Edits a template with its variables. What the person types is drawn by the browser alone; what the program changes (a repair,
/// a new variable, a new name) goes through the browser's own editing, so that its Undo takes it back.
/// </summary>
public sealed partial class TemplateEditor(IJSRuntime browser, ILogger<TemplateEditor> log) : IAsyncDisposable
{
    private readonly LatestOnly _looks = new();
    private IReadOnlyList<Finding> _all = [];
    private IReadOnlyList<Finding> _findings = [];
    private int _hidden;
    private int? _tokens;
    private bool _looking;
    private EditedTemplate? _looked;
    private IReadOnlyList<string>? _lookedPast;
    private int? _lookedContext;
    private bool _previewing;
    private TemplateSelection? _making;
    private string? _makingProblem;
    private Finding? _shown;

    /// <summary>The text field's id.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>What is edited.</summary>
    [Parameter, EditorRequired]
    public EditedTemplate Template { get; set; } = EditedTemplate.Empty;

    /// <summary>The keys of findings that are not shown; see <see cref="DismissedFindings"/>.</summary>
    [Parameter]
    public IReadOnlyList<string> Dismissed { get; set; } = [];

    /// <summary>How many tokens the model reads; null where nobody knows.</summary>
    [Parameter]
    public int? ContextTokens { get; set; }

    /// <summary>A selector of the button that Ctrl+S presses; null where the page sees to that.</summary>
    [Parameter]
    public string? Save { get; set; }

    /// <summary>Fields before the template.</summary>
    [Parameter]
    public RenderFragment? Head { get; set; }

    /// <summary>What stands right above the template.</summary>
    [Parameter]
    public RenderFragment? Tools { get; set; }

    /// <summary>What stands beside the facts under the template.</summary>
    [Parameter]
    public RenderFragment? Facts { get; set; }

    /// <summary>What stands under the template.</summary>
    [Parameter]
    public RenderFragment? Foot { get; set; }

    /// <summary>Raised with the template after each change.</summary>
    [Parameter]
    public EventCallback<EditedTemplate> OnChanged { get; set; }

    /// <summary>Raised with the key of a finding that is not to be shown again.</summary>
    [Parameter]
    public EventCallback<string> OnDismiss { get; set; }

    /// <summary>Raised when dismissed findings are to be shown again.</summary>
    [Parameter]
    public EventCallback OnShowDismissed { get; set; }

    /// <summary>More attributes of the text field.</summary>
    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LookAsync();

    // Rules and tokenizer work beside the page: they never make typing wait, and only the latest text counts.
    private async Task LookAsync()
    {
        if (ReferenceEquals(_looked, Template) && ReferenceEquals(_lookedPast, Dismissed) && _lookedContext == ContextTokens)
            return;
        var changed = !ReferenceEquals(_looked, Template) || _lookedContext != ContextTokens;
        // Other words may stand now where some were selected.
        if (_looked?.Text != Template.Text)
            _making = null;
        (_looked, _lookedPast, _lookedContext) = (Template, Dismissed, ContextTokens);
        if (changed)
        {
            var (template, context, token) = (Template, ContextTokens, _looks.Next());
            _looking = true;
            var (findings, tokens) = await Task.Run(() => (PromptChecks.Find(template.Text, template.Variables, context), TokenEstimate.Count(template.Text)), CancellationToken.None);
            if (!_looks.IsLatest(token))
                return;
            (_all, _tokens, _looking) = (findings, tokens, false);
        }

        var dismissed = Dismissed.ToHashSet(StringComparer.Ordinal);
        _findings = [.. _all.Where(finding => !dismissed.Contains(DismissedFindings.Key(finding, Template.Text)))];
        (_hidden, _batch, _toDraw) = (_all.Count - _findings.Count, _batch + 1, true);
        if (_shown is not null && !_findings.Contains(_shown))
            _shown = null;
    }

    private Task WriteAsync(string? text)
    {
        var after = Template.Write(CleanText.Of(text));
        return ReferenceEquals(after, Template) ? Task.CompletedTask : OnChanged.InvokeAsync(after);
    }

    private async Task ApplyAsync(EditedTemplate after)
    {
        if (after.Text != Template.Text)
            await TryAsync("write", after.Text);
        await OnChanged.InvokeAsync(after);
    }

    private Task MendAsync(Finding finding)
    {
        _shown = null;
        return finding.Mend is { } mend ? ApplyAsync(Template.Apply(mend)) : Task.CompletedTask;
    }

    // The button goes with its finding; the keyboard stays where it was.
    private Task DismissInListAsync(Finding finding)
    {
        _focus = $"#{Id}-findings";
        return DismissKeyAsync(finding);
    }

    private Task DismissAsync(Finding finding)
    {
        _focus = "#" + Id;
        return DismissKeyAsync(finding);
    }

    private Task DismissKeyAsync(Finding finding)
    {
        _shown = null;
        return OnDismiss.InvokeAsync(DismissedFindings.Key(finding, Template.Text));
    }

    private async Task ShowAsync(Finding finding)
    {
        (_making, _shown) = (null, finding);
        await TryAsync("select", finding.Start, finding.Start + finding.Length);
    }

    private async Task MakeAsync((string Name, bool Everywhere) made)
    {
        if (_making is not { } selection)
            return;
        var after = Template.MakeVariable(selection.Start, selection.Length, made.Name, made.Everywhere, out _makingProblem);
        if (_makingProblem is not null)
            return;
        _making = null;
        await ApplyAsync(after);
    }

    private Task CloseAsync()
    {
        (_making, _shown, _focus) = (null, null, "#" + Id);
        return Task.CompletedTask;
    }
}
