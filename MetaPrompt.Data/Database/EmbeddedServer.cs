using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>
/// A PostgreSQL of this program's own, as a separate process that outlives a crash of the program and is adopted by its
/// next start. Several programs may share one folder: the last one to leave stops the server.
/// </summary>
public sealed partial class EmbeddedServer : IAsyncDisposable
{
    /// <summary>The app's login; the migrations create it.</summary>
    public const string AppLogin = "metaprompt_app";

    private const string OwnerLogin = "postgres";
    private const string DatabaseName = "metaprompt";
    private const string SettingsFile = "metaprompt.conf";
    private const int SocketPort = 5432;
    private const long LargestLog = 16 * 1024 * 1024;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AdoptionLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeftoverLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly EmbeddedFolder _folder;
    private readonly PostgresBinaries _binaries;
    private readonly ServerUser _user;
    private readonly ILogger _logger;
    private readonly EmbeddedOptions _options;
    private FileStream? _use;

    private EmbeddedServer(EmbeddedFolder folder, PostgresBinaries binaries, ServerUser user, EmbeddedOptions options, ILogger logger)
    {
        _folder = folder;
        _binaries = binaries;
        _user = user;
        _options = options;
        _logger = logger;
    }

    /// <summary>For migrations and maintenance: the login that owns everything.</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>For the app: the login that row-level security holds for.</summary>
    public string AppConnectionString { get; private set; } = "";

    /// <summary>The app login's password, to be set on it once the migrations have created it.</summary>
    internal string AppPassword { get; private set; } = "";

    /// <summary>The server's programs, <c>psql</c> beside them where it is installed.</summary>
    public PostgresBinaries Binaries => _binaries;

    /// <summary>Where its data lies.</summary>
    public string Folder => _folder.Path;

    /// <summary>The server's process.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>Starts the server of a folder, or adopts the one that already runs on it. Makes folder and cluster where missing.</summary>
    /// <param name="options">Where it lives.</param>
    /// <param name="logger">Hears what is found and done.</param>
    /// <param name="cancellationToken">Gives up waiting; a server already started is left for the next start to adopt.</param>
    /// <exception cref="SettingsException">The folder or the programs are not usable; names the setting.</exception>
    /// <exception cref="EmbeddedServerException">The server does not start or answer; carries the end of its log.</exception>
    public static async Task<EmbeddedServer> StartAsync(EmbeddedOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = EmbeddedFolder.Open(options);
        await using var change = await folder.LockForChangeAsync(cancellationToken).ConfigureAwait(false);

        var major = folder.ClusterMajor();
        var binaries = await PostgresBinaries.FindAsync(options, major, logger, cancellationToken).ConfigureAwait(false);
        var user = await ServerUser.ForAsync(folder.Cluster, cancellationToken).ConfigureAwait(false);
        var server = new EmbeddedServer(folder, binaries, user, options, logger);

        var passwords = await folder.PasswordsAsync(cancellationToken).ConfigureAwait(false);
        if (major is null)
            await server.InitialiseAsync(passwords.Owner, cancellationToken).ConfigureAwait(false);

        var file = await server.AdoptAsync(cancellationToken).ConfigureAwait(false)
            ?? await server.LaunchAsync(cancellationToken).ConfigureAwait(false);

        server.Describe(file, passwords);
        await server.EnsureDatabaseAsync(cancellationToken).ConfigureAwait(false);
        server._use = folder.LockForUse();
        return server;
    }

    /// <summary>Leaves the server, and stops it where no other program uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _use, null) is not { } use)
            return;

        await using var change = await _folder.LockForChangeAsync(CancellationToken.None).ConfigureAwait(false);
        await use.DisposeAsync().ConfigureAwait(false);
        await StopUnusedAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts the server again where it has ended without being told to. False where it runs. It has the same address as
    /// before; what was committed is there.
    /// </summary>
    /// <exception cref="EmbeddedServerException">It does not start; the end of its log says why.</exception>
    public async Task<bool> ReviveAsync(CancellationToken cancellationToken)
    {
        if (_use is null || Runs())
            return false;

        await using var change = await _folder.LockForChangeAsync(cancellationToken).ConfigureAwait(false);
        // Another program of the same folder may have been first, and this one may have left meanwhile.
        if (_use is null || Runs())
            return false;
        var file = await AdoptAsync(cancellationToken).ConfigureAwait(false)
            ?? await LaunchAsync(cancellationToken).ConfigureAwait(false);
        ProcessId = file.ProcessId;
        return true;
    }

