using System.Diagnostics;
using System.Diagnostics.Tracing;
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

    private static readonly Pauses Stops = new();

    /// <summary>
    /// Listens until the program ends. A byte 0 asks for the figures of the moment, 1 for those after everything was collected,
    /// 2 forgets the pauses so far, 3 asks for those since.
    /// </summary>
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
            if (asked == 2)
                Stops.Forget();
            pipe.Write(Encoding.ASCII.GetBytes((asked == 3 ? Stops.Tell() : Figures()) + "\n"));
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

    // Managed bytes, working set, processor milliseconds, bytes allocated so far, collections of the oldest generation, bytes
    // that the collector holds, milliseconds for which collections stopped everything, collections of any generation.
    private static string Figures()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{GC.GetTotalMemory(false)} {process.WorkingSet64} {process.TotalProcessorTime.TotalMilliseconds:F0} {GC.GetTotalAllocatedBytes()} {GC.CollectionCount(2)} {GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes} {GC.GetTotalPauseDuration().TotalMilliseconds:F1} {GC.CollectionCount(0)}");
    }

    // How long each collection stopped everything, in milliseconds, with the generation that it was for.
    private sealed class Pauses : EventListener
    {
        private const EventKeywords Collections = (EventKeywords)1;

        private readonly List<string> _pauses = [];
        private DateTime _began;
        private object? _generation;

        public void Forget()
        {
            lock (_pauses)
                _pauses.Clear();
        }

        public string Tell()
        {
            lock (_pauses)
                return string.Join(' ', _pauses);
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Informational, Collections);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            switch (eventData.EventName)
            {
            case "GCSuspendEEBegin_V1":
                (_began, _generation) = (eventData.TimeStamp, null);
                break;
            case "GCStart_V2":
                _generation = eventData.Payload![1];
                break;
            // Without a start between the two it is a step of a background collection, or no collection.
            case "GCRestartEEEnd_V1" when _began != default:
                lock (_pauses)
                    _pauses.Add(string.Create(CultureInfo.InvariantCulture, $"{_generation ?? "-"}:{(eventData.TimeStamp - _began).TotalMilliseconds:F1}"));
                break;
            }
        }
    }
}
