using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting;

/// <summary>
/// Turns other tools' placeholders into <c>{{name}}</c>. Cautious: what may as well be Markdown, HTML, JSON or code stays as
/// it is, since a wrong conversion is harder to see than a missing one.
/// </summary>
public static partial class ForeignPlaceholders
{
    private const int MaxChoices = 12;
    private const int MaxChoiceLength = 40;

    private static readonly FrozenSet<string> HtmlTags = new[]
    {
        "a", "abbr", "article", "aside", "audio", "b", "base", "blockquote", "body", "br", "button", "canvas", "caption", "cite",
        "code", "col", "dd", "del", "details", "dialog", "div", "dl", "dt", "em", "embed", "fieldset", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label",
        "legend", "li", "link", "main", "mark", "menu", "meta", "nav", "object", "ol", "option", "p", "param", "picture", "pre",
        "script", "section", "select", "small", "source", "span", "strong", "style", "sub", "summary", "sup", "svg", "table",
        "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "u", "ul", "var", "video",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Converts every style. See the overload.</summary>
    public static Conversion Convert(string text) => Convert(text, PlaceholderStyles.All);

    /// <summary>
    /// Converts the placeholders of the given styles. Names become snake_case, what stood there stays as the label; a default
    /// with several short parts separated by commas becomes choices. Never fails; linear in the text's length.
    /// </summary>
    public static Conversion Convert(string text, PlaceholderStyles styles)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parsed = PromptTemplate.Parse(text);
        var code = styles == PlaceholderStyles.Dollar ? [] : CodeSpans(text);
        var found = new List<Found>();
        foreach (var part in parsed.Parts)
        {
            if (part is TextPart)
                Find(text, part, styles, code, found);
        }

        found.Sort((one, other) => one.Start.CompareTo(other.Start));
        var template = new StringBuilder(text.Length);
        var variables = new Dictionary<string, PromptVariable>(StringComparer.Ordinal);
        var counts = new SortedDictionary<PlaceholderStyles, int>();
        var at = 0;
        foreach (var placeholder in found)
        {
            var name = VariableNames.Normalise(placeholder.Label);
            if (placeholder.Start < at || name.Length == 0)
                continue;
            template.Append(text, at, placeholder.Start - at).Append(PromptTemplate.Placeholder(name));
            at = placeholder.Start + placeholder.Length;
            counts[placeholder.Style] = counts.GetValueOrDefault(placeholder.Style) + 1;
            if (!variables.TryGetValue(name, out var known) || (known.Default is null && placeholder.Default is not null))
                variables[name] = Variable(name, placeholder);
        }

        template.Append(text, at, text.Length - at);
        var converted = template.ToString();
        return new Conversion
        {
            Template = converted,
            Variables = PromptVariables.Reconcile(converted, variables.Values),
            Notes = [.. counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {Example(count.Key)} became {{{{name}}}}."))],
        };
    }

    private static void Find(string text, TemplatePart part, PlaceholderStyles styles, List<(int Start, int End)> code, List<Found> found)
    {
        foreach (var (style, pattern) in Patterns())
        {
            if (!styles.HasFlag(style))
                continue;
            // The whole text is searched within the part's bounds, so that a pattern can look at what stands before it.
            for (var match = pattern.Match(text, part.Start); match.Success && match.Index < part.Start + part.Length; match = match.NextMatch())
            {
                if (match.Index + match.Length > part.Start + part.Length
                    || (style != PlaceholderStyles.Dollar && Covers(code, match.Index))
                    || (style == PlaceholderStyles.Angles && IsMarkup(text, match.Groups[1].Value)))
                {
                    continue;
                }

                found.Add(new Found(style, match.Index, match.Length, match.Groups[1].Value.Trim(),
                    match.Groups[2] is { Success: true, Value: { Length: > 0 } value } ? value.Trim() : null));
            }
        }
    }

    private static PromptVariable Variable(string name, Found placeholder)
    {
        var variable = new PromptVariable { Name = name, Label = placeholder.Label };
        if (placeholder.Default is not { Length: > 0 } given)
            return variable;
        var choices = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var areChoices = choices.Length is >= 2 and <= MaxChoices
            && choices.All(choice => choice.Length <= MaxChoiceLength && choice.IndexOfAny(['.', ';', '!', '?']) < 0)
            && choices.Distinct(StringComparer.OrdinalIgnoreCase).Count() == choices.Length;
        return areChoices
            ? variable with { Type = VariableType.Choice, Choices = choices, Default = choices[0] }
            : variable with { Default = given };
    }

    // <tag>…</tag> delimits a section and <br> is markup; only a lone made-up word in angles is a blank to fill in.
    private static bool IsMarkup(string text, string name) =>
        HtmlTags.Contains(name) || text.Contains($"</{name}", StringComparison.OrdinalIgnoreCase);

    private static bool Covers(List<(int Start, int End)> spans, int position)
    {
        var low = 0;
        var high = spans.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (position < spans[middle].Start)
                high = middle - 1;
            else if (position >= spans[middle].End)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }

    private static List<(int Start, int End)> CodeSpans(string text)
    {
        var spans = new List<(int, int)>();
        for (var match = Code().Match(text); match.Success; match = match.NextMatch())
            spans.Add((match.Index, match.Index + match.Length));
        return spans;
    }

    private static string Example(PlaceholderStyles style) => style switch
    {
        PlaceholderStyles.Dollar => "${name}",
        PlaceholderStyles.Brackets => "[NAME]",
        PlaceholderStyles.Braces => "{name}",
        PlaceholderStyles.Angles => "<name>",
        _ => "%name%",
    };

    private static IEnumerable<(PlaceholderStyles Style, Regex Pattern)> Patterns() =>
    [
        (PlaceholderStyles.Dollar, Dollar()),
        (PlaceholderStyles.Brackets, Brackets()),
        (PlaceholderStyles.Braces, Braces()),
        (PlaceholderStyles.Angles, Angles()),
        (PlaceholderStyles.Percents, Percents()),
    ];

    // Words, not expressions: ${user.name} and ${f(x)} are somebody's code.
    [GeneratedRegex("""(?<!\\)\$\{\s*([\p{L}_][\p{L}\p{N} _\-/&'’]{0,60}?)\s*(?::([^{}\r\n]{0,1000}))?\}""", RegexOptions.CultureInvariant)]
    private static partial Regex Dollar();

    // Not a Markdown link, image, footnote or checkbox; capitals, or words that say they want replacing.
    [GeneratedRegex("""(?<![\]\w!\\\[])\[((?:[\p{Lu}][\p{Lu}\p{N}]+(?:[ _\-/&'’][\p{Lu}\p{N}]+){0,6})|(?:(?i:insert|your|enter)[ _][\p{L}\p{N}_][\p{L}\p{N} _\-/&'’]{0,50}))\](?![\(\[:])""", RegexOptions.CultureInvariant)]
    private static partial Regex Brackets();

    [GeneratedRegex("""(?<![{\\$%])\{([\p{L}_][\p{L}\p{N}_]*(?:[ \-][\p{L}\p{N}_]+){0,4})\}(?!\})""", RegexOptions.CultureInvariant)]
    private static partial Regex Braces();

    [GeneratedRegex("""(?<![\w\\<])<([\p{L}_][\p{L}\p{N}_]*(?:[ \-][\p{L}\p{N}_]+){0,4})>""", RegexOptions.CultureInvariant)]
    private static partial Regex Angles();

    [GeneratedRegex("""(?<![\w%\\])%([\p{L}_][\p{L}\p{N}_]{1,40})%(?![\w%])""", RegexOptions.CultureInvariant)]
    private static partial Regex Percents();

    [GeneratedRegex("""^```[\s\S]*?(?:^```|\z)|`[^`\r\n]+`""", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Code();

    private sealed record Found(PlaceholderStyles Style, int Start, int Length, string Label, string? Default);
}
