using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>A row of the table of cases; see the markup.</summary>
public sealed partial class CaseRow
{
    private (CaseDraft? Case, int Number, int Count, bool Open, IReadOnlyList<PromptVariable>? Variables, IReadOnlyList<JudgeModel>? Models) _drawn;

    /// <summary>The case; its own copy is the newer one while somebody types.</summary>
    [Parameter, EditorRequired]
    public CaseDraft Case { get; set; } = default!;

    /// <summary>The columns.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PromptVariable> Variables { get; set; } = [];

    /// <summary>Its place, from 1, and how many there are.</summary>
    [Parameter, EditorRequired]
    public int Number { get; set; }

    /// <inheritdoc cref="Number"/>
    [Parameter, EditorRequired]
    public int Count { get; set; }

    /// <summary>Whether its checks are shown.</summary>
    [Parameter]
    public bool Open { get; set; }

    /// <inheritdoc cref="CaseTable.Models"/>
    [Parameter]
    public IReadOnlyList<JudgeModel> Models { get; set; } = [];

    /// <summary>Told with every key; a plain call, for an event callback would draw the whole table each time.</summary>
    [Parameter, EditorRequired]
    public Action<CaseDraft> OnChange { get; set; } = _ => { };

    /// <summary>Its checks are to be shown, or not any more.</summary>
    [Parameter, EditorRequired]
    public Action<Guid> OnToggle { get; set; } = _ => { };

    /// <summary>A copy is wanted below it.</summary>
    [Parameter, EditorRequired]
    public Action<Guid> OnDuplicate { get; set; } = _ => { };

    /// <summary>It is to go.</summary>
    [Parameter, EditorRequired]
    public Action<Guid> OnDelete { get; set; } = _ => { };

    /// <summary>It is to move up (-1) or down (1).</summary>
    [Parameter, EditorRequired]
    public Action<Guid, int> OnMove { get; set; } = (_, _) => { };

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        var now = (Case, Number, Count, Open, Variables, Models);
        var same = ReferenceEquals(_drawn.Case, Case) && (_drawn.Number, _drawn.Count, _drawn.Open) == (Number, Count, Open) && ReferenceEquals(_drawn.Variables, Variables) && ReferenceEquals(_drawn.Models, Models);
        _drawn = now;
        return !same;
    }

    private void Change(CaseDraft changed)
    {
        Case = changed;
        OnChange(changed);
    }

    private static string Text(ChangeEventArgs args) => CleanText.Of(args.Value as string);

    private static string? Hint(PromptVariable variable) => string.IsNullOrEmpty(variable.Example) ? null : CleanText.Cut(variable.Example.ReplaceLineEndings(" "), 60);
}
