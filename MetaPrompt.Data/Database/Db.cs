using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Dapper;
using MetaPrompt.Data.Monitoring;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The one door to PostgreSQL for query classes. Each call is one round trip: a batch whose first command switches the
/// role and sets the claims and how long it may take, and whose second is the query; the batch's implicit transaction ends
/// both, so nothing of one caller is left on the connection for the next.
/// </summary>
/// <remarks>
/// Never add error barriers to the batch (each command would then be its own transaction and the role switch would not
/// last), and never set the role and read a table in one statement.
/// </remarks>
public sealed class Db
{
    private const string SwitchRole =
        "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), set_config('statement_timeout', $3, true)";

    private const string SetLimit = "select set_config('statement_timeout', $1, true)";

    private static readonly TimeSpan PatientLimit = TimeSpan.FromMinutes(10);

    // The server ends a statement by itself; this is for one that does not answer at all.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    private readonly DatabaseDoor _door;
    private readonly TimeSpan _limit;
    private readonly QueryMeter? _meter;

    static Db() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Statements may take as long as the connection string's <c>Command Timeout</c> says; 0 is for ever.</summary>
    /// <param name="dataSource">The app login's pool.</param>
    /// <param name="meter">What measures each query; null measures nothing.</param>
    public Db(NpgsqlDataSource dataSource, QueryMeter? meter = null)
        : this(new DatabaseDoor(dataSource), TimeSpan.FromSeconds(new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).CommandTimeout), meter)
    {
    }

    private Db(DatabaseDoor door, TimeSpan limit, QueryMeter? meter) => (_door, _limit, _meter) = (door, limit, meter);

    /// <summary>
    /// The same for what nobody waits for at a page, or knows to be long: files of everything a person has, imports, the
    /// program's own upkeep. Ten minutes, and a lock that is waited for counts.
    /// </summary>
    public Db Patient => new(_door, _limit == TimeSpan.Zero ? _limit : PatientLimit, _meter);

    /// <summary>All rows of the query.</summary>
    /// <param name="caller">On whose behalf; row-level security decides what they see.</param>
    /// <param name="sql">One statement; its first line is its name as a comment.</param>
    /// <param name="parameters">An object whose properties are the statement's <c>@Names</c>, or null.</param>
    /// <param name="cancellationToken">Cancels the statement on the server too.</param>
    /// <exception cref="NpgsqlException">
    /// The database is away, busy, full or too slow (<see cref="DatabaseTrouble"/>), or refused: 42501 is a missing right,
    /// 23xxx a broken rule.
    /// </exception>
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        Caller caller, string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(caller, sql, parameters, ReadRowsAsync<T>, cancellationToken);

    /// <summary>The rows of the query as they come, for what is too much to hold. The connection is the reader's until its end.</summary>
    /// <inheritdoc cref="QueryAsync{T}"/>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Caller caller, string sql, object? parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new MeasuredStream(_door, _meter?.Begin(sql) ?? default, cancellationToken);
        await stream.BeginAsync(connection => Batch(connection, caller, sql, parameters)).ConfigureAwait(false);
        var parse = stream.Reader.GetRowParser(typeof(T));
        while (await stream.ReadAsync().ConfigureAwait(false))
            yield return (T)parse(stream.Reader);
    }

    /// <summary>The first row of the query, or default where there is none.</summary>
    /// <inheritdoc cref="QueryAsync{T}"/>
    public async Task<T?> FirstOrDefaultAsync<T>(
        Caller caller, string sql, object? parameters, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync<T>(caller, sql, parameters, cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>Runs a statement and returns how many rows it inserted, updated or deleted; 0 can mean "not yours".</summary>
    /// <inheritdoc cref="QueryAsync{T}"/>
    public Task<int> ExecuteAsync(
        Caller caller, string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(caller, sql, parameters, CountRowsAsync, cancellationToken);

    private static async Task<IReadOnlyList<T>> ReadRowsAsync<T>(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);

        // Not GetRowParser<T>(): that one cannot make a plain string.
        var parse = reader.GetRowParser(typeof(T));
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add((T)parse(reader));

        // A statement that fails after its first rows reports it only when the reader moves on.
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return rows;
    }

    private static async Task<int> CountRowsAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }

        return (int)batch.BatchCommands[^1].RecordsAffected;
    }

    private async Task<TResult> RunAsync<TResult>(
        Caller caller, string sql, object? parameters, Func<NpgsqlBatch, CancellationToken, Task<TResult>> read, CancellationToken cancellationToken)
    {
        var call = _meter?.Begin(sql) ?? default;
        try
        {
            await using var connection = await _door.OpenAsync(cancellationToken).ConfigureAwait(false);
            call.GoOn();
            try
            {
                await using var batch = Batch(connection, caller, sql, parameters);
                return await read(batch, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception problem)
            {
                _door.ForgetStatements(connection, problem);
                throw;
            }
        }
        catch (Exception problem)
        {
            _door.Note(problem);
            call.Fail(problem, cancellationToken);
            throw;
        }
        finally
        {
            call.End();
        }
    }

    private NpgsqlBatch Batch(NpgsqlConnection connection, Caller caller, string sql, object? parameters)
    {
        var batch = connection.CreateBatch();
        batch.Timeout = _limit == TimeSpan.Zero ? 0 : (int)(_limit + Grace).TotalSeconds;
        var limit = new NpgsqlParameter<string> { TypedValue = _limit.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) };
        batch.BatchCommands.Add(caller.Role is { } role
            ? new NpgsqlBatchCommand(SwitchRole)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = role },
                    new NpgsqlParameter<string> { TypedValue = caller.Claims },
                    limit,
                },
            }
            : new NpgsqlBatchCommand(SetLimit) { Parameters = { limit } });

        var command = new NpgsqlBatchCommand(sql);
        if (parameters is not null)
        {
            foreach (var property in Properties.GetOrAdd(parameters.GetType(), type => type.GetProperties()))
                command.Parameters.Add(Parameter(property, parameters));
        }

        batch.BatchCommands.Add(command);
        return batch;
    }

    private static NpgsqlParameter Parameter(PropertyInfo property, object parameters)
    {
        var value = property.GetValue(parameters);
        if (value is NpgsqlParameter ready)
        {
            ready.ParameterName = property.Name;
            return ready;
        }

        value = value switch
        {
            string text => Storable(text),
            string[] texts => Array.ConvertAll(texts, Storable),
            _ => value,
        };
        return value is null
            ? new NpgsqlParameter { ParameterName = property.Name, Value = DBNull.Value, DbType = NullType(property.PropertyType) }
            : new NpgsqlParameter { ParameterName = property.Name, Value = value };
    }

    // PostgreSQL's text holds neither NUL nor half a surrogate pair. Pasted text sometimes does, and a person who pastes
    // it should keep the rest instead of meeting an error.
    private static string Storable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            text = text.Replace("\0", "", StringComparison.Ordinal);
        foreach (var c in text)
        {
            if (char.IsSurrogate(c))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text;
    }

    // A null needs its column's type: left unknown, PostgreSQL would take it for text and refuse "uuid = text".
    private static DbType NullType(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(Guid) ? DbType.Guid
            : inner == typeof(int) ? DbType.Int32
            : inner == typeof(long) ? DbType.Int64
            : inner == typeof(bool) ? DbType.Boolean
            : inner == typeof(decimal) ? DbType.Decimal
            : inner == typeof(double) ? DbType.Double
            : inner == typeof(DateTimeOffset) || inner == typeof(DateTime) ? DbType.DateTimeOffset
            : inner == typeof(string) ? DbType.String
            : DbType.Object;
    }
}
