using System.Data;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// Opens connections. Once the database has not answered, it is asked whether it is back before anybody gets one: by one
/// question at a time, for which the others wait a second at most. So requests do not pile up, each for as long as a
/// connection may take.
/// </summary>
internal sealed class DatabaseDoor(NpgsqlDataSource dataSource)
{
    private const string Ping = """
        -- Database.Ping
        select 1
        """;

    private const int PingSeconds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Behind a pooler nothing is prepared, and what other sessions prepared there must stay.
    private readonly bool _prepares = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).MaxAutoPrepare > 0;

    private readonly Lock _lock = new();
    private volatile bool _away;
    private Task _asking = Task.CompletedTask;

    /// <summary>A connection from the pool.</summary>
    /// <exception cref="NpgsqlException">The database is away, or every connection is in use.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_away)
            await WaitForAnswerAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            Note(failure);
            throw;
        }
    }

    /// <summary>Remembers that the database is away where the failure says so.</summary>
    public void Note(Exception failure)
    {
        if (failure is NpgsqlException && DatabaseTrouble.Of(failure) == TroubleKind.Away)
            _away = true;
    }

    /// <summary>
    /// Makes a connection fit for the next one after a failure on it. Npgsql (issue 6391) takes a statement that failed
    /// while its values were bound, just after it was parsed, for prepared and without columns: the next one to use it
    /// there would get "unexpected backend message DataRow" instead of rows.
    /// </summary>
    /// <remarks>Before the connection goes back to the pool, and after its batch and reader have ended.</remarks>
    public void ForgetStatements(NpgsqlConnection connection, Exception failure)
    {
        // What breaks a rule of a table fails well past binding, and is by far the most frequent.
        var isBrokenRule = failure is PostgresException { SqlState: ['2', '3', ..] };
        if (!_prepares || isBrokenRule || connection.FullState != ConnectionState.Open)
            return;
        try
        {
            connection.UnprepareAll();
        }
        catch (NpgsqlException)
        {
            // Then the connection is broken, and the pool makes another.
        }
    }

    private async Task WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        Task asking;
        lock (_lock)
        {
            if (_asking.IsCompleted)
                _asking = Task.Run(AskAsync, CancellationToken.None);
            asking = _asking;
        }

        try
        {
            await asking.WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new NpgsqlException("The database does not answer.", late);
        }
    }

    // Not cancelled with whoever asked first: the others wait for it too.
    private async Task AskAsync()
    {
        if (!_away)
            return;
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        await using var ping = new NpgsqlCommand(Ping, connection) { CommandTimeout = PingSeconds };
        await ping.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        _away = false;
    }
}
