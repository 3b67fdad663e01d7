namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Counts durations for the last five minutes and since the start, in little and bounded memory. Can be used from any thread;
/// noting one allocates nothing once its quarter of a minute has begun.
/// </summary>
public sealed class DurationWindow(TimeProvider time)
{
    private const int SlotSeconds = 15;

    // The running one and the twenty before it.
    private const int Slots = 21;

    private readonly Lock _lock = new();
    private readonly Slot?[] _slots = new Slot?[Slots];
    private readonly long[] _counts = new long[DurationBuckets.Count];
    private long _calls;
    private long _errors;
    private double _maxMs;
    private double _totalMs;

    /// <summary>Notes one call; null where it failed before anything was sent, so that its time says nothing.</summary>
    public void Note(TimeSpan? duration, bool failed)
    {
        var number = SlotNow();
        lock (_lock)
        {
            var slot = _slots[number % Slots] ??= new Slot();
            if (slot.Number != number)
                slot.Begin(number);
            _calls++;
            slot.Calls++;
            if (failed)
            {
                _errors++;
                slot.Errors++;
            }

            if (duration is not { } took)
                return;
            var ms = took.TotalMilliseconds;
            var index = DurationBuckets.IndexOf((long)took.TotalMicroseconds);
            _counts[index]++;
            slot.Counts[index]++;
            _maxMs = Math.Max(_maxMs, ms);
            slot.MaxMs = Math.Max(slot.MaxMs, ms);
            _totalMs += ms;
            slot.TotalMs += ms;
        }
    }

    /// <summary>The last five minutes, up to a quarter of a minute more.</summary>
    public DurationFigures Recent()
    {
        Span<long> counts = stackalloc long[DurationBuckets.Count];
        counts.Clear();
        long calls = 0, errors = 0;
        double maxMs = 0, totalMs = 0;
        var number = SlotNow();
        lock (_lock)
        {
            foreach (var slot in _slots)
            {
                if (slot is null || slot.Number <= number - Slots)
                    continue;
                calls += slot.Calls;
                errors += slot.Errors;
                maxMs = Math.Max(maxMs, slot.MaxMs);
                totalMs += slot.TotalMs;
                for (var index = 0; index < counts.Length; index++)
                    counts[index] += slot.Counts[index];
            }
        }

        return DurationFigures.Of(calls, errors, counts, maxMs, totalMs);
    }

    /// <summary>All since the start.</summary>
    public DurationFigures SinceStart()
    {
        lock (_lock)
            return DurationFigures.Of(_calls, _errors, _counts, _maxMs, _totalMs);
    }

    /// <summary>What came since the same mark was given before. The longest is not known of so little and is null.</summary>
    public DurationFigures Since(DurationMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        Span<long> counts = stackalloc long[DurationBuckets.Count];
        lock (_lock)
        {
            for (var index = 0; index < counts.Length; index++)
            {
                counts[index] = _counts[index] - mark.Counts[index];
                mark.Counts[index] = _counts[index];
            }

            var figures = DurationFigures.Of(_calls - mark.Calls, _errors - mark.Errors, counts, _maxMs, _totalMs - mark.TotalMs) with { MaxMs = null };
            (mark.Calls, mark.Errors, mark.TotalMs) = (_calls, _errors, _totalMs);
            return figures;
        }
    }

    private long SlotNow() => time.GetTimestamp() / (time.TimestampFrequency * SlotSeconds);

    private sealed class Slot
    {
        public int[] Counts { get; } = new int[DurationBuckets.Count];

        public long Number { get; private set; } = -1;

        public long Calls { get; set; }

        public long Errors { get; set; }

        public double MaxMs { get; set; }

        public double TotalMs { get; set; }

        public void Begin(long number)
        {
            Array.Clear(Counts);
            (Number, Calls, Errors, MaxMs, TotalMs) = (number, 0, 0, 0, 0);
        }
    }
}

/// <summary>How far somebody has read a <see cref="DurationWindow"/>.</summary>
public sealed class DurationMark
{
    internal long[] Counts { get; } = new long[DurationBuckets.Count];

    internal long Calls { get; set; }

    internal long Errors { get; set; }

    internal double TotalMs { get; set; }
}
