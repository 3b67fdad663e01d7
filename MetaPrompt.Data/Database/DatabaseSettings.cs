using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>Which database to use, read from the settings and checked before anything is started.</summary>
public sealed record DatabaseSettings
{
    private const string AppSetting = "ConnectionStrings:MetaPrompt";
    private const string MigratorSetting = "ConnectionStrings:Migrator";
    private const string SessionSetting = "ConnectionStrings:Session";
    private const string PoolerSetting = "Database:TransactionPooler";

    /// <summary>Supabase's and PgBouncer's transaction pooler listens here by custom.</summary>
    private const int TransactionPoolerPort = 6543;

    private const string SolutionFile = "MetaPrompt.sln";

    /// <summary>The app's login; null for the embedded server.</summary>
    public string? AppConnectionString { get; private init; }

    /// <summary>The owner's login for migrations; null where this node does not migrate.</summary>
    public string? MigratorConnectionString { get; private init; }

    /// <summary>
    /// The app's login where it keeps its session, for what has to hear notices; null where nothing here does: behind a
    /// transaction pooler without <c>ConnectionStrings:Session</c>.
    /// </summary>
    public string? SessionConnectionString { get; private init; }

    /// <summary>Streaming replicas for visitors' questions; null where there are none.</summary>
    public ReplicaSettings? Replicas { get; private init; }

    /// <summary>The embedded server, where <see cref="AppConnectionString"/> is null.</summary>
    public required EmbeddedOptions Embedded { get; init; }

    /// <summary>Whether the database is a Supabase project's, which brings its own <c>auth</c> schema and roles.</summary>
    public bool IsSupabase { get; private init; }

    /// <summary>Reads and checks <c>ConnectionStrings</c>, <c>Database</c>, <c>Replicas</c>, <c>Embedded</c> and <c>Supabase:Url</c>.</summary>
    /// <param name="configuration">The program's settings.</param>
    /// <param name="contentRoot">
    /// Where the program was started. The embedded database's folder is <c>.metaprompt/postgres</c> below the folder with
    /// MetaPrompt.sln at or above it, or below it itself where there is none; a relative <c>Embedded:DataFolder</c> counts
    /// from the same place.
    /// </param>
    /// <exception cref="SettingsException">A setting is wrong or half given.</exception>
    public static DatabaseSettings Read(IConfiguration configuration, string contentRoot)
    {
        var app = Value(configuration, AppSetting);
        var migrator = Value(configuration, MigratorSetting);
        if (app is null && migrator is not null)
        {
            throw new SettingsException(
                AppSetting, $"is empty while {MigratorSetting} is given. Give the app's login ({EmbeddedServer.AppLogin}) too, or leave both empty for the embedded database.");
        }

        var supabase = Value(configuration, "Supabase:Url") is not null;
        if (supabase && app is null)
        {
            throw new SettingsException(
                AppSetting, $"is empty while Supabase:Url is given. Give the project's database with the login {EmbeddedServer.AppLogin}, or leave Supabase:Url empty for local accounts.");
        }

        var pooler = Value(configuration, PoolerSetting);
        if (pooler is not null && !bool.TryParse(pooler, out _))
            throw new SettingsException(PoolerSetting, $"is \"{pooler}\". Write true or false, or leave it empty: then port {TransactionPoolerPort} is one.");
        var pooled = app is not null && (pooler is null ? IsPoolerPort(app) : bool.Parse(pooler));
        var session = Value(configuration, SessionSetting);
        var named = app is null ? null : ForApp(app, pooled);

        return new DatabaseSettings
        {
            AppConnectionString = named,
            MigratorConnectionString = migrator is null ? null : ForMigrator(migrator, MigratorSetting),
            SessionConnectionString = session is null ? (pooled ? null : named) : ForSession(session, app),
            Replicas = ReplicaSettings.Read(configuration, named),
            IsSupabase = supabase,
            Embedded = ReadEmbedded(configuration, contentRoot),
        };
    }

    /// <summary>Checks a connection string that migrations are to use.</summary>
    /// <exception cref="SettingsException">It is none, or leads to a transaction pooler.</exception>
    public static string ForMigrator(string connectionString, string setting)
    {
        var address = Parse(connectionString, setting);
        return address.Port == TransactionPoolerPort
            ? throw new SettingsException(
                setting, $"leads to a transaction pooler (port {TransactionPoolerPort}). Migrations need a direct or session connection (port 5432).")
            : address.ConnectionString;
    }

