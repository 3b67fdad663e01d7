using System.Text.Encodings.Web;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>Assertions and their outcomes as JSON lists, the way the database keeps them.</summary>
public static class AssertionJson
{
    // A hundred of the longest, escaped, with room.
    private const int MaxJsonLength = 16_000_000;
    private const int MaxWhy = 2_000;

    private static readonly Dictionary<AssertionType, string> Names = new()
    {
        [AssertionType.Contains] = "contains",
        [AssertionType.NotContains] = "not-contains",
        [AssertionType.EqualTo] = "equals",
        [AssertionType.Regex] = "regex",
        [AssertionType.StartsWith] = "starts-with",
        [AssertionType.EndsWith] = "ends-with",
        [AssertionType.IsJson] = "is-json",
        [AssertionType.JsonSchema] = "json-schema",
        [AssertionType.JsonPathEquals] = "json-path-equals",
        [AssertionType.WordsAtMost] = "words-at-most",
        [AssertionType.WordsAtLeast] = "words-at-least",
        [AssertionType.TokensAtMost] = "tokens-at-most",
        [AssertionType.TokensAtLeast] = "tokens-at-least",
        [AssertionType.LatencyAtMost] = "latency-at-most",
        [AssertionType.CostAtMost] = "cost-at-most",
        [AssertionType.Judge] = "judge",
    };

    private static readonly Dictionary<string, AssertionType> Types = Names.ToDictionary(name => name.Value, name => name.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of a type in JSON: <c>not-contains</c>.</summary>
    public static string NameOf(AssertionType type) => Names[type];

    /// <summary>The type of that name, without regard to case; null where there is none.</summary>
    public static AssertionType? TypeOf(string? name) => name is not null && Types.TryGetValue(name.Trim(), out var type) ? type : null;

    /// <summary>
    /// Reads a list of assertions. Never fails: text that is no JSON gives an empty list, entries without a known type are
    /// left out, what is too long is cut, and no more than <see cref="Assertion.MaxTogether"/> are read.
    /// </summary>
    public static IReadOnlyList<Assertion> Read(string? json) => ReadList(json, Entry);

    /// <summary>The assertions as a JSON list; what has no value is left out, and so is what is beyond the limits.</summary>
    public static string Write(IEnumerable<Assertion> assertions)
    {
        ArgumentNullException.ThrowIfNull(assertions);
        return WriteList(assertions, Write);
    }

    /// <summary>Reads what <see cref="WriteOutcomes"/> wrote, as forgivingly as <see cref="Read"/>.</summary>
    public static IReadOnlyList<AssertionOutcome> ReadOutcomes(string? json) => ReadList(json, entry => Entry(entry) is { } assertion
        ? new AssertionOutcome(assertion, Flag(entry, "passed"), Text(entry, "why", MaxWhy) ?? "")
        : null);

    /// <summary>The outcomes as a JSON list: each its assertion with <c>passed</c> (true, false or null) and <c>why</c>.</summary>
    public static string WriteOutcomes(IEnumerable<AssertionOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        return WriteList(outcomes, (writer, outcome) =>
        {
            Write(writer, outcome.Assertion);
            if (outcome.Passed is { } passed)
                writer.WriteBoolean("passed", passed);
            else
                writer.WriteNull("passed");
            Write(writer, "why", outcome.Why, MaxWhy);
        });
    }

    private static List<T> ReadList<T>(string? json, Func<JsonElement, T?> read)
        where T : class
    {
        if (string.IsNullOrWhiteSpace(json) || json.Length > MaxJsonLength)
            return [];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(VariableNames.Whole(json));
        }
        catch (JsonException)
        {
            // The column holds any JSON and an import any text: what cannot be read asks nothing.
            return [];
        }
        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(read).OfType<T>().Take(Assertion.MaxTogether)]
                : [];
        }
    }

    private static string WriteList<T>(IEnumerable<T> list, Action<Utf8JsonWriter, T> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var entry in list.Take(Assertion.MaxTogether))
            {
                writer.WriteStartObject();
                write(writer, entry);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static Assertion? Entry(JsonElement entry) => entry.ValueKind == JsonValueKind.Object && TypeOf(Text(entry, "type", 100)) is { } type
        ? new Assertion
        {
            Type = type,
            Value = Text(entry, "value", Assertion.MaxValue) ?? "",
            Path = Text(entry, "path", Assertion.MaxPath),
            IgnoreCase = Flag(entry, "ignoreCase") ?? false,
            Model = Text(entry, "model", Assertion.MaxModel),
        }
        : null;

    private static void Write(Utf8JsonWriter writer, Assertion assertion)
    {
        writer.WriteString("type", Names[assertion.Type]);
        Write(writer, "value", assertion.Value, Assertion.MaxValue);
        Write(writer, "path", assertion.Path, Assertion.MaxPath);
        if (assertion.IgnoreCase)
            writer.WriteBoolean("ignoreCase", true);
        Write(writer, "model", assertion.Model, Assertion.MaxModel);
    }

    private static void Write(Utf8JsonWriter writer, string property, string? value, int max)
    {
        if (Clean(value, max) is { } text)
            writer.WriteString(property, text);
    }

    // What others wrote may have a number, a list or a schema where a text is expected: it is taken as the JSON it is.
    private static string? Text(JsonElement entry, string property, int max)
    {
        if (!entry.TryGetProperty(property, out var value))
            return null;
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => Clean(value.GetString(), max),
                _ => Clean(value.GetRawText(), max),
            };
        }
        catch (InvalidOperationException)
        {
            // "\ud800" is legal JSON and no text: as good as no value.
            return null;
        }
    }

    private static bool? Flag(JsonElement entry, string property) => entry.TryGetProperty(property, out var value)
        ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
        : null;

    // PostgreSQL's jsonb refuses the NUL character and halves of surrogate pairs.
    private static string? Clean(string? text, int max)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        text = VariableNames.Whole(text).Replace("\0", "", StringComparison.Ordinal);
        if (text.Length > max)
            text = text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
        return text.Length == 0 ? null : text;
    }
}
