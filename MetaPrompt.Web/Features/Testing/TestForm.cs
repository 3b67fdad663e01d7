using System.Text.Json;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>The values that are typed before a run, one for each variable.</summary>
public sealed class TestForm
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>A form with the variables' defaults.</summary>
    public TestForm(IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        Variables = variables;
        Reset();
    }

    /// <summary>The variables of the texts that are tested.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; private set; }

    /// <summary>Whether an example can be put where nothing is filled in.</summary>
    public bool CanUseExamples => Variables.Any(variable => Value(variable.Name).Length == 0 && !string.IsNullOrEmpty(variable.Example));

    /// <summary>The name of a variable's field in the browser's memory.</summary>
    public static string FieldOf(string variable) => "v:" + variable;

    /// <summary>Asks for other variables; what was typed stays, also for one that comes back later.</summary>
    public void Use(IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        Variables = variables;
        foreach (var variable in variables)
            _values.TryAdd(variable.Name, variable.Default ?? "");
    }

    /// <summary>What is filled in for the variable; empty where nothing is.</summary>
    public string Value(string variable) => _values.GetValueOrDefault(variable) ?? "";

    /// <summary>Fills a variable in.</summary>
    public void Set(string variable, string? value) => _values[variable] = CleanText.Of(value);

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

    /// <summary>What goes into a template; see <see cref="GridPlan.ValuesFor"/>.</summary>
    public IReadOnlyDictionary<string, string> Values() => GridPlan.ValuesFor(Variables, _values);

    /// <summary>Takes back what the browser kept; fields that no longer exist are left out.</summary>
    public void Restore(KeptText kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        foreach (var variable in Variables)
        {
            if (kept.Fields.TryGetValue(FieldOf(variable.Name), out var value))
                Set(variable.Name, value);
        }
    }

    /// <summary>Takes over the values of an earlier run; variables it did not know become empty.</summary>
    public void Take(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var variable in Variables)
            Set(variable.Name, values.GetValueOrDefault(variable.Name));
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
