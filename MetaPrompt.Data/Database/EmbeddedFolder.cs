using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The embedded server's folder: its parts, its passwords, and the two locks by which programs that share it find out
/// about each other. The system drops a lock when its holder dies, so a crash leaves none behind.
/// </summary>
internal sealed class EmbeddedFolder
{
    /// <summary>The system's limit for a socket's path, less the ending zero.</summary>
    private const int LongestSocketPath = 107;

    private const string SocketName = ".s.PGSQL.5432";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _setting;

    private EmbeddedFolder(string path, string setting)
    {
        Path = path;
        _setting = setting;
        var near = In("run");
        SocketFolder = Encoding.UTF8.GetByteCount(System.IO.Path.Combine(near, SocketName)) <= LongestSocketPath ? near : ShortSocketFolder(path);
    }

    /// <summary>The folder itself, absolute.</summary>
    public string Path { get; }

    /// <summary>The cluster.</summary>
    public string Cluster => In("data");

    /// <summary>Where a new cluster is made; it becomes <see cref="Cluster"/> when it is whole.</summary>
    public string UnfinishedCluster => In("data.init");

    /// <summary>Where the server's log is; the folder belongs to the server's account.</summary>
    public string LogFolder => In("log");

    /// <summary>What the server says.</summary>
    public string Log => System.IO.Path.Combine(LogFolder, "server.log");

    /// <summary>Where the socket is: in the folder, or in a short folder of its own where the path would be too long.</summary>
    public string SocketFolder { get; }

    /// <summary>Beside the socket: which process has it, as far as that was known when it was written.</summary>
    public string SocketLock => System.IO.Path.Combine(SocketFolder, SocketName + ".lock");

    /// <summary>The major version of the cluster; null where there is none yet.</summary>
    /// <exception cref="SettingsException">The folder holds something that is no cluster of ours.</exception>
    public int? ClusterMajor()
    {
        if (File.Exists(In("PG_VERSION")))
        {
            throw new SettingsException(
                _setting, $"{Path} is itself a PostgreSQL database folder. Give a folder that MetaPrompt may have for itself; it makes its own inside.");
        }

        if (!Directory.Exists(Cluster))
            return null;

        var versionFile = System.IO.Path.Combine(Cluster, "PG_VERSION");
        return File.Exists(versionFile)
            && int.TryParse(File.ReadAllText(versionFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new SettingsException(
                _setting, $"{Cluster} exists and is no PostgreSQL database (no readable PG_VERSION in it). Give another folder, or move that one away.");
    }

    /// <summary>Makes the folder where it is missing and sees that it can be written.</summary>
    /// <exception cref="SettingsException">It cannot be made or written, or the server's account cannot get there.</exception>
    public static EmbeddedFolder Open(EmbeddedOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.DataFolder);
        var folder = new EmbeddedFolder(path, options.DataFolderSetting);
        try
        {
            if (!Directory.Exists(path))
                Directory.CreateDirectory(path);

            // Root's server runs under another account, which has to get through this folder but need not see into it.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, ServerUser.IsRoot
                    ? OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
                    : OwnerOnly);
            }

            using (new FileStream(folder.In("users.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                options.DataFolderSetting,
                $"{path} cannot be written by this user ({failure.Message.TrimEnd('.')}). Give a folder that can be, or change its owner.",
                failure);
        }

        if (ServerUser.IsRoot && ClosedParent(path) is { } closed)
        {
            throw new SettingsException(
                options.DataFolderSetting,
                $"{path} cannot be reached by PostgreSQL, which does not run as root: {closed} lets nobody else through. "
                + "Give a folder outside of it, or start MetaPrompt as an ordinary user.");
        }

        return folder;
    }

    /// <summary>
    /// The default folder, or, where root's PostgreSQL cannot get there (a clone below root's home), one of its own below
    /// <c>/var/lib/metaprompt</c>, named after the default one.
    /// </summary>
    public static string Reachable(string path) =>
        ServerUser.IsRoot && ClosedParent(path) is not null
            ? System.IO.Path.Combine("/var/lib/metaprompt", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12])
            : path;

