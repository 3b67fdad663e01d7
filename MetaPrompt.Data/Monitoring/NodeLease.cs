using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Monitoring;

/// <summary>What only one of several nodes on a database does: the one that has its lease.</summary>
public sealed class NodeLease(Db db)
{
    private const string TakeSql =
        """
        -- NodeLease.Take
        select internal.take_node_lease(@Task, @Holder, @Seconds)
        """;

    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Takes or renews the lease. False while another node has it.</summary>
    /// <param name="task">What it is for.</param>
    /// <param name="time">How long it lasts; renew it sooner.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<bool> TakeAsync(string task, TimeSpan time, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(
            Caller.App, TakeSql, new { Task = task, Holder = _holder, Seconds = (int)time.TotalSeconds }, cancellationToken);
}
