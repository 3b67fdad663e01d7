using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MetaPrompt.Tests.Faults;

/// <summary>What a <see cref="FaultProxy"/> does to those who come through it.</summary>
internal enum Way
{
    /// <summary>Passes everything on.</summary>
    Open,

    /// <summary>Takes connections and everything sent, and answers nothing: a machine that hangs, a cable that was cut.</summary>
    Mute,

    /// <summary>Ends connections at once: nobody listens there.</summary>
    Closed,
}

/// <summary>Stands between two programs and can be told to be in the way.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<Stream>> _connect;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Stream, bool> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private TaskCompletionSource _passes = new();

    private FaultProxy(Func<CancellationToken, Task<Stream>> connect)
    {
        _connect = connect;
        _passes.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, on this machine.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it does now.</summary>
    public Way Way { get; private set; }

    /// <summary>Before a socket in the file system.</summary>
    public static FaultProxy Before(string socket) => new(async stop =>
    {
        var there = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await there.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
        return new NetworkStream(there, ownsSocket: true);
    });

    /// <summary>Before a port of this machine.</summary>
    public static FaultProxy Before(int port) => new(async stop =>
    {
        var there = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await there.ConnectAsync(IPAddress.Loopback, port, stop);
        return new NetworkStream(there, ownsSocket: true);
    });

    /// <summary>Changes what it does; connections that are closed are closed at once, muted ones go on where they were.</summary>
    public void Be(Way way)
    {
        Way = way;
        if (way == Way.Mute)
            _passes = new TaskCompletionSource();
        else
            _passes.TrySetResult();
        if (way == Way.Closed)
            Cut();
    }

    /// <summary>Ends the connections there are; new ones pass.</summary>
    public void Cut()
    {
        foreach (var stream in _open.Keys)
            stream.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _passes.TrySetResult();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket here;
            try
            {
                here = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            here.NoDelay = true;
            _ = CarryAsync(new NetworkStream(here, ownsSocket: true));
        }
    }

    private async Task CarryAsync(NetworkStream here)
    {
        Stream? there = null;
        _open[here] = true;
        try
        {
            await _passes.Task;
            if (Way == Way.Closed)
                return;
            there = await _connect(_stop.Token);
            _open[there] = true;
            await Task.WhenAny(CopyAsync(here, there), CopyAsync(there, here));
        }
        catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has gone, and the other goes with it.
        }
        finally
        {
            foreach (var stream in new[] { here, there })
            {
                if (stream is null)
                    continue;
                _open.TryRemove(stream, out _);
                await stream.DisposeAsync();
            }
        }
    }

    private async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            await _passes.Task;
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
