using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>Where streaming replicas of the database are, and how far behind one may be and still be asked.</summary>
public sealed record ReplicaSettings
{
    private const string HostsSetting = "Replicas:Hosts";
    private const string LagSetting = "Replicas:MaxLagSeconds";
    private const int UsualPort = 5432;
    private const int UsualLag = 5;

    /// <summary>All replicas and, last, the primary: for <see cref="NpgsqlMultiHostDataSource"/>.</summary>
    public required string Together { get; init; }

    /// <summary>Each replica by itself, to measure it: one connection, and no long wait.</summary>
    public required IReadOnlyList<string> Each { get; init; }

    /// <summary>How far behind a replica may be.</summary>
    public required TimeSpan MaxLag { get; init; }

    /// <summary>Reads <c>Replicas</c>; null where no host is named.</summary>
    /// <param name="configuration">The program's settings.</param>
    /// <param name="app">The app's login at the primary. A replica has the same database, logins and passwords.</param>
    /// <exception cref="SettingsException">A setting is wrong, or there is no primary that replicas could be of.</exception>
    public static ReplicaSettings? Read(IConfiguration configuration, string? app)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[HostsSetting] is not { } given || string.IsNullOrWhiteSpace(given))
            return null;
        if (app is null)
            throw new SettingsException(HostsSetting, "names replicas while ConnectionStrings:MetaPrompt is empty. The embedded database has none.");

        var lag = configuration[LagSetting]?.Trim();
        var seconds = (double)UsualLag;
        if (!string.IsNullOrEmpty(lag)
            && (!double.TryParse(lag, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) || seconds is not (>= 0.1 and <= 3600)))
            throw new SettingsException(LagSetting, $"is \"{lag}\". Write seconds, from 0.1 to 3600; empty is {UsualLag}.");

        var hosts = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Split).ToArray();
        if (hosts.Length == 0)
            throw new SettingsException(HostsSetting, "names no host. Write host:port, several with commas between them.");
        return new ReplicaSettings
        {
            Together = TogetherAt(app, hosts),
            Each = [.. hosts.Select(host => AloneAt(app, host))],
            MaxLag = TimeSpan.FromSeconds(seconds),
        };
    }

    private static (string Name, int Port) Split(string host)
    {
        if (host.Contains("//", StringComparison.Ordinal) || host.Contains('=', StringComparison.Ordinal))
            throw new SettingsException(HostsSetting, $"has \"{host}\", which is no host. Write host:port; database, login and password are those of ConnectionStrings:MetaPrompt.");
        var colon = host.LastIndexOf(':');
        if (colon < 0 || host.EndsWith(']'))
            return (host, UsualPort);
        return int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? (host[..colon], port)
            : throw new SettingsException(HostsSetting, $"has \"{host}\", whose port is no number. Write host:port.");
    }

    // A question that a replica does not answer soon is asked at the primary instead, so nobody waits long for one.
    private static string TogetherAt(string app, IEnumerable<(string Name, int Port)> hosts)
    {
        var address = new NpgsqlConnectionStringBuilder(app);
        var primary = address.Host!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(host => host.LastIndexOf(':') > host.LastIndexOf(']') ? host : At(host, address.Port));
        address.Host = string.Join(',', hosts.Select(host => At(host.Name, host.Port)).Concat(primary));
        address.Port = UsualPort;
        address.LoadBalanceHosts = true;
        address.HostRecheckSeconds = 3;
        address.Timeout = 2;
        address.CommandTimeout = Math.Min(address.CommandTimeout == 0 ? 5 : address.CommandTimeout, 5);
        address.ApplicationName = $"{address.ApplicationName} reads";
        return address.ConnectionString;
    }

    private static string AloneAt(string app, (string Name, int Port) host) => new NpgsqlConnectionStringBuilder(app)
    {
        Host = host.Name,
        Port = host.Port,
        MinPoolSize = 0,
        MaxPoolSize = 1,
        MaxAutoPrepare = 0,
        Timeout = 2,
        CommandTimeout = 2,
        ApplicationName = "MetaPrompt replica watch",
    }.ConnectionString;

    private static string At(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
