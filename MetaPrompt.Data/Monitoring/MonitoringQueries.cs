using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// What the database knows of itself, for administrators. Everybody else is refused with 42501 by every method but
/// <see cref="MayAsync"/>. A part that the server does not allow or have fails with its own SQLSTATE; the others stand.
/// </summary>
public sealed class MonitoringQueries(Db db)
{
    private const string May =
        """
        -- monitoring.may
        select public.is_administrator()
        """;

    private const string Server =
        """
        -- monitoring.server
        select version, started_at, database_bytes, statistics_since, blocks_hit, blocks_read, deadlocks, temp_bytes, connections,
          max_connections, active, waiting, is_replica, sees_sessions, statements
        from internal.monitor_server()
        """;

    private const string Tables =
        """
        -- monitoring.tables
        select name, rows, dead_rows, total_bytes, index_bytes, whole_scans, rows_of_whole_scans, index_scans, vacuumed_at, analyzed_at
        from internal.monitor_tables()
        """;

    private const string Indexes =
        """
        -- monitoring.indexes
        select name, table_name, bytes, scans, is_rule, is_valid, definition from internal.monitor_indexes()
        """;

    private const string Sessions =
        """
        -- monitoring.sessions
        select pid, application, login, state, waits_for, statement, since, blocked_by from internal.monitor_sessions()
        """;

    private const string Statements =
        """
        -- monitoring.statements
        select name, calls, total_ms, mean_ms, max_ms, rows, blocks_hit, blocks_read, temp_blocks from internal.monitor_statements()
        """;

    private const string SignInFailures =
        """
        -- monitoring.sign_in_failures
        select kind, who, tries, wrong, locked, throttled, others, first_hour, last_at from internal.monitor_sign_in_failures()
        """;

    private const string Runs =
        """
        -- monitoring.runs
        select running_runs, queued_cells, running_cells, interrupted_runs, done_today, failed_today, stopped_today, input_tokens,
          output_tokens, cost, unknown_costs
        from internal.monitor_runs()
        """;

    private const string RunFailures =
        """
        -- monitoring.run_failures
        select model, reason, failures, last_at from internal.monitor_run_failures()
        """;

    private const string Nodes =
        """
        -- monitoring.nodes
        select owner, runs, lease_until from internal.monitor_nodes()
        """;

    private const string Migrations =
        """
        -- monitoring.migrations
        select version, name, applied_at from internal.monitor_migrations()
        """;

    /// <summary>Whether the caller is an administrator.</summary>
    public Task<bool> MayAsync(Caller caller, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, May, null, cancellationToken);

    /// <summary>The server's version, size, memory and connections.</summary>
    public async Task<ServerFacts> ServerAsync(Caller caller, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<ServerFacts>(caller, Server, null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>The 200 largest tables, the largest first.</summary>
    /// <exception cref="Npgsql.PostgresException">55P03: one of them is being rebuilt, and its size waits for that.</exception>
    public Task<IReadOnlyList<TableFacts>> TablesAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<TableFacts>(caller, Tables, null, cancellationToken);

    /// <summary>The 500 largest indexes, the largest first.</summary>
    /// <inheritdoc cref="TablesAsync"/>
    public Task<IReadOnlyList<IndexFacts>> IndexesAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<IndexFacts>(caller, Indexes, null, cancellationToken);

    /// <summary>Sessions that take more than two seconds, wait for a lock or are waited for; those that last longest first.</summary>
    public Task<IReadOnlyList<SessionFacts>> SessionsAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<SessionFacts>(caller, Sessions, null, cancellationToken);

    /// <summary>The 100 statements that took the most time on the server.</summary>
    /// <exception cref="Npgsql.PostgresException">55000: pg_stat_statements is not there, or not loaded.</exception>
    public Task<IReadOnlyList<StatementFacts>> StatementsAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<StatementFacts>(caller, Statements, null, cancellationToken);

    /// <summary>Failed sign-ins of seven days, by account and by network address.</summary>
    public Task<IReadOnlyList<SignInFailure>> SignInFailuresAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<SignInFailure>(caller, SignInFailures, null, cancellationToken);

    /// <summary>What runs now, and what the day (UTC) came to.</summary>
    public async Task<RunFacts> RunsAsync(Caller caller, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<RunFacts>(caller, Runs, null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Failed cells of 24 hours by model and kind of reason.</summary>
    public Task<IReadOnlyList<RunFailure>> RunFailuresAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<RunFailure>(caller, RunFailures, null, cancellationToken);

    /// <summary>The programs that carry out runs.</summary>
    public Task<IReadOnlyList<NodeFacts>> NodesAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<NodeFacts>(caller, Nodes, null, cancellationToken);

    /// <summary>The applied migrations, the latest first.</summary>
    public Task<IReadOnlyList<AppliedFile>> MigrationsAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<AppliedFile>(caller, Migrations, null, cancellationToken);
}
