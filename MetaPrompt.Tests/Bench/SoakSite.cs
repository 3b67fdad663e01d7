using System.Globalization;
using System.IO.Pipes;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>What a program needs at a moment.</summary>
/// <param name="Managed">Bytes of managed objects.</param>
/// <param name="WorkingSet">Bytes of memory it holds.</param>
/// <param name="CpuMs">Processor time so far in milliseconds.</param>
/// <param name="Allocated">Bytes allocated so far.</param>
/// <param name="Collections">Collections of the oldest generation so far.</param>
/// <param name="Committed">Bytes that the collector holds for managed objects, at the last collection.</param>
/// <param name="PausedMs">Milliseconds so far for which collections stopped everything.</param>
/// <param name="AllCollections">Collections of any generation so far.</param>
internal sealed record SoakMemory(
    long Managed, long WorkingSet, double CpuMs, long Allocated, int Collections, long Committed, double PausedMs, int AllCollections);

/// <summary>The program's Release build in a process of its own, with a database, a scripted model and a way to look at its memory.</summary>
internal sealed class SoakSite : IAsyncDisposable
{
    private const string Password = "a long enough passphrase 7";

    // What one node allows, raised to what is measured here. Visitors come from an address each, so limits per address stay.
    private static readonly string[] Limits = [];

    private readonly DirectoryInfo _folder;
    private readonly RunningDatabase _database;
    private readonly ScriptedOpenAi _model;
    private readonly NamedPipeClientStream _pipe;
    private int _visitors;

    private SoakSite(DirectoryInfo folder, RunningDatabase database, ScriptedOpenAi model, RunningProgram program, NamedPipeClientStream pipe)
    {
        (_folder, _database, _model, Program, _pipe) = (folder, database, model, program, pipe);
    }

    /// <summary>The program.</summary>
    public RunningProgram Program { get; }

    /// <summary>Starts it with so many accounts; ends when it answers.</summary>
    public static async Task<SoakSite> StartAsync(int accounts, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        var settings = DatabaseSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:DataFolder", Path.Combine(folder.FullName, "postgres"))]).Build(), "/");
        var database = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
        await using (var owner = NpgsqlDataSource.Create(database.OwnerConnectionString!))
        {
            using var passwords = new Passwords();
            await using var make = owner.CreateCommand("select internal.create_local_account('soak-' || n || '@example.test', 'Soak ' || n, $2) from generate_series(0, $1 - 1) n");
            make.Parameters.Add(new NpgsqlParameter<int> { TypedValue = accounts });
            make.Parameters.Add(new NpgsqlParameter<string> { TypedValue = await passwords.HashAsync(Password, cancellationToken) });
            await make.ExecuteNonQueryAsync(cancellationToken);
        }

        var model = await ScriptedOpenAi.StartAsync();
        var name = $"mpb-{Guid.NewGuid():N}";
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        var program = await RunningProgram.StartAsync(
            ["--ConnectionStrings:MetaPrompt", database.Embedded!.AppConnectionString, "--ConnectionStrings:Migrator", database.OwnerConnectionString!, .. model.Configuration().SelectMany(setting => new[] { "--" + setting.Key, setting.Value! }), .. Limits],
            new() { ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location, [StartupHook.PipeVariable] = name },
            cancellationToken);
        await pipe.ConnectAsync(cancellationToken);
        return new SoakSite(folder, database, model, program, pipe);
    }

    /// <summary>A visitor who is not signed in, from an address nobody else has.</summary>
    public BlazorVisitor NewVisitor() => new(Program.Address, Interlocked.Increment(ref _visitors));

    /// <summary>Somebody with an account, signed in through the page for it.</summary>
    public async Task<BlazorVisitor> SignInAsync(int account, CancellationToken cancellationToken)
    {
        var visitor = NewVisitor();
        await visitor.SignInAsync(string.Create(CultureInfo.InvariantCulture, $"soak-{account}@example.test"), Password, cancellationToken);
        return visitor;
    }

    /// <summary>What the program needs at this moment; after everything was collected that nobody holds, where asked for.</summary>
    public async Task<SoakMemory> MeasureAsync(bool collect, CancellationToken cancellationToken)
    {
        var figures = (await AskAsync(collect ? (byte)1 : (byte)0, cancellationToken)).Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return new SoakMemory((long)figures[0], (long)figures[1], figures[2], (long)figures[3], (int)figures[4], (long)figures[5], figures[6], (int)figures[7]);
    }

    /// <summary>Forgets the pauses so far.</summary>
    public Task ForgetPausesAsync(CancellationToken cancellationToken) => AskAsync(2, cancellationToken);

    /// <summary>For how many milliseconds each collection stopped the program since, by its generation ("-": a step of a background one).</summary>
    public async Task<ILookup<string, double>> PausesAsync(CancellationToken cancellationToken) =>
        (await AskAsync(3, cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pause => pause.Split(':'))
            .ToLookup(pause => pause[0], pause => double.Parse(pause[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    private async Task<string> AskAsync(byte what, CancellationToken cancellationToken)
    {
        await _pipe.WriteAsync(new[] { what }, cancellationToken);
        var answer = new List<byte>();
        var one = new byte[1];
        while (await _pipe.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
            answer.Add(one[0]);
        return System.Text.Encoding.ASCII.GetString([.. answer]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pipe.DisposeAsync();
        await Program.DisposeAsync();
        await _model.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
