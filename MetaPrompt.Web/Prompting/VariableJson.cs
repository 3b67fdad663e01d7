using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting;

/// <summary>Reads variables from whatever JSON holds them and writes them in one form.</summary>
internal static class VariableJson
{
    private const int MaxLabel = 200;
    private const int MaxHelp = 1_000;
    private const int MaxValue = 20_000;
    private const int MaxChoices = 100;

    public static List<PromptVariable> Read(JsonElement root, int maxCount)
    {
        var result = new List<PromptVariable>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var variable in Entries(root))
        {
            if (result.Count >= maxCount)
                break;
            if (variable is not null && names.Add(variable.Name))
                result.Add(variable);
        }
        return result;
    }

    public static void Write(Utf8JsonWriter writer, IEnumerable<PromptVariable> variables)
    {
        writer.WriteStartArray();
        foreach (var variable in variables)
        {
            writer.WriteStartObject();
            writer.WriteString("name", variable.Name);
            Write(writer, "label", variable.Label);
            Write(writer, "help", variable.Help);
            writer.WriteString("type", TypeName(variable.Type));
            Write(writer, "default", variable.Default);
            Write(writer, "example", variable.Example);
            if (variable.Choices.Count > 0)
            {
                writer.WriteStartArray("choices");
                foreach (var choice in variable.Choices)
                    writer.WriteStringValue(Clean(choice));
                writer.WriteEndArray();
            }
            writer.WriteBoolean("required", variable.Required);
            if (variable.MaxLength is { } max)
                writer.WriteNumber("maxLength", max);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string property, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            writer.WriteString(property, Clean(value));
    }

    // PostgreSQL's jsonb refuses the NUL character and halves of surrogate pairs.
    private static string Clean(string text) => VariableNames.Whole(text).Replace("\0", "", StringComparison.Ordinal);

    private static IEnumerable<PromptVariable?> Entries(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
            return root.EnumerateArray().Select(entry => Entry(entry, null));
        if (root.ValueKind != JsonValueKind.Object)
            return [];
        // {"variables": [...]} is how some exports wrap the list; any other object goes by name.
        if (Property(root, "variables") is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } inner)
            return inner.ValueKind == JsonValueKind.Array ? inner.EnumerateArray().Select(entry => Entry(entry, null)) : ByName(inner);
        return String(Property(root, "name")) is not null ? [Entry(root, null)] : ByName(root);
    }

    private static IEnumerable<PromptVariable?> ByName(JsonElement root) =>
        root.EnumerateObject().Select(property => SafeName(property) is { } name ? Entry(property.Value, name) : null);

    private static PromptVariable? Entry(JsonElement entry, string? key)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            var value = String(entry);
            return key is null ? Named(value) : Named(key) is { } byKey ? byKey with { Default = Limit(value, MaxValue) } : null;
        }
        if (Named(key ?? String(Property(entry, "name", "key", "id", "variable"))) is not { } variable)
            return null;
        var choices = Choices(Property(entry, "choices", "options", "enum", "enumValues"));
        var type = Type(String(Property(entry, "type", "kind"))) ?? (choices.Length > 0 ? VariableType.Choice : VariableType.Text);
        var required = Property(entry, "required")?.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Property(entry, "optional")?.ValueKind != JsonValueKind.True,
        };
        return variable with
        {
            Label = Limit(String(Property(entry, "label", "title", "displayName")), MaxLabel) ?? variable.Label,
            Help = Limit(String(Property(entry, "help", "description", "hint")), MaxHelp),
            Type = type,
            Default = Limit(String(Property(entry, "default", "defaultValue", "default_value", "value")), MaxValue),
            Example = Limit(String(Property(entry, "example", "sample", "placeholder")), MaxValue),
            Choices = choices,
            Required = required,
            MaxLength = Positive(Property(entry, "maxLength", "max_length")),
        };
    }

    // A name that could not stand in a template is made into one; what it was stays visible as the label.
    private static PromptVariable? Named(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxLabel)
            return null;
        var trimmed = name.Trim();
        if (trimmed.StartsWith("{{", StringComparison.Ordinal) && trimmed.EndsWith("}}", StringComparison.Ordinal) && trimmed.Length > 4)
            trimmed = trimmed[2..^2].Trim();
        if (PromptTemplate.IsName(trimmed))
            return new PromptVariable { Name = trimmed };
        var normalised = VariableNames.Normalise(trimmed);
        return normalised.Length == 0 ? null : new PromptVariable { Name = normalised, Label = trimmed };
    }

    private static string[] Choices(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } array
        ? array.EnumerateArray()
            .Select(choice => Limit(String(choice.ValueKind == JsonValueKind.Object ? Property(choice, "value", "label", "name") : choice), MaxLabel))
            .OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxChoices).ToArray()
        : [];

    private static JsonElement? Property(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var property in entry.EnumerateObject())
            {
                if (string.Equals(SafeName(property), name, StringComparison.OrdinalIgnoreCase))
                    return property.Value;
            }
        }
        return null;
    }

    private static string? String(JsonElement? element)
    {
        try
        {
            return element?.ValueKind switch
            {
                JsonValueKind.String => element.Value.GetString(),
                JsonValueKind.Number => element.Value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // "\ud800" is legal JSON and no text: as good as no value.
            return null;
        }
    }

    private static string? SafeName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // The same for a property's name.
            return null;
        }
    }

    private static int? Positive(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value > 0 ? value : null;

    private static string? Limit(string? text, int max)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length <= max)
            return text;
        return text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
    }

    private static VariableType? Type(string? name) => name?.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal) switch
    {
        null => null,
        "longtext" or "textarea" or "multiline" or "markdown" or "document" => VariableType.LongText,
        "number" or "integer" or "int" or "float" or "double" => VariableType.Number,
        "choice" or "select" or "enum" or "dropdown" => VariableType.Choice,
        "yesno" or "bool" or "boolean" or "checkbox" => VariableType.YesNo,
        "date" or "day" or "datetime" => VariableType.Date,
        "json" or "object" or "array" => VariableType.Json,
        "text" or "string" => VariableType.Text,
        _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((VariableType)number) ? (VariableType)number : null,
    };

    private static string TypeName(VariableType type) => type switch
    {
        VariableType.LongText => "longText",
        VariableType.Number => "number",
        VariableType.Choice => "choice",
        VariableType.YesNo => "yesNo",
        VariableType.Date => "date",
        VariableType.Json => "json",
        _ => "text",
    };
}
