using System.Globalization;
using System.Text;

namespace MetaPrompt.Web.Prompting;

/// <summary>
/// A template: text with <c>{{name}}</c> placeholders. The only reader of that language in the project. Any text is a
/// template: what is not a well-formed placeholder (JSON braces, a lone <c>{{</c>) is text. <c>\{{</c> is a literal
/// <c>{{</c>. Reading and resolving take time linear in the length.
/// </summary>
public sealed class PromptTemplate
{
    /// <summary>The most characters a name may have.</summary>
    public const int MaxNameLength = 64;

    private PromptTemplate(string text, IReadOnlyList<TemplatePart> parts, IReadOnlyList<string> names)
    {
        Text = text;
        Parts = parts;
        VariableNames = names;
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>The text cut into text and placeholders, in order, without gaps.</summary>
    public IReadOnlyList<TemplatePart> Parts { get; }

    /// <summary>Every variable once, in the order of first use.</summary>
    public IReadOnlyList<string> VariableNames { get; }

    /// <summary>Reads any text; never fails.</summary>
    public static PromptTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<TemplatePart>();
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var literal = new StringBuilder();
        var textStart = 0;
        var at = 0;

        void EndText(int end)
        {
            if (end > textStart)
                parts.Add(new TextPart(textStart, end - textStart, literal.ToString()));
            literal.Clear();
        }

        while (at < text.Length)
        {
            // Everything up to the next character that can mean something is copied in one go.
            var next = text.AsSpan(at).IndexOfAny('{', '\\');
            if (next != 0)
            {
                var end = next < 0 ? text.Length : at + next;
                literal.Append(text, at, end - at);
                at = end;
                continue;
            }
            if (text[at] == '\\' && OpensAt(text, at + 1))
            {
                literal.Append("{{");
                at += 3;
                continue;
            }
            if (OpensAt(text, at) && PlaceholderAt(text, at) is var (name, length) && length > 0)
            {
                EndText(at);
                parts.Add(new VariablePart(at, length, name));
                if (seen.Add(name))
                    names.Add(name);
                at += length;
                textStart = at;
                continue;
            }
            literal.Append(text[at]);
            at++;
        }
        EndText(text.Length);
        return new PromptTemplate(text, parts, names);
    }

    /// <summary>The text with each placeholder's value in its place. Values go in as they are: <c>{{x}}</c> inside one stays text.</summary>
    /// <param name="values">Values by name; a name without one stays as <c>{{name}}</c>.</param>
    public string Resolve(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var result = new StringBuilder(Text.Length);
        foreach (var part in Parts)
        {
            if (part is TextPart text)
                result.Append(text.Text);
            else if (part is VariablePart variable)
                result.Append(values.TryGetValue(variable.Name, out var value) && value is not null ? value : Placeholder(variable.Name));
        }
        return result.ToString();
    }

    /// <summary>The template's text with one variable renamed everywhere; the rest stays untouched.</summary>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not a name.</exception>
    public string Rename(string from, string to)
    {
        if (!IsName(to))
            throw new ArgumentException($"“{to}” cannot be a variable's name: use letters, digits and _, at most {MaxNameLength}, not starting with a digit.", nameof(to));
        var result = new StringBuilder(Text.Length);
        foreach (var part in Parts)
        {
            if (part is VariablePart variable && variable.Name == from)
                result.Append(Placeholder(to));
            else
                result.Append(Text, part.Start, part.Length);
        }
        return result.ToString();
    }

    /// <summary>Text that a template shows exactly as <paramref name="text"/>: every <c>{{</c> gets its backslash.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace("{{", "\\{{", StringComparison.Ordinal);
    }

    /// <summary>Whether a variable can be called that.</summary>
    public static bool IsName(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength || !StartsName(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!ContinuesName(c))
                return false;
        }
        return true;
    }

    /// <summary>The placeholder of a name.</summary>
    public static string Placeholder(string name) => "{{" + name + "}}";

    private static bool OpensAt(string text, int at) => at + 1 < text.Length && text[at] == '{' && text[at + 1] == '{';

    private static (string Name, int Length) PlaceholderAt(string text, int start)
    {
        var at = SkipBlanks(text, start + 2);
        var nameStart = at;
        if (at >= text.Length || !StartsName(text[at]))
            return ("", 0);
        while (at < text.Length && at - nameStart <= MaxNameLength && ContinuesName(text[at]))
            at++;
        if (at - nameStart > MaxNameLength)
            return ("", 0);
        var name = text[nameStart..at];
        at = SkipBlanks(text, at);
        return at + 1 < text.Length && text[at] == '}' && text[at + 1] == '}' ? (name, at + 2 - start) : ("", 0);
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    private static bool StartsName(char c) => c == '_' || char.IsLetter(c);

    // Marks belong to letters in scripts such as Devanagari; without them half of its words could be no name.
    private static bool ContinuesName(char c) => c == '_' || char.IsLetterOrDigit(c)
        || (c > 127 && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
}
