using System.Text;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>Words as a reader counts them.</summary>
public static class WordCount
{
    /// <summary>
    /// The number of words: what stands between white space and has a letter or a digit. In scripts that put no spaces
    /// between words (Chinese, Japanese, Thai) each character counts.
    /// </summary>
    public static int Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var count = 0;
        var inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (StandsAlone(rune.Value) && Rune.IsLetter(rune))
            {
                count++;
                inWord = false;
            }
            else if (Rune.IsWhiteSpace(rune))
            {
                inWord = false;
            }
            else if (!inWord && Rune.IsLetterOrDigit(rune))
            {
                count++;
                inWord = true;
            }
        }
        return count;
    }

    // Thai, Lao, Burmese, Khmer; then Hiragana to the ideographs, and those beyond the first plane. Hangul has spaces.
    private static bool StandsAlone(int value) => value is >= 0x0e00 and <= 0x0eff or >= 0x1000 and <= 0x109f or >= 0x1780 and <= 0x17ff
        or >= 0x3040 and <= 0x30ff or >= 0x3400 and <= 0x9fff or >= 0xf900 and <= 0xfaff or >= 0x20000 and <= 0x3ffff;
}
