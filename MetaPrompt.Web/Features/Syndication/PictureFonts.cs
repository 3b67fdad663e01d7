using System.Collections.Concurrent;
using System.Text;
using SkiaSharp;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>
/// The fonts of a kind of text: this program's own first (Features/Syndication/Fonts), then whatever the system has for a
/// letter they lack.
/// </summary>
internal sealed class PictureFonts
{
    // Skia without fontconfig, which a server need not have, finds no system font by itself on Linux.
    private static readonly Lazy<IReadOnlyList<SKTypeface>> OfSystem = new(FindOfSystem);
    private static readonly ConcurrentDictionary<int, SKTypeface?> Found = new();

    private static readonly SKTypeface SerifLatin = Own("source-serif-latin");
    private static readonly SKTypeface SerifLatinExtended = Own("source-serif-latin-ext");
    private static readonly SKTypeface SansLatin = Own("inter-latin");
    private static readonly SKTypeface MonoLatin = Own("jetbrains-mono-latin");

    private readonly SKTypeface[] _own;

    private PictureFonts(params SKTypeface[] own) => _own = own;

    /// <summary>For headings.</summary>
    public static PictureFonts Serif { get; } = new(SerifLatin, SerifLatinExtended);

    /// <summary>For names and labels.</summary>
    public static PictureFonts Sans { get; } = new(SansLatin, SerifLatinExtended);

    /// <summary>For variables.</summary>
    public static PictureFonts Mono { get; } = new(MonoLatin, SansLatin, SerifLatinExtended);

    /// <summary>The font of plain letters.</summary>
    public SKTypeface First => _own[0];

    /// <summary>The font that has a letter; null where none on this machine does.</summary>
    public SKTypeface? For(Rune letter)
    {
        foreach (var typeface in _own)
        {
            if (Has(typeface, letter.Value))
                return typeface;
        }

        return Found.GetOrAdd(letter.Value, static sign =>
            SKFontManager.Default.MatchCharacter(sign) is { } matched && Has(matched, sign)
                ? matched
                : OfSystem.Value.FirstOrDefault(typeface => Has(typeface, sign)));
    }

    private static bool Has(SKTypeface typeface, int sign)
    {
        using var font = new SKFont(typeface);
        return font.GetGlyph(sign) != 0;
    }

    private static SKTypeface Own(string name)
    {
        using var file = typeof(PictureFonts).Assembly.GetManifestResourceStream($"fonts/{name}.ttf")
            ?? throw new InvalidOperationException($"The font {name} is not in the program.");
        using var bytes = SKData.Create(file);
        return SKTypeface.FromData(bytes) ?? throw new InvalidOperationException($"The font {name} cannot be read.");
    }

    private static List<SKTypeface> FindOfSystem()
    {
        var folders = new[]
        {
            "/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fonts"),
        };
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return
        [
            .. from folder in folders
               where Directory.Exists(folder)
               from file in Directory.EnumerateFiles(folder, "*.*", options)
               where Path.GetExtension(file).ToUpperInvariant() is ".TTF" or ".OTF" or ".TTC"
               let typeface = SKTypeface.FromFile(file)
               where typeface is not null
               // Upright and wide-reaching families first, so that one title does not come from five fonts.
               orderby typeface.FontSlant == SKFontStyleSlant.Upright ? 0 : 1, Rank(typeface.FamilyName), Math.Abs(typeface.FontWeight - 500), file
               select typeface,
        ];
    }

    private static int Rank(string family) =>
        family.StartsWith("Noto Sans", StringComparison.Ordinal) ? 0 : family.StartsWith("DejaVu Sans", StringComparison.Ordinal) ? 1 : 2;
}
