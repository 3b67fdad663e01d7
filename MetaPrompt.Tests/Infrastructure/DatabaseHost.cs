using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

[assembly: AssemblyFixture(typeof(MetaPrompt.Tests.Infrastructure.DatabaseHost.Removal))]

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// A program of its own that does nothing but hold an embedded server: to be killed, to run as another user, to be the
/// second one on a folder.
/// </summary>
public sealed class DatabaseHost : IAsyncDisposable
{
    /// <summary>The test program's first argument for this.</summary>
    public const string Verb = "hold-database";

    private const string Ready = "ready ";
    private const string Refused = "refused ";

    private readonly Process _process;
    private readonly string _answer;

    private DatabaseHost(Process process, string answer)
    {
        _process = process;
        _answer = answer;
    }

    /// <summary>The server's process; null where the program refused to start.</summary>
    public int? ServerProcessId => _answer.StartsWith(Ready, StringComparison.Ordinal)
        ? int.Parse(_answer[Ready.Length..], CultureInfo.InvariantCulture)
        : null;

    /// <summary>The setting it complained about; empty where it started.</summary>
    public string Complaint => _answer.StartsWith(Refused, StringComparison.Ordinal) ? _answer[Refused.Length..] : "";

    /// <summary>Starts the program and waits until it has its server, or has refused.</summary>
    /// <param name="folder">The server's folder.</param>
    /// <param name="user">Numeric id of the user to run as; needs root. Null for this user.</param>
    public static async Task<DatabaseHost> StartAsync(string folder, uint? user = null)
    {
        var start = new ProcessStartInfo
        {
            FileName = user is null ? Environment.ProcessPath! : "setpriv",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        if (user is { } id)
        {
            foreach (var argument in new[] { $"--reuid={id}", $"--regid={id}", "--clear-groups", "--", ReadableCopy() })
                start.ArgumentList.Add(argument);
            start.Environment["HOME"] = "/tmp";
        }

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(folder);
        var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadLineAsync();
        return new DatabaseHost(process, answer ?? "");
    }

    /// <summary>Ends it as the system would end a program that used up the memory.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets it end by itself, its server with it. A second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    /// <summary>What the program itself does: holds the server until its input ends.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        try
        {
            await using var server = await EmbeddedServer.StartAsync(
                new EmbeddedOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
            Console.WriteLine(Ready + server.ProcessId.ToString(CultureInfo.InvariantCulture));
            await Console.In.ReadToEndAsync();
            return 0;
        }
        catch (SettingsException refusal)
        {
            Console.WriteLine(Refused + refusal.Message);
            return 1;
        }
    }

    // The clone may be below root's home, where no other user can read the program.
    private static string ReadableCopy() => Path.Combine(Copy.Value.FullName, Path.GetFileName(Environment.ProcessPath!));

    /// <summary>At the end of the run: removes what was copied.</summary>
    public sealed class Removal : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            if (Copy.IsValueCreated)
                Copy.Value.Delete(recursive: true);
        }
    }

    private static readonly Lazy<DirectoryInfo> Copy = new(() =>
    {
        var copy = Directory.CreateTempSubdirectory("metaprompt-program-");
        if (!OperatingSystem.IsWindows())
            copy.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (var file in new DirectoryInfo(AppContext.BaseDirectory).EnumerateFiles().Where(file => file.Extension != ".pdb"))
            file.CopyTo(Path.Combine(copy.FullName, file.Name));
        return copy;
    });
}
