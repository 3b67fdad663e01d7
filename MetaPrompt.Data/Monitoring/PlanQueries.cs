using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Asks PostgreSQL how it would run a statement of ours, without running it and without anybody's data: it is prepared, and
/// the plan that serves every value is shown (<c>plan_cache_mode = force_generic_plan</c>), as PostgreSQL 15 has no
/// EXPLAIN (GENERIC_PLAN). In a read-only transaction, for a few seconds at most, as the role the statement runs in. On request
/// what its functions do, too: for that it is run (<see cref="PlanInside"/>).
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

    /// <summary>The plan of the statement with that name, or why there is none.</summary>
    /// <param name="administrator">Who asks.</param>
    /// <param name="name">One of <see cref="KnownStatements"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<(QueryPlan? Plan, PlanProblem? Problem)> ExplainAsync(Caller administrator, string name, CancellationToken cancellationToken) =>
        ExplainAsync(administrator, name, inside: false, cancellationToken);

    /// <summary>The same with the plans of the statements inside of the functions it calls, where it calls any and writes nothing.</summary>
    /// <inheritdoc cref="ExplainAsync(Caller, string, CancellationToken)"/>
    /// <remarks>It runs the statement once, with made-up values.</remarks>
    public Task<(QueryPlan? Plan, PlanProblem? Problem)> LookInsideAsync(Caller administrator, string name, CancellationToken cancellationToken) =>
        ExplainAsync(administrator, name, inside: true, cancellationToken);

    private async Task<(QueryPlan? Plan, PlanProblem? Problem)> ExplainAsync(
        Caller administrator, string name, bool inside, CancellationToken cancellationToken)
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
                return await ExplainAsync(administrator, caller, sql, inside, cancellationToken).ConfigureAwait(false);
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
            catch (PostgresException beginning) when (beginning.SqlState == PostgresErrorCodes.SyntaxError)
            {
                // The beginning of a statement whose end depends on what is asked for.
                return (null, PlanProblem.Unknown);
            }
            catch (PostgresException refusal) when (refusal.SqlState.StartsWith("42", StringComparison.Ordinal))
            {
                return (null, PlanProblem.NeedsValues);
            }
        }

        return (null, PlanProblem.OtherRights);
    }

    private async Task<(QueryPlan? Plan, PlanProblem? Problem)> ExplainAsync(
        Caller administrator, Caller caller, string sql, bool inside, CancellationToken cancellationToken)
    {
        await using var connection = await app.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, Settings, cancellationToken).ConfigureAwait(false);
        await BecomeAsync(connection, administrator, cancellationToken).ConfigureAwait(false);
        if (await RunAsync(connection, May, cancellationToken).ConfigureAwait(false) is not true)
            return (null, PlanProblem.NotAllowed);

        if (caller != administrator)
            await SwitchAsync(connection, caller, cancellationToken).ConfigureAwait(false);

        var (text, told, problem) = await AskAsync(connection, transaction, administrator, caller, sql, inside, cancellationToken).ConfigureAwait(false);
        using var json = JsonDocument.Parse(text);
        var plan = json.RootElement[0].GetProperty("Plan");
        var inner = told.Select(one => (one, Json: JsonDocument.Parse(one.Json))).ToArray();
        try
        {
            var tables = inner.SelectMany(one => PlanReader.WholeTables(one.Json.RootElement.GetProperty("Plan"))).Concat(PlanReader.WholeTables(plan));
            var rows = await RowsOfAsync(connection, [.. tables.Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
            var (sort, hash) = await MemoryAsync(connection, cancellationToken).ConfigureAwait(false);
            var functions = (await PlanInside.FunctionsAsync(
                connection, [plan, .. inner.Select(one => one.Json.RootElement.GetProperty("Plan"))], cancellationToken).ConfigureAwait(false)).Keys.ToArray();
            QueryPlan Read(JsonElement of) => PlanReader.Read(of, caller.Role ?? "the program", rows, sort, sort * hash, functions);
            return (Read(plan) with
            {
                Inside = [.. inner.OrderByDescending(one => one.one.Ms).Select(one => ReadInner(one.one, one.Json.RootElement, functions, Read))],
                InsideProblem = problem,
            }, null);
        }
        finally
        {
            foreach (var (_, document) in inner)
                document.Dispose();
        }
    }

    private static InnerPlan ReadInner(ToldPlan told, JsonElement json, string[] functions, Func<JsonElement, QueryPlan> read)
    {
        var statement = json.TryGetProperty("Query Text", out var text) ? text.GetString() ?? "" : "";
        var plan = read(json.GetProperty("Plan"));
        // Of functions in SQL the name alone is told.
        var named = functions.Where(function => function.EndsWith($".{told.Function}", StringComparison.Ordinal)).ToArray();
        return new InnerPlan(named is [var full] ? full : told.Function, told.Line, told.Times, told.Ms, plan with
        {
            Steps = [.. plan.Steps.Select(step => step with { Condition = PlanReader.WithoutValues(step.Condition, statement) })],
        });
    }

    private static async Task<(string Plan, IReadOnlyList<ToldPlan> Told, InsideProblem? Problem)> AskAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Caller administrator, Caller caller, string sql, bool inside, CancellationToken cancellationToken)
    {
        var (numbered, places) = PlanPreparation.Numbered(sql);
        // Prepared statements outlive transactions, and another one of a broken call may still be there.
        var id = $"plan_{Guid.NewGuid():N}";
        await PlanPreparation.PrepareAsync(connection, transaction, id, numbered, places.Count, cancellationToken).ConfigureAwait(false);
        try
        {
            var values = places.Count == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", places.Count))})";
            var text = (string)(await RunAsync(connection, $"explain (verbose, format json) execute {id}{values}", cancellationToken).ConfigureAwait(false))!;
            using var json = JsonDocument.Parse(text);
            var plan = json.RootElement[0].GetProperty("Plan");
            if (!inside || await PlanInside.FunctionsAsync(connection, [plan], cancellationToken).ConfigureAwait(false) is not { Count: > 0 } functions)
                return (text, [], null);
            if (PlanReader.Writes(plan) || functions.Values.Contains(true))
                return (text, [], InsideProblem.Writes);

            await SwitchAsync(connection, administrator, cancellationToken).ConfigureAwait(false);
            if (await PlanInside.ListenAsync(connection, cancellationToken).ConfigureAwait(false) is { } can)
                return (text, [], can);
            await SwitchAsync(connection, caller, cancellationToken).ConfigureAwait(false);
            var (told, problem) = await PlanInside.RunAsync(connection, id, places, cancellationToken).ConfigureAwait(false);
            return (text, told, problem);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await transaction.RollbackAsync(PlanPreparation.BeforePlan, CancellationToken.None).ConfigureAwait(false);
                await RunAsync(connection, $"deallocate {id}", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static async Task SwitchAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancellationToken)
    {
        await RunAsync(connection, "reset role", cancellationToken).ConfigureAwait(false);
        if (caller.Role is not null)
            await BecomeAsync(connection, caller, cancellationToken).ConfigureAwait(false);
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

    internal static async Task<object?> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    [GeneratedRegex(@"^\s*(select|with|insert|update|delete)\b", RegexOptions.Multiline)]
    private static partial Regex Query();
}
