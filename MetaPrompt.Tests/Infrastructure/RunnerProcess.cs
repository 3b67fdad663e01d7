using System.Diagnostics;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Models;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>A program of its own that carries out one run as the app does: to be killed in the middle of it.</summary>
public sealed class RunnerProcess : IAsyncDisposable
{
    /// <summary>The test program's first argument for this.</summary>
    public const string Verb = "carry-out-run";

    private readonly Process _process;

    private RunnerProcess(Process process) => _process = process;

    /// <summary>Starts the program, and the run in it.</summary>
    /// <param name="connection">The app's login where the run is laid down.</param>
    /// <param name="person">Whose run it is.</param>
    /// <param name="prompt">Their prompt.</param>
    /// <param name="runId">What the run is found by.</param>
    /// <param name="endpoints">Of a server that speaks OpenAI's API and one that speaks Anthropic's.</param>
    public static RunnerProcess Start(string connection, Guid person, Guid prompt, Guid runId, (string OpenAi, string Anthropic) endpoints)
    {
        var start = new ProcessStartInfo
        {
            FileName = Environment.ProcessPath!,
            RedirectStandardInput = true,
            ArgumentList =
            {
                Verb, connection, person.ToString(), prompt.ToString(), runId.ToString(), endpoints.OpenAi, endpoints.Anthropic,
            },
        };
        return new RunnerProcess(Process.Start(start)!);
    }

    /// <summary>Ends it as a power cut would: no handler of its own runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>What the program does.</summary>
    internal static async Task<int> RunAsync(string connection, Guid person, Guid prompt, Guid runId, string openAi, string anthropic)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ollama:Endpoint"] = "none" });
        builder.Services.AddSingleton(new Db(source));
        builder.AddModels();
        await using var app = builder.Build();
        var runner = app.Services.GetRequiredService<PromptRunner>();
        var run = await runner.StartAsync(GridPlan.Of(Caller.User(person), prompt, runId, GridPlan.Models(openAi, anthropic), cases: 20), CancellationToken.None);
        await run!.Completion;
        // Whoever started it ends it.
        await Console.In.ReadLineAsync();
        return 0;
    }
}
