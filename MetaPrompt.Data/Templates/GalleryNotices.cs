using MetaPrompt.Data.Database;
using Npgsql;

namespace MetaPrompt.Data.Templates;

/// <summary>Tells every node that the gallery changed, through PostgreSQL's own notices; no other program is needed for it.</summary>
/// <param name="db">To tell.</param>
/// <param name="sessions">
/// To listen. Null where there is only a transaction pooler: it gives every statement another session, and a session that
/// listens none at all.
/// </param>
public sealed class GalleryNotices(Db db, NpgsqlDataSource? sessions)
{
    private const string SendSql =
        """
        -- gallery.notice
        select pg_catalog.pg_notify('gallery_changed', @Node)
        """;

    private const string ListenSql =
        """
        -- gallery.listen
        listen gallery_changed
        """;

    private readonly string _node = Guid.NewGuid().ToString("N");

    /// <summary>Tells the other nodes.</summary>
    public Task SendAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(Caller.App, SendSql, new { Node = _node }, cancellationToken);

    /// <summary>
    /// Calls back once when it begins to listen, then for every notice of another node, until it is cancelled. It keeps one
    /// connection for itself. Where nobody can listen it returns at once.
    /// </summary>
    /// <exception cref="NpgsqlException">The connection is lost; listen anew.</exception>
    public async Task ListenAsync(Func<Task> changed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (sessions is null)
            return;

        await using var connection = await sessions.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var heard = true;
        connection.Notification += (_, notice) => heard |= notice.Payload != _node;
        await using (var listen = new NpgsqlCommand(ListenSql, connection))
            await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                if (heard)
                {
                    heard = false;
                    await changed().ConfigureAwait(false);
                }

                // A connection that died silently is noticed by asking it now and then.
                if (!await connection.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false))
                {
                    await using var ping = new NpgsqlCommand(ListenSql, connection);
                    await ping.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            // It was reading when it was cancelled; the pool gets no such connection back.
            NpgsqlConnection.ClearPool(connection);
        }
    }
}
