using System.Globalization;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Processor time of a pool's PostgreSQL processes and of this program: what a call costs however many others want the
/// cores, where a stop-watch would count their turns too. Linux only; elsewhere not a number.
/// </summary>
internal sealed class Cpu(NpgsqlDataSource pool, int connections)
{
    private int[] _backends = [];

    /// <summary>Learns which processes serve the pool; all its connections must be open and idle.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => pool.OpenConnectionAsync(cancellationToken).AsTask()));
        _backends = [.. open.Select(connection => connection.ProcessID)];
        foreach (var connection in open)
            await connection.DisposeAsync();
    }

    /// <summary>Milliseconds so far: of PostgreSQL's processes, and of this program.</summary>
    public (double Server, double Client) Now() => (_backends.Sum(OnCore), Environment.CpuUsage.TotalTime.TotalMilliseconds);

    /// <summary>Milliseconds that a process of this machine was on a core so far.</summary>
    public static double OnCore(int process)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/schedstat");
        // The first number is the time on a core in nanoseconds.
        return File.Exists(file) ? double.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture) / 1_000_000 : double.NaN;
    }
}
