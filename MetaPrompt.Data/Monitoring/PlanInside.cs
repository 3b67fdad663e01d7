using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Runs a prepared statement once, with values nobody typed, and hears the plans of the statements inside of the functions it
/// calls: PostgreSQL makes those when they run, and its auto_explain tells them as notices to the session that runs them.
/// </summary>
/// <remarks>
/// Only what calls functions that are declared to write nothing (stable or immutable), in a transaction that is read-only and rolled back, within
/// its time-out. EXPLAIN ANALYZE runs it, so no row leaves the server.
/// </remarks>
internal static partial class PlanInside
{
    // What is called for each of many rows tells its plan as often.
    private const int MostTold = 5_000;
    private const int MostKinds = 60;

    private const string Watch =
        """
        -- plans.watch
        select internal.watch_plans()
        """;

    // By the name alone, for plans leave schemas away: what shares its name with one that may write is taken for that one.
    private const string Functions =
        """
        -- plans.functions
        select n.nspname || '.' || p.proname || '()', bool_or(p.provolatile = 'v')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'internal') and p.proname = any ($1)
        group by 1
        """;

    private const string Types =
        """
        -- plans.types
        select parameter_types::text[] from pg_prepared_statements where name = $1
        """;

    /// <summary>The functions of ours that a plan calls, as <c>schema.name()</c>, and whether each may write.</summary>
    public static async Task<IReadOnlyDictionary<string, bool>> FunctionsAsync(
        NpgsqlConnection connection, IEnumerable<JsonElement> plans, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Functions, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. plans.SelectMany(PlanReader.MayCall).Distinct(StringComparer.Ordinal)] });
        var found = new Dictionary<string, bool>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            found.Add(reader.GetString(0), reader.GetBoolean(1));
        return found;
    }

    /// <summary>Has plans told until the transaction, or the savepoint before this, ends. The session is the administrator's at that moment.</summary>
    /// <returns>Why they cannot be told; null where they are.</returns>
    public static async Task<InsideProblem?> ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await PlanQueries.RunAsync(connection, Watch, cancellationToken).ConfigureAwait(false) switch
        {
            "on" => null,
            "missing" => InsideProblem.Missing,
            _ => InsideProblem.Denied,
        };

    /// <summary>Runs the statement that was prepared under the id, whose values have these names.</summary>
    /// <returns>What was told, also where it ended early, and why it did.</returns>
    public static async Task<(IReadOnlyList<ToldPlan> Told, InsideProblem? Problem)> RunAsync(
        NpgsqlConnection connection, string id, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var told = new Dictionary<(string, string), ToldPlan>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var count = 0;
        void Hear(object? sender, NpgsqlNoticeEventArgs notice)
        {
            if (Place().Match(notice.Notice.Where ?? "") is not { Success: true } place || Plan().Match(notice.Notice.MessageText) is not { Success: true } plan)
                return;
            if (++count > MostTold)
            {
                enough.Cancel();
                return;
            }

            var key = (place.Value, plan.Groups[2].Value);
            var ms = double.Parse(plan.Groups[1].Value, CultureInfo.InvariantCulture);
            if (told.TryGetValue(key, out var before))
                told[key] = before with { Times = before.Times + 1, Ms = before.Ms + ms };
            else if (told.Count < MostKinds)
                told.Add(key, new ToldPlan(place.Groups[1].Value + "()", Line().Match(place.Value) is { Success: true } line ? line.Value : null, 1, ms, plan.Groups[2].Value));
        }

        connection.Notice += Hear;
        try
        {
            var values = await ValuesAsync(connection, id, names, cancellationToken).ConfigureAwait(false);
            await PlanQueries.RunAsync(connection, $"explain (analyze, timing off, format json) execute {id}{values}", enough.Token).ConfigureAwait(false);
            return ([.. told.Values], told.Count == 0 ? InsideProblem.Nothing : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([.. told.Values], InsideProblem.TooMany);
        }
        catch (PostgresException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return failure.SqlState switch
            {
                // A function that declares to write nothing and calls one that does.
                PostgresErrorCodes.ReadOnlySqlTransaction => ([], InsideProblem.Writes),
                PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => ([.. told.Values], InsideProblem.TooLong),
                _ => ([.. told.Values], InsideProblem.Refused),
            };
        }
        finally
        {
            connection.Notice -= Hear;
        }
    }

    // Made up here: a person's own values are neither known nor wanted. As for the first page of what is asked for without a
    // filter, which is what most people ask for.
    private static async Task<string> ValuesAsync(NpgsqlConnection connection, string id, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Types, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        var types = (string[])(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        return types.Length == 0 ? "" : $"({string.Join(", ", types.Zip(names, (type, name) => Filter().IsMatch(name) ? "null" : name == "Section" ? "'prompts'" : Example(type)))})";
    }

    private static string Example(string type) => type switch
    {
        "text" or "\"char\"" or "character varying" or "name" => "'example'",
        "smallint" or "integer" or "bigint" or "numeric" or "real" or "double precision" => "10",
        "boolean" => "true",
        "uuid" => "'00000000-0000-4000-8000-000000000000'",
        "uuid[]" => "array['00000000-0000-4000-8000-000000000000']::uuid[]",
        "text[]" or "character varying[]" => "array['example']",
        "timestamp with time zone" or "timestamp without time zone" => "now()",
        "date" => "current_date",
        "interval" => "'1 day'",
        "json" or "jsonb" => "'{}'",
        _ => "null",
    };

    [GeneratedRegex("^(?:(?:After|Before).+|Category|Tag|Sort|AuthorId|Action|ActorId)$")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^(?:PL/pgSQL|SQL) function ""?([\w.]+).*$", RegexOptions.Multiline)]
    private static partial Regex Place();

    [GeneratedRegex(@"\b(?:line|statement) \d+")]
    private static partial Regex Line();

    [GeneratedRegex(@"\Aduration: ([\d.]+) ms  plan:\n(\{.*)\z", RegexOptions.Singleline)]
    private static partial Regex Plan();
}

/// <summary>A plan as auto_explain told it.</summary>
/// <param name="Function">In which function, as <c>schema.name()</c>.</param>
/// <param name="Line">Where in it.</param>
/// <param name="Times">How often it was run.</param>
/// <param name="Ms">How long all of that took.</param>
/// <param name="Json">The plan and the statement's text.</param>
internal sealed record ToldPlan(string Function, string? Line, int Times, double Ms, string Json);
