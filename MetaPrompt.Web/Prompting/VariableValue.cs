using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting;

/// <summary>What may stand in a variable's field, and which field fits: the same for every form that asks for values.</summary>
public static class VariableValue
{
    private static readonly string[] YesOrNo = ["yes", "no"];

    /// <summary>The kind of field that shows this value without losing any of it.</summary>
    public static VariableType Field(PromptVariable variable, string value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(value);
        return variable.Type switch
        {
            VariableType.YesNo => VariableType.Choice,
            VariableType.Choice when variable.Choices.Count == 0 => VariableType.Text,
            // A one-line field would cut what has several.
            VariableType.Text when value.Contains('\n', StringComparison.Ordinal) => VariableType.LongText,
            // A field for numbers or days shows nothing at all where its value is neither.
            VariableType.Number when value.Length > 0 && !IsNumber(value) => VariableType.Text,
            VariableType.Date when value.Length > 0 && !IsDay(value) => VariableType.Text,
            var type => type,
        };
    }

    /// <summary>The <c>type</c> of a one-line field of this kind.</summary>
    public static string InputType(VariableType field) => field switch
    {
        VariableType.Number => "number",
        VariableType.Date => "date",
        _ => "text",
    };

    /// <summary>What can be chosen. A value that is not on the list, from a default or an earlier run, stays choosable.</summary>
    public static IReadOnlyList<string> Choices(PromptVariable variable, string value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(value);
        var choices = variable.Type == VariableType.YesNo ? YesOrNo : variable.Choices;
        return value.Length == 0 || choices.Contains(value) ? choices : [.. choices, value];
    }

    /// <summary>What is odd about a value, in words; null where nothing is. It is sent as it stands all the same.</summary>
    public static string? Problem(PromptVariable variable, string value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length == 0)
            return null;
        var problem = variable.Type switch
        {
            VariableType.Number when !IsNumber(value) => "This is no number; it is sent as it stands.",
            VariableType.Date when !IsDay(value) => "This is no date like 2026-05-31; it is sent as it stands.",
            VariableType.Json when !IsJson(value) => "This is no valid JSON; it is sent as it stands.",
            VariableType.Choice when variable.Choices.Count > 0 && !variable.Choices.Contains(value) => "This is not one of the choices; it is sent as it stands.",
            VariableType.YesNo when !YesOrNo.Contains(value, StringComparer.OrdinalIgnoreCase) => "This is neither yes nor no; it is sent as it stands.",
            _ => null,
        };
        return problem ?? (variable.MaxLength is { } most && value.Length > most
            ? string.Create(CultureInfo.InvariantCulture, $"{value.Length:N0} characters, {most:N0} is the most; it is sent as it stands.")
            : null);
    }

    /// <summary>A value that shows how the template reads: the example, the default, the first choice; null where none is known.</summary>
    public static string? Sample(PromptVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return !string.IsNullOrWhiteSpace(variable.Example) ? variable.Example
            : !string.IsNullOrWhiteSpace(variable.Default) ? variable.Default
            : Choices(variable, "") is [var first, ..] ? first : null;
    }

    /// <summary>Samples by name, for the variables that have one.</summary>
    public static IReadOnlyDictionary<string, string> Samples(IEnumerable<PromptVariable> variables) => variables
        .Select(variable => (variable.Name, Value: Sample(variable)))
        .Where(sample => sample.Value is not null)
        .ToDictionary(sample => sample.Name, sample => sample.Value!, StringComparer.Ordinal);

    internal static bool IsNumber(string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

    internal static bool IsDay(string value) => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    internal static bool IsJson(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(VariableNames.Whole(value));
            return true;
        }
        catch (JsonException)
        {
            // Not being JSON is the answer that was looked for.
            return false;
        }
    }
}
