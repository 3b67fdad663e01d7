using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Database;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace MetaPrompt.Tests.Bench;

/// <summary>How long a program waits for its embedded database: first start, warm start, adoption.</summary>
internal sealed class DatabaseStartBenchmark : IBenchmark
{
    private const int Times = 5;

    /// <inheritdoc/>
    public string Name => "database-start";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var samples = new Dictionary<string, List<double>> { ["first start"] = [], ["warm start"] = [], ["adoption"] = [] };
        for (var time = 0; time < Times; time++)
        {
            var folder = Directory.CreateTempSubdirectory("metaprompt-bench-");
            try
            {
                var settings = DatabaseSettings.Read(
                    new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:DataFolder", Path.Combine("/", folder.FullName, "postgres"))]).Build(), "/");
                if (!OperatingSystem.IsWindows())
                    folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

                foreach (var kind in new[] { "first start", "warm start" })
                {
                    var watch = Stopwatch.StartNew();
                    await using var database = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
                    samples[kind].Add(watch.Elapsed.TotalMilliseconds);
                    if (kind != "warm start")
                        continue;

                    watch.Restart();
                    await using var adopted = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
                    samples["adoption"].Add(watch.Elapsed.TotalMilliseconds);
                }
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        foreach (var (kind, milliseconds) in samples)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kind,-12} median {milliseconds.Order().ElementAt(Times / 2),7:F0} ms   worst {milliseconds.Max(),7:F0} ms"));
    }
}
