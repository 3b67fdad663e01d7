using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// Reads a text of another template language into ours. Only plain placeholders become variables; conditions, loops, filters,
/// partials and comments stay as text, escaped, and are told. Nothing is ever evaluated.
/// </summary>
internal static partial class DialectReader
{
    private const int LongestTag = 4_000;
    private const int LongestRaw = 100_000;

    /// <summary>Appends the text.</summary>
    public static void Read(string text, PlaceholderDialect dialect, TemplateBuilder into)
    {
        if (dialect == PlaceholderDialect.Own)
        {
            into.Own(text);
            return;
        }

        var at = 0;
        while (at < text.Length)
        {
            var next = text.AsSpan(at).IndexOf('{');
            if (next < 0)
                break;
            var open = at + next;
            var end = dialect switch
            {
                PlaceholderDialect.Jinja => Jinja(text, at, open, into),
                PlaceholderDialect.Handlebars => Handlebars(text, at, open, into),
                _ => Plain(text, at, open, into),
            };
            if (end < 0)
            {
                into.Text(text.AsSpan(at, open + 1 - at));
                end = open + 1;
            }

            at = end;
        }

        into.Text(text.AsSpan(at));
    }

    /// <summary>A value that another tool would render too: its literal braces, where it has no variable; else as it stands.</summary>
    public static string Value(string value, PlaceholderDialect dialect)
    {
        if (dialect == PlaceholderDialect.Own || !value.Contains('{', StringComparison.Ordinal))
            return value;
        var literal = new TemplateBuilder();
        Read(value, dialect, literal);
        var parsed = PromptTemplate.Parse(literal.Template());
        return parsed.VariableNames.Count > 0 ? value : parsed.Resolve(new Dictionary<string, string>());
    }

    // Each of the three: where a construct begins at open, appends the text from at on and the construct, and returns its end; else -1.
    private static int Plain(string text, int at, int open, TemplateBuilder into)
    {
        if (!StartsAt(text, open, "{{") || PlainName().Match(text, open) is not { Success: true } match)
            return -1;
        var inner = match.Groups["name"].Value;
        into.Text(text.AsSpan(at, open - at));
        if (!FreeName().IsMatch(inner) || !into.Variable(inner))
            into.Kept(match.ValueSpan);
        return open + match.Length;
    }

    private static int Jinja(string text, int at, int open, TemplateBuilder into)
    {
        if (open + 1 >= text.Length || text[open + 1] is not ('{' or '%' or '#'))
            return -1;
        var close = text[open + 1] switch { '{' => "}}", '%' => "%}", _ => "#}" };
        var end = IndexOf(text, close, open + 2);
        if (end < 0)
            return -1;
        var inner = text[(open + 2)..end];
        end += 2;
        into.Text(text.AsSpan(at, open - at));
        if (close == "%}" && inner.Trim(' ', '-', '\n', '\t') == "raw" && EndOfRaw(text, end) is { } raw)
        {
            into.Text(text.AsSpan(end, raw.Index - end));
            return raw.Index + raw.Length;
        }

        if (close == "}}" && JinjaExpression().Match(inner) is { Success: true } expression)
        {
            if (expression.Groups["left"].Length > 0)
                into.TrimBefore();
            if (expression.Groups["literal"] is { Success: true } literal)
                into.Text(literal.ValueSpan);
            else
                into.Variable(expression.Groups["name"].Value, expression.Groups["default"] is { Success: true } value ? value.Value : null);
            return expression.Groups["right"].Length > 0 ? SkipBlanks(text, end) : end;
        }

        into.Kept(text.AsSpan(open, end - open));
        return end;
    }

    private static int Handlebars(string text, int at, int open, TemplateBuilder into)
    {
        if (!StartsAt(text, open, "{{"))
            return -1;
        if (open > at && text[open - 1] == '\\')
        {
            var before = open - 1;
            if (before == at || text[before - 1] != '\\')
            {
                // \{{ is a literal {{, and everything up to the next {{ is text.
                into.Text(text.AsSpan(at, before - at));
                into.Text("{{");
                return open + 2;
            }

            // \\{{ is a backslash before a placeholder.
            into.Text(text.AsSpan(at, before - at));
        }
        else
        {
            into.Text(text.AsSpan(at, open - at));
        }

        if (HandlebarsName().Match(text, open) is { Success: true } match)
        {
            if (match.Groups["left"].Length > 0)
                into.TrimBefore();
            var name = match.Groups["name"].Value;
            if (name is "else" or "this" or "history" || !into.Variable(name))
                into.Kept(match.ValueSpan);
            return match.Groups["right"].Length > 0 ? SkipBlanks(text, open + match.Length) : open + match.Length;
        }

        if (StartsAt(text, open, "{{!}}"))
            return open + 5;
        var end = IndexOf(text, "}}", open + 2);
        if (end < 0)
        {
            into.Text("{{");
            return open + 2;
        }

        into.Kept(text.AsSpan(open, end + 2 - open));
        return end + 2;
    }

    private static Match? EndOfRaw(string text, int from)
    {
        // The plain search costs next to nothing; a pattern tried at each of thousands of tags would.
        var length = Math.Min(LongestRaw, text.Length - from);
        return text.AsSpan(from, length).Contains("endraw", StringComparison.Ordinal) && EndRaw().Match(text, from, length) is { Success: true } match ? match : null;
    }

    // Within what a person would still call one tag: thousands of tags that are never closed do not each search the whole text.
    private static int IndexOf(string text, string what, int from)
    {
        var found = text.AsSpan(from, Math.Min(LongestTag, text.Length - from)).IndexOf(what);
        return found < 0 ? -1 : from + found;
    }

    private static bool StartsAt(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\G\{\{[ \t]*(?<name>[^{}\n]{1,120}?)[ \t]*\}\}", Options)]
    private static partial Regex PlainName();

    // Letters, digits, blanks, underscores and hyphens; what has a dot, a sign or a bracket in it was program text.
    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{M}\p{N}_ -]{0,80}$", Options)]
    private static partial Regex FreeName();

    [GeneratedRegex(@"\{%-?\s*endraw\s*-?%\}", Options)]
    private static partial Regex EndRaw();

    [GeneratedRegex(@"^(?<left>-?)\s*(?:""(?<literal>[^""\\\n]{0,200})""|'(?<literal>[^'\\\n]{0,200})'|(?<name>[\p{L}_][\p{L}\p{M}\p{N}_]{0,63})(?:\s*\|\s*(?:default|d)\(\s*(?:""(?<default>[^""\\]{0,4000})""|'(?<default>[^'\\]{0,4000})')\s*\))?)\s*(?<right>-?)$", Options)]
    private static partial Regex JinjaExpression();

    [GeneratedRegex(@"\G(?:\{\{\{[ \t]*(?<name>[\p{L}_][\p{L}\p{M}\p{N}_-]{0,63})[ \t]*\}\}\}|\{\{(?<left>~?)&?[ \t]*(?<name>[\p{L}_][\p{L}\p{M}\p{N}_-]{0,63})[ \t]*(?<right>~?)\}\})", Options)]
    private static partial Regex HandlebarsName();
}
