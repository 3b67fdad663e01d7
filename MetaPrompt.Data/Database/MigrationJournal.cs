using System.Data;
using System.Text.RegularExpressions;
using DbUp.Engine;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Data.Database;

/// <summary>
/// What has been applied, in the table the Supabase CLI keeps too, so that either tool can go on where the other stopped.
/// The CLI adds columns of its own: every statement here names its columns.
/// </summary>
internal sealed partial class MigrationJournal(IReadOnlyList<Migration> files) : IJournal
{
    private const string Exists = "select to_regclass('supabase_migrations.schema_migrations') is not null";

    // "if not exists" asks for the right to create schemas even where the schema is there, hence the question first.
    private const string Create = """
        -- Journal.Create
        create schema if not exists supabase_migrations;
        create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
        """;

    // An old CLI's table has the version only. Asked first: ALTER takes a lock even when there is nothing to do.
    private const string MissingColumns = """
        -- Journal.MissingColumns
        select 2 - count(*) from information_schema.columns
        where table_schema = 'supabase_migrations' and table_name = 'schema_migrations' and column_name in ('statements', 'name')
        """;

    private const string AddColumns = """
        -- Journal.AddColumns
        alter table supabase_migrations.schema_migrations
          add column if not exists statements text[],
          add column if not exists name text
        """;

    private const string Select =
        "select version, name, statements from supabase_migrations.schema_migrations order by version collate \"C\"";

    private const string Insert =
        "insert into supabase_migrations.schema_migrations (version, name, statements) values (@version, @name, @statements)";

    /// <summary>What the journal holds; null where there is none yet.</summary>
    public static async Task<IReadOnlyList<AppliedMigration>?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand(Exists, connection);
        if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            return null;

        await using var missing = new NpgsqlCommand(MissingColumns, connection);
        if (await missing.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not 0L)
            return null;

        await using var select = new NpgsqlCommand(Select, connection);
        return await ReadRowsAsync(select, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rows of version, name, statements.</summary>
    public static async Task<IReadOnlyList<AppliedMigration>> ReadRowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var applied = new List<AppliedMigration>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            applied.Add(new AppliedMigration(
                reader.GetString(0),
                await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(1),
                await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? null : await reader.GetFieldValueAsync<string[]>(2, cancellationToken).ConfigureAwait(false)));
        }

        return applied;
    }

    /// <summary>Makes the table where it is missing.</summary>
    public static async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand(Exists, connection);
        if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
        {
            await using var create = new NpgsqlCommand(Create, connection);
            await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var columns = new NpgsqlCommand(AddColumns, connection);
        await columns.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The files still to apply.</summary>
    /// <exception cref="MigrationException">An applied file was changed or is missing, or a new one comes before an applied one.</exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> files, IReadOnlyList<AppliedMigration> applied)
    {
        var byVersion = files.ToDictionary(file => file.Version, StringComparer.Ordinal);
        foreach (var row in applied)
        {
            if (!byVersion.TryGetValue(row.Version, out var file))
            {
                throw new MigrationException(
                    row.Name is null ? row.Version : $"{row.Version}_{row.Name}.sql",
                    "was applied to this database, and this program does not have it. The database belongs to a newer MetaPrompt, "
                    + "or the file was removed. Start the newer version, or put the file back.");
            }

            if (row.Statements is { Length: > 0 } statements && Essence(string.Join(';', statements)) != Essence(file.Sql))
            {
                throw new MigrationException(
                    file.FileName,
                    "was changed after it was applied to this database. Put the applied text back and write the change as a new migration.");
            }
        }

        var done = applied.Select(row => row.Version).ToHashSet(StringComparer.Ordinal);
        var pending = files.Where(file => !done.Contains(file.Version)).ToArray();
        if (applied.Count > 0 && pending.Length > 0)
        {
            var last = applied.Select(row => row.Version).Max(StringComparer.Ordinal)!;
            if (string.CompareOrdinal(pending[0].Version, last) < 0)
            {
                throw new MigrationException(
                    pending[0].FileName,
                    $"is new, but {byVersion[last].FileName}, which comes after it, has already been applied. Give it a version later than {last}.");
            }
        }

        return pending;
    }

    public string[] GetExecutedScripts() => [];

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        var file = files.Single(candidate => candidate.FileName == script.Name);
        using var command = (NpgsqlCommand)dbCommandFactory();
        command.CommandText = Insert;
        command.Parameters.Add(new NpgsqlParameter<string>("version", file.Version));
        command.Parameters.Add(new NpgsqlParameter<string>("name", file.Name));
        command.Parameters.Add(new NpgsqlParameter("statements", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = new[] { file.Sql } });
        command.ExecuteNonQuery();
    }

    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
        // CreateAsync has done it, under the lock.
    }

    // The CLI records a file cut into statements, without their semicolons and the space around them; this program records
    // it whole. Without semicolons and white space both read the same, and every other change shows.
    private static string Essence(string sql) => Layout().Replace(sql, "");

    [GeneratedRegex(@"[\s;\uFEFF]+")]
    private static partial Regex Layout();
}

/// <summary>A row of the journal.</summary>
/// <param name="Version">The file's fourteen digits.</param>
/// <param name="Name">The file's name without them; null where the writing tool left it out.</param>
/// <param name="Statements">The applied text, whole or in statements; null or empty where the writing tool left it out.</param>
internal sealed record AppliedMigration(string Version, string? Name, string[]? Statements);
