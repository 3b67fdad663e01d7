using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What can be said of one text without asking a model.</summary>
public sealed record DryRunText
{
    /// <summary>Which text.</summary>
    public required TestedText Text { get; init; }

    /// <summary>The text with the values of each case, in their order.</summary>
    public required IReadOnlyList<string> Resolved { get; init; }

    /// <summary>Tokens of the shortest and the longest, estimated.</summary>
    public required (int Least, int Most) Tokens { get; init; }

    /// <summary>Placeholders that some case leaves without a value, and how many cases do.</summary>
    public required IReadOnlyList<(string Name, int Cases)> Unfilled { get; init; }

    /// <summary>What the rules notice in the template.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>What can be said of a grid without asking a model. Nothing of it is kept.</summary>
public sealed record DryRunReport
{
    /// <summary>How many cells a run would have; 0 where there is no model.</summary>
    public required int Cells { get; init; }

    /// <summary>What they are called.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>Each text with every case.</summary>
    public required IReadOnlyList<DryRunText> Texts { get; init; }

    /// <summary>What the models would take.</summary>
    public required GridEstimate Estimate { get; init; }

    /// <summary>What is wrong with assertions, so that they could not be checked; each sentence once.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>How many answers would be checked.</summary>
    public required int Checked { get; init; }

    /// <summary>Looks at it. Takes a moment for long prompts and many cases: call it away from a circuit.</summary>
    public static DryRunReport Of(
        IReadOnlyList<TestedText> texts, IReadOnlyList<PlannedCase> cases, IReadOnlyList<PlannedColumn> columns, RunParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(columns);
        return new DryRunReport
        {
            Cells = columns.Count * cases.Count,
            Cases = [.. cases.Select((one, row) => GridNames.Row(one.Name, row))],
            Texts = [.. texts.Select(text => Of(text, cases, cancellationToken))],
            Estimate = GridEstimate.Of(columns, cases, parameters, null, cancellationToken),
            Problems = [.. cases.SelectMany(one => one.Assertions).Distinct().Select(AssertionCheck.Problem).OfType<string>().Distinct()],
            Checked = cases.Count(one => one.Assertions.Count > 0) * columns.Count,
        };
    }

    private static DryRunText Of(TestedText text, IReadOnlyList<PlannedCase> cases, CancellationToken cancellationToken)
    {
        var values = cases.Select(one => GridPlan.ValuesFor(text.Variables, one.Values)).ToArray();
        string[] resolved = [.. values.Select(text.Template.Resolve)];
        var (least, most) = (int.MaxValue, 0);
        foreach (var one in resolved)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = TokenEstimate.Count(one);
            (least, most) = (Math.Min(least, count), Math.Max(most, count));
        }

        return new DryRunText
        {
            Text = text,
            Resolved = resolved,
            Tokens = (Math.Min(least, most), most),
            Unfilled = [.. text.Template.VariableNames.Select(name => (name, values.Count(filled => !filled.ContainsKey(name)))).Where(one => one.Item2 > 0)],
            Findings = PromptChecks.Find(text.Template.Text, text.Variables),
        };
    }
}
