using MetaPrompt.Web.Shared;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// How public pages and files are asked for: HEAD is answered like GET without the body; parameters that the page does not
/// know are taken away; and who names the tag of what they have already gets a 304, also where the page had to be rendered
/// to know that (the output cache answers the others).
/// </summary>
public sealed class PublicRequests(RequestDelegate next)
{
    /// <summary>Mends the request, and withholds the body where it is not wanted.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isHead = HttpMethods.IsHead(request.Method);
        if ((!isHead && !HttpMethods.IsGet(request.Method)) || (!PublicPages.Includes(request.Path) && !IsFile(request.Path)))
        {
            await next(context);
            return;
        }

        if (request.QueryString.HasValue)
            request.QueryString = new QueryString(PublicPages.Query(request.Path, request.QueryString.Value));
        if (!isHead && request.Headers.IfNoneMatch.Count == 0)
        {
            await next(context);
            return;
        }

        var response = context.Response;
        var outer = response.Body;
        using var body = new WithheldBody(outer, () => isHead || IsKnown(request, response));
        response.Body = body;
        request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = outer;
            if (isHead)
                request.Method = HttpMethods.Head;
        }

        if (!isHead && body.IsWithheld && !response.HasStarted)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.Headers.Remove(HeaderNames.ContentLength);
            response.Headers.Remove(HeaderNames.ContentEncoding);
            response.Headers.Remove(HeaderNames.ContentType);
        }
    }

    private static bool IsFile(PathString path) =>
        path == "/robots.txt" || path == "/sitemap.xml" || path == "/picture.png"
        || path.StartsWithSegments("/sitemaps") || path.StartsWithSegments("/feeds")
        || (path.StartsWithSegments("/templates") && path.Value!.EndsWith("/picture.png", StringComparison.Ordinal));

    private static bool IsKnown(HttpRequest request, HttpResponse response) =>
        response.StatusCode == StatusCodes.Status200OK
        && EntityTagHeaderValue.TryParse(response.Headers.ETag.ToString(), out var tag)
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Compare(tag, useStrongComparison: false));

    // Decides at the first byte, when the headers are final; nothing has gone out then.
    private sealed class WithheldBody(Stream outer, Func<bool> decide) : Stream
    {
        private bool? _withheld;

        public bool IsWithheld => _withheld == true;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Passes(buffer.Length))
                outer.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Passes(buffer.Length) ? outer.WriteAsync(buffer, cancellationToken) : ValueTask.CompletedTask;

        // A flush before the first byte would send the headers and with them a 200.
        public override void Flush()
        {
            if (_withheld == false)
                outer.Flush();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            _withheld == false ? outer.FlushAsync(cancellationToken) : Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private bool Passes(int length)
        {
            if (length > 0)
                _withheld ??= decide();
            return length > 0 && _withheld == false;
        }
    }
}
