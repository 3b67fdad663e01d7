using System.Text;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>Text from a browser, so that it can be stored: line ends are <c>\n</c>, nothing in it is no character.</summary>
internal static class WizardText
{
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        text = text.ReplaceLineEndings("\n");
        if (IsClean(text))
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
    public static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1)].TrimEnd() + "…";

    private static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if ((char.IsControl(c) && c is not ('\n' or '\t')) || char.IsSurrogate(c))
                return false;
        }

        return true;
    }
}
