using System.Collections.Concurrent;
using System.Globalization;

namespace MetaPrompt.Tests.Bench;

/// <summary>How long what people did took, by kind, and what went wrong. For many threads.</summary>
internal sealed class SoakTimes
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<double>> _times = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private volatile bool _counts = true;

    /// <summary>What went wrong, oldest first.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Whether times count at present: not while the first pages open.</summary>
    public bool Counts
    {
        get => _counts;
        set => _counts = value;
    }

    /// <summary>How many interactions there were.</summary>
    public int Count => _times.Where(kind => IsInteraction(kind.Key)).Sum(kind => kind.Value.Count);

    /// <summary>Notes how long something took. A kind in brackets is no interaction: it is told, but not among all of them.</summary>
    public void Add(string kind, TimeSpan time)
    {
        if (Counts)
            _times.GetOrAdd(kind, _ => new ConcurrentQueue<double>()).Enqueue(time.TotalMilliseconds);
    }

    /// <summary>Notes that something went wrong.</summary>
    public void Fail(string what) => _errors.Enqueue(what);

    /// <summary>The 99th percentile of all interactions in milliseconds; not a number where there were none.</summary>
    public double P99() => At(All(), 0.99);

    /// <summary>Writes a line for each kind, and one for all.</summary>
    public async Task WriteAsync(TextWriter output)
    {
        await output.WriteLineAsync($"{"",-34} {"count",7} {"p50 ms",8} {"p95 ms",8} {"p99 ms",8} {"most",8}");
        foreach (var (kind, times) in _times.OrderBy(kind => !IsInteraction(kind.Key)).ThenBy(kind => kind.Key, StringComparer.Ordinal))
            await WriteAsync(output, kind, [.. times.Order()]);
        await WriteAsync(output, "all interactions", All());
    }

    private static bool IsInteraction(string kind) => kind[0] != '(';

    private static Task WriteAsync(TextWriter output, string kind, double[] times) => output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture, $"{kind,-34} {times.Length,7} {At(times, 0.5),8:F1} {At(times, 0.95),8:F1} {At(times, 0.99),8:F1} {At(times, 1),8:F1}"));

    // The smallest time that this share of all did not exceed.
    private static double At(double[] times, double share) => times.Length == 0 ? double.NaN : times[Math.Max(0, (int)Math.Ceiling(times.Length * share) - 1)];

    private double[] All() => [.. _times.Where(kind => IsInteraction(kind.Key)).SelectMany(kind => kind.Value).Order()];
}
