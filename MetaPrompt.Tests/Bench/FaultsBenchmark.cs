using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Tests.Faults;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// The faults at length, while people save: how much was acknowledged and found again (all of it, or this fails), for how long
/// nothing was acknowledged, and what was answered meanwhile. The short versions are in <c>MetaPrompt.Tests/Faults</c>.
/// </summary>
internal sealed class FaultsBenchmark : IBenchmark
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => "faults";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{"fault",-38} {"acknowledged and found",22} {"silent",9}  refused (answer: how often)");
        await using (var program = new EmbeddedProgram())
        {
            await program.InitializeAsync();
            var load = await program.LoadAsync();
            await load.MoreAsync(50);

            await TellAsync(output, program, "program killed (kill -9)", async () =>
            {
                await Task.WhenAll(program.Program.KillAsync(), load.Saver.KillAsync());
                await program.Program.StartAsync(cancellationToken);
                load.StartSaver();
            });
            await TellAsync(output, program, "a session of PostgreSQL killed", () => KillAsync(program.Sessions[^1]));
            await TellAsync(output, program, "PostgreSQL killed", () => KillAsync(program.Postmaster));
            await TellAsync(output, program, "PostgreSQL and its sessions killed", async () =>
            {
                foreach (var process in program.Sessions.Append(program.Postmaster))
                    await KillAsync(process);
            });
            await TellAsync(output, program, "PostgreSQL stopped for 30 s (SIGSTOP)", async () =>
            {
                var all = program.Sessions.Append(program.Postmaster).ToArray();
                await SignalAsync("STOP", all);
                await Task.Delay(Away, cancellationToken);
                await SignalAsync("CONT", all);
            });
            if (!program.HasDisk)
            {
                await output.WriteLineAsync("disk full: not measured, no small disk could be mounted (needs root).");
                return;
            }

            await TellAsync(output, program, "disk full for 30 s", async () =>
            {
                using (program.FillDisk())
                    await Task.Delay(Away, cancellationToken);
            });
        }

        NpgsqlConnection.ClearAllPools();
    }

    private static async Task TellAsync(TextWriter output, EmbeddedProgram program, string fault, Func<Task> strike)
    {
        var load = await program.LoadAsync();
        await load.MoreAsync(20);
        var before = load.People.SelectMany(person => person.Refusals).GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());
        var silent = await load.LongestSilenceAsync(async () =>
        {
            await strike();
            await load.MoreAsync(50);
        });
        // Looked for one by one; where one is missing or not whole, this ends with that.
        var found = await load.AssertKeptAsync();
        var refused = load.People.SelectMany(person => person.Refusals).GroupBy(status => status)
            .Select(group => (group.Key, Count: group.Count() - before.GetValueOrDefault(group.Key))).Where(group => group.Count > 0)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{(group.Key == 0 ? "none" : group.Key)}: {group.Count}"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{fault,-38} {found,22:N0} {silent.TotalSeconds,7:N1} s  {string.Join(", ", refused)}"));
    }

    private static Task KillAsync(int process)
    {
        EmbeddedPlace.Kill(process);
        return Task.CompletedTask;
    }

    private static async Task SignalAsync(string signal, IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
    }
}
