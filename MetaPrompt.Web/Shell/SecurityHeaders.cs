using Microsoft.AspNetCore.StaticAssets;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Headers every answer carries. Scripts come from this site's own files only, none stands in a page; styles may be inline
/// because MudBlazor writes them. There is no X-Frame-Options: frame-ancestors says it, and browsers that know neither are not
/// served by the interactive pages anyway.
/// </summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self'; "
        + "connect-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets the headers and goes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Previews of templates are there to be shown elsewhere.
        headers["Cross-Origin-Resource-Policy"] =
            context.Request.Path.Value?.EndsWith("/picture.png", StringComparison.Ordinal) == true ? "cross-origin" : "same-origin";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.OnStarting(static state =>
        {
            KeepPrivate((HttpContext)state);
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    // What a signed-in person is shown stays in no cache, unless its page says how long it may.
    private static void KeepPrivate(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (headers.CacheControl.Count == 0 && context.User.Identity?.IsAuthenticated == true
            && context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
        {
            headers.CacheControl = "no-store";
        }
    }
}
