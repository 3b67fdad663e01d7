namespace MetaPrompt.Web.Monitoring;

/// <summary>What may be wrong.</summary>
public enum AlertKind
{
    /// <summary>A named query took too long.</summary>
    SlowQuery,

    /// <summary>Queries wait for a connection, or every connection is in use.</summary>
    PoolExhausted,

    /// <summary>The database has used up too much of its room.</summary>
    StorageFull,

    /// <summary>Many wrong passwords in a short time.</summary>
    SignInFailures,

    /// <summary>The database does not answer.</summary>
    DatabaseAway,
}

/// <summary>An incident: something measured went past its threshold, and may have come back.</summary>
public sealed record Alert
{
    /// <summary>What it is.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>What is measured: a query's name, "connections", "storage", "sign-ins", "database".</summary>
    public required string Subject { get; init; }

    /// <summary>A sentence for people, the numbers in it.</summary>
    public required string Words { get; init; }

    /// <summary>Where it begins, in <see cref="Unit"/>.</summary>
    public required double Threshold { get; init; }

    /// <summary>The worst value so far, in <see cref="Unit"/>.</summary>
    public required double Value { get; init; }

    /// <summary><c>ms</c>, <c>connections</c>, <c>%</c>, <c>sign-ins</c> or <c>s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When it was over; null while it lasts.</summary>
    public DateTimeOffset? Ended { get; init; }
}
