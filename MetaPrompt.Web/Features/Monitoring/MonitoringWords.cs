using System.Globalization;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>Figures in words and units that a reader need not convert.</summary>
public static class MonitoringWords
{
    /// <summary>"0.3 ms", "12 ms", "1.4 s", "2 min"; "–" where nothing was timed.</summary>
    public static string Ms(double? milliseconds) => milliseconds switch
    {
        null => "–",
        < 0.05 => "0 ms",
        < 9.95 => Number(milliseconds.Value, "0.#") + " ms",
        < 1000 => Number(milliseconds.Value, "0") + " ms",
        < 99_950 => Number(milliseconds.Value / 1000, "0.#") + " s",
        _ => Number(milliseconds.Value / 60_000, "N0") + " min",
    };

    /// <summary>"812 KB", "12.3 MB", "1.5 GB"; a KB is 1,024 bytes, as PostgreSQL counts.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1024 => Number(bytes, "0") + " B",
        < 1024 * 1024 => Number(bytes / 1024, "0") + " KB",
        < 1024.0 * 1024 * 1024 => Number(bytes / (1024 * 1024), "0.#") + " MB",
        < 1024.0 * 1024 * 1024 * 1024 => Number(bytes / (1024.0 * 1024 * 1024), "0.#") + " GB",
        _ => Number(bytes / (1024.0 * 1024 * 1024 * 1024), "0.#") + " TB",
    };

    /// <summary>"0.4", "12", "1,240".</summary>
    public static string Rate(double perSecond) => Number(perSecond, perSecond < 9.95 ? "0.#" : "N0");

    /// <summary>"12%", "0.4%"; "–" of nothing.</summary>
    public static string Share(double part, double whole) =>
        whole <= 0 ? "–" : part <= 0 ? "0%" : part / whole < 0.001 ? "under 0.1%" : Number(100 * part / whole, part >= whole || part / whole < 0.995 ? "0.#" : "0.##") + "%";

    /// <summary>"3 s", "12 min", "5 h", "3 days".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "under 1 s",
        { TotalMinutes: < 2 } => Number(Math.Floor(time.TotalSeconds), "0") + " s",
        { TotalHours: < 2 } => Number(Math.Floor(time.TotalMinutes), "0") + " min",
        { TotalDays: < 2 } => Number(Math.Floor(time.TotalHours), "0") + " h",
        _ => Number(Math.Floor(time.TotalDays), "N0") + " days",
    };

    /// <summary>"10:32:05", with the day where it is not today's. UTC, as everything on the page.</summary>
    public static string Time(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.ToString(time.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm:ss" : "d MMM HH:mm", CultureInfo.InvariantCulture);

    /// <summary>"3 min ago", or "never".</summary>
    public static string Ago(DateTime? time, DateTimeOffset now) => time is { } at ? Numbers.Ago(at, now.UtcDateTime) : "never";

    /// <summary>A value with the unit that an alert has.</summary>
    public static string Value(double value, string unit) => unit switch
    {
        "ms" => Ms(value),
        "%" => Number(value, "0.#") + "%",
        "s" => Number(value, "0.#") + " s",
        _ => $"{Number(value, "0.#")} {unit}",
    };

    /// <summary>What went wrong with a cell, by the class the database gave it.</summary>
    public static string Reason(string reason) => reason switch
    {
        "key" => "The API key was refused, or is missing",
        "credit" => "The account has no credit left",
        "rate" => "More requests than the provider allows",
        "provider" => "The provider had an error, or was overloaded",
        "time" => "The model took too long",
        "broken" => "The answer broke off",
        "long" => "The prompt is longer than the model reads",
        "unreachable" => "The endpoint could not be reached",
        "model" => "There is no such model",
        "refused" => "The provider refused the request",
        "limit" => "A limit was reached",
        "nonsense" => "The answer made no sense, or was empty",
        _ => "Another reason",
    };

    /// <summary>A number in invariant writing.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A count in full: 1,240.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
