using System.Text;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Puts text that people typed into templates.</summary>
internal static class TemplateText
{
    // A person may name blanks of their own; a page full of them is no wish but an accident or an attack.
    private const int MostVariables = 12;

    /// <summary>The text with its well-formed placeholders kept and every other <c>{{</c> escaped.</summary>
    public static string Safe(string text)
    {
        if (!text.Contains("{{", StringComparison.Ordinal))
            return text;
        var parsed = PromptTemplate.Parse(text);
        if (parsed.VariableNames.Count > MostVariables)
            return PromptTemplate.Escape(text);
        var result = new StringBuilder(text.Length + 8);
        foreach (var part in parsed.Parts)
        {
            if (part is VariablePart variable)
                result.Append(PromptTemplate.Placeholder(variable.Name));
            else if (part is TextPart plain)
                result.Append(PromptTemplate.Escape(plain.Text));
        }
        return result.ToString();
    }

    /// <summary>Tags around a placeholder on its own line.</summary>
    public static string Tagged(string tag, string name) => $"<{tag}>\n{PromptTemplate.Placeholder(name)}\n</{tag}>";
}
