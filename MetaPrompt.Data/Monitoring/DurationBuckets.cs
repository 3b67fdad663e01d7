using System.Numerics;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Durations on a logarithmic scale: eight buckets to each doubling, from a microsecond to over a minute. What is read back
/// is at most a sixteenth off, however short or long.
/// </summary>
internal static class DurationBuckets
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;
    private const int TopBit = 26;

    /// <summary>How many there are. The last one also has everything that is longer than 67 seconds.</summary>
    public const int Count = (TopBit - StepBits + 2) * Steps;

    /// <summary>The bucket of a duration.</summary>
    public static int IndexOf(long microseconds)
    {
        if (microseconds < Steps)
            return (int)Math.Max(0, microseconds);
        var shift = BitOperations.Log2((ulong)microseconds) - StepBits;
        return Math.Min(Count - 1, ((shift + 1) << StepBits) + (int)((microseconds >> shift) & (Steps - 1)));
    }

    /// <summary>The middle of a bucket, in milliseconds.</summary>
    public static double MiddleMs(int index)
    {
        if (index < Steps)
            return (index + 0.5) / 1000;
        var width = Math.ScaleB(1, (index >> StepBits) - 1);
        return width * (Steps + (index & (Steps - 1)) + 0.5) / 1000;
    }

    /// <summary>The duration that a share of all is not longer than (nearest rank), in milliseconds; null where there is none.</summary>
    /// <param name="counts">How many fell into each bucket.</param>
    /// <param name="share">0.95 for the 95th percentile.</param>
    /// <param name="maxMs">The longest, which is known exactly.</param>
    public static double? Percentile(ReadOnlySpan<long> counts, double share, double maxMs)
    {
        long all = 0;
        foreach (var count in counts)
            all += count;
        if (all == 0)
            return null;

        var rank = Math.Max(1, (long)Math.Ceiling(share * all));
        long passed = 0;
        for (var index = 0; index < counts.Length; index++)
        {
            passed += counts[index];
            if (passed >= rank)
                return index == Count - 1 ? maxMs : Math.Min(maxMs, MiddleMs(index));
        }

        return maxMs;
    }
}
