using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using MetaPrompt.Tests.Scaling;

namespace MetaPrompt.Tests.Bench;

/// <summary>Visitors at two nodes behind the sticky proxy, each request a new visitor, while something is killed or restarted.</summary>
internal sealed class NodesFaults(TwoNodes site, TextWriter output, CancellationToken cancellationToken)
{
    private const int Visitors = 4;

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<(TimeSpan At, HttpStatusCode? Status)> _answers = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Runs them one after the other.</summary>
    public static async Task RunAsync(Cluster cluster, TextWriter output, CancellationToken cancellationToken)
    {
        var site = new TwoNodes(cluster);
        await site.InitializeAsync();
        try
        {
            var faults = new NodesFaults(site, output, cancellationToken);
            await faults.DuringAsync("nothing", () => Task.CompletedTask);
            await faults.DuringAsync("restart of one node (SIGTERM)", async () =>
            {
                await site.Nodes[0].StopAsync(cancellationToken);
                await site.WholeAsync(cancellationToken);
            });
            await faults.DuringAsync("kill -9 of one node", async () =>
            {
                await site.Nodes[1].KillAsync();
                await Task.Delay(Calm, cancellationToken);
                await site.WholeAsync(cancellationToken);
            });
            await faults.DuringAsync("kill -9 of the replica", async () =>
            {
                await cluster.Replica.KillAsync(cancellationToken);
                await Task.Delay(Calm, cancellationToken);
                await cluster.Replica.StartAsync(cancellationToken);
            });
            await faults.DuringAsync("kill -9 of Redis", async () => await site.Redis.DisposeAsync());
        }
        finally
        {
            await site.DisposeAsync();
        }
    }

    private async Task DuringAsync(string what, Func<Task> happen)
    {
        _answers.Clear();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var visitors = Enumerable.Range(0, Visitors).Select(visitor => Task.Run(() => VisitAsync(visitor, enough.Token), CancellationToken.None)).ToArray();
        await Task.Delay(Calm, cancellationToken);
        var from = _watch.Elapsed;
        await happen();
        await Task.Delay(Calm, cancellationToken);
        await enough.CancelAsync();
        await Task.WhenAll(visitors);

        var all = _answers.ToArray();
        var failed = all.Where(one => one.Status != HttpStatusCode.OK).ToArray();
        var how = failed.Length == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", the last {(failed.Max(one => one.At) - from).TotalSeconds:F1} s after it ({string.Join(", ", failed.GroupBy(one => one.Status?.ToString() ?? "no answer").Select(group => $"{group.Count()} {group.Key}"))})");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {all.Length,6:N0} requests, {failed.Length,4:N0} failed{how}"));
    }

    // Each a page that nobody has kept.
    private async Task VisitAsync(int visitor, CancellationToken enough)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site.Address, Timeout = TimeSpan.FromSeconds(20) };
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            HttpStatusCode? status = null;
            try
            {
                using var answer = await client.GetAsync(new Uri($"templates?q=w{visitor}x{n}x{_watch.ElapsedTicks}", UriKind.Relative), cancellationToken);
                status = answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                // Counted as no answer.
            }

            _answers.Enqueue((_watch.Elapsed, status));
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
