using System.Globalization;
using System.Text;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting;

/// <summary>
/// Reads other tools' placeholders and writes them as <c>{{name}}</c>: <c>${Name:default}</c>, <c>[NAME]</c>, <c>{name}</c>,
/// <c>&lt;name&gt;</c>, <c>%name%</c>. Markdown links and checkboxes, paired tags, JSON and code stay as they are.
/// </summary>
public static class ForeignPlaceholders
{
    private const int MaxDefault = 20_000;

    /// <summary>Converts every style.</summary>
    public static Conversion Convert(string text) => Convert(text, PlaceholderStyles.All);

    /// <summary>Converts the given styles only; the others stay text.</summary>
    public static Conversion Convert(string text, PlaceholderStyles styles)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = ForeignFinder.Find(text, styles);
        var declared = new Dictionary<string, PromptVariable>(StringComparer.Ordinal);
        var counts = new Dictionary<PlaceholderStyles, int>();
        var notes = new List<string>();
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var one in found)
        {
            result.Append(text, at, one.Start - at).Append(PromptTemplate.Placeholder(one.Name));
            at = one.Start + one.Length;
            counts[one.Style] = counts.GetValueOrDefault(one.Style) + 1;
            var variable = Variable(one);
            if (!declared.TryGetValue(one.Name, out var known))
                declared[one.Name] = variable;
            else if (known.Default is null && variable.Default is not null)
                declared[one.Name] = variable with { Label = known.Label };
            else if (variable.Default is not null && known.Default != variable.Default)
                notes.Add($"“{one.Original}” came with more than one default; the first was kept.");
        }
        result.Append(text, at, text.Length - at);
        var template = result.ToString();
        foreach (var (style, count) in counts.OrderBy(pair => pair.Key))
            notes.Insert(0, string.Create(CultureInfo.InvariantCulture, $"{count} {Shape(style)} became {{{{name}}}}."));
        return new Conversion
        {
            Template = template,
            Variables = PromptVariables.Reconcile(template, declared.Values),
            Notes = notes.Distinct(StringComparer.Ordinal).Take(50).ToList(),
        };
    }

    private static PromptVariable Variable(ForeignPlaceholder one)
    {
        var label = one.Original == one.Name ? null : one.Original;
        var variable = new PromptVariable { Name = one.Name, Label = label };
        if (string.IsNullOrEmpty(one.Default))
            return variable;
        var choices = Choices(one.Default);
        if (choices.Count > 1)
            return variable with { Type = VariableType.Choice, Choices = choices, Default = choices[0] };
        var text = one.Default.Length > MaxDefault ? one.Default[..(char.IsHighSurrogate(one.Default[MaxDefault - 1]) ? MaxDefault - 1 : MaxDefault)] : one.Default;
        return variable with { Default = text, Type = text.Contains('\n', StringComparison.Ordinal) || text.Length > 160 ? VariableType.LongText : VariableType.Text };
    }

    // "Beginner, Intermediate, Advanced" is a choice; a sentence with commas is a value.
    private static List<string> Choices(string value)
    {
        if (value.Length > 300 || value.Contains('\n', StringComparison.Ordinal))
            return [];
        var items = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items.Length is < 2 or > 20)
            return [];
        foreach (var item in items)
        {
            if (item.Length > 40 || item.Split(' ').Length > 4 || item.EndsWith('.') || item.StartsWith("and ", StringComparison.OrdinalIgnoreCase) || item.StartsWith("or ", StringComparison.OrdinalIgnoreCase))
                return [];
        }
        // "1,000" is a number and "Paris, France" a place.
        if (items.Length == 2 && (items.All(item => item.All(c => char.IsDigit(c) || c == '.')) || !items[0].Contains(' ', StringComparison.Ordinal) && items.All(item => item.Length > 2 && char.IsUpper(item[0])) && value.Contains(", ", StringComparison.Ordinal)))
            return [];
        return items.Distinct(StringComparer.Ordinal).ToList();
    }

    private static string Shape(PlaceholderStyles style) => style switch
    {
        PlaceholderStyles.Dollar => "${name}",
        PlaceholderStyles.Brackets => "[NAME]",
        PlaceholderStyles.Braces => "{name}",
        PlaceholderStyles.Angles => "<name>",
        _ => "%name%",
    };
}
