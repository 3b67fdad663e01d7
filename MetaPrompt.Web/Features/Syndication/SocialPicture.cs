using SkiaSharp;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>
/// The picture that link previews show, 1200 by 630: the site's paper and ink, the title in its serif, variables as pills.
/// Always the light look; nothing on it changes with likes, so a preview made once stays right.
/// </summary>
internal static class SocialPicture
{
    /// <summary>Part of every picture's tag: raise it when the drawing changes.</summary>
    public const string Version = "1";

    private const int Width = 1200;
    private const int Height = 630;
    private const float Left = 96;
    private const float Right = Width - 96;

    // app.css, light.
    private static readonly SKColor Paper = SKColor.Parse("#faf8f4");
    private static readonly SKColor Surface = SKColors.White;
    private static readonly SKColor Ink = SKColor.Parse("#1b1a17");
    private static readonly SKColor Muted = SKColor.Parse("#645f56");
    private static readonly SKColor Line = SKColor.Parse("#e6e1d6");
    private static readonly SKColor Accent = SKColor.Parse("#b4430b");
    private static readonly SKColor Tint = SKColor.Parse("#fbeadf");

    /// <summary>Draws it. Whatever is in the words, something fit to be seen comes out.</summary>
    /// <param name="title">Left out where no font here can write it.</param>
    /// <param name="eyebrow">A short label above the title; null for none.</param>
    /// <param name="variables">Names; as many as two lines hold.</param>
    /// <param name="author">Null for none.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(string title, string? eyebrow, IReadOnlyList<string> variables, string? author)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        var canvas = surface.Canvas;
        DrawSheet(canvas);
        DrawLogo(canvas);

        var heading = PictureText.Read(title);
        var pills = Pills(variables);
        // The pills stand on the sheet's lower part; the title has what is left above them, and is centred in it.
        var pillsTop = 466f - (Rows(pills) * 58);
        if (PictureText.Read(eyebrow)?.ToUpperInvariant() is { } label)
            PictureText.Draw(canvas, PictureText.Fit(label, PictureFonts.Sans, 23, 700), PictureFonts.Sans, 23, Left, 190, Muted);
        if (heading is not null)
            DrawTitle(canvas, heading, 208, pillsTop - 20);
        DrawPills(canvas, pills, heading is null ? 300 : pillsTop + 14);
        DrawFoot(canvas, PictureText.Read(author));

        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static void DrawSheet(SKCanvas canvas)
    {
        canvas.Clear(Paper);
        var sheet = new SKRect(40, 40, Width - 40, Height - 40);
        using var shadow = new SKPaint { Color = new SKColor(40, 30, 10, 34), IsAntialias = true, MaskFilter = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 18) };
        canvas.DrawRoundRect(new SKRect(sheet.Left + 14, sheet.Top + 22, sheet.Right - 14, sheet.Bottom + 6), 28, 28, shadow);
        using var fill = new SKPaint { Color = Surface, IsAntialias = true };
        canvas.DrawRoundRect(sheet, 28, 28, fill);
        using var edge = new SKPaint { Color = Line, IsAntialias = true, IsStroke = true, StrokeWidth = 2 };
        canvas.DrawRoundRect(sheet, 28, 28, edge);
    }

    private static void DrawLogo(SKCanvas canvas)
    {
        var end = PictureText.Draw(canvas, "Meta", PictureFonts.Serif, 38, Left, 122, Ink);
        PictureText.Draw(canvas, "Prompt", PictureFonts.Serif, 38, end, 122, Accent);
    }

    private static void DrawTitle(SKCanvas canvas, string title, float top, float bottom)
    {
        foreach (var size in (float[])[72, 62, 54, 46])
        {
            var lineHeight = size * 1.14f;
            var most = Math.Max(1, (int)((bottom - top) / lineHeight));
            var lines = PictureText.Wrap(title, PictureFonts.Serif, size, Right - Left);
            if (lines.Count > most && size > 46)
                continue;

            if (lines.Count > most)
            {
                // What does not fit even small ends in an ellipsis.
                lines = [.. lines.Take(most - 1), PictureText.Fit(string.Join(' ', lines.Skip(most - 1)), PictureFonts.Serif, size, Right - Left)];
            }

            var y = top + ((bottom - top - (lines.Count * lineHeight)) / 2) + (size * 0.86f);
            foreach (var line in lines)
            {
                PictureText.Draw(canvas, line, PictureFonts.Serif, size, Left, y, Ink);
                y += lineHeight;
            }

            return;
        }
    }

    private static List<(string Text, float X, int Row, float Width)> Pills(IReadOnlyList<string> variables)
    {
        var pills = new List<(string, float, int, float)>();
        var (x, row) = (Left, 0);
        foreach (var name in variables)
        {
            if (PictureText.Read(name) is not { } read)
                continue;
            var text = "{{" + (read.Length > 32 ? read[..31] + "…" : read) + "}}";
            var width = PictureText.Measure(text, PictureFonts.Mono, 27) + 32;
            if (x + width > Right)
                (x, row) = (Left, row + 1);
            if (row > 1)
                break;
            pills.Add((text, x, row, width));
            x += width + 12;
        }

        return pills;
    }

    private static int Rows(List<(string Text, float X, int Row, float Width)> pills) => pills.Count == 0 ? 0 : pills[^1].Row + 1;

    private static void DrawPills(SKCanvas canvas, List<(string Text, float X, int Row, float Width)> pills, float top)
    {
        using var tint = new SKPaint { Color = Tint, IsAntialias = true };
        foreach (var (text, x, row, width) in pills)
        {
            var y = top + (row * 58);
            canvas.DrawRoundRect(new SKRect(x, y, x + width, y + 46), 12, 12, tint);
            PictureText.Draw(canvas, text, PictureFonts.Mono, 27, x + 16, y + 32, Accent);
        }
    }

    private static void DrawFoot(SKCanvas canvas, string? author)
    {
        using var hairline = new SKPaint { Color = Line, StrokeWidth = 2 };
        canvas.DrawLine(Left, 498, Right, 498, hairline);
        PictureText.Draw(
            canvas, author is null ? "Say what you want. Get a prompt that works." : PictureText.Fit(author, PictureFonts.Sans, 26, 640),
            PictureFonts.Sans, 26, Left, 550, author is null ? Muted : Ink);
        if (author is not null)
        {
            const string Kind = "Prompt template";
            PictureText.Draw(canvas, Kind, PictureFonts.Sans, 26, Right - PictureText.Measure(Kind, PictureFonts.Sans, 26), 550, Muted);
        }
    }
}
