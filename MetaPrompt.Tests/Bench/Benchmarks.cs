namespace MetaPrompt.Tests.Bench;

/// <summary>One measurement that <c>script/bench</c> can run. Add a class: it is found by itself.</summary>
internal interface IBenchmark
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>Measures and writes its lines, each a name, a number and a unit.</summary>
    /// <exception cref="BenchmarkFailedException">Something went wrong that may not, whatever the figures are.</exception>
    Task RunAsync(TextWriter output, CancellationToken cancellationToken);
}

/// <summary>What was measured did not work. The message says what happened.</summary>
internal sealed class BenchmarkFailedException(string message) : Exception(message);

/// <summary>Finds and runs the measurements.</summary>
internal static class Benchmarks
{
    /// <summary>Runs the named ones, or all; "help" says which there are.</summary>
    /// <returns>0; 1 where one failed; 2 where a name is not known.</returns>
    public static async Task<int> RunAsync(IReadOnlyCollection<string> names)
    {
        var all = typeof(Benchmarks).Assembly.GetTypes()
            .Where(type => type.IsClass && typeof(IBenchmark).IsAssignableFrom(type))
            .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
            .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)
            .ToArray();
        if (names.Contains("help"))
        {
            Console.WriteLine($"script/bench [NAME...] measures all of these, or those that are named: {string.Join(", ", all.Select(benchmark => benchmark.Name))}.");
            return 0;
        }

        var unknown = names.Except(all.Select(benchmark => benchmark.Name)).ToArray();
        if (unknown.Length > 0)
        {
            await Console.Error.WriteLineAsync($"No measurement is called {string.Join(", ", unknown)}. There are: {string.Join(", ", all.Select(benchmark => benchmark.Name))}.");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var code = 0;
        foreach (var benchmark in all.Where(benchmark => names.Count == 0 || names.Contains(benchmark.Name)))
        {
            Console.WriteLine($"# {benchmark.Name}");
            try
            {
                await benchmark.RunAsync(Console.Out, stop.Token);
            }
            catch (BenchmarkFailedException failure)
            {
                Console.WriteLine($"FAILED: {failure.Message}");
                code = 1;
            }
        }

        return code;
    }
}
