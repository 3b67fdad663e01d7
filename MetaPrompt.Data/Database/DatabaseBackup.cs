using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>A backup could not be made or brought back; the message says what happened, that nothing was changed, and what to do.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Backups in <c>pg_dump</c>'s custom format: a file that PostgreSQL's own tools read, too. A restore goes into a database beside
/// the present one, is looked at there, and only then takes its name; the one before stays under another.
/// </summary>
/// <param name="owner">The owner's login, over a direct or session connection.</param>
/// <param name="binFolder">Where <c>pg_dump</c> and <c>pg_restore</c> are; null for those of PATH.</param>
/// <param name="logger">Hears of migrations that a restored database needed.</param>
public sealed class DatabaseBackup(string owner, string? binFolder, ILogger logger)
{
    // How a dump begins: whatever else is in the file is not ours.
    private static readonly byte[] Magic = "PGDMP"u8.ToArray();

    private readonly NpgsqlConnectionStringBuilder _owner = new(owner) { Pooling = false, CommandTimeout = 0 };

    /// <summary>
    /// Writes all there is into the file. It appears under its name only when it is whole and <c>pg_restore</c> can read it.
    /// </summary>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="BackupException">The file is there already, a program is missing, or PostgreSQL refused.</exception>
    public async Task<long> BackUpAsync(string file, CancellationToken cancellationToken)
    {
        if (File.Exists(file))
            throw new BackupException($"{file} is there already. Nothing was written; give another name.");

        var part = file + ".part";
        try
        {
            await RunAsync("pg_dump", _owner, ["--format=custom", "--no-owner", "--file", part], cancellationToken).ConfigureAwait(false);
            await RunAsync("pg_restore", _owner, ["--list", "--file", File.Exists("/dev/null") ? "/dev/null" : "NUL", part], cancellationToken).ConfigureAwait(false);
            File.Move(part, file);
            return new FileInfo(file).Length;
        }
        catch (IOException problem)
        {
            throw new BackupException($"{file} could not be written: {problem.Message}", problem);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>
    /// Brings a backup back in place of the present database, whose connections are ended. Migrations the backup does not have
    /// yet are applied to it first.
    /// </summary>
    /// <returns>What the present database is called from then on.</returns>
    /// <exception cref="BackupException">The file is no backup or of a newer MetaPrompt, a program is missing, or PostgreSQL refused.</exception>
    public async Task<string> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        await CheckFileAsync(file, cancellationToken).ConfigureAwait(false);
        var current = _owner.Database!;
        var stamp = DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var (side, before) = ($"{current}_restored_{stamp}", $"{current}_before_{stamp}");

        // The logins that the backup's grants name are the server's, not the database's: the migrations make them where they are missing.
        await new Migrator(owner, Migration.All, Migration.LocalSupabase, logger).MigrateAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync($"create database {Quoted(side)} template template0", cancellationToken).ConfigureAwait(false);
        try
        {
            var address = new NpgsqlConnectionStringBuilder(_owner.ConnectionString) { Database = side };
            await RunAsync("pg_restore", address, ["--exit-on-error", "--no-owner", "--dbname", side, file], cancellationToken).ConfigureAwait(false);
            await new Migrator(address.ConnectionString, Migration.All, null, logger).MigrateAsync(cancellationToken).ConfigureAwait(false);
            await SwapAsync(current, side, before, cancellationToken).ConfigureAwait(false);
            return before;
        }
        catch (Exception problem) when (problem is not BackupException)
        {
            throw new BackupException($"The backup could not be brought back: {problem.Message} The present database is as it was.", problem);
        }
        finally
        {
            // After the swap there is none of that name.
            await ExecuteAsync($"drop database if exists {Quoted(side)} with (force)", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task CheckFileAsync(string file, CancellationToken cancellationToken)
    {
        var start = new byte[Magic.Length];
        try
        {
            await using var stream = File.OpenRead(file);
            if (await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == start.Length
                && start.AsSpan().SequenceEqual(Magic))
                return;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} could not be read: {problem.Message} Nothing was changed.", problem);
        }

        throw new BackupException($"{file} is no backup made by this program or by pg_dump --format=custom. Nothing was changed.");
    }

    // Two names change in one transaction: at no moment is there a database less.
    private async Task SwapAsync(string current, string side, string before, CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(_owner.ConnectionString) { Database = "postgres" };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var batch = new NpgsqlBatch(connection)
                {
                    BatchCommands =
                    {
                        new("select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()")
                        {
                            Parameters = { new NpgsqlParameter<string[]> { TypedValue = [current, side] } },
                        },
                        new($"alter database {Quoted(current)} rename to {Quoted(before)}"),
                        new($"alter database {Quoted(side)} rename to {Quoted(current)}"),
                    },
                };
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 20)
            {
                // A running program connects again at once; between two of its connections there is room for us.
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(_owner.ConnectionString) { Database = "postgres" };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(string program, NpgsqlConnectionStringBuilder address, string[] arguments, CancellationToken cancellationToken)
    {
        var beside = binFolder is null ? program : Path.Combine(binFolder, OperatingSystem.IsWindows() ? program + ".exe" : program);
        var start = new ProcessStartInfo(binFolder is not null && File.Exists(beside) ? beside : program) { RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in LibpqEnvironment.Of(address))
            start.Environment[name] = value;

        try
        {
            using var process = Process.Start(start)!;
            var errors = new StringBuilder();
            var reading = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                errors.Append(await reading.ConfigureAwait(false));
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }

            if (process.ExitCode != 0)
                throw new BackupException($"{program} ended with {process.ExitCode}: {errors.ToString().Trim()} The present database is as it was.");
        }
        catch (Win32Exception missing)
        {
            throw new BackupException($"{program} was not found. Install PostgreSQL's client of the server's version or newer (Debian: apt-get install postgresql-client).", missing);
        }
    }

    // A name cannot be a parameter.
    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
