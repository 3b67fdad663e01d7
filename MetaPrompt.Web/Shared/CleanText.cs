using System.Text;

namespace MetaPrompt.Web.Shared;

/// <summary>Text from a browser's field, so that it can be stored and compared: line ends are <c>\n</c>.</summary>
public static class CleanText
{
    /// <summary>The text with <c>\n</c> line ends and without control characters, tab and line end aside; never null.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        text = text.ReplaceLineEndings("\n");
        if (!text.Any(c => (char.IsControl(c) && c is not ('\n' or '\t')) || char.IsSurrogate(c)))
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) || rune.Value is '\n' or '\t')
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>At most so many characters, never half of one; an ellipsis says that there was more.</summary>
    public static string Cut(string text, int longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1)].TrimEnd() + "…";
    }
}
