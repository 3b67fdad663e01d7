using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>
/// Tells whether any row of any table was written since the last look, by where the rows lie and who wrote them: PostgreSQL gives every
/// written row a new place. It reads no row's content, so it can look after each of a thousand tries; what changed, the rows then tell.
/// </summary>
internal sealed class RowMarks : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;

    private RowMarks(NpgsqlConnection connection, NpgsqlCommand command) => (_connection, _command) = (connection, command);

    /// <summary>Of these tables, which are as <see cref="Scene.AllTables"/> names them.</summary>
    public static async Task<RowMarks> OfAsync(TestDatabase database, IEnumerable<string> tables)
    {
        var stop = TestContext.Current.CancellationToken;
        var stored = (await Scene.ListAsync(database, Scene.AllTables + " and c.relkind = 'r'")).ToHashSet(StringComparer.Ordinal);
        // What is no table of its own has no places: its rows are read.
        var marks = tables.Select(table => $"select '{table} ' || {(stored.Contains(table) ? "t.ctid::text || t.xmin::text" : "t::text")} as mark from {table} t");
        var connection = await database.OwnerDataSource.OpenConnectionAsync(stop);
        var command = new NpgsqlCommand($"select coalesce(md5(string_agg(mark, '|' order by mark)), '') from ({string.Join(" union all ", marks)}) marks", connection);
        await command.PrepareAsync(stop);
        return new RowMarks(connection, command);
    }

    /// <summary>The same as long as nothing was written.</summary>
    public async Task<string> LookAsync() => (string)(await _command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
