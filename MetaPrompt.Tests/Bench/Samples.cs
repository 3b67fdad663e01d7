using System.Diagnostics;

namespace MetaPrompt.Tests.Bench;

/// <summary>How long each of many calls took, and how long all of them together.</summary>
internal sealed class Samples
{
    private readonly double[] _milliseconds;

    /// <param name="milliseconds">One number per call.</param>
    /// <param name="elapsed">From the first call's beginning to the last one's end.</param>
    public Samples(IEnumerable<double> milliseconds, TimeSpan elapsed)
    {
        _milliseconds = [.. milliseconds.Order()];
        PerSecond = _milliseconds.Length / elapsed.TotalSeconds;
    }

    /// <summary>Calls a second.</summary>
    public double PerSecond { get; }

    /// <summary>How many.</summary>
    public int Count => _milliseconds.Length;

    /// <summary>The milliseconds that this part of the calls stayed within.</summary>
    public double Within(double part) => _milliseconds.Length == 0 ? double.NaN : _milliseconds[Math.Min(_milliseconds.Length - 1, (int)(_milliseconds.Length * part))];

    /// <summary>Calls again and again, so many at once; whoever is free takes the next number, so that each value has its turn as often.</summary>
    /// <param name="workers">How many at once.</param>
    /// <param name="time">How long; a call that has begun is finished.</param>
    /// <param name="call">Gets the number of the call, another one each time.</param>
    public static async Task<Samples> TakeAsync(int workers, TimeSpan time, Func<int, Task> call)
    {
        var next = -1;
        var watch = Stopwatch.StartNew();
        var taken = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            var milliseconds = new List<double>();
            while (watch.Elapsed < time)
            {
                var start = Stopwatch.GetTimestamp();
                await call(Interlocked.Increment(ref next));
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return milliseconds;
        })));
        return new Samples(taken.SelectMany(list => list), watch.Elapsed);
    }
}
