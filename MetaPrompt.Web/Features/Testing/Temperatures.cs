using System.Globalization;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>Several temperatures in one field: "0.2, 0.7, 1".</summary>
public static class Temperatures
{
    /// <summary>The lowest and the highest.</summary>
    public const decimal Coldest = 0, Hottest = 2;

    /// <summary>The most that are tried in a run.</summary>
    public const int MaxCount = 20;

    /// <summary>What is chosen where nobody chose.</summary>
    public static IReadOnlyList<decimal> Default { get; } = [0.7m];

    /// <summary>
    /// What was typed, each once and rounded to two decimals, in that order; out of bounds it is the nearest bound, nonsense is passed over. "0,7" is
    /// 0.7 to half the world, and so it is here; "0, 1" and "0 1" are two.
    /// </summary>
    public static IReadOnlyList<decimal> Read(string? text) =>
        [.. (text ?? "").Split((char[])[' ', ';', '\t', '\n', '|'], StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(word => IsDecimal(word) ? [word.Replace(',', '.')] : word.Split(',', StringSplitOptions.RemoveEmptyEntries))
            .Select(One).OfType<decimal>().Distinct().Take(MaxCount)];

    /// <summary>In one field again.</summary>
    public static string Write(IEnumerable<decimal> temperatures) => string.Join(", ", temperatures.Select(Text));

    /// <summary>"0.7", "1", "1.25".</summary>
    public static string Text(decimal temperature) => temperature.ToString("0.##", CultureInfo.InvariantCulture);

    private static decimal? One(string word) =>
        decimal.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? decimal.Round(Math.Clamp(value, Coldest, Hottest), 2, MidpointRounding.AwayFromZero)
            : null;

    private static bool IsDecimal(string word) =>
        !word.Contains('.', StringComparison.Ordinal) && word.Split(',') is [{ Length: 1 } whole, { Length: 1 or 2 } part] && whole.All(char.IsAsciiDigit) && part.All(char.IsAsciiDigit);
}
