using System.Text;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>Writes a template in another template language, so that it renders there to what it resolves to here.</summary>
internal static partial class DialectWriter
{
    /// <summary>The whole template.</summary>
    public static string Write(string template, PlaceholderDialect dialect)
    {
        var parts = PromptTemplate.Parse(template).Parts;
        var result = new StringBuilder(template.Length + 16);
        for (var index = 0; index < parts.Count; index++)
        {
            var next = index + 1 < parts.Count ? parts[index + 1] : null;
            if (parts[index] is TextPart text)
                result.Append(Literal(text.Text, dialect, beforeVariable: next is VariablePart));
            else if (parts[index] is VariablePart variable)
                result.Append(Variable(variable.Name, dialect, index > 0 ? parts[index - 1] as TextPart : null, next as TextPart));
        }

        return result.ToString();
    }

    /// <summary>Text that has no variables, such as a default.</summary>
    public static string Literal(string text, PlaceholderDialect dialect) => Literal(text, dialect, beforeVariable: false);

    private static string Literal(string text, PlaceholderDialect dialect, bool beforeVariable)
    {
        switch (dialect)
        {
            case PlaceholderDialect.Jinja:
                // A run of braces that the lexer would take for a tag, and one that would run into the placeholder behind it.
                return Tag().Replace(text, match => beforeVariable || match.Length > 1 || match.Index + match.Length < text.Length ? $"{{{{ \"{match.Value}\" }}}}" : match.Value);
            case PlaceholderDialect.Handlebars:
                text = Braces().Replace(text, match => Escaped(match.Groups["slashes"].Length));
                if (!beforeVariable)
                    return text;
                // A backslash before a placeholder is doubled; a brace gets a blank that the placeholder's ~ takes away again.
                return text.EndsWith('\\') ? text + '\\' : text.EndsWith('{') ? text + ' ' : text;
            default:
                return text;
        }
    }

    private static string Variable(string name, PlaceholderDialect dialect, TextPart? before, TextPart? after)
    {
        if (dialect != PlaceholderDialect.Handlebars)
            return PromptTemplate.Placeholder(name);
        var left = before?.Text.EndsWith('{') == true ? "~" : "";
        // A closing brace right behind would be read with the placeholder's own.
        return after?.Text.StartsWith('}') == true ? $"{{{{{left}{name}~}}}} " : $"{{{{{left}{name}}}}}";
    }

    // \{{ is the escape. Backslashes that stand before the braces already are parted from it by an empty comment, and the last
    // of them is doubled, for it stands before a tag now.
    private static string Escaped(int slashes) => slashes == 0 ? "\\{{" : new string('\\', slashes + 1) + "{{!}}\\{{";

    // A single brace at the end counts only where a variable follows; the replacement looks at that. Nunjucks refuses a text
    // in which a comment ends that never began.
    [GeneratedRegex(@"\{+[{%#]|\{+\z|#\}")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<slashes>\\*)\{\{")]
    private static partial Regex Braces();
}
