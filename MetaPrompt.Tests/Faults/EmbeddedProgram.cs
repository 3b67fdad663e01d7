using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>
/// The program with its embedded database, as processes of their own, in a folder of its own: on a small disk where this
/// account may make one (root), so that the disk can be filled.
/// </summary>
public sealed class EmbeddedProgram : IAsyncLifetime
{
    private const string DiskSize = "360m";

    private readonly DirectoryInfo _top = Directory.CreateTempSubdirectory("metaprompt-faults-");

    /// <summary>The program.</summary>
    public ProgramProcess Program { get; private set; } = null!;

    /// <summary>The embedded server's folder.</summary>
    public string Folder => Path.Combine(_top.FullName, "disk", "postgres");

    /// <summary>Whether the folder lies on a small disk of its own.</summary>
    public bool HasDisk { get; private set; }

    /// <summary>The owner's login.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>The app's login.</summary>
    public string AppConnectionString { get; private set; } = "";

    /// <summary>Templates that the gallery was filled with.</summary>
    public IReadOnlyList<Guid> Templates { get; private set; } = [];

    private Load? _load;

    /// <summary>Those who save, from the first call on.</summary>
    internal async Task<Load> LoadAsync() => _load ??= await Load.StartAsync(this);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsWindows())
            _top.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead;
        var disk = Directory.CreateDirectory(Path.Combine(_top.FullName, "disk")).FullName;
        HasDisk = OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={DiskSize},mode=755", "metaprompt-faults", disk) == 0;
        Program = new ProgramProcess("--Embedded:DataFolder", Folder, "--Backup:Keep", "0");
        await Program.StartAsync(Stop);

        // The same addresses after every start: the socket is in the folder.
        var passwords = await File.ReadAllLinesAsync(Path.Combine(Folder, "passwords"), Stop);
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = Path.Combine(Folder, "run"), Port = 5432, Database = "metaprompt", Username = "postgres", Password = passwords[0], Timeout = 5, MaxPoolSize = 4,
        };
        Owner = NpgsqlDataSource.Create(address.ConnectionString);
        (address.Username, address.Password) = (EmbeddedServer.AppLogin, passwords[1]);
        AppConnectionString = address.ConnectionString;
        var templates = new List<Guid>();
        await using var command = Owner.CreateCommand("select id from public.prompt_templates order by id");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
            templates.Add(reader.GetGuid(0));
        Templates = templates;
    }

    /// <summary>The server's process.</summary>
    internal int Postmaster => PostmasterFile.Read(Path.Combine(Folder, "data"))!.ProcessId;

    /// <summary>The processes of the server's sessions.</summary>
    internal IReadOnlyList<int> Sessions => [.. PostmasterFile.UsersOf(Path.Combine(Folder, "data")).Where(id => id != Postmaster)];

    /// <summary>The first value of a query run as the owner; tried again for as long as the server is being started.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params (string Name, object Value)[] parameters)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var command = Owner.CreateCommand(sql);
                foreach (var (name, value) in parameters)
                    command.Parameters.AddWithValue(name, value);
                return (T)(await command.ExecuteScalarAsync(Stop))!;
            }
            catch (NpgsqlException problem) when (DatabaseTrouble.Of(problem) is not null && attempt < 200)
            {
                await Task.Delay(50, Stop);
            }
        }
    }

    /// <summary>A new account with no session.</summary>
    public async Task<Guid> CreateUserAsync()
    {
        var id = Guid.NewGuid();
        await ScalarAsync<Guid>(
            "insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data) values (@id, @email, now(), '{}') returning id",
            ("id", id), ("email", $"{id:N}@example.test"));
        return id;
    }

    /// <summary>Takes all space of the disk; what is returned gives it back.</summary>
    public IDisposable FillDisk()
    {
        var file = Path.Combine(_top.FullName, "disk", "filler");
        // Written, not only made long: only that takes the space. In blocks, then in smaller ones.
        using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1024 * 1024, 4096 })
        {
            try
            {
                while (true)
                    filler.Write(new byte[size]);
            }
            catch (IOException full) when (full.Message.Contains("No space", StringComparison.Ordinal))
            {
                continue;
            }
        }

        return new Filler(file);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
            await _load.DisposeAsync();
        await Program.DisposeAsync();
        await Owner.DisposeAsync();
        await EmbeddedServer.StopAbandonedAsync(new EmbeddedOptions { DataFolder = Folder }, NullLogger.Instance, CancellationToken.None);
        if (HasDisk)
            await RunAsync("umount", Path.Combine(_top.FullName, "disk"));
        _top.Delete(recursive: true);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private sealed class Filler(string file) : IDisposable
    {
        public void Dispose() => File.Delete(file);
    }
}
