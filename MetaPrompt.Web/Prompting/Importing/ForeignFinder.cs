using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>A placeholder in another tool's syntax.</summary>
internal sealed record ForeignPlaceholder(int Start, int Length, string Original, string Name, string? Default, PlaceholderStyles Style);

/// <summary>Finds other tools' placeholders, and keeps its hands off Markdown, HTML, JSON and code.</summary>
internal static partial class ForeignFinder
{
    /// <summary>All of the given styles, in order, none overlapping another.</summary>
    public static IReadOnlyList<ForeignPlaceholder> Find(string text, PlaceholderStyles styles)
    {
        var taken = OwnPlaceholders(text);
        var code = styles == PlaceholderStyles.Dollar ? [] : CodeSpans(text);
        var found = new List<ForeignPlaceholder>();
        if (styles.HasFlag(PlaceholderStyles.Dollar) && text.Contains("${", StringComparison.Ordinal))
            Add(Dollar(), PlaceholderStyles.Dollar, _ => true);
        if (styles.HasFlag(PlaceholderStyles.Brackets) && text.Contains('['))
            Add(Bracket(), PlaceholderStyles.Brackets, match => !Inside(code, match.Index) && !NoBlank().IsMatch(match.Groups["name"].Value) && !text.Contains("[/" + match.Groups["name"].Value, StringComparison.Ordinal));
        if (styles.HasFlag(PlaceholderStyles.Braces) && text.Contains('{'))
            Add(Brace(), PlaceholderStyles.Braces, match => !Inside(code, match.Index) && match.Groups["name"].Value.Count(c => c == ' ') < 4);
        if (styles.HasFlag(PlaceholderStyles.Angles) && text.Contains('<'))
        {
            var tags = ClosingTag().Matches(text).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
            Add(Angle(), PlaceholderStyles.Angles, match => !Inside(code, match.Index) && !Html().IsMatch(match.Groups["name"].Value) && !tags.Contains(match.Groups["name"].Value));
        }
        if (styles.HasFlag(PlaceholderStyles.Percents) && text.Contains('%'))
            Add(Percent(), PlaceholderStyles.Percents, match => !Inside(code, match.Index));
        found.Sort((one, other) => one.Start.CompareTo(other.Start));
        var result = new List<ForeignPlaceholder>(found.Count);
        var end = 0;
        foreach (var one in found)
        {
            if (one.Start < end)
                continue;
            result.Add(one);
            end = one.Start + one.Length;
        }
        return result;

        void Add(Regex pattern, PlaceholderStyles style, Func<Match, bool> counts)
        {
            foreach (Match match in pattern.Matches(text))
            {
                var name = VariableNames.Normalise(match.Groups["name"].Value);
                if (name.Length == 0 || Inside(taken, match.Index) || !counts(match))
                    continue;
                var given = match.Groups["default"];
                found.Add(new ForeignPlaceholder(match.Index, match.Length, match.Groups["name"].Value.Trim(), name, given.Success ? given.Value.Trim() : null, style));
            }
        }
    }

    private static List<(int Start, int End)> OwnPlaceholders(string text) =>
        text.Contains("{{", StringComparison.Ordinal) ? PromptTemplate.Parse(text).Parts.OfType<VariablePart>().Select(part => (part.Start, part.Start + part.Length)).ToList() : [];

    private static List<(int Start, int End)> CodeSpans(string text) =>
        text.Contains('`') ? Code().Matches(text).Select(match => (match.Index, match.Index + match.Length)).ToList() : [];

    private static bool Inside(List<(int Start, int End)> spans, int at)
    {
        int low = 0, high = spans.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (at < spans[middle].Start)
                high = middle - 1;
            else if (at >= spans[middle].End)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant;

    // A call or an index inside the braces is program text, not a blank.
    [GeneratedRegex("(?<!\\\\)\\$\\{(?<name>[^{}:.()\\[\\]\\n$]{1,80})(?::(?<default>[^{}]{0,4000}))?\\}", Options)]
    private static partial Regex Dollar();

    [GeneratedRegex("(?<![!\\]\\\\\\w])\\[(?<name>\\p{Lu}[\\p{Lu}\\p{N} _/'’&-]{1,58}[\\p{Lu}\\p{N}]|(?:[Ii]nsert|INSERT|[Yy]our|[Ee]nter|[Ss]pecify|[Aa]dd) [^\\[\\]\\n(){}]{1,58})\\](?![(\\[:])", Options)]
    private static partial Regex Bracket();

    [GeneratedRegex("(?<![{$\\\\\\w)=}])\\{(?<name>[\\p{L}_][\\p{L}\\p{M}\\p{N}_ -]{0,50})\\}(?!\\})", Options)]
    private static partial Regex Brace();

    [GeneratedRegex("(?<![\\w\\\\<])<(?<name>[\\p{L}_][\\p{L}\\p{M}\\p{N}_ -]{0,50})>(?!>)", Options)]
    private static partial Regex Angle();

    [GeneratedRegex("</\\s*(?<name>[\\p{L}_][\\p{L}\\p{M}\\p{N}_ -]{0,50})\\s*>", Options)]
    private static partial Regex ClosingTag();

    [GeneratedRegex("(?<![\\w%\\\\])%(?<name>[\\p{L}_][\\p{L}\\p{M}\\p{N}_]{1,50})%(?![\\w%])", Options)]
    private static partial Regex Percent();

    [GeneratedRegex("```.*?(?:```|\\z)|`[^`\\n]+`", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex("^(?:INST|SYS|SYSTEM|ASSISTANT|TODO|NOTE|WARNING|IMPORTANT|TIP|CAUTION|END|BEGIN|START|STOP|EOF|OK|YES|NO|N/A|TBD|XX+|INTRO|VERSE|CHORUS|BRIDGE|OUTRO|HOOK|\\d+)$", Options)]
    private static partial Regex NoBlank();

    [GeneratedRegex("^(?:a|abbr|article|aside|b|base|big|blockquote|body|br|button|canvas|caption|center|cite|code|col|dd|del|details|div|dl|dt|em|fieldset|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|mark|meta|nav|ol|optgroup|option|p|param|pre|q|s|samp|script|section|select|small|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|track|u|ul|var|video|wbr|string|int|t|k|v|key|number|bool|boolean|any|object|void)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Html();
}
