using System.Globalization;
using MetaPrompt.Data.Database;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Every query of the gallery over ten thousand, a hundred thousand and a million templates: through our query classes, by
/// pgbench with the same statements, and as the document writes it; then favorites, and search against brute force.
/// METAPROMPT_BENCH_SIZES=10000 and METAPROMPT_BENCH_SECONDS=1 make it short; METAPROMPT_BENCH_ONLY=word leaves out what has
/// not that word in its name ("favorites" and "oracle" are the two last parts).
/// </summary>
internal sealed class GalleryBenchmark : IBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private readonly List<(GalleryCase Case, int Templates, Samples Samples)> _growth = [];

    /// <inheritdoc/>
    public string Name => "gallery";

    /// <summary>How many templates, from METAPROMPT_BENCH_SIZES.</summary>
    public static int[] Sizes() => [.. (Environment.GetEnvironmentVariable("METAPROMPT_BENCH_SIZES") ?? "10000,100000,1000000")
        .Split(',').Select(size => int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture)).Order()];

    /// <summary>How long each figure is measured, from METAPROMPT_BENCH_SECONDS.</summary>
    public static int Seconds() => int.Parse(Environment.GetEnvironmentVariable("METAPROMPT_BENCH_SECONDS") ?? "2", NumberStyles.None, CultureInfo.InvariantCulture);

    private static string? Only => Environment.GetEnvironmentVariable("METAPROMPT_BENCH_ONLY");

    private static bool IsWanted(string name) => string.IsNullOrEmpty(Only) || name.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"PostgreSQL {server.Major}, {Environment.ProcessorCount} cores, {BenchServer.Settings}; load of the machine now {Load()}"));
        foreach (var size in Only is "favorites" or "oracle" ? [] : Sizes())
            await MeasureAsync(server, size, output, cancellationToken);
        await output.WriteLineAsync(GalleryTable.Growth(_growth));
        if (IsWanted("favorites"))
            await new FavoriteContention(server).RunAsync(output, cancellationToken);
        if (IsWanted("oracle"))
            await new GalleryOracle(server).RunAsync(output, cancellationToken);
    }

    /// <summary>How many processes wanted a core in the last minute, as the system says; others' work makes every figure worse.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private async Task MeasureAsync(BenchServer server, int size, TextWriter output, CancellationToken cancellationToken)
    {
        var database = await server.GalleryAsync(size, output, cancellationToken);
        var cases = await new GalleryCases(server, database, new GalleryData(size), cancellationToken).AllAsync();
        var pgBench = new PgBench(server, database);
        var documented = new DocumentedSql(server, database);
        await documented.PrepareAsync(cancellationToken);
        if (!pgBench.IsThere)
            await output.WriteLineAsync($"pgbench is not in {server.BinFolder}: its columns stay empty. Debian has it in postgresql-{server.Major}, others in postgresql-contrib.");

        await output.WriteLineAsync(GalleryTable.Head(size));
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(DatabaseSettings.ForApp(server.App(database))) { Pooling = true, MaxPoolSize = 8, MinPoolSize = 8 });
        var db = new Db(source);
        var cpu = new Cpu(source, 8);
        await cpu.FindAsync(cancellationToken);
        // What compiles meanwhile takes the cores from the first rows otherwise.
        foreach (var one in cases.Where(one => IsWanted(one.Name)))
            await Samples.TakeAsync(8, WarmUp / 2, n => one.Run(db, n));
        foreach (var one in cases.Where(one => IsWanted(one.Name)))
        {
            var scripts = await pgBench.RecordAsync(one.Run, one.Values);
            foreach (var connections in new[] { 1, 8 })
            {
                // As connections of a program that has run for a while: statements prepared (after five calls each), planned
                // (after five more), functions compiled. Of pgbench the same is left out.
                await Samples.TakeAsync(connections, WarmUp, n => one.Run(db, n));
                var before = cpu.Now();
                var ours = await Samples.TakeAsync(connections, TimeSpan.FromSeconds(Seconds()), n => one.Run(db, n));
                var after = cpu.Now();
                var cost = ((after.Server - before.Server) / ours.Count, (after.Client - before.Client) / ours.Count);
                var theirs = pgBench.IsThere ? await pgBench.RunAsync(scripts, connections, Seconds(), cancellationToken) : null;
                double? document = connections == 1 && one.Documented.Count > 0 ? await documented.MedianAsync(one.Documented, Seconds(), cancellationToken) : null;
                await output.WriteLineAsync(GalleryTable.Row(one, connections, ours, cost, theirs, document));
                if (connections == 1)
                    _growth.Add((one, size, ours));
            }
        }
    }
}
