using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// A PostgreSQL for measurements, in <c>.metaprompt/bench</c>: it keeps its generated galleries from run to run. Another
/// migration or another generator means another folder, and the old one goes.
/// </summary>
internal sealed class BenchServer : IAsyncDisposable
{
    /// <summary>What the server runs with, beside what the embedded one always has.</summary>
    public const string Settings = "shared_buffers 2GB, effective_cache_size 8GB, work_mem 16MB, max_wal_size 8GB, random_page_cost 1.1, jit off, fsync and synchronous_commit on";

    private static readonly string[] Configuration =
    [
        "shared_buffers = '2GB'", "effective_cache_size = '8GB'", "max_wal_size = '8GB'", "checkpoint_timeout = '30min'", "max_connections = 200", "log_min_duration_statement = -1",
    ];

    private readonly EmbeddedServer _server;

    private BenchServer(EmbeddedServer server) => _server = server;

    /// <summary>The folder with psql and, where it is installed, pgbench.</summary>
    public string BinFolder => _server.Binaries.Folder;

    /// <summary>Its major version.</summary>
    public int Major => _server.Binaries.Major;

    /// <summary>Starts it, made first where it is missing.</summary>
    public static async Task<BenchServer> StartAsync(CancellationToken cancellationToken)
    {
        var all = EmbeddedFolder.Reachable(Path.Combine(Repository(), ".metaprompt", "bench"));
        var options = new EmbeddedOptions { DataFolder = Path.Combine(all, Fingerprint()) };
        await RemoveOthersAsync(all, options.DataFolder, cancellationToken);
        var fresh = !Directory.Exists(options.DataFolder);
        var server = await EmbeddedServer.StartAsync(options, NullLogger.Instance, cancellationToken);
        if (fresh)
        {
            var first = new BenchServer(server);
            foreach (var line in Configuration)
                await first.ExecuteAsync("postgres", "alter system set " + line, cancellationToken);
            await server.DisposeAsync();
            server = await EmbeddedServer.StartAsync(options, NullLogger.Instance, cancellationToken);
        }

        return new BenchServer(server);
    }

    /// <summary>The owner's login on a database of the server.</summary>
    public string Owner(string database) => Address(_server.OwnerConnectionString, database);

    /// <summary>The app's login on a database of the server.</summary>
    public string App(string database) => Address(_server.AppConnectionString, database);

    /// <summary>The database with a generated gallery of this size; filled first where it is not yet.</summary>
    public async Task<string> GalleryAsync(int templates, TextWriter output, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"gallery_{templates}");
        if (await ScalarAsync<string>("postgres", $"select shobj_description(oid, 'pg_database') from pg_database where datname = '{name}'", cancellationToken) == "filled")
            return name;

        await ExecuteAsync("postgres", $"drop database if exists {name} with (force)", cancellationToken);
        await ExecuteAsync("postgres", $"create database {name}", cancellationToken);
        await new Migrator(Owner(name), Migration.All, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(cancellationToken);
        await RunningDatabase.SetAppPasswordAsync(_server, cancellationToken);
        await new GalleryLoad(this, name, new GalleryData(templates), output).RunAsync(cancellationToken);
        await ExecuteAsync("postgres", $"comment on database {name} is 'filled'", cancellationToken);
        return name;
    }

    /// <summary>Runs a statement as the owner.</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Owner(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first value of a query run as the owner; default where there is none.</summary>
    public async Task<T?> ScalarAsync<T>(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Owner(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Holds the server with galleries of these sizes until its input ends, and says how to look into them.</summary>
    public static async Task<int> HoldAsync(IReadOnlyList<string> sizes)
    {
        await using var server = await StartAsync(CancellationToken.None);
        foreach (var size in sizes)
        {
            var name = await server.GalleryAsync(int.Parse(size, CultureInfo.InvariantCulture), Console.Out, CancellationToken.None);
            var owner = new NpgsqlConnectionStringBuilder(server.Owner(name));
            var app = new NpgsqlConnectionStringBuilder(server.App(name));
            foreach (var login in new[] { owner, app })
                Console.WriteLine($"PGPASSWORD={login.Password} psql -h {login.Host} -p {login.Port} -U {login.Username} {name}");
        }

        Console.WriteLine("Held until the input ends.");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>The folder with MetaPrompt.sln.</summary>
    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MetaPrompt.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("MetaPrompt.sln is not above this program.");
    }

    // What is generated stands for how: any change of the generator that matters changes its first rows.
    private static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + '\n'));
        Add(Migration.LocalSupabase!);
        foreach (var migration in Migration.All)
            Add(migration.FileName + migration.Sql);
        foreach (var line in Configuration)
            Add(line);
        Add(GalleryLoad.Version);
        foreach (var row in new GalleryData(1000).Rows())
            Add(string.Create(CultureInfo.InvariantCulture, $"{row}") + string.Join(',', row.Tags) + GalleryData.Author(row.Author));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static async Task RemoveOthersAsync(string all, string current, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(all))
            return;

        foreach (var folder in Directory.EnumerateDirectories(all).Where(folder => folder != current))
        {
            await EmbeddedServer.StopAbandonedAsync(new EmbeddedOptions { DataFolder = folder }, NullLogger.Instance, cancellationToken);
            if (!File.Exists(Path.Combine(folder, "data", "postmaster.pid")))
                Directory.Delete(folder, recursive: true);
        }
    }

    // No pooling: nothing may stay connected to a database that is about to be dropped, nor to a server that restarts.
    private static string Address(string address, string database) =>
        new NpgsqlConnectionStringBuilder(address) { Database = database, Pooling = false }.ConnectionString;
}
