using DbUp;
using DbUp.Engine;
using DbUp.Postgresql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// Brings a database to the state the migration files describe. Any number of nodes may call it at once: one applies, the
/// others wait and find nothing left to do.
/// </summary>
/// <param name="ownerConnectionString">The owner's login, over a direct or session connection, never a transaction pooler.</param>
/// <param name="files">The migrations; <see cref="Migration.All"/> outside of tests.</param>
/// <param name="localSupabase">
/// What is run first where schema <c>auth</c> is missing; null on Supabase, where it must be there.
/// </param>
/// <param name="logger">Hears of each file applied.</param>
public sealed class Migrator(string ownerConnectionString, IReadOnlyList<Migration> files, string? localSupabase, ILogger logger)
{
    // "MetaPrmt" as a number; any fixed one does.
    internal const long LockKey = 0x4D65746150726D74;

    private const string TryLock = "select pg_try_advisory_lock(@key)";
    private const string HasAuth = "select to_regnamespace('auth') is not null";

    /// <summary>Applies what is missing and returns the names of the files applied, in order.</summary>
    /// <exception cref="MigrationException">
    /// A file was changed, is missing, is out of order, or failed. Each file is applied whole or not at all.
    /// </exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

        // The usual start: nothing to do, nothing to lock.
        if (await MigrationJournal.ReadAsync(connection, cancellationToken).ConfigureAwait(false) is { } before
            && MigrationJournal.Pending(files, before).Count == 0)
            return [];

        await LockAsync(connection, cancellationToken).ConfigureAwait(false);
        await BootstrapAsync(connection, cancellationToken).ConfigureAwait(false);
        await MigrationJournal.CreateAsync(connection, cancellationToken).ConfigureAwait(false);
        var applied = await MigrationJournal.ReadAsync(connection, cancellationToken).ConfigureAwait(false) ?? [];
        var pending = MigrationJournal.Pending(files, applied);
        if (pending.Count > 0)
            await Task.Run(() => Apply(pending, address.ConnectionString), cancellationToken).ConfigureAwait(false);

        // The lock ends with the connection.
        return [.. pending.Select(file => file.FileName)];
    }

    /// <summary>Sees, with the app's own login, that nothing is left to apply.</summary>
    /// <exception cref="MigrationException">The database does not fit this program.</exception>
    public static async Task VerifyAsync(NpgsqlDataSource app, IReadOnlyList<Migration> files, CancellationToken cancellationToken)
    {
        await using var command = app.CreateCommand("select version, name, statements from internal.applied_migrations()");
        IReadOnlyList<AppliedMigration> applied;
        try
        {
            applied = await MigrationJournal.ReadRowsAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationException(files[^1].FileName, "and those before it may not have been applied to this database: its journal cannot be read.", failure);
        }

        if (MigrationJournal.Pending(files, applied) is [var next, ..])
            throw new MigrationException(next.FileName, "has not been applied to this database.");
    }

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Asked again and again, because a waiting statement would hold a snapshot, for which CREATE INDEX CONCURRENTLY
        // on the node that migrates would wait in turn.
        await using var command = new NpgsqlCommand(TryLock, connection) { Parameters = { new NpgsqlParameter<long>("key", LockKey) } };
        while (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            await Task.Delay(50, cancellationToken).ConfigureAwait(false);
    }

    private async Task BootstrapAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var question = new NpgsqlCommand(HasAuth, connection);
        if (await question.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true)
            return;

        if (localSupabase is null)
        {
            throw new SettingsException(
                "Supabase:Url", "is set, but the database in ConnectionStrings:Migrator has no schema auth, so it is not that project's. Leave Supabase:Url empty for local accounts, or give the project's own database.");
        }

        logger.LogInformation("No Supabase here: making the roles and the schema auth that the migrations build on.");
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(localSupabase, connection, transaction);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException failure)
        {
            throw new MigrationException("local_supabase.sql", $"failed: {failure.MessageText} ({failure.SqlState}).", failure);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Apply(IReadOnlyList<Migration> pending, string address)
    {
        var engine = DeployChanges.To
            .PostgresqlDatabase(new WholeScripts(address))
            .WithScripts(pending.Select(file => new SqlScript(file.FileName, file.Sql)))
            .WithScriptNameComparer(StringComparer.Ordinal)
            .WithVariablesDisabled() // $function$ is no variable
            .WithTransactionPerScript()
            .WithExecutionTimeout(TimeSpan.Zero)
            .JournalTo(new MigrationJournal(pending))
            .LogTo(NullLogger.Instance)
            .Build();
        var result = engine.PerformUpgrade();
        foreach (var script in result.Scripts)
            logger.LogInformation("Applied {Migration}.", script.Name);

        if (!result.Successful)
            throw Failed(result);
    }

    private static MigrationException Failed(DatabaseUpgradeResult result)
    {
        var file = result.ErrorScript?.Name ?? "(before the first file)";
        if (result.Error is not PostgresException failure)
            return new MigrationException(file, $"failed: {result.Error.Message}", result.Error);

        string[] said =
        [
            $"failed and was taken back whole: {failure.MessageText} ({failure.SqlState}).",
            failure.Detail ?? "", failure.Hint ?? "", failure.Where ?? "",
        ];
        return new MigrationException(file, string.Join('\n', said.Where(line => line.Length > 0)), failure);
    }

    // Npgsql cuts a script into statements itself and knows strings, comments and dollar quotes. It does not know function
    // bodies between BEGIN ATOMIC and END: write bodies as strings.
    private sealed class WholeScripts(string address) : PostgresqlConnectionManager(address)
    {
        public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => [scriptContents];
    }
}
