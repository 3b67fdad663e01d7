using System.Globalization;
using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What is filled in before a run: a value per variable, the model and the temperature.</summary>
public sealed class TestForm
{
    /// <summary>The name of the model field in the browser's memory.</summary>
    public const string ModelField = "model";

    /// <summary>The name of the temperature field in the browser's memory.</summary>
    public const string TemperatureField = "temperature";

    /// <summary>What the model field holds for a run without a model.</summary>
    public const string DryRun = "";

    /// <summary>The lowest and the highest temperature.</summary>
    public const decimal Coldest = 0, Hottest = 2;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>A form with the variables' defaults.</summary>
    public TestForm(IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        Variables = variables;
        Reset();
    }

    /// <summary>The template's variables.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; }

    /// <summary>The chosen model's name, or <see cref="DryRun"/>.</summary>
    public string Model { get; set; } = DryRun;

    /// <summary>Whether somebody chose the model; until then the best there is stands in its place.</summary>
    public bool ModelChosen { get; set; }

    /// <summary>From <see cref="Coldest"/> to <see cref="Hottest"/>, one decimal.</summary>
    public decimal Temperature { get; private set; } = 0.7m;

    /// <summary>Whether an example can be put where nothing is filled in.</summary>
    public bool CanUseExamples => Variables.Any(variable => Value(variable.Name).Length == 0 && !string.IsNullOrEmpty(variable.Example));

    /// <summary>The name of a variable's field in the browser's memory.</summary>
    public static string FieldOf(string variable) => "v:" + variable;

    /// <summary>What is filled in for the variable; empty where nothing is.</summary>
    public string Value(string variable) => _values.GetValueOrDefault(variable) ?? "";

    /// <summary>Fills a variable in.</summary>
    public void Set(string variable, string? value) => _values[variable] = CleanText.Of(value);

    /// <summary>Takes a temperature as it was typed: out of bounds it is the nearest bound, nonsense changes nothing.</summary>
    public void SetTemperature(string? text)
    {
        if (decimal.TryParse(text?.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            Temperature = decimal.Round(Math.Clamp(value, Coldest, Hottest), 1, MidpointRounding.AwayFromZero);
    }

    /// <summary>Back to the defaults.</summary>
    public void Reset()
    {
        foreach (var variable in Variables)
            _values[variable.Name] = variable.Default ?? "";
    }

    /// <summary>Puts the examples where nothing is filled in.</summary>
    public void UseExamples()
    {
        foreach (var variable in Variables.Where(variable => Value(variable.Name).Length == 0 && !string.IsNullOrEmpty(variable.Example)))
            _values[variable.Name] = variable.Example!;
    }

    /// <summary>Variables that a run needs and that have no value.</summary>
    public IReadOnlyList<PromptVariable> Missing() =>
        [.. Variables.Where(variable => variable.Required && string.IsNullOrWhiteSpace(Value(variable.Name)))];

    /// <summary>
    /// What goes into the template: an optional variable without a value leaves nothing, a required one stays as its placeholder.
    /// </summary>
    public IReadOnlyDictionary<string, string> Values() =>
        Variables.Where(variable => !variable.Required || !string.IsNullOrWhiteSpace(Value(variable.Name)))
            .ToDictionary(variable => variable.Name, variable => Value(variable.Name), StringComparer.Ordinal);

    /// <summary>Takes back what the browser kept; fields that no longer exist are left out.</summary>
    public void Restore(KeptText kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        foreach (var variable in Variables)
        {
            if (kept.Fields.TryGetValue(FieldOf(variable.Name), out var value))
                Set(variable.Name, value);
        }

        SetTemperature(kept.Fields.GetValueOrDefault(TemperatureField));
        if (kept.Fields.TryGetValue(ModelField, out var model))
            (Model, ModelChosen) = (model, true);
    }

    /// <summary>Takes over what an earlier run was made with; variables it did not know become empty.</summary>
    public void Take(TestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var values = ReadValues(result.VariableValues);
        foreach (var variable in Variables)
            Set(variable.Name, values.GetValueOrDefault(variable.Name));
        Temperature = Math.Clamp(decimal.Round(result.Temperature, 1), Coldest, Hottest);
        (Model, ModelChosen) = (result.Model, true);
    }

    /// <summary>Makes sure that the chosen model is one there is: else the catalog's first, or a dry run.</summary>
    public void Choose(ModelCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        if (ModelChosen && (Model == DryRun || catalog.Find(Model) is not null))
            return;
        (Model, ModelChosen) = (catalog.Default?.Name ?? DryRun, false);
    }

    /// <summary>The values of a kept result, by name. What is no text is shown as the JSON it is.</summary>
    public static IReadOnlyDictionary<string, string> ReadValues(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : document.RootElement.EnumerateObject().DistinctBy(property => property.Name).ToDictionary(
                property => property.Name,
                property => property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText(),
                StringComparer.Ordinal);
    }
}
