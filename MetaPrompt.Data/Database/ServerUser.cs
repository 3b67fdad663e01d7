using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The system account PostgreSQL's programs run under. PostgreSQL refuses to run as root, so root hands them to the account
/// that owns the cluster, for a new one <c>postgres</c>.
/// </summary>
internal sealed class ServerUser
{
    private const string SetPriv = "setpriv";

    private readonly uint? _userId;
    private readonly uint? _groupId;

    private ServerUser(uint? userId, uint? groupId)
    {
        _userId = userId;
        _groupId = groupId;
    }

    /// <summary>The account this program runs under.</summary>
    public static ServerUser Current { get; } = new(null, null);

    /// <summary>Whether this program runs as root, and PostgreSQL's programs therefore under another account.</summary>
    public static bool IsRoot { get; } = !OperatingSystem.IsWindows() && EffectiveUserId() == 0;

    /// <summary>This program's numeric user id; 0 on Windows, where nothing asks for it.</summary>
    public static uint CurrentId { get; } = OperatingSystem.IsWindows() ? 0 : EffectiveUserId();

    /// <summary>The account for a cluster folder that exists, or for a new one.</summary>
    /// <exception cref="EmbeddedServerException">Root has nobody to hand the server to.</exception>
    public static async Task<ServerUser> ForAsync(string clusterFolder, CancellationToken cancellationToken)
    {
        if (!IsRoot)
            return Current;

        if (!OperatingSystem.IsLinux())
            throw new EmbeddedServerException("PostgreSQL refuses to run as root. Start MetaPrompt as an ordinary user.");

        if (Directory.Exists(clusterFolder))
        {
            var answer = await Current.RunAsync("stat", ["-c", "%u:%g", clusterFolder], cancellationToken).ConfigureAwait(false);
            var ids = answer.Output.Trim().Split(':');
            if (ids.Length == 2 && uint.TryParse(ids[0], out var owner) && uint.TryParse(ids[1], out var group) && owner != 0)
                return new ServerUser(owner, group);
        }

        // name:password:uid:gid:...
        var entry = (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken).ConfigureAwait(false))
            .Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields is ["postgres", _, _, _, ..]);
        return entry is null
            ? throw new EmbeddedServerException(
                "PostgreSQL refuses to run as root, and this machine has no user `postgres` to run it instead. "
                + "Create one (useradd --system postgres), or start MetaPrompt as an ordinary user.")
            : new ServerUser(
                uint.Parse(entry[2], CultureInfo.InvariantCulture), uint.Parse(entry[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Makes the path belong to this account; nothing to do unless this program is root.</summary>
    public void Own(string path)
    {
        if (_userId is { } user && _groupId is { } group && ChangeOwner(Encoding.UTF8.GetBytes(path + '\0'), user, group) != 0)
            throw new EmbeddedServerException($"{path} could not be given to user {user}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Runs a program to its end under this account.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, captureOutput: true);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
    }

    /// <summary>Starts a program under this account.</summary>
    public Process Start(string program, IEnumerable<string> arguments, bool captureOutput)
    {
        // "/" because the account may not be allowed into the folder this program was started in.
        var start = new ProcessStartInfo
        {
            FileName = _userId is null ? program : SetPriv,
            WorkingDirectory = OperatingSystem.IsWindows() ? "" : "/",
            RedirectStandardOutput = captureOutput,
            RedirectStandardError = captureOutput,
            RedirectStandardInput = true,
        };
        if (OperatingSystem.IsWindows())
            start.CreateNewProcessGroup = true;

        if (_userId is { } user)
        {
            foreach (var argument in new[] { $"--reuid={user}", $"--regid={_groupId}", "--clear-groups", "--", program })
                start.ArgumentList.Add(argument);
            start.Environment["HOME"] = "/";
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // PGDATA, PGPORT and the like would override what is said here; messages are read in English.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new EmbeddedServerException(
                start.FileName == SetPriv
                    ? "PostgreSQL refuses to run as root, and setpriv, which would start it as another user, is missing. Install util-linux, or start MetaPrompt as an ordinary user."
                    : $"{program} could not be started: {failure.Message}.",
                failure);
        }
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUserId();

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(byte[] path, uint user, uint group);
}
