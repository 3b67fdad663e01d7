using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Models;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// What the runner adds to a model: to its first word and to its whole answer beside a bare <see cref="HttpClient"/> in the same
/// run, five hundred streams at once, and how often a page hears of twenty. Model server, runner and bare client share the
/// process and its cores.
/// </summary>
internal sealed class RunnerBenchmark : IBenchmark
{
    private const int Times = 300;
    private const int Warm = 60;
    private const int Chunks = 20;

    /// <inheritdoc/>
    public string Name => "runner";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        try
        {
            var settings = DatabaseSettings.Read(
                new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:DataFolder", Path.Combine(folder.FullName, "postgres"))]).Build(), "/");
            await using var database = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
            await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString!);
            await using var make = owner.CreateCommand(
                """
                with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'bench@example.test') returning id)
                select id from person
                """);
            var person = (Guid)(await make.ExecuteScalarAsync(cancellationToken))!;
            await using var write = owner.CreateCommand("insert into public.prompts (user_id, title, goal, template) values ($1, 'Bench', 'Bench', 'Bench') returning id");
            write.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person });
            var prompt = (Guid)(await write.ExecuteScalarAsync(cancellationToken))!;
            await MeasureAsync(output, new Db(database.App), Caller.User(person), prompt, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(TextWriter output, Db db, Caller person, Guid prompt, CancellationToken cancellationToken)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say([.. Enumerable.Range(0, Chunks).Select(number => $"word {number} ")]));
        var model = server.Settings() with { InputPricePerMillion = 1, OutputPricePerMillion = 1 };
        var limits = new ModelLimits { CellsPerProvider = 600, CellsPerRun = 600, RunsPerPerson = 1000 };
        using var catalog = new ModelCatalog([model], limits, TimeProvider.System);
        var results = new TestResultQueries(db);
        using var runner = new PromptRunner(
            catalog,
            new Budget(new BudgetQueries(db), new BudgetSettings(), NullLogger<Budget>.Instance),
            new TestRunQueries(db),
            (run, cell, id, state, token) => results.SaveAsync(run.Caller, RunRows.Result(run, cell, id, state), token),
            (_, _, _, _) => Task.CompletedTask,
            limits,
            TimeProvider.System,
            NullLogger<PromptRunner>.Instance);
        RunPlan Plan(int cells) => new()
        {
            Caller = person,
            PromptId = prompt,
            Cells = [.. Enumerable.Repeat(new PlannedCell { PromptId = prompt, Model = model, Temperature = 1, ResolvedPrompt = "Say twenty words.", VariableValues = new Dictionary<string, string>() }, cells)],
        };

        await OverheadAsync(output, server, runner, Plan, cancellationToken);
        await PageAsync(output, server, runner, Plan, cancellationToken);
        await ManyAsync(output, server, runner, Plan, cancellationToken);
    }

    // One stream at a time, bare and through the runner in turns; from the click to the first word and to the kept result.
    private static async Task OverheadAsync(
        TextWriter output, ScriptedOpenAi server, PromptRunner runner, Func<int, RunPlan> plan, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        List<double> bareFirst = [], bareWhole = [], first = [], answered = [], kept = [];
        for (var time = -Warm; time < Times; time++)
        {
            var (a, b) = await BareAsync(http, server.Endpoint, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            var run = (await runner.StartAsync(plan(1), cancellationToken))!;
            var laidDown = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            double f = 0, w = 0;
            var cell = run.Cells[0];
            while (w == 0)
            {
                // Watched closely: a page would hear of it at most eight times a second.
                if (f == 0 && cell.FirstTokenMs is not null)
                    f = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (cell.Keeping || run.Completion.IsCompleted)
                    w = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (w == 0)
                    await Task.Yield();
            }

            await run.Completion.WaitAsync(cancellationToken);
            var k = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (time < 0)
                continue;
            bareFirst.Add(a);
            bareWhole.Add(b);
            first.Add(f == 0 ? w : f);
            answered.Add(w);
            kept.Add(k);
            GC.KeepAlive(laidDown);
        }

        await output.WriteLineAsync($"one stream of {Chunks} chunks, {Times} times in turns, ms          p50      p95");
        await LineAsync(output, "bare HttpClient: first word", bareFirst);
        await LineAsync(output, "bare HttpClient: whole answer", bareWhole);
        await LineAsync(output, "runner: click to first word", first);
        await LineAsync(output, "runner: click to whole answer", answered);
        await LineAsync(output, "runner: click to kept result", kept);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"added to the first word p50 {Of(first, 0.5) - Of(bareFirst, 0.5):0.0} ms, to the whole answer {Of(answered, 0.5) - Of(bareWhole, 0.5):0.0} ms, until it is kept {Of(kept, 0.5) - Of(bareWhole, 0.5):0.0} ms"));
    }

    private static async Task<(double First, double Whole)> BareAsync(HttpClient http, string endpoint, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.Serialize(new
        {
            model = "scripted-1", temperature = 1, stream = true, stream_options = new { include_usage = true }, messages = new[] { new { role = "user", content = "Say twenty words." } },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint + "/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-scripted");
        var began = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        double first = 0;
        var words = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            using var json = JsonDocument.Parse(line.AsMemory(6));
            if (json.RootElement.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0
                && choices[0].GetProperty("delta").TryGetProperty("content", out var content) && content.GetString() is { Length: > 0 } text)
            {
                if (first == 0)
                    first = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                words.Append(text);
            }
        }

        return (first, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    // Twenty streams that write fifty times a second each.
    private static async Task PageAsync(
        TextWriter output, ScriptedOpenAi server, PromptRunner runner, Func<int, RunPlan> plan, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var ticks = Enumerable.Range(0, 250).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        server.Answer = _ => ScriptedAnswer.Do([.. ticks.SelectMany(tick => new ScriptedStep[] { new ScriptedStep.Wait(tick.Task), new ScriptedStep.Say("word ") })]);
        var run = (await runner.StartAsync(plan(20), cancellationToken))!;
        var heard = 0;
        run.Changed += () => Interlocked.Increment(ref heard);
        var began = Stopwatch.GetTimestamp();
        foreach (var tick in ticks)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            tick.SetResult();
        }

        await run.Completion.WaitAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var lost = run.Cells.Count(cell => cell.Answer != string.Concat(Enumerable.Repeat("word ", ticks.Length)));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"20 streams with 50 chunks a second each for {seconds:0.0} s: a page is told {heard / seconds:0.0} times a second; {lost} answers lost a chunk"));
    }

    private static async Task ManyAsync(
        TextWriter output, ScriptedOpenAi server, PromptRunner runner, Func<int, RunPlan> plan, CancellationToken cancellationToken)
    {
        const int Streams = 500;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = 0;
        server.Answer = request =>
        {
            if (Interlocked.Increment(ref open) == Streams)
                all.TrySetResult();
            return ScriptedAnswer.Do([new ScriptedStep.Say("first "), new ScriptedStep.Wait(all.Task), .. Enumerable.Range(0, 200).Select(number => new ScriptedStep.Say($"word {number} "))]);
        };
        var whole = "first " + string.Concat(Enumerable.Range(0, 200).Select(number => $"word {number} "));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        var run = (await runner.StartAsync(plan(Streams), cancellationToken))!;
        await Task.WhenAny(all.Task.WaitAsync(cancellationToken), run.Completion);
        if (!all.Task.IsCompleted)
            throw new InvalidOperationException("Not all streams were opened: " + run.Cells.First(cell => cell.Failure is not null).Failure);
        var opened = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var during = GC.GetTotalMemory(forceFullCollection: true);
        await run.Completion.WaitAsync(cancellationToken);
        var ended = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var after = GC.GetTotalMemory(forceFullCollection: true);
        var right = run.Cells.Count(cell => cell.State == CellState.Done && cell.Answer == whole);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{Streams} streams at once, 201 chunks each: all open after {opened:0.0} s, all kept after {ended:0.0} s ({Streams * 201 / ended:N0} chunks a second, model server included); {right} of {Streams} answers whole"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"memory: {(during - before) / 1024.0 / Streams:0} KiB a stream while all are open (both ends of each connection), {(after - before) / 1024.0 / Streams:0} KiB a cell once they have ended"));
    }

    private static Task LineAsync(TextWriter output, string name, List<double> times) =>
        output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-48}{Of(times, 0.5),10:0.00}{Of(times, 0.95),9:0.00}"));

    private static double Of(List<double> times, double share) => times.Order().ElementAt((int)(share * (times.Count - 1)));
}
