using System.Runtime.Versioning;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>The server that people get who name no database: where it lives, as whom, and who shares it.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedServerTests
{
    private const uint Nobody = 65534;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_makes_a_database_that_survives_a_power_cut_and_that_only_this_machine_and_this_user_reach()
    {
        await using var place = new EmbeddedPlace();
        await using var server = await place.StartAsync();

        Assert.Equal("on", await EmbeddedPlace.ExecuteAsync(server, "show fsync"));
        Assert.Equal("on", await EmbeddedPlace.ExecuteAsync(server, "show synchronous_commit"));
        Assert.Equal("", await EmbeddedPlace.ExecuteAsync(server, "show listen_addresses"));
        Assert.Equal("UTF8", await EmbeddedPlace.ExecuteAsync(server, "show server_encoding"));
        Assert.Equal("Äö", await EmbeddedPlace.ExecuteAsync(server, "select initcap('äÖ')"));
        Assert.Equal("metaprompt", await EmbeddedPlace.ExecuteAsync(server, "select current_database()::text"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(place.Folder, "passwords")));
        foreach (var folder in new[] { "data", "run", "log" })
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(place.Folder, folder)));
        Assert.False(File.GetUnixFileMode(place.Folder).HasFlag(UnixFileMode.OtherRead));
        var rules = (await File.ReadAllLinesAsync(Path.Combine(place.Cluster, "pg_hba.conf"), _ct)).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.EndsWith("scram-sha-256", rule, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_server_never_runs_as_root()
    {
        await using var place = new EmbeddedPlace();
        await using var server = await place.StartFilledAsync();

        Assert.NotEqual(0, EmbeddedPlace.User(server.ProcessId));
    }

    [Fact]
    public async Task An_ordinary_user_can_run_it_what_they_made_root_can_open_and_the_other_way_round_is_refused()
    {
        await using var place = new EmbeddedPlace("own/postgres");
        Directory.CreateDirectory(Path.GetDirectoryName(place.Folder)!);
        var root = Environment.IsPrivilegedProcess;
        if (root)
            File.SetUnixFileMode(Path.GetDirectoryName(place.Folder)!, (UnixFileMode)0x1FF);
        int owner;
        await using (var host = await DatabaseHost.StartAsync(place.Folder, root ? Nobody : null))
        {
            Assert.Equal("", host.Complaint);
            Assert.NotNull(host.ServerProcessId);
            owner = EmbeddedPlace.User(host.ServerProcessId.Value);
        }

        Assert.NotEqual(0, owner);
        await using (var server = await place.StartAsync())
            Assert.Equal(owner, EmbeddedPlace.User(server.ProcessId));

        if (!root)
            return;

        await using var rootsOwn = new EmbeddedPlace();
        await rootsOwn.FillAsync();
        await using var refused = await DatabaseHost.StartAsync(rootsOwn.Folder, Nobody);
        Assert.Contains("Embedded:DataFolder", refused.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_start_finds_everything_again()
    {
        await using var place = new EmbeddedPlace();
        string address;
        await using (var first = await place.StartFilledAsync())
            address = first.AppConnectionString;

        await using var second = await place.StartAsync();

        Assert.Equal(42, await EmbeddedPlace.ReadRowAsync(second));
        Assert.Equal(address, second.AppConnectionString);
    }

    [Fact]
    public async Task Leaving_stops_the_server()
    {
        await using var place = new EmbeddedPlace();
        var server = await place.StartFilledAsync();

        await server.DisposeAsync();

        Assert.False(EmbeddedPlace.Runs(server.ProcessId));
        Assert.False(File.Exists(Path.Combine(place.Cluster, "postmaster.pid")));
    }

    [Fact]
    public async Task Interrupting_the_app_in_its_terminal_does_not_reach_the_server()
    {
        await using var place = new EmbeddedPlace();
        await using var server = await place.StartFilledAsync();

        Assert.NotEqual(EmbeddedPlace.Session(Environment.ProcessId), EmbeddedPlace.Session(server.ProcessId));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_or_reached_stops_the_start()
    {
        await using var place = new EmbeddedPlace();

        // Root may write everywhere, but its server, under another account, would not get through.
        File.SetUnixFileMode(place.Top, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var refusal = await Assert.ThrowsAsync<SettingsException>(place.StartAsync);

        Assert.Equal("Embedded:DataFolder", refusal.Setting);
        Assert.Contains(place.Top, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_folders_place_stops_the_start()
    {
        await using var place = new EmbeddedPlace();
        await File.WriteAllTextAsync(place.Folder, "", _ct);

        Assert.Equal("Embedded:DataFolder", (await Assert.ThrowsAsync<SettingsException>(place.StartAsync)).Setting);
    }

    [Fact]
    public async Task Somebody_elses_database_folder_is_not_taken_over()
    {
        await using var place = new EmbeddedPlace();
        Directory.CreateDirectory(place.Folder);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "PG_VERSION"), "15\n", _ct);

        var refusal = await Assert.ThrowsAsync<SettingsException>(place.StartAsync);

        Assert.Contains("is itself a PostgreSQL database folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_holds_something_else_stops_the_start()
    {
        await using var place = new EmbeddedPlace();
        Directory.CreateDirectory(Path.Combine(place.Cluster, "photos"));

        Assert.Contains("is no PostgreSQL database", (await Assert.ThrowsAsync<SettingsException>(place.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_apps_share_one_folder_and_the_last_one_stops_the_server()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();
        var servers = await Task.WhenAll(place.StartAsync(), place.StartAsync());
        await using var other = await DatabaseHost.StartAsync(place.Folder);
        Assert.Single(servers.Select(server => server.ProcessId).Append(other.ServerProcessId!.Value).Distinct());

        await servers[0].DisposeAsync();
        await other.DisposeAsync();
        Assert.Equal(1, await EmbeddedPlace.ExecuteAsync(servers[1], "select 1"));

        await servers[1].DisposeAsync();
        Assert.False(EmbeddedPlace.Runs(servers[1].ProcessId));
    }

    [Fact]
    public async Task A_folder_with_a_long_path_has_its_socket_elsewhere()
    {
        await using var place = new EmbeddedPlace(new string('x', 120));
        await using var server = await place.StartFilledAsync();
        var socket = (string)(await EmbeddedPlace.ExecuteAsync(server, "show unix_socket_directories"))!;

        Assert.DoesNotContain(place.Folder, socket, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(socket));

        await server.DisposeAsync();
        Assert.False(Directory.Exists(socket));
    }

    [Fact]
    public async Task A_folder_behind_a_link_is_the_same_folder()
    {
        await using var place = new EmbeddedPlace();
        await using var server = await place.StartFilledAsync();
        var link = Path.Combine(place.Top, "link");
        Directory.CreateSymbolicLink(link, place.Folder);

        await using var second = await EmbeddedServer.StartAsync(place.Options with { DataFolder = link }, NullLogger.Instance, _ct);

        Assert.Equal(server.ProcessId, second.ProcessId);
    }

    [Fact]
    public async Task A_bin_folder_without_the_programs_stops_the_start()
    {
        await using var place = new EmbeddedPlace();
        var options = place.Options with { BinFolder = place.Top };

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => EmbeddedServer.StartAsync(options, NullLogger.Instance, _ct));

        Assert.Equal("Embedded:BinFolder", refusal.Setting);
        Assert.Contains("initdb", refusal.Message, StringComparison.Ordinal);
    }
}
