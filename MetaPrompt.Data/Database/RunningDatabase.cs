using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The database of a running program: reached, migrated, its pool warm. Dispose it last of all; that closes the pool and
/// leaves the embedded server, which stops when nobody else uses it.
/// </summary>
public sealed class RunningDatabase : IAsyncDisposable
{
    // What RLS is worth depends on this login: a superuser, an owner or one with BYPASSRLS would see every row.
    private const string LoginIsHarmless = """
        -- Database.LoginIsHarmless
        select not (r.rolsuper or r.rolbypassrls)
          and not exists (select from pg_catalog.pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace)
        from pg_catalog.pg_roles r where r.rolname = current_user
        """;

    private const int WarmConnections = 2;

    private static int _pools;

    private RunningDatabase(
        NpgsqlDataSource app, string poolName, string address, NpgsqlDataSource? sessions, string? ownerConnectionString, EmbeddedServer? embedded)
    {
        App = app;
        PoolName = poolName;
        Monitor = NewMonitor(address);
        Sessions = sessions;
        OwnerConnectionString = ownerConnectionString;
        Embedded = embedded;
    }

    /// <summary>The app login's pool.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>One connection of the app login beside the pool, with short time-outs: what looks whether the database answers.</summary>
    public NpgsqlDataSource Monitor { get; }

    /// <summary>What Npgsql's metrics call that pool.</summary>
    public string PoolName { get; }

    /// <summary>The app login where a session is kept between statements, to listen on; null where there is only a transaction pooler.</summary>
    public NpgsqlDataSource? Sessions { get; }

    /// <summary>The owner's login; null where this node was not given it.</summary>
    public string? OwnerConnectionString { get; }

    /// <summary>The embedded server; null where the settings name a database.</summary>
    public EmbeddedServer? Embedded { get; }

    /// <summary>
    /// Starts the embedded server where no database is named, applies the migrations where this node has the owner's login
    /// and else sees that they are applied, and opens the first connections.
    /// </summary>
    /// <exception cref="SettingsException">A setting is wrong, or the database it names does not fit.</exception>
    /// <exception cref="MigrationException">The migrations do not fit the database, or one failed.</exception>
    /// <exception cref="EmbeddedServerException">The embedded server does not start.</exception>
    public static async Task<RunningDatabase> StartAsync(DatabaseSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (settings.AppConnectionString is { } named)
            return await OpenNamedAsync(named, settings, loggers, cancellationToken).ConfigureAwait(false);

        var server = await EmbeddedServer.StartAsync(settings.Embedded, loggers.CreateLogger<EmbeddedServer>(), cancellationToken).ConfigureAwait(false);
        try
        {
            var migrator = new Migrator(server.OwnerConnectionString, Migration.All, Migration.LocalSupabase, loggers.CreateLogger<Migrator>());
            await migrator.MigrateAsync(cancellationToken).ConfigureAwait(false);
            var address = DatabaseSettings.ForApp(server.AppConnectionString);
            var name = NewPoolName();
            var app = Pool(address, name);
            try
            {
                await GivePasswordAsync(server, app, cancellationToken).ConfigureAwait(false);
                await WarmAsync(app, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await app.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            return new RunningDatabase(app, name, address, app, server.OwnerConnectionString, server);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Sessions is not null)
            await Sessions.DisposeAsync().ConfigureAwait(false);
        await App.DisposeAsync().ConfigureAwait(false);
        await Monitor.DisposeAsync().ConfigureAwait(false);
        if (Embedded is not null)
            await Embedded.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<RunningDatabase> OpenNamedAsync(
        string named, DatabaseSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (settings.MigratorConnectionString is { } owner)
        {
            var migrator = new Migrator(owner, Migration.All, settings.IsSupabase ? null : Migration.LocalSupabase, loggers.CreateLogger<Migrator>());
            await NamingAsync("ConnectionStrings:Migrator", () => migrator.MigrateAsync(cancellationToken)).ConfigureAwait(false);
        }

        var name = NewPoolName();
        var app = Pool(named, name);
        try
        {
            await NamingAsync("ConnectionStrings:MetaPrompt", async () =>
            {
                await WarmAsync(app, cancellationToken).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            await RefusePowerfulLoginAsync(app, cancellationToken).ConfigureAwait(false);
            if (settings.MigratorConnectionString is null)
                await VerifyAsync(app, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var sessions = settings.SessionConnectionString is not { } session ? null
            : session == named ? app
            : NpgsqlDataSource.Create(session);
        return new RunningDatabase(app, name, named, sessions, settings.MigratorConnectionString, embedded: null);
    }

    private static async Task VerifyAsync(NpgsqlDataSource app, CancellationToken cancellationToken)
    {
        try
        {
            await Migrator.VerifyAsync(app, Migration.All, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException failure)
        {
            throw new SettingsException(
                "ConnectionStrings:Migrator", $"is empty, so this node does not migrate, and the database does not fit it. {failure.Message} Give the owner's login, or run script/migrate.", failure);
        }
    }

    private static async Task RefusePowerfulLoginAsync(NpgsqlDataSource app, CancellationToken cancellationToken)
    {
        await using var command = app.CreateCommand(LoginIsHarmless);
        if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
        {
            throw new SettingsException(
                "ConnectionStrings:MetaPrompt",
                $"signs in as a login that row-level security does not hold for (superuser, BYPASSRLS or the tables' owner): everybody would see everything. Use {EmbeddedServer.AppLogin}.");
        }
    }

    private static async Task<T> NamingAsync<T>(string setting, Func<Task<T>> open)
    {
        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw new SettingsException(setting, $"leads to a database that cannot be used: {failure.Message}", failure);
        }
    }

    // Only where it does not fit yet: setting it at every start would write to the catalog at every start.
    private static async Task GivePasswordAsync(EmbeddedServer server, NpgsqlDataSource app, CancellationToken cancellationToken)
    {
        try
        {
            await using var fits = await app.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            await SetAppPasswordAsync(server, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the app login the embedded server's password for it.</summary>
    internal static async Task SetAppPasswordAsync(EmbeddedServer server, CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(server.OwnerConnectionString) { Pooling = false };
        await using var owner = new NpgsqlConnection(address.ConnectionString);
        await owner.OpenAsync(cancellationToken).ConfigureAwait(false);

        // A password cannot be a parameter here; it is made of hexadecimal digits.
        await using var command = new NpgsqlCommand($"alter role {EmbeddedServer.AppLogin} password '{server.AppPassword}'", owner);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    // A program has one. Tests run several in one process, and Npgsql tells their pools apart by the name.
    private static string NewPoolName() =>
        Interlocked.Increment(ref _pools) is > 1 and var number ? string.Create(CultureInfo.InvariantCulture, $"metaprompt-{number}") : "metaprompt";

    // By its name the pool is found among those that Npgsql counts.
    private static NpgsqlDataSource Pool(string connectionString, string name) => new NpgsqlDataSourceBuilder(connectionString) { Name = name }.Build();

    private static NpgsqlDataSource NewMonitor(string connectionString)
    {
        const int Seconds = 5;
        var address = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "MetaPrompt monitor",
            MinPoolSize = 0,
            MaxPoolSize = 1,
            Timeout = Seconds,
            CommandTimeout = Seconds,
        };
        return Pool(address.ConnectionString, "metaprompt-monitor");
    }

    // The first call on a new connection costs many times the later ones; no visitor shall pay for it.
    private static async Task WarmAsync(NpgsqlDataSource app, CancellationToken cancellationToken)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, WarmConnections)
            .Select(_ => app.OpenConnectionAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        foreach (var connection in connections)
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
