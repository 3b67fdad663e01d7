using System.Diagnostics.Metrics;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Counts what was found in a cache and what was not, as the metric <c>metaprompt.cache.reads</c>.</summary>
public sealed class CacheMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MetaPrompt.Caches";

    private static readonly string[] Names = ["pages", "gallery"];

    private readonly long[] _hits = new long[Names.Length];
    private readonly long[] _misses = new long[Names.Length];

    /// <param name="meters">Makes the instrument.</param>
    public CacheMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        meters.Create(Name).CreateObservableCounter(
            "metaprompt.cache.reads",
            () => Read().SelectMany(cache => new Measurement<long>[]
            {
                new(cache.Hits, new("cache", cache.Name), new("outcome", "hit")),
                new(cache.Misses, new("cache", cache.Name), new("outcome", "miss")),
            }),
            "{read}", "Reads of a cache, by whether it had the answer.");
    }

    /// <summary>A rendered page was asked for.</summary>
    public void Page(bool hit) => Count(0, hit);

    /// <summary>A count or list of the gallery was asked for.</summary>
    public void Gallery(bool hit) => Count(1, hit);

    /// <summary>Each cache since the start.</summary>
    public IReadOnlyList<CacheNow> Read() =>
        [.. Names.Select((name, index) => new CacheNow(name, Volatile.Read(ref _hits[index]), Volatile.Read(ref _misses[index])))];

    private void Count(int cache, bool hit) => Interlocked.Increment(ref (hit ? _hits : _misses)[cache]);
}
