using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using MessagePack;

namespace MetaPrompt.Tests.Bench;

/// <summary>Takes what follows a message's name: the arguments of a call (a MessagePack array), or the answer to one of ours.</summary>
/// <param name="name">The method that is called, or the number of the call that is answered.</param>
/// <param name="rest">Where to read on.</param>
internal delegate void HubMessage(string name, ref MessagePackReader rest);

/// <summary>
/// The connection below a circuit: SignalR's hub protocol over a WebSocket, in MessagePack ("blazorpack": only strings, whole
/// numbers, booleans and bytes). One reader; anybody may send, and what is sent goes out in its order, as a browser's one
/// thread sends it: an event that overtook or followed the wrong acknowledgement would name a handler that is not there.
/// </summary>
internal sealed class BlazorCircuitWire : IAsyncDisposable
{
    private const byte EndOfText = 0x1e;

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private Task _sending = Task.CompletedTask;
    private byte[] _buffer = new byte[8 * 1024];
    private int _from;
    private int _to;

    private BlazorCircuitWire()
    {
        // As every browser offers; the pings are SignalR's own.
        _socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        _socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Bytes of messages received so far, before they were compressed.</summary>
    public long Received { get; private set; }

    /// <summary>Connects and agrees on the protocol.</summary>
    /// <param name="address">The address that was negotiated, ws or wss.</param>
    /// <param name="http">Sends the request, with its cookies.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSocketException">The server did not accept it.</exception>
    public static async Task<BlazorCircuitWire> ConnectAsync(Uri address, HttpMessageInvoker http, CancellationToken cancellationToken)
    {
        var wire = new BlazorCircuitWire();
        try
        {
            await wire._socket.ConnectAsync(address, http, cancellationToken);
            await wire._socket.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
            var end = -1;
            while ((end = wire._buffer.AsSpan(wire._from, wire._to - wire._from).IndexOf(EndOfText)) < 0)
            {
                if (!await wire.FillAsync(cancellationToken))
                    throw new WebSocketException("The server hung up before it agreed on the protocol.");
            }

            var answer = Encoding.UTF8.GetString(wire._buffer, wire._from, end);
            wire._from += end + 1;
            wire._sending = Task.Run(wire.SendAllAsync, CancellationToken.None);
            return answer == "{}" ? wire : throw new WebSocketException("The server refused the protocol: " + answer);
        }
        catch
        {
            await wire.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a method of the server; with a number, it answers.</summary>
    public void Send(string? number, string target, params ReadOnlySpan<object?> arguments)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(body);
        writer.WriteArrayHeader(6);
        writer.Write(1);
        writer.WriteMapHeader(0);
        writer.Write(number);
        writer.Write(target);
        writer.WriteArrayHeader(arguments.Length);
        foreach (var argument in arguments)
        {
            switch (argument)
            {
                case null: writer.WriteNil(); break;
                case string text: writer.Write(text); break;
                case bool yes: writer.Write(yes); break;
                case int number32: writer.Write(number32); break;
                case long number64: writer.Write(number64); break;
                default: throw new ArgumentException($"A {argument.GetType()} cannot be sent.", nameof(arguments));
            }
        }

        writer.WriteArrayHeader(0);
        writer.Flush();
        Send(body.WrittenSpan);
    }

    /// <summary>Says that this end is still there; the server gives a silent one up after half a minute.</summary>
    public void Ping() => Send([0x91, 6]);

    /// <summary>Reads until the server hangs up. Returns what it gave as the reason; null where it gave none.</summary>
    public async Task<string?> ReadAsync(HubMessage called, HubMessage answered, CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken))
        {
            while (Next() is { } message)
            {
                if (Handle(message, called, answered, out var reason))
                    return reason;
            }
        }

        return _socket.CloseStatusDescription is { Length: > 0 } said ? said : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            try
            {
                await _sending.WaitAsync(patience.Token);
                if (_socket.State == WebSocketState.Open)
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                _socket.Abort();
            }
        }

        _socket.Dispose();
    }

    private static bool Handle(ReadOnlyMemory<byte> message, HubMessage called, HubMessage answered, out string? reason)
    {
        reason = null;
        var reader = new MessagePackReader(message);
        reader.ReadArrayHeader();
        switch (reader.ReadInt32())
        {
            case 1:
                reader.Skip();
                reader.Skip();
                called(reader.ReadString()!, ref reader);
                return false;
            case 3:
                reader.Skip();
                answered(reader.ReadString()!, ref reader);
                return false;
            case 7:
                reason = reader.ReadString();
                return true;
            default:
                return false;
        }
    }

    private void Send(ReadOnlySpan<byte> body)
    {
        Span<byte> prefix = stackalloc byte[5];
        var length = 0;
        for (var left = (uint)body.Length; ; left >>= 7)
        {
            prefix[length++] = (byte)(left < 0x80 ? left : left | 0x80);
            if (left < 0x80)
                break;
        }

        _outgoing.Writer.TryWrite([.. prefix[..length], .. body]);
    }

    // Ends with the connection: whoever reads learns of a failure, too.
    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync())
                await _socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _outgoing.Writer.TryComplete();
        }
    }

    // The next whole message that has come; each begins with its length, seven bits a byte.
    private ReadOnlyMemory<byte>? Next()
    {
        var (length, at) = (0u, _from);
        for (var shift = 0; at < _to; shift += 7)
        {
            var part = _buffer[at++];
            length |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                if (_to - at < length)
                    return null;
                _from = at + (int)length;
                Received += length;
                return _buffer.AsMemory(at, (int)length);
            }
        }

        return null;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        // What was read is done with; what is left moves to the front, into a larger place where it needs one.
        var left = _to - _from;
        var place = _buffer.Length - left < 4 * 1024 ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _from, place, 0, left);
        (_buffer, _from, _to) = (place, 0, left);
        var got = await _socket.ReceiveAsync(_buffer.AsMemory(_to), cancellationToken);
        _to += got.Count;
        return got.MessageType != WebSocketMessageType.Close;
    }
}
