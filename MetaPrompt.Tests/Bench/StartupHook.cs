using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;

/// <summary>
/// A look into a measured program from outside: the runtime calls it where the environment variable DOTNET_STARTUP_HOOKS names
/// this file (and it must have this name and no namespace). The program itself knows nothing of it.
/// </summary>
internal static class StartupHook
{
    /// <summary>Where the name of the pipe stands on which it is asked.</summary>
    public const string PipeVariable = "METAPROMPT_BENCH_PIPE";

    /// <summary>Listens until the program ends. A byte 1 asks for the figures after everything was collected, 0 for those of the moment.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(PipeVariable) is { Length: > 0 } name)
            new Thread(() => Listen(name)) { IsBackground = true, Name = "measured" }.Start();
    }

    private static void Listen(string name)
    {
        using var pipe = new NamedPipeServerStream(name, PipeDirection.InOut);
        pipe.WaitForConnection();
        for (int asked; (asked = pipe.ReadByte()) >= 0;)
        {
            if (asked == 1)
                CollectAll();
            pipe.Write(Encoding.ASCII.GetBytes(Figures() + "\n"));
            pipe.Flush();
        }
    }

    // Twice: what a finalizer let go of in the first pass goes in the second.
    private static void CollectAll()
    {
        for (var pass = 0; pass < 2; pass++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    // Managed bytes, working set, processor milliseconds, bytes allocated so far, collections of the oldest generation.
    private static string Figures()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{GC.GetTotalMemory(false)} {process.WorkingSet64} {process.TotalProcessorTime.TotalMilliseconds:F0} {GC.GetTotalAllocatedBytes()} {GC.CollectionCount(2)}");
    }
}
