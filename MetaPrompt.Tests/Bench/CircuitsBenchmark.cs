using System.Globalization;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// What an open page costs the server: managed memory after a full collection and working set, by page, and what is left of it
/// once the pages are closed.
/// </summary>
internal sealed class CircuitsBenchmark : IBenchmark
{
    private const int Circuits = 100;
    private const double Kilo = 1024;

    private static readonly string? Only = Environment.GetEnvironmentVariable("METAPROMPT_BENCH_ONLY");

    /// <inheritdoc/>
    public string Name => "circuits";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var site = await SoakSite.StartAsync(Circuits, cancellationToken);
        var times = new SoakTimes();
        var people = new List<SoakPerson>();
        for (var number = 0; number < Circuits; number++)
            people.Add(new SoakPerson(await site.SignInAsync(number, cancellationToken), times, _ => Task.CompletedTask, number));

        (string Name, Func<SoakPerson, Task> Reach)[] pages =
        [
            ("wizard: goal", person => person.OpenAsync("wizard", cancellationToken)),
            ("wizard: questions", person => person.ReachQuestionsAsync(cancellationToken)),
            ("wizard: template", person => person.ReachTemplateAsync(cancellationToken)),
            ("a saved prompt", person => person.WriteAsync(cancellationToken)),
            ("library", person => person.OpenAsync("prompts", cancellationToken)),
            ("runner, after a run", async person =>
            {
                await person.FindAsync(cancellationToken);
                await person.RunAsync(cancellationToken);
            }),
        ];

        // The first of each compiles and fills what is kept for all.
        pages = [.. pages.Where(page => Only is null || page.Name.Contains(Only, StringComparison.Ordinal))];
        foreach (var (_, reach) in pages)
            await EachAsync(people, reach);
        await EachAsync(people, person => person.LeaveAsync());
        await output.WriteLineAsync($"{Circuits} circuits of {Circuits} people, in KiB a circuit");
        await output.WriteLineAsync($"{"page",-24} {"managed",9} {"working set",12} {"left after closing",19} {"sent to it",11}");
        foreach (var (name, reach) in pages)
        {
            var before = await SettledAsync(site, cancellationToken);
            await EachAsync(people, reach);
            var open = await SettledAsync(site, cancellationToken);
            var sent = people.Average(person => person.Page?.Received ?? 0) / Kilo;
            await EachAsync(people, person => person.LeaveAsync());
            var closed = await SettledAsync(site, cancellationToken);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-24} {(open.Managed - before.Managed) / Kilo / Circuits,9:F0} {(open.WorkingSet - before.WorkingSet) / Kilo / Circuits,12:F0} {(closed.Managed - before.Managed) / Kilo / Circuits,19:F1} {sent,11:F0}"));
        }

        foreach (var person in people)
            await person.DisposeAsync();
        if (site.Program.Errors.Count > 0)
            throw new BenchmarkFailedException(string.Join("\n", site.Program.Errors));
    }

    // A few at a time: what is measured is what stays open, not a crowd at the door.
    private static Task EachAsync(IEnumerable<SoakPerson> people, Func<SoakPerson, Task> act) =>
        Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (person, _) => await act(person));

    // What the program does by itself after a page opened or closed is over within moments.
    private static async Task<SoakMemory> SettledAsync(SoakSite site, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        return await site.MeasureAsync(collect: true, cancellationToken);
    }
}
