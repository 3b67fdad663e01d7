using System.Threading.RateLimiting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.StaticAssets;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// Request rates by client address, on this node. Twice: a generous limit for whatever comes, before the output cache, and
/// tight ones for what is dear, behind it, so that a page which is kept anyway costs nobody a search. Counted are the requests,
/// not the people: what a person may do is limited by the database.
/// </summary>
internal static class RateLimits
{
    /// <summary>The limit for all requests. Wants routing before, and the output cache behind.</summary>
    public static void UseRequestLimit(this WebApplication app, RequestLimits limits) => app.UseRateLimiter(new RateLimiterOptions
    {
        GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            IsAgain(context) ? RateLimitPartition.GetNoLimiter("") : Partition(context, "", limits.RequestsPerMinute)),
        OnRejected = RefuseAsync,
    });

    /// <summary>The limits for what is dear. Behind the output cache, and behind <see cref="KeptAnswers"/>, which lets no refusal be kept.</summary>
    public static void UseDearLimits(this WebApplication app, RequestLimits limits) => app.UseRateLimiter(new RateLimiterOptions
    {
        GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Kind(context) switch
        {
            DearKind.Search => Partition(context, "search ", limits.SearchesPerMinute),
            DearKind.Form => Partition(context, "form ", limits.FormsPerMinute),
            DearKind.File => Partition(context, "file ", limits.FilesPerMinute),
            _ => RateLimitPartition.GetNoLimiter(""),
        }),
        OnRejected = RefuseAsync,
    });

    /// <summary>What a request costs. By what it asks for and not by a list of addresses: a page that is new tomorrow is limited tomorrow.</summary>
    internal static DearKind Kind(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path.Value ?? "");
        if (IsAgain(context) || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || path.StartsWith("/_blazor", StringComparison.Ordinal))
            return DearKind.None;
        if (path.EndsWith("/picture.png", StringComparison.Ordinal) || path.EndsWith(".csv", StringComparison.Ordinal)
            || path.EndsWith("/export", StringComparison.Ordinal) || path.EndsWith("/export/file", StringComparison.Ordinal))
        {
            // The page that offers the export is a page.
            return path == "/prompts/export" ? DearKind.None : DearKind.File;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method))
            return DearKind.Form;
        return request.QueryString.HasValue && (path.StartsWith("/templates", StringComparison.Ordinal) || request.Query.ContainsKey("q"))
            ? DearKind.Search
            : DearKind.None;
    }

    // An error's page is asked for within the same request, and was counted.
    private static bool IsAgain(HttpContext context) =>
        context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null;

    private static RateLimitPartition<string> Partition(HttpContext context, string kind, int perMinute)
    {
        if (perMinute == 0)
            return RateLimitPartition.GetNoLimiter("");
        var atOnce = Math.Max(1, perMinute / 60);
        return RateLimitPartition.GetTokenBucketLimiter(kind + ClientAddress.Key(context.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = atOnce,
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)atOnce / perMinute),
            QueueLimit = 0,
            // The partitioned limiter fills all its buckets with one timer.
            AutoReplenishment = false,
        });
    }

    private static ValueTask RefuseAsync(OnRejectedContext refused, CancellationToken cancellationToken) => new(RefusalPage.TooManyAsync(
        refused.HttpContext, refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(10)));
}

/// <summary>What a request costs beyond a page.</summary>
internal enum DearKind
{
    None,
    Search,
    Form,
    File,
}
