using System.Globalization;

namespace MetaPrompt.Tests.Bench;

/// <summary>How long a person waits for the first gallery page: on a new machine, and every other time.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const int Times = 3;

    /// <inheritdoc/>
    public string Name => "start";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var cold = new List<double>();
        var warm = new List<double>();
        for (var time = 0; time < Times; time++)
        {
            var folder = RunningProgram.TemporaryFolder();
            try
            {
                await using (var program = await RunningProgram.StartAsync(folder, cancellationToken))
                    cold.Add(program.UntilFirstPage.TotalSeconds);
                await using (var program = await RunningProgram.StartAsync(folder, cancellationToken))
                    warm.Add(program.UntilFirstPage.TotalSeconds);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        foreach (var (kind, seconds) in new[] { ("cold: initdb, migrations, starter gallery, first page", cold), ("warm: first page", warm) })
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kind,-54} median {seconds.Order().ElementAt(Times / 2),6:F2} s   worst {seconds.Max(),6:F2} s"));
    }
}
