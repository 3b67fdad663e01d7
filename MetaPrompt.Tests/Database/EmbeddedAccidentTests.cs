using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>What may happen to the embedded server, and that committed rows survive it.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedAccidentTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_app_leaves_a_server_that_the_next_one_adopts()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();
        var host = await DatabaseHost.StartAsync(place.Folder);
        await host.KillAsync();
        Assert.True(EmbeddedPlace.Runs(host.ServerProcessId!.Value));

        await using var server = await place.StartAsync();

        Assert.Equal(host.ServerProcessId, server.ProcessId);
        Assert.Equal(42, await EmbeddedPlace.ReadRowAsync(server));
        await server.DisposeAsync();
        Assert.False(EmbeddedPlace.Runs(server.ProcessId));
    }

    [Fact]
    public async Task A_killed_server_recovers_with_every_committed_row()
    {
        await using var place = new EmbeddedPlace();
        await using var killed = await place.StartFilledAsync();
        EmbeddedPlace.Kill(killed.ProcessId);

        // At once: the dead server is a zombie for a moment, and its sessions still hold its memory.
        await using var server = await place.StartAsync();

        Assert.NotEqual(killed.ProcessId, server.ProcessId);
        Assert.Equal(42, await EmbeddedPlace.ReadRowAsync(server));
    }

    [Fact]
    public async Task A_server_killed_while_it_writes_loses_nothing_that_was_committed()
    {
        await using var place = new EmbeddedPlace();
        await using var killed = await place.StartFilledAsync();
        await EmbeddedPlace.ExecuteAsync(killed, "create table counted (id int)");
        var committed = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = Task.Run(async () =>
        {
            while (true)
            {
                await EmbeddedPlace.ExecuteAsync(killed, $"insert into counted values ({committed + 1})");
                if (++committed == 10)
                    enough.SetResult();
            }
        }, _ct);
        await enough.Task;
        EmbeddedPlace.Kill(killed.ProcessId);
        await Assert.ThrowsAnyAsync<Exception>(() => writing);

        await using var server = await place.StartAsync();

        Assert.InRange((long)(await EmbeddedPlace.ExecuteAsync(server, "select count(*) from counted"))!, committed, committed + 1);
    }

    [Fact]
    public async Task A_zombie_in_the_pid_file_is_taken_for_dead()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();

        // The shell starts a child that ends, and becomes a program that never collects it.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 0 & echo $!; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            var zombie = int.Parse((await parent.StandardOutput.ReadLineAsync(_ct))!, CultureInfo.InvariantCulture);
            while (EmbeddedPlace.State(zombie) != 'Z')
                await Task.Delay(1, _ct);
            await WritePidFileAsync(place, zombie);

            await using var server = await place.StartAsync();

            Assert.Equal(42, await EmbeddedPlace.ReadRowAsync(server));
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public async Task A_pid_that_another_program_was_given_since_is_no_server()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();

        // Under the server's own account, where PostgreSQL by itself would take it for a server and refuse to start.
        var account = await ServerUser.ForAsync(place.Cluster, _ct);
        using var stranger = account.Start("sleep", ["600"], captureOutput: false);
        try
        {
            await WritePidFileAsync(place, stranger.Id);

            await using var server = await place.StartAsync();

            Assert.Equal(42, await EmbeddedPlace.ReadRowAsync(server));
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task What_an_interrupted_initdb_left_is_made_anew()
    {
        await using var place = new EmbeddedPlace();
        Directory.CreateDirectory(Path.Combine(place.Folder, "data.init", "base"));
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "data.init", "PG_VERSION"), "15\n", _ct);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "data.init.password"), "left over", _ct);

        await using var server = await place.StartAsync();

        Assert.Equal(1, await EmbeddedPlace.ExecuteAsync(server, "select 1"));
        Assert.False(Directory.Exists(Path.Combine(place.Folder, "data.init")));
        Assert.False(File.Exists(Path.Combine(place.Folder, "data.init.password")));
    }

    [Fact]
    public async Task A_first_start_that_is_interrupted_can_be_repeated()
    {
        await using var place = new EmbeddedPlace();
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var start = EmbeddedServer.StartAsync(place.Options, NullLogger.Instance, interrupt.Token);
        while (!File.Exists(Path.Combine(place.Folder, "data.init", "PG_VERSION")))
            await Task.Delay(1, _ct);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(Directory.Exists(place.Cluster));

        await using var server = await place.StartAsync();

        Assert.Equal(1, await EmbeddedPlace.ExecuteAsync(server, "select 1"));
    }

    [Fact]
    public async Task A_database_of_another_major_version_is_left_alone()
    {
        await using var place = new EmbeddedPlace();
        Directory.CreateDirectory(place.Cluster);
        await File.WriteAllTextAsync(Path.Combine(place.Cluster, "PG_VERSION"), "11\n", _ct);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "passwords"), "one\ntwo\n", _ct);

        var refusal = await Assert.ThrowsAsync<SettingsException>(place.StartAsync);

        Assert.Equal("Embedded:DataFolder", refusal.Setting);
        Assert.Contains("PostgreSQL 11", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["PG_VERSION"], Directory.EnumerateFileSystemEntries(place.Cluster).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Lost_passwords_are_told_and_not_replaced()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();
        File.Delete(Path.Combine(place.Folder, "passwords"));

        Assert.Contains("passwords", (await Assert.ThrowsAsync<EmbeddedServerException>(place.StartAsync)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(place.Folder, "passwords")));
    }

    [Fact]
    public async Task A_server_that_does_not_start_shows_the_end_of_its_log()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();
        await File.AppendAllTextAsync(Path.Combine(place.Cluster, "postgresql.conf"), "no_such_setting = 1\n", _ct);

        Assert.Contains("no_such_setting", (await Assert.ThrowsAsync<EmbeddedServerException>(place.StartAsync)).Message, StringComparison.Ordinal);
    }

    private static async Task WritePidFileAsync(EmbeddedPlace place, int processId)
    {
        var file = Path.Combine(place.Cluster, PostmasterFile.Name);
        await File.WriteAllTextAsync(
            file, $"{processId}\n{place.Cluster}\n1700000000\n5432\n{place.Folder}/run\n\n  1234567   123\nready   \n", TestContext.Current.CancellationToken);
        (await ServerUser.ForAsync(place.Cluster, TestContext.Current.CancellationToken)).Own(file);
    }
}
