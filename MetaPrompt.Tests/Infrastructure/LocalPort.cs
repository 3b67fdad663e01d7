using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// Ports for programs that have to be told where to listen, or that listen there again after they were killed. Not among those
/// that the system gives to connections: between the look and the listening, one of the other tests' would have it.
/// </summary>
internal static class LocalPort
{
    // Below what Linux, macOS and Windows take from, above what services are usually at.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>One where nobody listens, and that no other test of this run gets.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (!Given.TryAdd(port, true))
                continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody is there.
            }
        }
    }
}
