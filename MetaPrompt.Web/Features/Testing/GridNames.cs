using System.Globalization;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What the columns and rows of a run are called.</summary>
public sealed class GridNames(Guid promptId, IReadOnlyDictionary<Guid, string> titles, bool isOfManyTexts)
{
    /// <summary>Names for a run.</summary>
    /// <param name="model">The run.</param>
    /// <param name="titles">Titles of prompts other than the one whose page it is.</param>
    public static GridNames Of(GridModel model, IReadOnlyDictionary<Guid, string> titles)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new GridNames(model.PromptId, titles, model.Columns.Select(column => (column.PromptId, column.PromptVersion)).Distinct().Count() > 1);
    }

    /// <summary>The text of a column: a version of the prompt, or another prompt's title; null where all columns have the same.</summary>
    public string? Text(Guid prompt, int? version) => isOfManyTexts ? TextName(prompt, version) : null;

    /// <summary>"gpt-4.1 at 0.7", before it the text where there are several.</summary>
    public string Column(GridColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return Column(column.PromptId, column.PromptVersion, column.Model, column.Temperature);
    }

    /// <summary>The column a cell stands in.</summary>
    public string Column(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Column(cell.PromptId, cell.PromptVersion, cell.Model, cell.Temperature);
    }

    /// <summary>What a text is called.</summary>
    public string TextName(Guid prompt, int? version)
    {
        var number = version is null ? null : string.Create(CultureInfo.InvariantCulture, $"Version {version}");
        return prompt == promptId ? number ?? "This prompt" : titles.GetValueOrDefault(prompt) ?? "Another prompt";
    }

    /// <summary>A row: the test case, or what was typed.</summary>
    /// <param name="caseName">What the test case was called.</param>
    /// <param name="row">From 0.</param>
    public static string Row(string? caseName, int row) =>
        caseName is null ? "Typed values" : caseName.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"Case {row + 1}") : caseName;

    private string Column(Guid prompt, int? version, string model, decimal temperature)
    {
        var name = $"{model} at {Temperatures.Text(temperature)}";
        return Text(prompt, version) is { } text ? $"{text}, {name}" : name;
    }
}
