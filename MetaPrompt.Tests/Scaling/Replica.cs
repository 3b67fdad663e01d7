using System.Globalization;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>A streaming replica of <see cref="Primary"/>, a hot standby made with pg_basebackup.</summary>
internal sealed class Replica(Primary primary, int port) : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(primary.Top, string.Create(CultureInfo.InvariantCulture, $"replica-{port}"));
    private bool _runs;

    /// <summary>For the setting <c>Replicas:Hosts</c>.</summary>
    public string Host => string.Create(CultureInfo.InvariantCulture, $"{primary.SocketFolder}:{port}");

    /// <summary>The owner's login.</summary>
    public string Owner => new NpgsqlConnectionStringBuilder(primary.Owner) { Port = port }.ConnectionString;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Copies the primary, starts, and streams from then on.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        primary.User.Own(_folder);
        var owner = new NpgsqlConnectionStringBuilder(primary.Owner);
        await RunAsync(
            "pg_basebackup",
            ["-d", $"host={owner.Host} port={owner.Port} user={owner.Username} password={owner.Password}", "-D", Data, "-R", "-X", "stream", "-c", "fast", "--no-sync"],
            cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>Starts it where it has stopped.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = string.Create(CultureInfo.InvariantCulture, $"-c port={port} -c cluster_name=replica");
        await RunAsync("pg_ctl", ["start", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-s", "-o", settings], cancellationToken);
        _runs = true;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _runs = false;
        var process = int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, PostmasterFile.Name), cancellationToken))[0], CultureInfo.InvariantCulture);
        EmbeddedPlace.Kill(process);
        // Its sessions notice, and only then can another take its place.
        while (PostmasterFile.UsersOf(Data).Count > 0)
            await Task.Delay(20, cancellationToken);
        // Nobody may have buried it yet, and PostgreSQL takes the dead for the living.
        File.Delete(Path.Combine(Data, PostmasterFile.Name));
        File.Delete(Path.Combine(primary.SocketFolder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{port}.lock")));
    }

    /// <summary>It goes on receiving and replays nothing, as behind a long question.</summary>
    public Task PauseAsync() => ExecuteAsync("select pg_wal_replay_pause()");

    /// <summary>It replays again.</summary>
    public Task ResumeAsync() => ExecuteAsync("select pg_wal_replay_resume()");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_runs)
            await RunAsync("pg_ctl", ["stop", "-D", Data, "-m", "immediate", "-w", "-s"], CancellationToken.None);
    }

    private async Task ExecuteAsync(string sql)
    {
        var address = new NpgsqlConnectionStringBuilder(Owner) { Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        // The client's programs need not be beside the server's.
        var beside = primary.Binaries.Program(program);
        var (code, output) = await primary.User.RunAsync(File.Exists(beside) ? beside : program, arguments, cancellationToken);
        Assert.True(code == 0, $"{program} ended with {code}: {output}");
    }
}
