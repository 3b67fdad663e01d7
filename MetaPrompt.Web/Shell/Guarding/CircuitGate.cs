using System.Threading.RateLimiting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// How many interactive pages may be open at once, by client address and in all: each holds memory for as long as its tab is
/// open. Counted are the connections to <c>/_blazor</c> (a web socket, or the poll that waits), so that no way of connecting
/// passes by; one of them has at most one circuit. A tab that went leaves a circuit for minutes, of which Blazor keeps a
/// hundred at most. Another site's page gets none: browsers let any page open a web socket to anywhere.
/// </summary>
internal sealed class CircuitGate(RequestDelegate next, RequestLimits limits, SiteAddress site) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _atAddress =
        Limiter(limits.CircuitsPerAddress, context => ClientAddress.Key(context.Connection.RemoteIpAddress));

    private readonly PartitionedRateLimiter<HttpContext> _inAll = Limiter(limits.Circuits, _ => "");

    /// <summary>Lets in, counts for as long as the connection is there, or says why not.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && IsOfAnotherSite(request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        // Asked before connecting, so that the answer is one a script can read.
        if (request.Path == "/_blazor/negotiate")
        {
            await (!HasRoom(_atAddress, context) ? RefusalPage.NoRoomAsync(context, atAddress: true)
                : !HasRoom(_inAll, context) ? RefusalPage.NoRoomAsync(context, atAddress: false)
                : next(context));
            return;
        }

        // A web socket over HTTP/2 comes as CONNECT.
        if (request.Path != "/_blazor" || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsConnect(request.Method)))
        {
            await next(context);
            return;
        }

        using var own = _atAddress.AttemptAcquire(context);
        if (!own.IsAcquired)
        {
            await RefusalPage.NoRoomAsync(context, atAddress: true);
            return;
        }

        using var one = _inAll.AttemptAcquire(context);
        await (one.IsAcquired ? next(context) : RefusalPage.NoRoomAsync(context, atAddress: false));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _atAddress.Dispose();
        _inAll.Dispose();
    }

    // What a browser says of itself no page can change; older ones say where the page is from, which a proxy that renames the
    // host makes hard to compare: then it is the site's public address.
    private bool IsOfAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } from)
            return from is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && (page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
                    || (site.PublicUrl is { } own && page.Authority.Equals(new Uri(own).Authority, StringComparison.OrdinalIgnoreCase))));
    }

    private static bool HasRoom(PartitionedRateLimiter<HttpContext> limiter, HttpContext context) =>
        limiter.GetStatistics(context) is not { CurrentAvailablePermits: <= 0 };

    private static PartitionedRateLimiter<HttpContext> Limiter(int most, Func<HttpContext, string> key) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => most == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetConcurrencyLimiter(key(context), _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 }));
}
