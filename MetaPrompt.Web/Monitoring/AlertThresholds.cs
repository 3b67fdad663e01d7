using System.Globalization;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Monitoring;

/// <summary>From where on something is an incident: the settings <c>Alerts</c>.</summary>
public sealed record AlertThresholds
{
    /// <summary>Milliseconds that a query may take.</summary>
    public double SlowQueryMs { get; init; } = 1000;

    /// <summary>Seconds for which queries may wait for a connection, or all connections may be in use.</summary>
    public double PoolSeconds { get; init; } = 5;

    /// <summary>How much of its room the database may take, in percent.</summary>
    public double StoragePercent { get; init; } = 80;

    /// <summary>How much room the database has, in bytes; null where only the disk limits it, or nobody knows.</summary>
    public long? StorageLimitBytes { get; init; }

    /// <summary>How many wrong passwords there may be in five minutes.</summary>
    public double SignInFailures { get; init; } = 20;

    /// <summary>Seconds for which the database may not answer.</summary>
    public double DatabaseAwaySeconds { get; init; } = 10;

    /// <summary>Reads the settings; what is empty is as said here.</summary>
    /// <exception cref="SettingsException">One is no number, or out of its bounds.</exception>
    public static AlertThresholds Read(IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var usual = new AlertThresholds();
        return new AlertThresholds
        {
            SlowQueryMs = Number(settings, "Alerts:SlowQueryMs", usual.SlowQueryMs, 1, 3_600_000),
            PoolSeconds = Number(settings, "Alerts:PoolSeconds", usual.PoolSeconds, 0, 3600),
            StoragePercent = Number(settings, "Alerts:StoragePercent", usual.StoragePercent, 1, 100),
            StorageLimitBytes = Bytes(settings, "Alerts:StorageLimit"),
            SignInFailures = Number(settings, "Alerts:SignInFailures", usual.SignInFailures, 1, 1_000_000),
            DatabaseAwaySeconds = Number(settings, "Alerts:DatabaseAwaySeconds", usual.DatabaseAwaySeconds, 0, 3600),
        };
    }

    private static double Number(IConfiguration settings, string name, double usual, double least, double most)
    {
        if (settings[name]?.Trim() is not { Length: > 0 } text)
            return usual;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new SettingsException(name, string.Create(CultureInfo.InvariantCulture, $"is \"{text}\". Write a number from {least} to {most}; empty is {usual}."));
    }

    private static long? Bytes(IConfiguration settings, string name)
    {
        if (settings[name]?.Trim() is not { Length: > 0 } text)
            return null;
        foreach (var (unit, size) in new[] { ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40) })
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^2].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0 && value < 1_000_000)
                return (long)(value * size);
        }

        throw new SettingsException(name, $"is \"{text}\". Write how much the database may take: \"500 MB\", \"8 GB\", \"1.5 TB\".");
    }
}
