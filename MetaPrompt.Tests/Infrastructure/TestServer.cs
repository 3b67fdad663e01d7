using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Starter;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestServer.Removal))]

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// One PostgreSQL for the whole run, in a temporary folder, started by the first test that wants a database and removed
/// with everything in it at the end. It never waits for the disk.
/// </summary>
public sealed class TestServer
{
    private const string FolderPrefix = "metaprompt-tests-";
    private const string TemplateName = "metaprompt_template";
    private const string FilledTemplateName = "metaprompt_template_filled";

    private static readonly Lazy<Task<TestServer>> Shared = new(StartAsync);

    private readonly EmbeddedServer _server;
    private readonly string _folder;
    private readonly Lazy<Task> _filled;

    private TestServer(EmbeddedServer server, string folder)
    {
        _server = server;
        _folder = folder;
        _filled = new(FillAsync);
    }

    /// <summary>The run's server, with a migrated database to copy from.</summary>
    public static Task<TestServer> SharedAsync() => Shared.Value;

    /// <summary>The owner's login on a database of the server.</summary>
    public string Owner(string database) => Address(_server.OwnerConnectionString, database);

    /// <summary>The app's login on a database of the server.</summary>
    public string App(string database) => Address(_server.AppConnectionString, database);

    /// <summary>A copy of the migrated database.</summary>
    public Task CreateDatabaseAsync(string name) => ExecuteAsync($"create database {name} template {TemplateName}");

    /// <summary>A copy of the migrated database with the starter templates in it, as a program finds it that starts a second time.</summary>
    public async Task CreateFilledDatabaseAsync(string name)
    {
        await _filled.Value;
        await ExecuteAsync($"create database {name} template {FilledTemplateName}");
    }

    /// <summary>A database with nothing in it.</summary>
    public Task CreateEmptyDatabaseAsync(string name) => ExecuteAsync($"create database {name} template template0");

    /// <summary>Removes a database, with whoever is still connected.</summary>
    public Task DropDatabaseAsync(string name) => ExecuteAsync($"drop database {name} with (force)");

    private static async Task<TestServer> StartAsync()
    {
        await RemoveAbandonedAsync();
        var folder = Path.Combine(
            Path.GetTempPath(), $"{FolderPrefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}"[..(FolderPrefix.Length + 16)]);
        var server = await EmbeddedServer.StartAsync(Options(folder), NullLogger.Instance, CancellationToken.None);

        var template = new TestServer(server, folder);
        await template.ExecuteAsync($"create database {TemplateName}");
        await new Migrator(template.Owner(TemplateName), Migration.All, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(CancellationToken.None);
        await RunningDatabase.SetAppPasswordAsync(server, CancellationToken.None);
        return template;
    }

    private async Task FillAsync()
    {
        await CreateDatabaseAsync(FilledTemplateName);
        var address = new NpgsqlConnectionStringBuilder(Owner(FilledTemplateName)) { Pooling = false };
        await using var owner = NpgsqlDataSource.Create(address.ConnectionString);
        await StarterGallery.FillAsync(owner, CancellationToken.None);
    }

    private static EmbeddedOptions Options(string folder) => new() { DataFolder = folder, Volatile = true };

    // A run that was killed could not clean up after itself.
    private static async Task RemoveAbandonedAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            var id = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) || IsAlive(process))
                continue;

            try
            {
                await EmbeddedServer.StopAbandonedAsync(Options(folder), NullLogger.Instance, CancellationToken.None);
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failure) when (failure is SettingsException or UnauthorizedAccessException or IOException)
            {
                // Another user's, or another run is removing it at this moment.
                TestContext.Current.SendDiagnosticMessage($"{folder} was left there: {failure.Message}");
            }
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Creating and dropping must not keep a session on the database that is copied.
    private async Task ExecuteAsync(string sql)
    {
        var address = new NpgsqlConnectionStringBuilder(Owner("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Address(string address, string database) => new NpgsqlConnectionStringBuilder(address)
    {
        Database = database,
        MaxPoolSize = 20,
        ConnectionIdleLifetime = 10,
        ConnectionPruningInterval = 5,
    }.ConnectionString;

    /// <summary>At the end of the run: stops the server where one was started, and removes it.</summary>
    public sealed class Removal : IAsyncDisposable
    {
        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (!Shared.IsValueCreated)
                return;

            var shared = await Shared.Value;
            NpgsqlConnection.ClearAllPools();
            await shared._server.DisposeAsync();
            Directory.Delete(shared._folder, recursive: true);
        }
    }
}
