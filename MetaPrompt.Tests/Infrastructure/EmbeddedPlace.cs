using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(MetaPrompt.Tests.Infrastructure.EmbeddedPlace.Removal))]

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>A folder for an embedded server of a test's own; the server, whoever started it, and the folder go at the end.</summary>
public sealed class EmbeddedPlace : IAsyncDisposable
{
    private static readonly Lazy<Task<EmbeddedPlace>> Seed = new(async () =>
    {
        var seed = new EmbeddedPlace();
        await using var server = await EmbeddedServer.StartAsync(seed.Options, NullLogger.Instance, CancellationToken.None);
        await ExecuteAsync(server, "create table kept (id int); insert into kept values (42)");
        return seed;
    });

    private readonly DirectoryInfo _top = Directory.CreateTempSubdirectory("metaprompt-place-");

    /// <summary>A place below a temporary folder that every user may pass.</summary>
    public EmbeddedPlace(string below = "postgres")
    {
        if (!OperatingSystem.IsWindows())
            _top.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead;
        Folder = Path.Combine(_top.FullName, below);
    }

    /// <summary>The temporary folder around it.</summary>
    public string Top => _top.FullName;

    /// <summary>The server's folder; not there yet.</summary>
    public string Folder { get; }

    /// <summary>The cluster inside.</summary>
    public string Cluster => Path.Combine(Folder, "data");

    /// <summary>With everything a person's own server has: it waits for the disk.</summary>
    public EmbeddedOptions Options => new() { DataFolder = Folder };

    /// <summary>Starts or adopts.</summary>
    public Task<EmbeddedServer> StartAsync() => EmbeddedServer.StartAsync(Options, NullLogger.Instance, TestContext.Current.CancellationToken);

    /// <summary>
    /// Puts a database there that was made and stopped before, with one committed row. Making one takes a second, and most
    /// tests are about what comes later.
    /// </summary>
    public async Task FillAsync()
    {
        var seed = await Seed.Value;
        using var copy = Process.Start("cp", ["-a", seed.Folder, Folder]);
        await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, copy.ExitCode);
    }

    /// <summary>Fills and starts.</summary>
    public async Task<EmbeddedServer> StartFilledAsync()
    {
        await FillAsync();
        return await StartAsync();
    }

    /// <summary>The row of <see cref="FillAsync"/>.</summary>
    public static async Task<object?> ReadRowAsync(EmbeddedServer server) => await ExecuteAsync(server, "select id from kept");

    /// <summary>Runs a statement as the owner, on a connection that is closed for good afterwards.</summary>
    public static async Task<object?> ExecuteAsync(EmbeddedServer server, string sql)
    {
        var address = new NpgsqlConnectionStringBuilder(server.OwnerConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends a process as the system would when memory is short.</summary>
    public static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    /// <summary>Whether a process runs; a zombie does not.</summary>
    public static bool Runs(int processId) => State(processId) is not ('Z' or 'X' or null);

    /// <summary>The state letter in /proc; null where there is no such process.</summary>
    public static char? State(int processId) => Stat(processId) is { } fields ? fields[0][0] : null;

    /// <summary>The terminal session a process belongs to.</summary>
    public static int Session(int processId) => int.Parse(Stat(processId)![3], CultureInfo.InvariantCulture);

    /// <summary>The user a process runs as.</summary>
    public static int User(int processId) => int.Parse(
        File.ReadAllLines($"/proc/{processId}/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Cluster, PostmasterFile.Name)) && PostmasterFile.Read(Cluster) is { } file
            && file.Look(Cluster) == PostmasterState.Ours)
            await EmbeddedServer.StopAbandonedAsync(Options, NullLogger.Instance, CancellationToken.None);

        if (!OperatingSystem.IsWindows())
            _top.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        _top.Delete(recursive: true);
    }

    /// <summary>At the end of the run: removes what was copied from.</summary>
    public sealed class Removal : IAsyncDisposable
    {
        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (Seed.IsValueCreated)
                await (await Seed.Value).DisposeAsync();
        }
    }

    private static string[]? Stat(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
