using System.Text;
using System.Text.Json;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Passes a stream of server-sent events through and watches its lines: an error told in the middle becomes a
/// <see cref="ModelFailure"/> after everything before it was passed on, and so does an end without a closing event.
/// </summary>
internal sealed class AnswerStream(Stream inner, ModelSettings model) : Stream
{
    // Longer lines are passed on all the same; they are answers, not the short events looked for here.
    private const int LineLimit = 1024 * 1024;

    private readonly MemoryStream _line = new();
    private ModelFailure? _failure;
    private bool _complete;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfFailed();
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw FailureWords.BrokenOff(model, problem);
        }

        return Watch(buffer.Span[..read]);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ThrowIfFailed();
        return Watch(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _line.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw _failure;
    }

    // How many of the bytes may be passed on: all, or those before the line that tells an error.
    private int Watch(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            ReadLine();
            if (!_complete)
                _failure ??= FailureWords.BrokenOff(model, null);
            ThrowIfFailed();
            return 0;
        }

        var lineStart = 0;
        for (var at = 0; at < bytes.Length;)
        {
            var end = bytes[at..].IndexOfAny((byte)'\n', (byte)'\r');
            var stop = end < 0 ? bytes.Length : at + end;
            if (_line.Length + (stop - at) <= LineLimit)
                _line.Write(bytes[at..stop]);
            if (end < 0)
                break;

            ReadLine();
            if (_failure is not null)
            {
                if (lineStart == 0)
                    throw _failure;
                return lineStart;
            }

            at = lineStart = stop + 1;
        }

        return bytes.Length;
    }

    private void ReadLine()
    {
        ReadOnlySpan<byte> line = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        _line.SetLength(0);
        if (!line.StartsWith("data:"u8))
            return;

        var data = line[5..].Trim((byte)' ');
        _complete |= data.SequenceEqual("[DONE]"u8) || HasFinishReason(data);
        if (data.StartsWith("{"u8) && (data.IndexOf("\"error\""u8) >= 0 || data.IndexOf("\"message_stop\""u8) >= 0))
            ReadEvent(data);
    }

    private void ReadEvent(ReadOnlySpan<byte> data)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(Encoding.UTF8.GetString(data));
        }
        catch (JsonException problem)
        {
            _failure = FailureWords.BrokenJson(model, problem);
            return;
        }

        using (json)
        {
            _failure = FailureWords.ErrorIn(model, json.RootElement);
            _complete |= json.RootElement.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String && type.ValueEquals("message_stop");
        }
    }

    // Inside an answer's text the quotes are escaped, so this can only be the event's own field.
    private static bool HasFinishReason(ReadOnlySpan<byte> data)
    {
        var name = "\"finish_reason\""u8;
        for (var at = data.IndexOf(name); at >= 0;)
        {
            var value = data[(at + name.Length)..].TrimStart(" :\t"u8);
            if (value.StartsWith("\""u8))
                return true;

            var next = data[(at + name.Length)..].IndexOf(name);
            at = next < 0 ? -1 : at + name.Length + next;
        }

        return false;
    }
}
