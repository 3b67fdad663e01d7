using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Asks PostgreSQL how it would run a statement of ours, without running it and without anybody's data: it is prepared, and
/// the plan that serves every value is shown (<c>plan_cache_mode = force_generic_plan</c>), as PostgreSQL 15 has no
/// EXPLAIN (GENERIC_PLAN). In a read-only transaction, for a few seconds at most, as the role the statement runs in.
/// </summary>
public sealed partial class PlanQueries(NpgsqlDataSource app)
{
    private const string Settings =
        """
        -- plans.settings
        select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', '5s', true),
          set_config('lock_timeout', '1s', true), set_config('plan_cache_mode', 'force_generic_plan', true),
          set_config('application_name', 'MetaPrompt plans', true)
        """;

    private const string BecomeCaller =
        """
        -- plans.become
        select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)
        """;

    private const string May =
        """
        -- plans.may
        select public.is_administrator()
        """;

    private const string RowsOf =
        """
        -- plans.rows
        select n.nspname || '.' || c.relname, greatest(c.reltuples, s.n_live_tup)::float8
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_stat_user_tables s on s.relid = c.oid
        where n.nspname || '.' || c.relname = any ($1)
        """;

    private const string Memory =
        """
        -- plans.memory
        select pg_size_bytes(current_setting('work_mem'))::float8, current_setting('hash_mem_multiplier')::float8
        """;

    // Where a place for a value could be anything, PostgreSQL is told that it is text; so does Npgsql.
    private const int MostGuesses = 20;

    /// <summary>The plan of the statement with that name, or why there is none.</summary>
    /// <param name="administrator">Who asks.</param>
    /// <param name="name">One of <see cref="KnownStatements"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<(QueryPlan? Plan, PlanProblem? Problem)> ExplainAsync(Caller administrator, string name, CancellationToken cancellationToken)
    {
        if (KnownStatements.Find(name) is not { } sql)
            return (null, PlanProblem.Unknown);

        // What is no query has no plan.
        if (!Query().IsMatch(sql))
            return (null, PlanProblem.Unknown);

        foreach (var caller in (Caller[])[administrator, Caller.App, Caller.Anonymous])
        {
            try
            {
                return await ExplainAsync(administrator, caller, sql, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // Another of the roles that statements run in may have the right.
            }
            catch (PostgresException slow) when (slow.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (null, PlanProblem.TooLong);
            }
            catch (PostgresException refusal) when (refusal.SqlState.StartsWith("42", StringComparison.Ordinal))
            {
                return (null, PlanProblem.NeedsValues);
            }
        }

        return (null, PlanProblem.OtherRights);
    }

    /// <summary>The statement with numbered places for its values, and how many there are.</summary>
    internal static (string Sql, int Places) Numbered(string sql)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        string Place(string name)
        {
            if (!numbers.TryGetValue(name, out var number))
                numbers.Add(name, number = numbers.Count + 1);
            return string.Create(CultureInfo.InvariantCulture, $"${number}");
        }

        // Whether a value is there says nothing of its type, and PostgreSQL wants the same from all places of one number: these
        // places get numbers of their own.
        var text = Asked().Replace(sql, match => $"{Place(match.Groups[1].Value + "?")}::text is {match.Groups[2].Value}null");
        text = Named().Replace(text, match => Place(match.Groups[1].Value));
        return numbers.Count > 0 ? (text, numbers.Count)
            : (sql, Places().Matches(sql).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max());
    }

    private async Task<(QueryPlan? Plan, PlanProblem? Problem)> ExplainAsync(
        Caller administrator, Caller caller, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await app.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, Settings, cancellationToken).ConfigureAwait(false);
        await BecomeAsync(connection, administrator, cancellationToken).ConfigureAwait(false);
        if (await RunAsync(connection, May, cancellationToken).ConfigureAwait(false) is not true)
            return (null, PlanProblem.NotAllowed);

        if (caller != administrator)
        {
            await RunAsync(connection, "reset role", cancellationToken).ConfigureAwait(false);
            if (caller.Role is not null)
                await BecomeAsync(connection, caller, cancellationToken).ConfigureAwait(false);
        }

        var text = await PlanTextAsync(connection, transaction, sql, cancellationToken).ConfigureAwait(false);
        using var json = JsonDocument.Parse(text);
        var plan = json.RootElement[0].GetProperty("Plan");
        var rows = await RowsOfAsync(connection, PlanReader.WholeTables(plan), cancellationToken).ConfigureAwait(false);
        var (sort, hash) = await MemoryAsync(connection, cancellationToken).ConfigureAwait(false);
        return (PlanReader.Read(plan, caller.Role ?? "the program", rows, sort, sort * hash), null);
    }

    private static async Task<string> PlanTextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        var (numbered, places) = Numbered(sql);
        var types = Enumerable.Repeat("unknown", places).ToArray();
        // Prepared statements outlive transactions, and another one of a broken call may still be there.
        var id = $"plan_{Guid.NewGuid():N}";
        for (var guess = 0; ; guess++)
        {
            await transaction.SaveAsync("before_plan", cancellationToken).ConfigureAwait(false);
            try
            {
                await RunAsync(connection, $"prepare {id}{(places == 0 ? "" : $" ({string.Join(", ", types)})")} as {numbered}", cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (PostgresException unclear) when (
                unclear.SqlState == PostgresErrorCodes.IndeterminateDatatype && guess < MostGuesses
                && Places().Match(unclear.MessageText) is { Success: true } place)
            {
                await transaction.RollbackAsync("before_plan", cancellationToken).ConfigureAwait(false);
                types[int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) - 1] = "text";
            }
        }

        try
        {
            var values = places == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", places))})";
            return (string)(await RunAsync(connection, $"explain (verbose, format json) execute {id}{values}", cancellationToken).ConfigureAwait(false))!;
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await transaction.RollbackAsync("before_plan", CancellationToken.None).ConfigureAwait(false);
                await RunAsync(connection, $"deallocate {id}", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static async Task BecomeAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BecomeCaller, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Role! });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Claims });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Dictionary<string, double>> RowsOfAsync(NpgsqlConnection connection, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, double>(StringComparer.Ordinal);
        if (tables.Count == 0)
            return rows;
        await using var command = new NpgsqlCommand(RowsOf, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tables] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows[reader.GetString(0)] = reader.GetDouble(1);
        return rows;
    }

    private static async Task<(double Sort, double HashMultiplier)> MemoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Memory, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (reader.GetDouble(0), reader.GetDouble(1));
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    [GeneratedRegex(@"^\s*(select|with|insert|update|delete)\b", RegexOptions.Multiline)]
    private static partial Regex Query();

    // "@Name" and not the operators @@, @> and <@.
    [GeneratedRegex(@"(?<![@\w<>?|&])@([A-Za-z_]\w*)")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<![@\w<>?|&])@([A-Za-z_]\w*) is (not )?null\b", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Places();
}
