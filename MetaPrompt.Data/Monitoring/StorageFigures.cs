using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Monitoring;

/// <summary>What the database and its tables take and how they are read, for metrics: a few numbers a minute.</summary>
public sealed class StorageFigures(Db db)
{
    private const string SizeSql =
        """
        -- StorageFigures.Size
        select pg_catalog.pg_database_size(pg_catalog.current_database())
        """;

    private const string TablesSql =
        """
        -- StorageFigures.Tables
        select s.schemaname || '.' || s.relname as name,
          coalesce(pg_catalog.pg_table_size(s.relid), 0) as table_bytes, coalesce(pg_catalog.pg_indexes_size(s.relid), 0) as index_bytes,
          s.n_live_tup as rows, s.n_dead_tup as dead_rows,
          coalesce(s.seq_scan, 0) as sequential_scans, coalesce(s.idx_scan, 0) as index_scans
        from pg_catalog.pg_stat_user_tables s
        where s.schemaname in ('public', 'internal', 'auth')
        order by 1
        """;

    private const string IndexesSql =
        """
        -- StorageFigures.Indexes
        select s.schemaname || '.' || s.indexrelname as name, coalesce(pg_catalog.pg_relation_size(s.indexrelid), 0) as bytes, s.idx_scan as scans
        from pg_catalog.pg_stat_user_indexes s
        where s.schemaname in ('public', 'internal', 'auth')
        order by 1
        """;

    private const string StatementsSql =
        """
        -- StorageFigures.Statements
        select coalesce(name, '') as name, calls, total_ms, blocks_hit, blocks_read from internal.statement_figures()
        """;

    /// <summary>What statements of this database that are no statements of ours count as.</summary>
    public const string OtherStatements = "other";

    /// <summary>Bytes of the whole database.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<long> SizeAsync(CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long>(Caller.App, SizeSql, null, cancellationToken);

    /// <summary>Each table.</summary>
    /// <inheritdoc cref="SizeAsync"/>
    public Task<IReadOnlyList<TableFigures>> TablesAsync(CancellationToken cancellationToken) =>
        db.QueryAsync<TableFigures>(Caller.App, TablesSql, null, cancellationToken);

    /// <summary>Each index.</summary>
    /// <inheritdoc cref="SizeAsync"/>
    public Task<IReadOnlyList<IndexFigures>> IndexesAsync(CancellationToken cancellationToken) =>
        db.QueryAsync<IndexFigures>(Caller.App, IndexesSql, null, cancellationToken);

    /// <summary>
    /// Each statement of ours as <c>pg_stat_statements</c> counts it, and all others together as <see cref="OtherStatements"/>: there are
    /// never more than we have statements. Empty where the server does not count.
    /// </summary>
    /// <inheritdoc cref="SizeAsync"/>
    public async Task<IReadOnlyList<StatementFigures>> StatementsAsync(CancellationToken cancellationToken) =>
        [.. (await db.QueryAsync<StatementFigures>(Caller.App, StatementsSql, null, cancellationToken).ConfigureAwait(false))
            .GroupBy(statement => KnownStatements.Find(statement.Name) is null ? OtherStatements : statement.Name, StringComparer.Ordinal)
            .Select(same => new StatementFigures
            {
                Name = same.Key,
                Calls = same.Sum(one => one.Calls),
                TotalMs = same.Sum(one => one.TotalMs),
                BlocksHit = same.Sum(one => one.BlocksHit),
                BlocksRead = same.Sum(one => one.BlocksRead),
            })
            .OrderBy(statement => statement.Name, StringComparer.Ordinal)];
}

/// <summary>What the server counted of a statement since its statistics began.</summary>
public sealed record StatementFigures
{
    /// <summary>The statement's name.</summary>
    public required string Name { get; init; }

    /// <summary>How often it ran.</summary>
    public required long Calls { get; init; }

    /// <summary>Milliseconds it ran in all, on the server.</summary>
    public required double TotalMs { get; init; }

    /// <summary>Blocks found in the server's memory.</summary>
    public required long BlocksHit { get; init; }

    /// <summary>Blocks read from disk or the system's cache.</summary>
    public required long BlocksRead { get; init; }
}

/// <summary>What PostgreSQL's statistics say of an index.</summary>
public sealed record IndexFigures
{
    /// <summary>With its schema.</summary>
    public required string Name { get; init; }

    /// <summary>What it takes.</summary>
    public required long Bytes { get; init; }

    /// <summary>How often it was read.</summary>
    public required long Scans { get; init; }
}

/// <summary>What PostgreSQL's statistics say of a table.</summary>
public sealed record TableFigures
{
    /// <summary>With its schema.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of its rows, long values included.</summary>
    public required long TableBytes { get; init; }

    /// <summary>Bytes of its indexes.</summary>
    public required long IndexBytes { get; init; }

    /// <summary>Rows, as PostgreSQL estimates.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that are gone and not yet cleared away.</summary>
    public required long DeadRows { get; init; }

    /// <summary>How often it was read from end to end.</summary>
    public required long SequentialScans { get; init; }

    /// <summary>How often it was read by an index.</summary>
    public required long IndexScans { get; init; }
}
