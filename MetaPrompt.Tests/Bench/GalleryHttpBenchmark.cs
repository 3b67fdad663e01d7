using System.Globalization;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// First-time searches of visitors, each address another one so that no answer is a kept one, sixteen at once, against the
/// program itself over a hundred thousand templates. Load, program and PostgreSQL share the machine.
/// </summary>
internal sealed class GalleryHttpBenchmark : IBenchmark
{
    private const int Connections = 16;
    private const string Database = "gallery_http";

    private static readonly Zipf Words = new(GalleryWords.Content.Length, 0.9);

    /// <inheritdoc/>
    public string Name => "gallery-http";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        foreach (var size in GalleryBenchmark.Sizes().Where(size => size <= 100_000).TakeLast(1))
        {
            // A copy, since the program puts its starter templates into whatever it runs on.
            var gallery = await server.GalleryAsync(size, output, cancellationToken);
            await server.ExecuteAsync("postgres", $"drop database if exists {Database} with (force)", cancellationToken);
            await server.ExecuteAsync("postgres", $"create database {Database} template {gallery}", cancellationToken);
            try
            {
                await MeasureAsync(server, size, output, cancellationToken);
            }
            finally
            {
                await server.ExecuteAsync("postgres", $"drop database {Database} with (force)", CancellationToken.None);
            }
        }
    }

    private static async Task MeasureAsync(BenchServer server, int size, TextWriter output, CancellationToken cancellationToken)
    {
        await using var program = await RunningProgram.StartAsync(
            new NpgsqlConnectionStringBuilder(server.App(Database)) { Pooling = true }.ConnectionString,
            new NpgsqlConnectionStringBuilder(server.Owner(Database)) { Pooling = true }.ConnectionString,
            cancellationToken);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = program.Address };
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        var addresses = Addresses().Take(100_000).ToArray();
        var next = -1;
        long bytes = 0;
        async Task AskAsync(int _)
        {
            using var answer = await client.GetAsync(new Uri(addresses[Interlocked.Increment(ref next)], UriKind.Relative), cancellationToken);
            answer.EnsureSuccessStatusCode();
            Interlocked.Add(ref bytes, (await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Length);
        }

        // The first seconds compile, and what is called often is compiled again, better.
        await Samples.TakeAsync(Connections, TimeSpan.FromSeconds(30), AskAsync);
        bytes = 0;
        var backends = (await server.ScalarAsync<int[]>("postgres", $"select array_agg(pid) from pg_stat_activity where datname = '{Database}'", cancellationToken))!;
        var before = (Server: backends.Sum(Cpu.OnCore), Program: program.CpuMilliseconds(), Client: Environment.CpuUsage.TotalTime.TotalMilliseconds);
        var taken = await Samples.TakeAsync(Connections, TimeSpan.FromSeconds(GalleryBenchmark.Seconds() * 5), AskAsync);
        var after = (Server: backends.Sum(Cpu.OnCore), Program: program.CpuMilliseconds(), Client: Environment.CpuUsage.TotalTime.TotalMilliseconds);
        await output.WriteLineAsync($"{"first-time searches",-24} {"templates",10} {"connections",12} {"p50 ms",8} {"p95 ms",8} {"p99 ms",8} {"per s",8} {"KB each",8} | aims: p99 100 ms, 200 per s");
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{"GET /templates?q=...",-24} {size,10:N0} {Connections,12} {taken.Within(0.5),8:F1} {taken.Within(0.95),8:F1} {taken.Within(0.99),8:F1} {taken.PerSecond,8:N0} {bytes / 1000.0 / taken.Count,8:F1} | {GalleryTable.Met(taken.Within(0.99) < 100)}, {GalleryTable.Met(taken.PerSecond > 200)}"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"CPU ms each: PostgreSQL {(after.Server - before.Server) / taken.Count:F1}, program {(after.Program - before.Program) / taken.Count:F1}, client {(after.Client - before.Client) / taken.Count:F1}; load of the machine now {GalleryBenchmark.Load()}"));
    }

    // One to four words, most of them common ones; no query comes twice.
    private static IEnumerable<string> Addresses()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var dice = new Dice(0xC0000000UL);
        while (true)
        {
            var words = new string[1 + dice.Below(4)];
            for (var word = 0; word < words.Length; word++)
                words[word] = dice.Chance(0.05) ? dice.Pick(GalleryData.Planted.Keys.ToArray()) : GalleryWords.Content[Words.Draw(ref dice)];
            var filter = dice.Below(10) switch
            {
                0 => "&category=" + Uri.EscapeDataString(dice.Pick(GalleryWords.Categories)),
                1 => "&sort=newest",
                2 => "&sort=trending",
                _ => "",
            };
            var query = string.Join(' ', words);
            if (seen.Add(query))
                yield return "templates?q=" + Uri.EscapeDataString(query) + filter;
        }
    }
}
