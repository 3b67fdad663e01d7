using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>A row of the grid: a test case, or what was typed.</summary>
/// <param name="Id">The test case; null where the values were only typed.</param>
/// <param name="Name">What the test case is called.</param>
/// <param name="Values">Values by variable.</param>
/// <param name="Assertions">What is asked of the answers: the case's own and those of the prompt.</param>
public sealed record PlannedCase(Guid? Id, string? Name, IReadOnlyDictionary<string, string> Values, IReadOnlyList<Assertion> Assertions);

/// <summary>A column of the grid.</summary>
public sealed record PlannedColumn(TestedText Text, ModelSettings Model, decimal Temperature);

/// <summary>Turns what was chosen into cells: every case with every column, case by case.</summary>
public static class GridPlan
{
    /// <summary>
    /// The temperatures a model is asked with: those it does not take become the nearest one it does, once; one that lets
    /// nobody choose is asked with 1, which is what it does.
    /// </summary>
    public static IReadOnlyList<decimal> TemperaturesFor(ModelSettings model, IReadOnlyList<decimal> chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        var ability = ModelAbilities.Of(model).Temperature;
        return !ability.Takes ? [1m] : [.. chosen.Select(temperature => Math.Clamp(temperature, ability.Least ?? 0, ability.Most ?? 2)).Distinct()];
    }

    /// <summary>The columns: every text with every model at each of its temperatures.</summary>
    public static IReadOnlyList<PlannedColumn> Columns(
        IReadOnlyList<TestedText> texts, IReadOnlyList<ModelSettings> models, IReadOnlyList<decimal> temperatures)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. from text in texts from model in models from temperature in TemperaturesFor(model, temperatures) select new PlannedColumn(text, model, temperature)];
    }

    /// <summary>The cells, row by row. Each text is filled in once for each case.</summary>
    public static IReadOnlyList<PlannedCell> Cells(IReadOnlyList<PlannedColumn> columns, IReadOnlyList<PlannedCase> cases)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(cases);
        var cells = new List<PlannedCell>(columns.Count * cases.Count);
        foreach (var one in cases)
        {
            var filled = new Dictionary<TestedText, (string Resolved, IReadOnlyDictionary<string, string> Values)>(ReferenceEqualityComparer.Instance);
            foreach (var column in columns)
            {
                if (!filled.TryGetValue(column.Text, out var text))
                {
                    var values = ValuesFor(column.Text.Variables, one.Values);
                    filled[column.Text] = text = (column.Text.Template.Resolve(values), values);
                }

                cells.Add(new PlannedCell
                {
                    PromptId = column.Text.Choice.PromptId, PromptVersion = column.Text.Version, Model = column.Model, Temperature = column.Temperature,
                    CaseId = one.Id, CaseName = one.Name, ResolvedPrompt = text.Resolved, VariableValues = text.Values, Assertions = one.Assertions,
                });
            }
        }

        return cells;
    }

    /// <summary>
    /// What goes into a text: an optional variable without a value leaves nothing, a required one stays as its placeholder.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ValuesFor(IReadOnlyList<PromptVariable> variables, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(values);
        var filled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            var value = values.GetValueOrDefault(variable.Name) ?? "";
            if (!variable.Required || !string.IsNullOrWhiteSpace(value))
                filled[variable.Name] = value;
        }

        return filled;
    }
}
