using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MetaPrompt.Tests.Policies;

/// <summary>
/// Stands between a program and PostgreSQL and counts round trips: how often the program spoke after the server had.
/// </summary>
internal sealed class RoundTrips : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly EndPoint _server;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private int _count;
    private bool _serverSpoke = true;

    public RoundTrips(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        _server = address.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{address.Host}/.s.PGSQL.{address.Port.ToString(CultureInfo.InvariantCulture)}")
            : new DnsEndPoint(address.Host, address.Port);
        _listener.Start();
        address.Host = "127.0.0.1";
        address.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        address.SslMode = SslMode.Disable;
        ConnectionString = address.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The way through here.</summary>
    public string ConnectionString { get; }

    /// <summary>Round trips so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
            return;
        }
    }

    private async Task ServeAsync(Socket program)
    {
        using var server = _server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (program)
        {
            await server.ConnectAsync(_server, _end.Token);
            await Task.WhenAny(PumpAsync(program, server, fromServer: false), PumpAsync(server, program, fromServer: true));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool fromServer)
    {
        var buffer = new byte[65536];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                if (fromServer)
                {
                    Volatile.Write(ref _serverSpoke, true);
                }
                else if (Interlocked.Exchange(ref _serverSpoke, false))
                {
                    Interlocked.Increment(ref _count);
                }

                await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side hung up.
            return;
        }
    }
}
