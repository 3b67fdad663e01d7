using System.Diagnostics;
using System.Globalization;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// A day's crowd for ten minutes: a thousand open pages, a fifth of their people clicking through wizard, library, runner and
/// gallery at any moment while the others read, each signed in with an account and an address of their own. Says how long each kind of click took,
/// whether memory grows, and fails on any error of a page or of the program's log. Client and server share the cores.
/// </summary>
internal sealed class SoakBenchmark : IBenchmark
{
    private const int ActiveOf = 5;
    private const int MostErrors = 100;
    private const double MegaByte = 1024 * 1024;

    private static readonly TimeSpan Aim = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    // Shares of the time at which memory is looked at; the slope is that of the last half.
    private static readonly double[] Looks = [0, 0.25, 0.5, 0.625, 0.75, 0.875, 1];

    private readonly SoakTimes _times = new();
    private readonly SoakGate _gate = new();
    private readonly List<(double Minutes, SoakMemory Memory)> _memory = [];

    /// <inheritdoc/>
    public string Name => "soak";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var circuits = Variable("METAPROMPT_BENCH_SIZES", 1_000);
        var duration = TimeSpan.FromSeconds(Variable("METAPROMPT_BENCH_SECONDS", 600));
        await using var site = await SoakSite.StartAsync(circuits, cancellationToken);
        var people = new SoakPerson[circuits];
        var began = Stopwatch.GetTimestamp();
        _times.Counts = false;
        await Parallel.ForAsync(0, circuits, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (number, stop) =>
        {
            people[number] = new SoakPerson(await site.SignInAsync(number, stop), _times, ThinkAsync, number);
            await people[number].OpenAsync(number % 2 == 0 ? "wizard" : "prompts", stop);
        });
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{circuits:N0} people signed in with a page open after {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s; {circuits / ActiveOf} of them active at a time, for {duration.TotalSeconds:F0} s"));

        using var day = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pings = PingAsync(people, day.Token);
        using var active = new SemaphoreSlim(circuits / ActiveOf);
        var lives = people.Select(person => LiveAsync(person, active, day.Token)).ToArray();
        await Task.Delay(WarmUp, cancellationToken);
        await WatchAsync(site, duration, output, cancellationToken);
        await day.CancelAsync();
        await Task.WhenAll([pings, .. lives]);

        await output.WriteLineAsync();
        await _times.WriteAsync(output);
        await CloseAsync(site, people, output, cancellationToken);
        await JudgeAsync(site, output);
    }

