using System.Globalization;
using System.Text;
using MetaPrompt.Web.Shared;
using SkiaSharp;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>People's words on a picture, letter by letter from whichever font has it.</summary>
internal static class PictureText
{
    /// <summary>
    /// The text as it can be drawn here: one line, without marks nobody sees and signs no font has. Null where nothing is
    /// left, and where its script needs letters joined or ordered in a way this does not know: better no title than a wrong one.
    /// </summary>
    public static string? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var read = new StringBuilder();
        foreach (var rune in Composed(CleanText.Of(text)).EnumerateRunes())
        {
            if (IsJoined(rune.Value))
                return null;
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune))
            {
                if (read.Length > 0 && read[^1] != ' ')
                    read.Append(' ');
            }
            else if (category is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                || rune == Rune.ReplacementChar)
            {
                continue;
            }
            else if (PictureFonts.Sans.For(rune) is not null)
            {
                read.Append(rune.ToString());
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                return null;
            }
        }

        return read.ToString().Trim() is { Length: > 0 } whole ? whole : null;
    }

    /// <summary>How wide it becomes.</summary>
    public static float Measure(string text, PictureFonts fonts, float size)
    {
        var width = 0f;
        foreach (var (run, typeface) in Runs(text, fonts))
        {
            using var font = new SKFont(typeface, size);
            width += font.MeasureText(run);
        }

        return width;
    }

    /// <summary>Draws it on its baseline and returns where it ends.</summary>
    public static float Draw(SKCanvas canvas, string text, PictureFonts fonts, float size, float x, float y, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        foreach (var (run, typeface) in Runs(text, fonts))
        {
            using var font = new SKFont(typeface, size) { Subpixel = true, Edging = SKFontEdging.Antialias };
            canvas.DrawText(run, x, y, SKTextAlign.Left, font, paint);
            x += font.MeasureText(run);
        }

        return x;
    }

    /// <summary>As much of it as fits on one line, with an ellipsis where that is not all.</summary>
    public static string Fit(string text, PictureFonts fonts, float size, float width)
    {
        if (Measure(text, fonts, size) <= width)
            return text;
        var parts = Elements(text);
        var (fits, tooLong) = (0, parts.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Measure(string.Concat(parts.Take(middle)).TrimEnd() + "…", fonts, size) <= width)
                fits = middle;
            else
                tooLong = middle;
        }

        return string.Concat(parts.Take(fits)).TrimEnd() + "…";
    }

    /// <summary>Lines of at most that width; between words, within one where it is too long, and between any two Chinese or Japanese signs.</summary>
    public static IReadOnlyList<string> Wrap(string text, PictureFonts fonts, float size, float width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var piece in Pieces(text))
        {
            if (Measure((line + piece).TrimEnd(), fonts, size) <= width)
            {
                line += piece;
                continue;
            }

            if (line.Length > 0)
                lines.Add(line.TrimEnd());
            line = "";
            foreach (var element in Elements(piece))
            {
                if (line.Length > 0 && Measure(line + element, fonts, size) > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line += element;
            }
        }

        if (line.Trim().Length > 0)
            lines.Add(line.TrimEnd());
        return lines;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var piece = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsIdeographic(rune.Value) && piece.Length > 0)
            {
                yield return piece.ToString();
                piece.Clear();
            }

            piece.Append(rune.ToString());
            if (rune.Value == ' ' || IsIdeographic(rune.Value))
            {
                yield return piece.ToString();
                piece.Clear();
            }
        }

        yield return piece.ToString();
    }

    private static IEnumerable<(string Text, SKTypeface Typeface)> Runs(string text, PictureFonts fonts)
    {
        var run = new StringBuilder();
        SKTypeface? current = null;
        foreach (var rune in text.EnumerateRunes())
        {
            var typeface = fonts.For(rune) ?? fonts.First;
            if (typeface != current && current is not null)
            {
                yield return (run.ToString(), current);
                run.Clear();
            }

            current = typeface;
            run.Append(rune.ToString());
        }

        if (current is not null)
            yield return (run.ToString(), current);
    }

    private static string[] Elements(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    // Half a surrogate pair is no text to compose; CleanText has made it U+FFFD.
    private static string Composed(string text) => text.IsNormalized() ? text : text.Normalize();

    private static bool IsIdeographic(int sign) => sign is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF00 and <= 0xFFEF) or (>= 0x20000 and <= 0x3FFFF);

    // Hebrew to Myanmar, Khmer, Mongolian, the presentation forms, and what lies with them beyond the first plane.
    private static bool IsJoined(int sign) =>
        sign is (>= 0x0590 and <= 0x109F) or (>= 0x1780 and <= 0x18AF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFE)
            or (>= 0x10800 and <= 0x11FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
