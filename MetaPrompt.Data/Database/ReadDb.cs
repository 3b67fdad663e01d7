using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// <see cref="Db"/> for what anybody may read of the gallery: a visitor's question goes to a replica where one is up to date
/// (ADR 13), everybody else's to the primary, so that people see what they have just done. Never for anything that writes.
/// </summary>
/// <param name="primary">Asked whenever no replica is.</param>
/// <param name="replicas">Null where there are none.</param>
public sealed class ReadDb(Db primary, Replicas? replicas = null)
{
    /// <inheritdoc cref="Db.QueryAsync{T}"/>
    public Task<IReadOnlyList<T>> QueryAsync<T>(Caller caller, string sql, object? parameters, CancellationToken cancellationToken) =>
        AskAsync(caller, db => db.QueryAsync<T>(caller, sql, parameters, cancellationToken));

    /// <inheritdoc cref="Db.FirstOrDefaultAsync{T}"/>
    public Task<T?> FirstOrDefaultAsync<T>(Caller caller, string sql, object? parameters, CancellationToken cancellationToken) =>
        AskAsync(caller, db => db.FirstOrDefaultAsync<T>(caller, sql, parameters, cancellationToken));

    private async Task<T> AskAsync<T>(Caller caller, Func<Db, Task<T>> ask)
    {
        if (replicas?.UpToDate is not { } replica || caller != Caller.Anonymous)
            return await ask(primary).ConfigureAwait(false);

        try
        {
            return await ask(replica).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            // Whatever it was: what is wrong with the question itself is wrong at the primary too.
            replicas.Doubt(failure);
            return await ask(primary).ConfigureAwait(false);
        }
    }
}