    /// <summary>The first folder above the path that other users may not pass; null where the way is free.</summary>
    public static string? ClosedParent(string path)
    {
        for (var parent = Directory.GetParent(path); parent is not null; parent = parent.Parent)
        {
            if (parent.Exists && !OperatingSystem.IsWindows() && !parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return parent.FullName;
        }

        return null;
    }

    /// <summary>Makes one of the server's own folders and gives it to its account.</summary>
    public static void MakePrivate(string path, ServerUser owner)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        var folder = Directory.CreateDirectory(path, OwnerOnly);
        if (folder.LinkTarget is not null)
            throw new EmbeddedServerException($"{path} is a link; the server's own folder was expected. Remove it and start again.");

        // Fails where somebody else made it first, which in a folder open to all would be an attack.
        File.SetUnixFileMode(path, OwnerOnly);
        owner.Own(path);
    }

    /// <summary>Held while the server is started or stopped: one program at a time.</summary>
    public async Task<FileStream> LockForChangeAsync(CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(25))
        {
            if (TryLock("start.lock", FileAccess.ReadWrite, FileShare.None) is { } held)
                return held;

            if (waited > TimeSpan.FromMinutes(2))
                throw new EmbeddedServerException($"Another MetaPrompt has been starting or stopping the database in {Path} for two minutes. End it and start again.");

            await Task.Delay(25, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Held as long as this program uses the server; any number of programs may.</summary>
    public FileStream LockForUse() =>
        TryLock("users.lock", FileAccess.Read, FileShare.Read)
        ?? throw new EmbeddedServerException($"{In("users.lock")} is held by another program that allows no second one. End it and start again.");

    /// <summary>Whether no program uses the server any more. Ask only while holding the lock for change.</summary>
    public bool IsUnused()
    {
        using var alone = TryLock("users.lock", FileAccess.ReadWrite, FileShare.None);
        return alone is not null;
    }

    /// <summary>The passwords of owner and app login: kept, or made where the cluster is still to be made.</summary>
    /// <exception cref="EmbeddedServerException">There is a cluster, but its passwords are gone.</exception>
    public async Task<EmbeddedPasswords> PasswordsAsync(CancellationToken cancellationToken)
    {
        var file = In("passwords");
        if (File.Exists(file))
        {
            var lines = await File.ReadAllLinesAsync(file, cancellationToken).ConfigureAwait(false);
            if (lines is [{ Length: > 0 } owner, { Length: > 0 } app, ..])
                return new EmbeddedPasswords(owner, app);
        }

        if (Directory.Exists(Cluster))
        {
            throw new EmbeddedServerException(
                $"{file} is missing or incomplete, and with it the passwords of the database beside it. Put it back from a backup of the folder.");
        }

        var made = new EmbeddedPasswords(RandomNumberGenerator.GetHexString(40, lowercase: true), RandomNumberGenerator.GetHexString(40, lowercase: true));
        await WritePrivateAsync(file + ".new", $"{made.Owner}\n{made.App}\n", cancellationToken).ConfigureAwait(false);
        File.Move(file + ".new", file, overwrite: true);
        return made;
    }

    /// <summary>Writes a file that only its owner may read, at no moment readable by others.</summary>
    public static async Task WritePrivateAsync(string path, string text, CancellationToken cancellationToken)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the socket had to have a folder elsewhere, removes that; the rest stays.</summary>
    public void RemoveShortSocketFolder()
    {
        if (SocketFolder != In("run") && Directory.Exists(SocketFolder))
            Directory.Delete(SocketFolder, recursive: true);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private FileStream? TryLock(string name, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(In(name), FileMode.OpenOrCreate, access, share);
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    private static string ShortSocketFolder(string path)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ServerUser.CurrentId}:{path}")))[..16];
        var parent = ServerUser.IsRoot && Directory.Exists("/run") ? "/run" : "/tmp";
        return System.IO.Path.Combine(parent, "metaprompt-" + name);
    }
}

/// <summary>The embedded server's two passwords.</summary>
internal sealed record EmbeddedPasswords(string Owner, string App);
