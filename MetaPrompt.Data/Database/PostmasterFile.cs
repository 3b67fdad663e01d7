using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MetaPrompt.Data.Database;

/// <summary>What a process named in a <c>postmaster.pid</c> turns out to be.</summary>
internal enum PostmasterState
{
    /// <summary>No such process, or a zombie that only waits to be collected.</summary>
    Dead,

    /// <summary>The server of this very folder.</summary>
    Ours,

    /// <summary>Something else that was given the same number since.</summary>
    Foreign,
}

/// <summary>
/// The file in which a running server says who it is. It outlives a server that was killed, so what it says is checked
/// against the process itself.
/// </summary>
/// <param name="ProcessId">The server's process.</param>
/// <param name="Identity">Process, folder and start time together: different for every start.</param>
/// <param name="Port">The port, which is part of the socket's name as well.</param>
/// <param name="SocketFolder">Where its socket is; empty on Windows.</param>
/// <param name="Status"><c>starting</c>, <c>ready</c>, <c>stopping</c>, or empty in the first moments.</param>
internal sealed record PostmasterFile(int ProcessId, string Identity, int Port, string SocketFolder, string Status)
{
    public const string Name = "postmaster.pid";

    public bool IsReady => Status == "ready";

    /// <summary>The file in the cluster's folder; null where there is none or it is only half written.</summary>
    public static PostmasterFile? Read(string clusterFolder)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(clusterFolder, Name));
        }
        catch (IOException)
        {
            return null;
        }

        return lines.Length >= 3 && int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid)
            ? new PostmasterFile(
                Math.Abs(pid),
                string.Join('\n', lines[..3]),
                lines.Length > 3 && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0,
                lines.Length > 4 ? lines[4] : "",
                lines.Length > 7 ? lines[7].Trim() : "")
            : null;
    }

    /// <summary>Looks at the process behind the file.</summary>
    public PostmasterState Look(string clusterFolder)
    {
        if (OperatingSystem.IsLinux())
            return LookInProc(clusterFolder);

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return process.HasExited ? PostmasterState.Dead
                : process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) ? PostmasterState.Ours
                : PostmasterState.Foreign;
        }
        catch (ArgumentException)
        {
            return PostmasterState.Dead;
        }
    }

    /// <summary>
    /// Processes whose working folder is the cluster: the server and its sessions, also those that outlive a killed server
    /// for a moment. Known on Linux only; empty elsewhere.
    /// </summary>
    public static IReadOnlyList<int> UsersOf(string clusterFolder)
    {
        if (!OperatingSystem.IsLinux())
            return [];

        var real = RealPath(clusterFolder);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && WorkingFolder(id) == real),
        ];
    }

    private PostmasterState LookInProc(string clusterFolder)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{ProcessId}/stat");
        }
        catch (IOException)
        {
            return PostmasterState.Dead;
        }

        // "12 (name) S ...": the name may hold anything, so the state is looked for behind its last bracket. A zombie still
        // answers kill(pid, 0), which is what PostgreSQL itself asks.
        var state = stat[(stat.LastIndexOf(')') + 1)..].TrimStart();
        if (state.StartsWith('Z') || state.StartsWith('X'))
            return PostmasterState.Dead;

        return WorkingFolder(ProcessId) == RealPath(clusterFolder) ? PostmasterState.Ours : PostmasterState.Foreign;
    }

    private static string? WorkingFolder(int processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/cwd").LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another user's process: it has nothing to do with a folder of ours.
            return null;
        }
    }

    /// <summary>The path with every link in it followed, as the kernel names it.</summary>
    internal static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        return full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (parent, part) =>
        {
            var here = new DirectoryInfo(Path.Combine(parent, part));
            return here.LinkTarget is null ? here.FullName : here.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here.FullName;
        });
    }
}