    private bool Runs() => PostmasterFile.Read(_folder.Cluster)?.Look(_folder.Cluster) == PostmasterState.Ours;

    /// <summary>Stops the server that a program left behind when it was killed, where no other program uses it.</summary>
    internal static async Task StopAbandonedAsync(EmbeddedOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = EmbeddedFolder.Open(options);
        await using var change = await folder.LockForChangeAsync(cancellationToken).ConfigureAwait(false);
        if (folder.ClusterMajor() is not { } major)
            return;

        var binaries = await PostgresBinaries.FindAsync(options, major, logger, cancellationToken).ConfigureAwait(false);
        var user = await ServerUser.ForAsync(folder.Cluster, cancellationToken).ConfigureAwait(false);
        await using var server = new EmbeddedServer(folder, binaries, user, options, logger);
        await server.StopUnusedAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task StopUnusedAsync(CancellationToken cancellationToken)
    {
        if (!_folder.IsUnused()
            || PostmasterFile.Read(_folder.Cluster) is not { } file
            || file.Look(_folder.Cluster) != PostmasterState.Ours)
            return;

        var answer = await _user.RunAsync(
            _binaries.Program("pg_ctl"), ["stop", "-D", _folder.Cluster, "-m", "fast", "-w", "-s", "-t", "120"], cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode != 0)
        {
            _logger.LogWarning("The embedded PostgreSQL did not stop; the next start will adopt it. {Answer}", answer.Output.Trim());
            return;
        }

        // pg_ctl is content when the pid file is gone; the process itself takes a moment longer.
        await WaitForLeftoversAsync(cancellationToken).ConfigureAwait(false);
        _folder.RemoveShortSocketFolder();
        _logger.LogInformation("The embedded PostgreSQL has stopped.");
    }

    /// <summary>The file of a server that already runs on the folder; null after whatever a dead one left is out of the way.</summary>
    private async Task<PostmasterFile?> AdoptAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (PostmasterFile.Read(_folder.Cluster) is { } file)
        {
            if (file.Look(_folder.Cluster) != PostmasterState.Ours)
            {
                await ClearLeftoverAsync(file, cancellationToken).ConfigureAwait(false);
                return null;
            }

            if (file.IsReady && await AnswersAsync(file, cancellationToken).ConfigureAwait(false))
            {
                _logger.LogInformation("Adopted the PostgreSQL that already runs on {Folder} (process {Process}).", _folder.Path, file.ProcessId);
                return file;
            }

            // One that says it is ready and does not answer is dying; one that starts or stops may take its time.
            if (watch.Elapsed > (file.IsReady ? AdoptionLimit : StartLimit) && file.Look(_folder.Cluster) == PostmasterState.Ours)
            {
                throw new EmbeddedServerException(
                    $"A PostgreSQL (process {file.ProcessId}) runs on {_folder.Path} and does not answer. End it (kill -INT {file.ProcessId}) and start again.\n{LogEnd()}");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        await WaitForLeftoversAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task ClearLeftoverAsync(PostmasterFile file, CancellationToken cancellationToken)
    {
        await WaitForLeftoversAsync(cancellationToken).ConfigureAwait(false);

        // PostgreSQL itself goes by "is there a process with this number", and would refuse to start beside a stranger or a
        // zombie, in the cluster as at the socket. That nobody works in the folder any more was seen above.
        _logger.LogWarning("The PostgreSQL on {Folder} ended without a clean stop; it recovers by itself.", _folder.Path);
        if (PostmasterFile.Read(_folder.Cluster)?.Identity == file.Identity && OperatingSystem.IsLinux())
        {
            File.Delete(Path.Combine(_folder.Cluster, PostmasterFile.Name));
            File.Delete(_folder.SocketLock);
        }
    }

    private async Task WaitForLeftoversAsync(CancellationToken cancellationToken)
    {
        for (var watch = Stopwatch.StartNew(); PostmasterFile.UsersOf(_folder.Cluster) is { Count: > 0 } users;)
        {
            if (watch.Elapsed > LeftoverLimit)
            {
                throw new EmbeddedServerException(
                    $"Processes of an earlier PostgreSQL still work in {_folder.Cluster} ({string.Join(", ", users)}). End them and start again.");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PostmasterFile> LaunchAsync(CancellationToken cancellationToken)
    {
        EmbeddedFolder.MakePrivate(_folder.LogFolder, _user);
        if (!OperatingSystem.IsWindows())
            EmbeddedFolder.MakePrivate(_folder.SocketFolder, _user);
        if (File.Exists(_folder.Log) && new FileInfo(_folder.Log).Length > LargestLog)
            File.Move(_folder.Log, _folder.Log + ".1", overwrite: true);

        await WriteSettingsAsync(cancellationToken).ConfigureAwait(false);

        for (var watch = Stopwatch.StartNew(); ;)
        {
            var logStart = File.Exists(_folder.Log) ? new FileInfo(_folder.Log).Length : 0;
            if (await TryLaunchAsync(cancellationToken).ConfigureAwait(false) is { } file)
                return file;

            // The shared memory of a killed server goes away when its last session has noticed.
            var said = LogEnd(logStart);
            var passes = said.Contains("already exists", StringComparison.Ordinal) || said.Contains("still in use", StringComparison.Ordinal);
            if (!passes || watch.Elapsed > LeftoverLimit)
                throw new EmbeddedServerException($"The embedded PostgreSQL in {_folder.Path} did not start. Its log ends with:\n{said}");

            await Task.Delay(Pause * 10, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PostmasterFile?> TryLaunchAsync(CancellationToken cancellationToken)
    {
        var before = PostmasterFile.Read(_folder.Cluster)?.Identity;

        // pg_ctl puts the server into a session of its own: a Ctrl+C in the terminal ends the app, which then stops it.
        using var launcher = _user.Start(
            _binaries.Program("pg_ctl"),
            ["start", "-D", _folder.Cluster, "-l", _folder.Log, "-w", "-s", "-t", StartLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)],
            captureOutput: true);

        // pg_ctl looks ten times a second; the file says it sooner.
        while (true)
        {
            var ended = launcher.HasExited;
            if (PostmasterFile.Read(_folder.Cluster) is { IsReady: true } file && file.Identity != before)
                return file;

            if (ended)
                return null;

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Describe(PostmasterFile file, EmbeddedPasswords passwords)
    {
        ProcessId = file.ProcessId;
        AppPassword = passwords.App;
        OwnerConnectionString = Address(file, OwnerLogin, passwords.Owner);
        AppConnectionString = Address(file, AppLogin, passwords.App);
    }

    private static string Address(PostmasterFile file, string login, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = OperatingSystem.IsWindows() ? "127.0.0.1" : file.SocketFolder,
        Port = file.Port,
        Database = DatabaseName,
        Username = login,
        Password = password,
        // Whoever else might answer in the server's place does not get the password.
        RequireAuth = "ScramSHA256",
    }.ConnectionString;

    private static async Task<bool> AnswersAsync(PostmasterFile file, CancellationToken cancellationToken)
    {
        // No password needed to learn whether somebody is there: a refusal of the login is an answer as well.
        var address = new NpgsqlConnectionStringBuilder(Address(file, OwnerLogin, "-")) { Database = OwnerLogin, Pooling = false, Timeout = 2 };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException refusal)
        {
            return refusal.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private string LogEnd(long from = 0)
    {
        if (!File.Exists(_folder.Log))
            return "(no log)";

        using var log = new FileStream(_folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Seek(Math.Max(from, log.Length - 4000), SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Trim();
    }
}
