using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MetaPrompt.Tests.Infrastructure;

namespace MetaPrompt.Tests.Bench;

/// <summary>The program itself, as a person starts it: its Release build, a process of its own, an embedded database.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors;

    private RunningProgram(Process process, ConcurrentQueue<string> errors, Uri address, TimeSpan untilFirstPage)
    {
        (_process, _errors) = (process, errors);
        Address = address;
        UntilFirstPage = untilFirstPage;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>From starting the process to the last byte of the first gallery page.</summary>
    public TimeSpan UntilFirstPage { get; }

    /// <summary>The errors it logged, oldest first, a line each.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>A folder for an embedded database that every user may enter; the caller deletes it.</summary>
    public static DirectoryInfo TemporaryFolder()
    {
        var folder = Directory.CreateTempSubdirectory("metaprompt-bench-");
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return folder;
    }

    /// <summary>Starts it with an embedded database of its own and waits for its first page.</summary>
    /// <exception cref="InvalidOperationException">It ended instead, or there is no Release build.</exception>
    public static Task<RunningProgram> StartAsync(DirectoryInfo folder, CancellationToken cancellationToken) =>
        StartAsync(["--Embedded:DataFolder", Path.Combine(folder.FullName, "postgres")], NoEnvironment, cancellationToken);

    /// <summary>Starts it on a database that runs already.</summary>
    /// <exception cref="InvalidOperationException">It ended instead, or there is no Release build.</exception>
    public static Task<RunningProgram> StartAsync(string app, string owner, CancellationToken cancellationToken) =>
        StartAsync(["--ConnectionStrings:MetaPrompt", app, "--ConnectionStrings:Migrator", owner], NoEnvironment, cancellationToken);

    /// <summary>Starts it with these arguments, and these in its environment.</summary>
    /// <exception cref="InvalidOperationException">It ended instead, or there is no Release build.</exception>
    public static async Task<RunningProgram> StartAsync(
        string[] settings, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}/"));
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.Combine(BenchServer.Repository(), "MetaPrompt.Web"),
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(BenchServer.Repository(), "MetaPrompt.Web", "bin", "Release", "net10.0", "MetaPrompt.Web.dll"),
                "--urls", address.ToString(),
                "--Logging:LogLevel:Default", "Warning",
            },
        };
        foreach (var argument in TestLimits.Arguments.Concat(settings))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var errors = new ConcurrentQueue<string>();
        _ = ReadLogAsync(process.StandardOutput, errors);
        using var client = new HttpClient { BaseAddress = address };
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The program ended with {process.ExitCode}. Build it first: dotnet build -c Release.");
            try
            {
                await client.GetByteArrayAsync(new Uri("templates", UriKind.Relative), cancellationToken);
                return new RunningProgram(process, errors, address, watch.Elapsed);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5, cancellationToken);
            }
        }
    }

    /// <summary>Milliseconds on a core so far.</summary>
    public double CpuMilliseconds()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalMilliseconds;
    }

    /// <summary>Asks it to stop, as the system's service manager would, and waits until its database has stopped too.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // The console's format: a line with the level and the category, then the message, indented.
    private static async Task ReadLogAsync(StreamReader log, ConcurrentQueue<string> errors)
    {
        const int Most = 1_000;
        while (await log.ReadLineAsync() is { } line)
        {
            if ((line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal)) && errors.Count < Most)
                errors.Enqueue(line.Trim() + " " + (await log.ReadLineAsync())?.Trim() + " " + (await log.ReadLineAsync())?.Trim());
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
