namespace MetaPrompt.Data.Monitoring;

/// <summary>What a span of time held. Durations are in milliseconds, at most a sixteenth off, and null where nothing was timed.</summary>
public sealed record DurationFigures
{
    /// <summary>How many there were, failed ones included.</summary>
    public required long Calls { get; init; }

    /// <summary>How many of them failed. Who gave up waiting did not fail.</summary>
    public required long Errors { get; init; }

    /// <summary>Half were not longer.</summary>
    public double? P50Ms { get; init; }

    /// <summary>95 in 100 were not longer.</summary>
    public double? P95Ms { get; init; }

    /// <summary>99 in 100 were not longer.</summary>
    public double? P99Ms { get; init; }

    /// <summary>The longest, exactly.</summary>
    public double? MaxMs { get; init; }

    /// <summary>All durations together, which says what a query costs the database. 0 where nothing was timed.</summary>
    public double TotalMs { get; init; }

    internal static DurationFigures Of(long calls, long errors, ReadOnlySpan<long> counts, double maxMs, double totalMs) => new()
    {
        Calls = calls,
        Errors = errors,
        P50Ms = DurationBuckets.Percentile(counts, 0.50, maxMs),
        P95Ms = DurationBuckets.Percentile(counts, 0.95, maxMs),
        P99Ms = DurationBuckets.Percentile(counts, 0.99, maxMs),
        MaxMs = DurationBuckets.Percentile(counts, 1, maxMs) is null ? null : maxMs,
        TotalMs = totalMs,
    };
}

/// <summary>How a named query fares.</summary>
/// <param name="Name">The first line of its SQL, <c>Class.Name</c>.</param>
/// <param name="Recent">The last five minutes.</param>
/// <param name="SinceStart">Since this program began.</param>
public sealed record QuerySummary(string Name, DurationFigures Recent, DurationFigures SinceStart);
