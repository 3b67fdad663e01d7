namespace MetaPrompt.Tests.Bench;

/// <summary>Numbers that are the same on every machine and in every version: SplitMix64, seeded per row.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed * 0xD1342543DE82EF95;

    /// <summary>0 up to, not including, 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>0 up to, not including, the bound.</summary>
    public int Below(int bound) => (int)(Unit() * bound);

    /// <summary>Whether something of this probability happens.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>A normal deviate: mean 0, deviation 1.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    /// <summary>A whole number of 0 or more, most of them small and few huge.</summary>
    /// <param name="shape">The larger, the fewer large ones.</param>
    /// <param name="most">Nothing is larger.</param>
    public int Pareto(double shape, int most) => (int)Math.Min(most, Math.Pow(1 - Unit(), -1 / shape) - 1);

    /// <summary>An id that looks as random as any other.</summary>
    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Next());
        BitConverter.TryWriteBytes(bytes[8..], Next());
        return new Guid(bytes);
    }

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Places in a list of which the first are drawn most: the one at place n with a weight of 1 / (n + 20) to an exponent.</summary>
internal sealed class Zipf
{
    private readonly double[] _until;

    public Zipf(int size, double exponent)
    {
        _until = new double[size];
        var sum = 0.0;
        for (var place = 0; place < size; place++)
            _until[place] = sum += Math.Pow(place + 20, -exponent);
    }

    /// <summary>0 up to, not including, the size.</summary>
    public int Draw(ref Dice dice)
    {
        var found = Array.BinarySearch(_until, dice.Unit() * _until[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _until.Length - 1);
    }
}