    private static bool IsPoolerPort(string connectionString) => Parse(connectionString, AppSetting).Port == TransactionPoolerPort;

    private static string ForSession(string connectionString, string? app)
    {
        if (app is null)
            throw new SettingsException(SessionSetting, $"is given while {AppSetting} is empty. Give both, or leave both empty for the embedded database.");
        var address = Parse(connectionString, SessionSetting);
        if (address.Port == TransactionPoolerPort)
            throw new SettingsException(SessionSetting, $"leads to a transaction pooler (port {TransactionPoolerPort}). It is for a direct or session connection (port 5432).");

        // One listener is all that uses it.
        (address.MinPoolSize, address.MaxPoolSize) = (0, 2);
        if (!address.ShouldSerialize("Application Name"))
            address.ApplicationName = "MetaPrompt";
        return address.ConnectionString;
    }

    // What is said here holds unless the connection string says otherwise.
    internal static string ForApp(string connectionString, bool transactionPooled = false)
    {
        var address = Parse(connectionString, AppSetting);
        bool Says(string keyword) => address.ContainsKey(keyword) && address.ShouldSerialize(keyword);

        // Whatever Db sets ends with its transaction, so there is nothing to reset; and resetting (DISCARD ALL) throws away the
        // plans of every function, which makes the next query take about twice as long.
        if (!Says("No Reset On Close"))
            address.NoResetOnClose = true;

        // What is asked again and again is parsed and planned once for each connection; a plan is made anew for another role.
        if (!Says("Max Auto Prepare"))
            address.MaxAutoPrepare = 100;

        // A page of cards is some 20 KB: as it is, it would come in three pieces, each of which wakes a thread.
        if (!Says("Read Buffer Size"))
            address.ReadBufferSize = 32768;

        // In transaction mode the next statement may meet another session: nothing may be kept in one, nor reset in it.
        if (transactionPooled)
        {
            address.NoResetOnClose = true;
            address.MaxAutoPrepare = 0;
            address.Multiplexing = false;
        }

        // Who waits at a page is told after some seconds that the database does not answer, and is not held for ever.
        if (!Says("Timeout"))
            address.Timeout = 5;
        if (!Says("Command Timeout"))
            address.CommandTimeout = 10;
        if (!Says("Cancellation Timeout"))
            address.CancellationTimeout = 500;

        if (!Says("Application Name"))
            address.ApplicationName = "MetaPrompt";
        if (!Says("Minimum Pool Size"))
            address.MinPoolSize = Math.Min(4, address.MaxPoolSize);
        return address.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString, string setting)
    {
        if (connectionString.StartsWith("postgres://", StringComparison.Ordinal) || connectionString.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            throw new SettingsException(
                setting, "is a URL. Write it as key=value pairs: Host=...;Port=5432;Database=...;Username=...;Password=...");
        }

        try
        {
            var address = new NpgsqlConnectionStringBuilder(connectionString);
            foreach (var (name, value) in new[] { ("Host", address.Host), ("Database", address.Database), ("Username", address.Username) })
            {
                if (string.IsNullOrWhiteSpace(value))
                    throw new SettingsException(setting, $"has no {name}. Write Host=...;Database=...;Username=...;Password=...");
            }

            return address;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or NotSupportedException)
        {
            throw new SettingsException(setting, $"is no connection string: {failure.Message}", failure);
        }
    }

    private static EmbeddedOptions ReadEmbedded(IConfiguration configuration, string contentRoot)
    {
        var download = Value(configuration, "Embedded:Download");
        if (download is not null && !bool.TryParse(download, out _))
            throw new SettingsException("Embedded:Download", $"is \"{download}\". Write true or false.");

        var top = Path.GetFullPath(contentRoot);
        for (var folder = new DirectoryInfo(top); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, SolutionFile)))
                continue;
            top = folder.FullName;
            break;
        }

        return new EmbeddedOptions
        {
            DataFolder = Value(configuration, "Embedded:DataFolder") is { } given
                ? Path.GetFullPath(given, top)
                : EmbeddedFolder.Reachable(Path.Combine(top, ".metaprompt", "postgres")),
            BinFolder = Value(configuration, "Embedded:BinFolder") is { } bin ? Path.GetFullPath(bin, top) : null,
            AllowDownload = download is null || bool.Parse(download),
        };
    }

    private static string? Value(IConfiguration configuration, string setting) =>
        configuration[setting] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
