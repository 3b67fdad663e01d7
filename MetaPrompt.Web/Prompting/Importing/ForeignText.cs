using System.Text;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Turns a text with <c>${Name}</c> placeholders into a template that resolves to the same text.</summary>
internal static class ForeignText
{
    /// <summary>
    /// Converts the placeholders. A <c>{{name}}</c> in the text becomes a variable too, as it looks like one; any other
    /// <c>{{</c> is escaped, so that <c>{{#each}}</c> or <c>{{ a.b }}</c> of somebody's own template stays what it is.
    /// </summary>
    public static Conversion Convert(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var part in PromptTemplate.Parse(text).Parts)
        {
            var raw = text.Substring(part.Start, part.Length);
            safe.Append(part is VariablePart ? raw : PromptTemplate.Escape(raw));
        }

        return ForeignPlaceholders.Convert(safe.ToString(), PlaceholderStyles.Dollar);
    }
}
