using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <content>What the server runs on: the cluster, its settings, and the database in it.</content>
public sealed partial class EmbeddedServer
{
    private async Task InitialiseAsync(string ownerPassword, CancellationToken cancellationToken)
    {
        var unfinished = _folder.UnfinishedCluster;
        if (Directory.Exists(unfinished))
        {
            _logger.LogWarning("{Folder} is left from a start that was interrupted; it is made anew.", unfinished);
            Directory.Delete(unfinished, recursive: true);
        }

        _logger.LogInformation("Making a new PostgreSQL {Major} database in {Folder}.", _binaries.Major, _folder.Cluster);
        EmbeddedFolder.MakePrivate(unfinished, _user);
        var passwordFile = unfinished + ".password";
        await EmbeddedFolder.WritePrivateAsync(passwordFile, ownerPassword, cancellationToken).ConfigureAwait(false);
        try
        {
            _user.Own(passwordFile);
            string[] arguments =
            [
                "-D", unfinished, "-U", OwnerLogin, "-E", "UTF8", "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                .. LocaleArguments(), .. _options.Volatile ? new[] { "--no-sync" } : [],
            ];
            var answer = await _user.RunAsync(_binaries.Program("initdb"), arguments, cancellationToken).ConfigureAwait(false);
            if (answer.ExitCode != 0)
                throw new EmbeddedServerException($"PostgreSQL's initdb could not make a database in {_folder.Path}:\n{answer.Output.Trim()}");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        await File.AppendAllTextAsync(
            Path.Combine(unfinished, "postgresql.conf"), $"\ninclude_if_exists = '{SettingsFile}'  # MetaPrompt writes that file at every start\n", cancellationToken).ConfigureAwait(false);
        Directory.Move(unfinished, _folder.Cluster);
    }

    // Letters and case of every language, the same order on every machine.
    private string[] LocaleArguments() =>
        OperatingSystem.IsLinux() ? ["--locale=C.UTF-8"]
        : _binaries.Major >= 17 ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        : ["--locale=C", "--locale-provider=icu", "--icu-locale=und"];

    private async Task WriteSettingsAsync(CancellationToken cancellationToken)
    {
        var settings = new StringBuilder("# Written by MetaPrompt at every start. Your own settings: ALTER SYSTEM, or postgresql.auto.conf.\n");
        void Set(string name, string value) => settings.Append(name).Append(" = '").Append(value.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");

        if (OperatingSystem.IsWindows())
        {
            Set("listen_addresses", "127.0.0.1");
            // One that is started again is where it was before.
            var port = OwnerConnectionString.Length > 0 ? new NpgsqlConnectionStringBuilder(OwnerConnectionString).Port : FreePort();
            Set("port", port.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            Set("listen_addresses", "");
            Set("port", SocketPort.ToString(CultureInfo.InvariantCulture));
            Set("unix_socket_directories", _folder.SocketFolder);
        }

        Set("cluster_name", "metaprompt");
        Set("max_connections", "150"); // more than the pool has, for the listener, migrations and whoever looks in
        Set("shared_buffers", _options.Volatile ? "128MB" : "256MB");
        Set("work_mem", "16MB");
        Set("maintenance_work_mem", "128MB");
        Set("random_page_cost", "1.1");
        Set("jit", "off"); // the queries are short; compiling them costs more than running them
        Set("timezone", "UTC");
        Set("log_timezone", "UTC");
        Set("log_line_prefix", "%m [%p] %q%u@%d ");
        Set("log_min_duration_statement", "1s");
        Set("log_checkpoints", "off");
        if (_binaries.HasModule("pg_stat_statements"))
            Set("shared_preload_libraries", "pg_stat_statements");
        if (_options.Volatile)
        {
            Set("fsync", "off");
            Set("synchronous_commit", "off");
            Set("full_page_writes", "off");
            Set("autovacuum", "off");
            Set("max_connections", "300");
            Set("log_min_duration_statement", "-1");
        }

        var file = Path.Combine(_folder.Cluster, SettingsFile);
        await File.WriteAllTextAsync(file, settings.ToString(), cancellationToken).ConfigureAwait(false);
        _user.Own(file);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(OwnerConnectionString) { Pooling = false };
        try
        {
            await using var there = new NpgsqlConnection(address.ConnectionString);
            await there.OpenAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            address.Database = OwnerLogin;
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new EmbeddedServerException(
                $"The passwords file in {_folder.Path} does not fit the database beside it. Put both back from the same backup.", refusal);
        }

        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var create = new NpgsqlCommand($"create database {DatabaseName}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
