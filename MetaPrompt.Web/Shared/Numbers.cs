using System.Globalization;

namespace MetaPrompt.Web.Shared;

/// <summary>Numbers and times as a reader likes them.</summary>
public static class Numbers
{
    /// <summary>4,812 as it is; from ten thousand on as 21k, from a million as 1.2M.</summary>
    public static string Compact(long value) => value switch
    {
        >= 1_000_000 => (value / 100_000 / 10.0).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 10_000 => (value / 1000).ToString(CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>"3 likes", "1 like".</summary>
    public static string Of(long value, string one, string many) => $"{Compact(value)} {(value == 1 ? one : many)}";

    /// <summary>"4 min ago"; from a week on the date. Times are UTC, so is the date shown.</summary>
    public static string Ago(DateTime time, DateTime now) => (now - time) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } passed => $"{(int)passed.TotalMinutes} min ago",
        { TotalDays: < 1 } passed => $"{(int)passed.TotalHours} h ago",
        { TotalDays: < 7 } passed => (int)passed.TotalDays == 1 ? "yesterday" : $"{(int)passed.TotalDays} days ago",
        _ => time.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>A whole number from 0 on as an address has it; null where it is none.</summary>
    public static int? Whole(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