    // Between two clicks people read, and nobody clicks while the gate is shut. Who found it shut reads on for a while: all of
    // them together at the moment it opens would be a crowd that no day has.
    private async Task ThinkAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1 + (Random.Shared.NextDouble() * 4)), cancellationToken);
        while (!_gate.IsOpen)
        {
            await _gate.PassAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(Random.Shared.NextDouble() * 5), cancellationToken);
        }
    }

    private async Task LiveAsync(SoakPerson person, SemaphoreSlim active, CancellationToken day)
    {
        while (!day.IsCancellationRequested)
        {
            try
            {
                await active.WaitAsync(day);
                try
                {
                    await person.ActAsync(day);
                }
                finally
                {
                    active.Release();
                }
            }
            catch (OperationCanceledException) when (day.IsCancellationRequested)
            {
                return;
            }
            catch (Exception wrong) when (wrong is BlazorCircuitException or HttpRequestException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
            {
                _times.Fail(wrong.Message);
                await person.LeaveAsync();
            }
        }
    }

    private async Task WatchAsync(SoakSite site, TimeSpan duration, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{"minute",7} {"managed MB",11} {"held MB",8} {"working set MB",15} {"stopped ms/s",13} {"collections/s",14} {"allocated MB/s",15} {"server cores",13} {"client cores",13} {"clicks/s",9} {"errors",7}");
        _times.Counts = true;
        var began = Stopwatch.GetTimestamp();
        var (client, count, at) = (Environment.CpuUsage.TotalTime, 0, began);
        SoakMemory? last = null;
        var pauses = new List<(string Generation, double Ms)>();
        foreach (var look in Looks)
        {
            var wait = (duration * look) - Stopwatch.GetElapsedTime(began);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
            var busy = await site.MeasureAsync(collect: false, cancellationToken);
            if (last is not null)
                pauses.AddRange((await site.PausesAsync(cancellationToken)).SelectMany(generation => generation, (generation, ms) => (generation.Key, ms)));
            var (seconds, clientNow, countNow) = (Stopwatch.GetElapsedTime(at).TotalSeconds, Environment.CpuUsage.TotalTime, _times.Count);
            var memory = await _gate.HoldAsync(() => site.MeasureAsync(collect: true, cancellationToken), cancellationToken);
            _memory.Add((Stopwatch.GetElapsedTime(began).TotalMinutes, memory));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{_memory[^1].Minutes,7:F1} {memory.Managed / MegaByte,11:F1} {memory.Committed / MegaByte,8:F0} {memory.WorkingSet / MegaByte,15:F0} {(busy.PausedMs - last?.PausedMs) / seconds,13:F1} {(busy.AllCollections - last?.AllCollections) / seconds,14:F2} {(busy.Allocated - last?.Allocated) / seconds / MegaByte,15:F1} {(busy.CpuMs - last?.CpuMs) / seconds / 1000,13:F2} {(last is null ? null : (clientNow - client).TotalSeconds / seconds),13:F2} {(last is null ? null : (countNow - count) / seconds),9:F1} {_times.Errors.Count,7}"));
            (last, client, count, at) = (await site.MeasureAsync(collect: false, cancellationToken), Environment.CpuUsage.TotalTime, _times.Count, Stopwatch.GetTimestamp());
            await site.ForgetPausesAsync(cancellationToken);
            if (_times.Errors.Count > MostErrors)
                throw new BenchmarkFailedException($"{_times.Errors.Count} errors, given up:\n" + Tell(_times.Errors));
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync("collections that stopped the program (generation, or - for a step of a background one)");
        foreach (var generation in pauses.GroupBy(pause => pause.Generation, pause => pause.Ms, StringComparer.Ordinal).OrderBy(generation => generation.Key, StringComparer.Ordinal))
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{generation.Key,3} {generation.Count(),6} times, {generation.Average(),7:F1} ms on average, {generation.Max(),7:F1} at most"));
    }

    // Browsers do so every fifteen seconds, each at a time of its own.
    private static async Task PingAsync(SoakPerson[] people, CancellationToken day)
    {
        const int Turns = 15;
        try
        {
            for (var turn = 0; ; turn = (turn + 1) % Turns)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), day);
                for (var number = turn; number < people.Length; number += Turns)
                    people[number].Page?.Ping();
            }
        }
        catch (OperationCanceledException) when (day.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task CloseAsync(SoakSite site, SoakPerson[] people, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var person in people)
        {
            try
            {
                person.Page?.ThrowIfBroken();
            }
            catch (BlazorCircuitException broken)
            {
                _times.Fail(broken.Message);
            }
        }

        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (person, _) => person.DisposeAsync());
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var closed = await site.MeasureAsync(collect: true, cancellationToken);
        var open = _memory[^1].Memory;
        await output.WriteLineAsync();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"all pages closed: {closed.Managed / MegaByte:F1} MB managed, {closed.WorkingSet / MegaByte:F0} MB working set: {(open.Managed - closed.Managed) / 1024.0 / people.Length:F0} KiB managed an open page, {(open.WorkingSet - closed.WorkingSet) / 1024.0 / people.Length:F0} KiB of working set given back"));
    }

    private async Task JudgeAsync(SoakSite site, TextWriter output)
    {
        var half = _memory.Where((_, index) => Looks[index] >= 0.5).ToArray();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"slope over the last half: managed {Slope(half, look => look.Managed) / MegaByte:+0.00;-0.00} MB a minute ({Growth(half, look => look.Managed):+0.0%;-0.0%}), working set {Slope(half, look => look.WorkingSet) / MegaByte:+0.00;-0.00} MB a minute ({Growth(half, look => look.WorkingSet):+0.0%;-0.0%})"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"p99 of {_times.Count:N0} interactions: {_times.P99():F0} ms; aim under {Aim.TotalMilliseconds:F0}: {(_times.P99() < Aim.TotalMilliseconds ? "met" : "NOT MET")}"));
        foreach (var unknown in BlazorScripts.Unknown.Keys)
            await output.WriteLineAsync($"a script that nobody has looked at was answered with null: {unknown}");
        string[] errors = [.. _times.Errors, .. site.Program.Errors.Select(error => "log: " + error)];
        if (errors.Length > 0)
            throw new BenchmarkFailedException($"{errors.Length} errors:\n" + Tell(errors));
        await output.WriteLineAsync("no error");
    }

    private static string Tell(IEnumerable<string> errors) =>
        string.Join('\n', errors.GroupBy(error => error, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(20).Select(group => $"{group.Count(),5} x {group.Key}"));

    // The straight line through the points that lies nearest to them, in its unit a minute.
    private static double Slope((double Minutes, SoakMemory Memory)[] looks, Func<SoakMemory, double> of)
    {
        var (x, y) = (looks.Average(look => look.Minutes), looks.Average(look => of(look.Memory)));
        return looks.Sum(look => (look.Minutes - x) * (of(look.Memory) - y)) / looks.Sum(look => (look.Minutes - x) * (look.Minutes - x));
    }

    // By how much the line rises from the first of them to the last.
    private static double Growth((double Minutes, SoakMemory Memory)[] looks, Func<SoakMemory, double> of) =>
        Slope(looks, of) * (looks[^1].Minutes - looks[0].Minutes) / looks.Average(look => of(look.Memory));

    private static int Variable(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;
}
