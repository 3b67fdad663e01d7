using System.Diagnostics;
using System.Globalization;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>The program as a process of its own, to be killed and started anew at the same address.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly string[] _settings;
    private Process? _process;

    /// <param name="database">The database it uses, which runs already.</param>
    public ProgramProcess(TestDatabase database)
        : this("--ConnectionStrings:MetaPrompt", database.AppConnectionString, "--ConnectionStrings:Migrator", database.OwnerConnectionString)
    {
    }

    /// <param name="settings">Which database it uses, and whatever else.</param>
    public ProgramProcess(params string[] settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LocalPort.Free()}/"));
        _settings =
        [
            "--urls", Address.ToString(),
            "--Ollama:Endpoint", "none",
            "--Logging:LogLevel:Default", "Warning",
            .. TestLimits.Arguments,
            .. settings,
        ];
    }

    /// <summary>Where it listens, each time it is started.</summary>
    public Uri Address { get; }

    /// <summary>Whether it runs.</summary>
    public bool Runs => _process is { HasExited: false };

    /// <summary>Starts it and waits for its first page.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The build of the same configuration as these tests, beside them.
        var folder = AppContext.BaseDirectory.Replace("MetaPrompt.Tests", "MetaPrompt.Web", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.Combine(ArchitectureTests.Repository, "MetaPrompt.Web"),
            RedirectStandardOutput = true,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
            ArgumentList = { Path.Combine(folder, "MetaPrompt.Web.dll") },
        };
        Array.ForEach(_settings, start.ArgumentList.Add);
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync(cancellationToken);
        using var client = new HttpClient { BaseAddress = Address };
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The program ended with {_process.ExitCode}.");
            try
            {
                await client.GetByteArrayAsync(new Uri("login", UriKind.Relative), cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    /// <summary>Ends it as a power cut would: no handler of its own runs.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks it to stop, as a service manager does, and waits until it has. Returns its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using (var term = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]))
            await term.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();
}
