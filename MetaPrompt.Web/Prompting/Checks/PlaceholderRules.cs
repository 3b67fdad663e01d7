using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Checks;

/// <summary>Rules about placeholders: declared, of one kind, well formed.</summary>
internal static partial class PlaceholderRules
{
    private const int MostFindings = 20;

    public static IEnumerable<Finding> Undefined(CheckedText text)
    {
        var declared = text.Declared.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        var used = text.Template.VariableNames.ToHashSet(StringComparer.Ordinal);
        var unused = declared.Where(name => !used.Contains(name)).ToList();
        foreach (var name in text.Template.VariableNames.Where(name => !declared.Contains(name)).Take(MostFindings))
        {
            var first = text.Variables.First(part => part.Name == name);
            var meant = unused.FirstOrDefault(other => IsNear(name, other));
            yield return new Finding
            {
                Rule = "undefined-variable",
                Start = first.Start,
                Length = first.Length,
                Message = meant is null ? $"{{{{{name}}}}} is not among the variables." : $"{{{{{name}}}}} is not among the variables; {{{{{meant}}}}} is, and is not used.",
                Why = "Nobody is asked for its value, so the model reads the placeholder itself.",
                Mend = meant is null ? null : new Mend($"Rename to {meant}", text.Template.Rename(name, meant)),
                Level = FindingLevel.Danger,
            };
        }
        foreach (var name in unused.Where(PromptTemplate.IsName).Take(MostFindings))
        {
            var separator = text.Text.Length == 0 || text.Text.EndsWith("\n\n", StringComparison.Ordinal) ? "" : "\n\n";
            yield return new Finding
            {
                Rule = "undefined-variable",
                Start = 0,
                Length = 0,
                Message = $"The variable {name} is declared but not used.",
                Why = "People fill in a field that changes nothing.",
                Mend = new Mend($"Add {name} at the end", text.Text + separator + $"<{name}>\n{{{{{name}}}}}\n</{name}>"),
            };
        }
    }

    public static IEnumerable<Finding> Mixed(CheckedText text)
    {
        var foreign = ForeignFinder.Find(text.Text, PlaceholderStyles.All);
        if (foreign.Count == 0)
            yield break;
        var first = foreign[0];
        var shown = text.Text.Substring(first.Start, Math.Min(first.Length, 40));
        var converted = ForeignPlaceholders.Convert(text.Text);
        yield return new Finding
        {
            Rule = "mixed-placeholders",
            Start = first.Start,
            Length = first.Length,
            Message = foreign.Count == 1 ? $"{shown} looks like a placeholder of another syntax." : $"{shown} and {foreign.Count - 1} more look like placeholders of another syntax.",
            Why = "Only {{name}} is filled in; anything else reaches the model as it stands.",
            Mend = new Mend("Convert to {{name}}", converted.Template) { Variables = converted.Variables },
        };
    }

    public static IEnumerable<Finding> Malformed(CheckedText text)
    {
        var count = 0;
        foreach (var part in text.Template.Parts.OfType<TextPart>())
        {
            var end = part.Start + part.Length;
            for (var at = text.Text.IndexOf("{{", part.Start, part.Length, StringComparison.Ordinal); at >= 0 && at < end; at = Next(text.Text, at, end))
            {
                if (at > 0 && text.Text[at - 1] == '\\')
                    continue;
                if (++count > MostFindings)
                    yield break;
                yield return Malformed(text.Text, at);
            }
        }
    }

    private static int Next(string text, int at, int end) => at + 2 >= end ? -1 : text.IndexOf("{{", at + 2, end - at - 2, StringComparison.Ordinal);

    private static Finding Malformed(string text, int at)
    {
        var window = text.Substring(at + 2, Math.Min(120, text.Length - at - 2));
        var close = window.IndexOf("}}", StringComparison.Ordinal);
        var line = window.IndexOf('\n', StringComparison.Ordinal);
        var open = window.IndexOf("{{", StringComparison.Ordinal);
        var length = close >= 0 && (open < 0 || close < open) ? close + 4 : Math.Min(2 + (line >= 0 ? line : window.Length), 42);
        var inner = close >= 0 ? window[..close] : "";
        var name = inner.Length > 0 && Wish().IsMatch(inner) ? VariableNames.Normalise(inner) : "";
        var (message, mend) = close < 0 || open >= 0 && open < close
            ? (open >= 0 && open < close ? "A placeholder begins inside another one." : "A placeholder is opened and not closed.", Closed(text, at, window))
            : inner.Contains('\n', StringComparison.Ordinal) ? ("A placeholder runs over more than one line.", name.Length > 0 ? Named(text, at, length, name) : null)
            : (inner.Trim().Length == 0 ? "A placeholder has no name." : "A placeholder's name has characters a name cannot have.", name.Length > 0 ? Named(text, at, length, name) : null);
        return new Finding
        {
            Rule = "malformed-placeholder",
            Start = at,
            Length = Math.Min(length, text.Length - at),
            Message = message,
            Why = "It is not filled in, and the braces reach the model.",
            Mend = mend ?? new Mend("Keep it as plain text", text[..at] + "\\" + text[at..]),
            Level = FindingLevel.Danger,
        };
    }

    private static Mend Named(string text, int at, int length, string name) =>
        new($"Write {{{{{name}}}}}", text[..at] + PromptTemplate.Placeholder(name) + text[(at + length)..]);

    // "{{name}" and "{{name" before a space are slips of a key.
    private static Mend? Closed(string text, int at, string window)
    {
        if (Slip().Match(window) is not { Success: true } slip || at > 0 && text[at - 1] == '\\')
            return null;
        var name = slip.Groups["name"].Value;
        return new Mend($"Write {{{{{name}}}}}", text[..at] + PromptTemplate.Placeholder(name) + text[(at + 2 + slip.Length)..]);
    }

    private static bool IsNear(string one, string other)
    {
        if (string.Equals(one, other, StringComparison.OrdinalIgnoreCase) || string.Equals(one.Replace("_", "", StringComparison.Ordinal), other.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
            return true;
        if (Math.Abs(one.Length - other.Length) > 2 || one.Length < 4)
            return false;
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var row = 1; row <= one.Length; row++)
        {
            var current = new int[other.Length + 1];
            current[0] = row;
            for (var column = 1; column <= other.Length; column++)
                current[column] = Math.Min(Math.Min(previous[column], current[column - 1]) + 1, previous[column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1));
            previous = current;
        }
        return previous[other.Length] <= 2;
    }

    [GeneratedRegex("^[\\s\\p{L}\\p{M}\\p{N}_.\\-/'’?&]{1,90}$", RegexOptions.CultureInvariant)]
    private static partial Regex Wish();

    [GeneratedRegex("^[ \\t]*(?<name>[\\p{L}_][\\p{L}\\p{N}_]{0,63})[ \\t]*\\}(?!\\})", RegexOptions.CultureInvariant)]
    private static partial Regex Slip();
}
