using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Features.History;

/// <summary>Our assertions in promptfoo's words. What has none is noted and left out, never weakened in silence.</summary>
internal sealed partial class PromptfooAssertions
{
    /// <summary>JSON that keeps letters as they are.</summary>
    public static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    /// <summary>What could not be carried over, or not quite.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>Text that stays what it is where promptfoo fills in variables, and that is no name of a file to be read.</summary>
    public static string Literal(string text)
    {
        var literal = DialectWriter.Literal(text, PlaceholderDialect.Jinja);
        return Source().Replace(literal, match => $"{{{{ \"{match.Value}\" }}}}", 1);
    }

    /// <summary>An assertion; null where promptfoo has none like it.</summary>
    public DataNode? Write(Assertion assertion)
    {
        var value = assertion.Value;
        var fold = assertion.IgnoreCase;
        switch (assertion.Type)
        {
            case AssertionType.Contains:
                return Text(fold ? "icontains" : "contains", value);
            case AssertionType.NotContains:
                return Text(fold ? "not-icontains" : "not-contains", value);
            case AssertionType.EqualTo:
                return Script(fold ? $"output.trim().toLowerCase() === {Js(value.Trim())}.toLowerCase()" : $"output.trim() === {Js(value.Trim())}");
            case AssertionType.StartsWith:
                return Script(fold ? $"output.trimStart().toLowerCase().startsWith({Js(value)}.toLowerCase())" : $"output.trimStart().startsWith({Js(value)})");
            case AssertionType.EndsWith:
                return Script(fold ? $"output.trimEnd().toLowerCase().endsWith({Js(value)}.toLowerCase())" : $"output.trimEnd().endsWith({Js(value)})");
            case AssertionType.Regex:
                _notes.Add("Regular expressions are JavaScript's there, which knows a few things less.");
                return fold ? Script($"new RegExp({Js(value)}, 'i').test(output)") : Text("regex", value);
            case AssertionType.IsJson:
                return DataNode.Map(("type", DataNode.Scalar("is-json")));
            case AssertionType.JsonSchema:
                return Text("is-json", value);
            case AssertionType.JsonPathEquals:
                return Path(assertion);
            case AssertionType.WordsAtMost or AssertionType.WordsAtLeast when Number(value) is { } words:
                _notes.Add("Words are counted there by the blanks between them.");
                return Script($"output.trim().split(/\\s+/).filter(Boolean).length {(assertion.Type == AssertionType.WordsAtMost ? "<=" : ">=")} {words}");
            case AssertionType.LatencyAtMost when Number(value) is { } milliseconds:
                _notes.Add("Time limits hold only where nothing is read from promptfoo's cache: run it with --no-cache.");
                return Limit("latency", milliseconds);
            case AssertionType.CostAtMost when Number(value) is { } dollars:
                return Limit("cost", dollars);
            case AssertionType.Judge:
                if (assertion.Model is not null)
                    _notes.Add($"Which model judges: here it was {assertion.Model}. promptfoo takes its own unless defaultTest.options.provider names one.");
                return Text("llm-rubric", value);
            case AssertionType.TokensAtMost or AssertionType.TokensAtLeast:
                _notes.Add("Limits on tokens: promptfoo has none.");
                return null;
            default:
                _notes.Add($"A check without a number it could hold: {AssertionJson.NameOf(assertion.Type)}.");
                return null;
        }
    }

    private DataNode? Path(Assertion assertion)
    {
        // Names and numbers only: the rest of JSON Path finds several values.
        if (assertion.Path is not { } path || !SimplePath().IsMatch(path))
        {
            _notes.Add($"A place in JSON that JavaScript cannot name in one expression: {assertion.Path}.");
            return null;
        }

        var steps = Step().Matches(path).Select(step => step.Groups["index"].Success ? step.Groups["index"].Value : Js(step.Groups["name"].Value));
        var expected = IsJson(assertion.Value) ? assertion.Value : JsonSerializer.Serialize(assertion.Value);
        return Script($"JSON.stringify([{string.Join(", ", steps)}].reduce((at, step) => at?.[step], typeof output === 'string' ? JSON.parse(output) : output)) === JSON.stringify(JSON.parse({Js(expected)}))");
    }

    private static DataNode Text(string type, string value) => DataNode.Map(("type", DataNode.Scalar(type)), ("value", DataNode.Scalar(Literal(value))));

    private static DataNode Script(string script) => DataNode.Map(("type", DataNode.Scalar("javascript")), ("value", DataNode.Scalar(script)));

    private static DataNode Limit(string type, string threshold) => DataNode.Map(("type", DataNode.Scalar(type)), ("threshold", DataNode.Scalar(threshold, isPlain: true)));

    private static string? Number(string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture) : null;

    // promptfoo fills in variables in scripts too.
    private static string Js(string text) => JsonSerializer.Serialize(text, Relaxed).Replace("{", "\\u007b", StringComparison.Ordinal).Replace("}", "\\u007d", StringComparison.Ordinal)
        .Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal);

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            // A word without quotes is meant as that word.
            return false;
        }
    }

    [GeneratedRegex(@"^(?:file|package|https?|exec|python)(?=:)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Source();

    [GeneratedRegex("""^\$(?:\.[\p{L}_][\p{L}\p{N}_]*|\[\d+\]|\['[^'\\]*'\]|\["[^"\\]*"\])*\z""", RegexOptions.CultureInvariant)]
    private static partial Regex SimplePath();

    [GeneratedRegex("""\.(?<name>[\p{L}_][\p{L}\p{N}_]*)|\[(?<index>\d+)\]|\['(?<name>[^'\\]*)'\]|\["(?<name>[^"\\]*)"\]""", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
