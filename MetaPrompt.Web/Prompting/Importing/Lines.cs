using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Makes single lines of imported text.</summary>
internal static partial class Lines
{
    /// <summary>The text on one line, runs of blanks as one.</summary>
    public static string Collapse(string text) => Blanks().Replace(text, " ").Trim();

    /// <summary>The text, or its beginning with … at the end; never more than <paramref name="max"/> characters, never half of one.</summary>
    public static string Shorten(string text, int max)
    {
        if (text.Length <= max)
            return text;
        var end = max - 1;
        // A cut between words reads better, unless there is none near.
        var blank = text.LastIndexOf(' ', end);
        if (blank > end - 30)
            end = blank;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end].TrimEnd() + "…";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
