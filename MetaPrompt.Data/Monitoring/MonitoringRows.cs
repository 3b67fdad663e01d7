namespace MetaPrompt.Data.Monitoring;

/// <summary>The database server in one row. Source: <c>internal.monitor_server</c>. Counters count since <see cref="StatisticsSince"/>.</summary>
public sealed record ServerFacts
{
    public required string Version { get; init; }
    public required DateTime StartedAt { get; init; }
    public required long DatabaseBytes { get; init; }

    /// <summary>Null: since the database was made.</summary>
    public DateTime? StatisticsSince { get; init; }

    /// <summary>Blocks of 8 KiB that were found in PostgreSQL's own memory.</summary>
    public required long BlocksHit { get; init; }

    /// <summary>Blocks that had to be asked of the operating system.</summary>
    public required long BlocksRead { get; init; }

    public required long Deadlocks { get; init; }

    /// <summary>Written to disk by sorts and joins that did not fit into memory.</summary>
    public required long TempBytes { get; init; }

    /// <summary>Of all programs on the server.</summary>
    public required int Connections { get; init; }

    public required int MaxConnections { get; init; }
    public required int Active { get; init; }

    /// <summary>Connections that wait for a lock.</summary>
    public required int Waiting { get; init; }

    public required bool IsReplica { get; init; }

    /// <summary>Whether the owner's login may see what other logins do.</summary>
    public required bool SeesSessions { get; init; }

    /// <summary>Whether pg_stat_statements counts: <c>on</c>, <c>missing</c> (no extension) or <c>not loaded</c>.</summary>
    public required string Statements { get; init; }
}

/// <summary>A table with its size and its use. Source: <c>internal.monitor_tables</c>.</summary>
public sealed record TableFacts
{
    public required string Name { get; init; }

    /// <summary>As the statistics estimate them.</summary>
    public required long Rows { get; init; }

    /// <summary>Deleted or outdated rows that vacuum has not yet made room of.</summary>
    public required long DeadRows { get; init; }

    /// <summary>With indexes and long values.</summary>
    public required long TotalBytes { get; init; }

    public required long IndexBytes { get; init; }

    /// <summary>How often a query walked the whole table.</summary>
    public required long WholeScans { get; init; }

    public required long RowsOfWholeScans { get; init; }
    public long? IndexScans { get; init; }

    /// <summary>Null: never since statistics count; so is <see cref="AnalyzedAt"/>.</summary>
    public DateTime? VacuumedAt { get; init; }

    public DateTime? AnalyzedAt { get; init; }
}

/// <summary>An index with its size and its use. Source: <c>internal.monitor_indexes</c>.</summary>
public sealed record IndexFacts
{
    public required string Name { get; init; }
    public required string TableName { get; init; }
    public required long Bytes { get; init; }

    /// <summary>How often a query read it.</summary>
    public required long Scans { get; init; }

    /// <summary>Whether it keeps rows unique, which it does without being read.</summary>
    public required bool IsRule { get; init; }

    public required bool IsValid { get; init; }
    public required string Definition { get; init; }

    /// <summary>Whether it costs writes and disk and no query has read it.</summary>
    public bool IsUnused => Scans == 0 && !IsRule;
}

/// <summary>A session that takes long, waits, or is waited for. Source: <c>internal.monitor_sessions</c>.</summary>
public sealed record SessionFacts
{
    public required int Pid { get; init; }
    public required string Application { get; init; }
    public required string Login { get; init; }

    /// <summary>PostgreSQL's word: active, idle in transaction, …</summary>
    public string? State { get; init; }

    /// <summary>"Lock: transactionid"; null where it does not wait.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The name of the statement it runs or ran last; null where it has none of ours.</summary>
    public string? Statement { get; init; }

    public DateTime? Since { get; init; }

    /// <summary>The sessions that hold what it waits for.</summary>
    public required int[] BlockedBy { get; init; }
}

/// <summary>A statement as the server counts it, from all nodes. Source: <c>internal.monitor_statements</c>.</summary>
public sealed record StatementFacts
{
    /// <summary>Ours, or "unnamed: " and its first word.</summary>
    public required string Name { get; init; }

    public required long Calls { get; init; }

    /// <summary>Milliseconds on the server, as all times here.</summary>
    public required double TotalMs { get; init; }

    public required double MeanMs { get; init; }
    public required double MaxMs { get; init; }
    public required long Rows { get; init; }
    public required long BlocksHit { get; init; }
    public required long BlocksRead { get; init; }
    public required long TempBlocks { get; init; }
}

/// <summary>Failed sign-ins of seven days. Source: <c>internal.monitor_sign_in_failures</c>.</summary>
public sealed record SignInFailure
{
    /// <summary><c>account</c>, <c>address</c>, or <c>stranger</c>: all tries at addresses that have no account.</summary>
    public required string Kind { get; init; }

    /// <summary>The account's e-mail or the network address; null for strangers.</summary>
    public string? Who { get; init; }

    public required long Tries { get; init; }
    public required long Wrong { get; init; }
    public required long Locked { get; init; }
    public required long Throttled { get; init; }

    /// <summary>Of an account: network addresses it was tried from. Else: e-mail addresses that were tried.</summary>
    public required long Others { get; init; }

    public required DateTime FirstHour { get; init; }
    public required DateTime LastAt { get; init; }
}

/// <summary>Runs on all nodes. Source: <c>internal.monitor_runs</c>. The day is UTC.</summary>
public sealed record RunFacts
{
    public required int RunningRuns { get; init; }
    public required long QueuedCells { get; init; }
    public required long RunningCells { get; init; }

    /// <summary>Runs of the last 24 hours that have not ended and that no node carries out.</summary>
    public required long InterruptedRuns { get; init; }

    public required long DoneToday { get; init; }
    public required long FailedToday { get; init; }
    public required long StoppedToday { get; init; }
    public required long InputTokens { get; init; }
    public required long OutputTokens { get; init; }

    /// <summary>US dollars, without the results of <see cref="UnknownCosts"/>.</summary>
    public required decimal Cost { get; init; }

    public required long UnknownCosts { get; init; }
}

/// <summary>Failed cells of 24 hours. Source: <c>internal.monitor_run_failures</c>.</summary>
public sealed record RunFailure
{
    public required string Model { get; init; }

    /// <summary>A class: key, credit, rate, provider, time, broken, long, unreachable, model, refused, limit, nonsense, other, unknown.</summary>
    public required string Reason { get; init; }

    public required long Failures { get; init; }
    public required DateTime LastAt { get; init; }
}

/// <summary>A running program that carries out runs. Source: <c>internal.monitor_nodes</c>.</summary>
public sealed record NodeFacts
{
    public required Guid Owner { get; init; }
    public required long Runs { get; init; }

    /// <summary>When it has passed, the program is gone.</summary>
    public required DateTime LeaseUntil { get; init; }
}

/// <summary>A migration that was applied. Source: <c>internal.monitor_migrations</c>.</summary>
public sealed record AppliedFile
{
    public required string Version { get; init; }
    public string? Name { get; init; }

    /// <summary>Null: before times were kept.</summary>
    public DateTime? AppliedAt { get; init; }
}
