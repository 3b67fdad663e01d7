using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Shows the format of extracted data: a schema with types and one example in exactly that format.</summary>
internal static partial class ExtractFormat
{
    /// <summary>A field of the result.</summary>
    internal sealed record Field(string Key, string Type, string Meaning, string Sample, bool IsNumber);

    public static IReadOnlyList<Field> Fields(IReadOnlyList<string> names)
    {
        var fields = new List<Field>();
        foreach (var name in names)
        {
            var at = name.IndexOfAny([':', '(', '=']);
            var label = (at > 0 ? name[..at] : name).Trim();
            var own = at > 0 ? name[(at + 1)..].Trim(' ', ')', ':', '-') : "";
            var key = VariableNames.Normalise(English.Singular(label.Length > 40 ? label[..40] : label));
            if (key.Length == 0 || fields.Any(field => field.Key == key))
                continue;
            var (type, meaning, sample, number) = Guess(key, label);
            fields.Add(new Field(key, type, TemplateText.Safe(own.Length > 0 ? own : meaning), sample, number));
        }
        return fields;
    }

    public static void Add(Brief brief, IReadOnlyList<Field> fields, bool single)
    {
        var goal = brief.Goal;
        var answer = brief.Answers.Find("format")?.Answer;
        var said = goal.Filled.Contains(Slots.Format) ? goal.Goal : answer ?? "";
        bool Has(string word) => said.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (answer is not null && brief.Answers.Reply("format") is null)
            said = "";
        if (Has("CSV") || Has("spreadsheet"))
            AddCsv(brief, fields);
        else if (Has("list") || Has("bullet"))
            AddList(brief, fields);
        else if (Has("table") || Has("markdown"))
            AddTable(brief, fields);
        else if (said.Length == 0 || Has("JSON"))
            AddJson(brief, fields, single, answer is null && !goal.Filled.Contains(Slots.Format));
        else
            brief.Add(brief.Say("format") ?? "Use the format the task names and nothing around it.", "One record per line or block, the fields always in the order above.");
    }

    private static void AddJson(Brief brief, IReadOnlyList<Field> fields, bool single, bool mayAssume)
    {
        string? assumption = null;
        if (mayAssume || brief.Answers.Find("format") is { Answer: null })
            assumption = brief.Say("format");
        var lead = single
            ? "Answer with one JSON object and nothing around it; a missing field is null:"
            : "Answer with a JSON array, one object per record, and nothing around it; a missing field is null, no record at all is []:";
        if (fields.Count == 0)
        {
            brief.Add(assumption, single ? "Answer with one JSON object and nothing around it: the keys are the field names above in snake_case, a missing field is null."
                : "Answer with a JSON array and nothing around it: one object per record, the keys are the field names above in snake_case, a missing field is null, no record at all is [].");
            return;
        }
        var body = string.Join(", ", fields.Select(field => $"\"{field.Key}\": {(field.IsNumber ? field.Sample : "\"" + field.Sample + "\"")}"));
        brief.Add(assumption);
        brief.AddLines(lead, "```json", single ? "{" + body + "}" : "[{" + body + "}]", "```", "The values show the form only; take none of them over.");
    }

    private static void AddCsv(Brief brief, IReadOnlyList<Field> fields)
    {
        const string rule = "Quote a value that contains a comma, a quote or a line break; a missing value is an empty cell; no text before or after.";
        if (fields.Count == 0)
            brief.Add("Answer as CSV with a header line of the field names above, one line per record.", rule);
        else
            brief.AddLines("Answer as CSV with this header, one line per record, as in the example line:", "```csv", string.Join(',', fields.Select(field => field.Key)), string.Join(',', fields.Select(field => field.Sample)), "```", rule);
    }

    private static void AddTable(Brief brief, IReadOnlyList<Field> fields)
    {
        const string rule = "One row per record; a missing value is a dash. Below the table, one line per value you were unsure of.";
        if (fields.Count == 0)
            brief.Add("Answer as a Markdown table whose columns are the fields above, in that order.", rule);
        else
            brief.AddLines("Answer as a Markdown table with these columns, as in the example row:", "| " + string.Join(" | ", fields.Select(field => VariableNames.Humanise(field.Key))) + " |",
                "|" + string.Concat(fields.Select(_ => "---|")), "| " + string.Join(" | ", fields.Select(field => field.Sample)) + " |", rule);
    }

    private static void AddList(Brief brief, IReadOnlyList<Field> fields) =>
        brief.Add(fields.Count == 0 ? "Answer as a list, one entry per record, each field as “name: value” in the order above."
            : "Answer as a list, one entry per record, in this form: " + string.Join("; ", fields.Select(field => $"{VariableNames.Humanise(field.Key)}: {field.Sample}")) + ".", "A missing value is a dash.");

    private static (string Type, string Meaning, string Sample, bool Number) Guess(string key, string label) => key switch
    {
        _ when DateKey().IsMatch(key) => ("date, YYYY-MM-DD", $"the {English.Lower(English.Singular(label))} as the text states it", "2025-03-31", false),
        _ when PayKey().IsMatch(key) => ("text", $"the {English.Lower(English.Singular(label))} with currency and period, a range as it is written", "40,000-45,000 EUR a year", false),
        _ when AmountKey().IsMatch(key) => ("number", $"the {English.Lower(English.Singular(label))}, without currency sign or thousands separator", "149.5", true),
        _ when CountKey().IsMatch(key) => ("whole number", $"the {English.Lower(English.Singular(label))}", "3", true),
        _ when EmailKey().IsMatch(key) => ("email address", "as written, in lower case", "ana@example.org", false),
        _ when CurrencyKey().IsMatch(key) => ("three letters", "the currency's ISO code", "EUR", false),
        _ when NameKey().IsMatch(key) => ("text", "as written, without titles", "Example Ltd", false),
        _ => ("text", $"the {English.Lower(English.Singular(label))} in the words of the text", "example", false),
    };

    [GeneratedRegex("(^|_)(date|deadline|due|when|birthday|start|end|by_when)(_|$)")]
    private static partial Regex DateKey();

    [GeneratedRegex("(^|_)(salary|pay|wage|wages|compensation)(_|$)")]
    private static partial Regex PayKey();

    [GeneratedRegex("(^|_)(amount|total|price|cost|sum|fee|tax|vat|budget|revenue)(_|$)")]
    private static partial Regex AmountKey();

    [GeneratedRegex("(^|_)(quantity|count|number_of_\\w+|years|age|rating|sample_size|score|size)(_|$)")]
    private static partial Regex CountKey();

    [GeneratedRegex("(^|_)e?_?mails?(_address)?$|email")]
    private static partial Regex EmailKey();

    [GeneratedRegex("(^|_)currency$")]
    private static partial Regex CurrencyKey();

    [GeneratedRegex("(^|_)(name|supplier|company|person|party|sender|owner|who|customer|vendor|organisation|organization)$")]
    private static partial Regex NameKey();
}
