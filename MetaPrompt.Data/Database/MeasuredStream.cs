using MetaPrompt.Data.Monitoring;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The rows of one statement as they come, and the time that they take: what happens between two rows is their reader's.
/// A class of its own because an iterator may not catch around what it yields.
/// </summary>
internal sealed class MeasuredStream(DatabaseDoor door, QueryMeter.Call call, CancellationToken cancellationToken) : IAsyncDisposable
{
    private QueryMeter.Call _call = call;
    private NpgsqlConnection? _connection;
    private NpgsqlBatch? _batch;
    private NpgsqlDataReader? _reader;
    private bool _isOver;
    private Exception? _problem;

    public NpgsqlDataReader Reader => _reader ?? throw new InvalidOperationException("The stream has not begun.");

    /// <summary>Sends the batch; its last statement's rows are the stream's.</summary>
    public async Task BeginAsync(Func<NpgsqlConnection, NpgsqlBatch> batch)
    {
        try
        {
            _connection = await door.OpenAsync(cancellationToken).ConfigureAwait(false);
            _call.GoOn();
            _batch = batch(_connection);
            _reader = await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await _reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            _call.Pause();
        }
        catch (Exception problem)
        {
            _problem = problem;
            door.Note(problem);
            _call.Fail(problem, cancellationToken);
            throw;
        }
    }

    /// <summary>Reads the next row; false where there is none.</summary>
    public async ValueTask<bool> ReadAsync()
    {
        _call.GoOn();
        try
        {
            var isRow = await Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!isRow)
            {
                // A statement that fails after its first rows reports it only when the reader moves on.
                await Reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                _isOver = true;
            }

            _call.Pause();
            return isRow;
        }
        catch (Exception problem)
        {
            _problem = problem;
            door.Note(problem);
            _call.Fail(problem, cancellationToken);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // Who has seen enough does not wait for the rest to come.
            if (_reader is not null)
            {
                if (!_isOver)
                    _batch!.Cancel();
                await _reader.DisposeAsync().ConfigureAwait(false);
            }

            if (_batch is not null)
                await _batch.DisposeAsync().ConfigureAwait(false);
            if (_connection is not null)
            {
                if (_problem is not null)
                    door.ForgetStatements(_connection, _problem);
                await _connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _call.End();
        }
    }
}
