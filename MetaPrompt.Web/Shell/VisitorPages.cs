using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Keeps public pages for visitors: one rendering serves everybody who is not signed in. A request that carries any cookie
/// but the theme's is rendered for itself and its answer never kept, so nothing private can be in the cache.
/// </summary>
/// <remarks>
/// Blazor marks every page as not to be stored and sets the antiforgery cookie; both are removed from what is kept, which is
/// right only because the pages kept have no form with a token and no interactive part.
/// </remarks>
public sealed class VisitorPages : IOutputCachePolicy
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "visitor-pages";

    /// <summary>The tag under which every kept page of the gallery can be thrown away.</summary>
    public const string GalleryTag = "gallery";

    private const string ThemeCookieName = "theme";

    /// <inheritdoc />
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var request = context.HttpContext.Request;
        var keep = IsVisitor(request) && IsPublicPage(request.Path) && !HasFilledVariables(request);
        context.EnableOutputCaching = keep;
        context.AllowCacheLookup = keep;
        context.AllowCacheStorage = keep;
        if (!keep)
            return ValueTask.CompletedTask;

        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = TimeSpan.FromSeconds(15);
        context.Tags.Add(GalleryTag);
        context.CacheVaryByRules.QueryKeys = "*";
        context.CacheVaryByRules.VaryByValues["theme"] = ThemeCookie.Read(context.HttpContext) ?? "system";
        context.CacheVaryByRules.VaryByValues["encoding"] = Encoding(request);

        var response = context.HttpContext.Response;
        response.OnStarting(() =>
        {
            response.Headers.Remove(HeaderNames.SetCookie);
            response.Headers.Remove(HeaderNames.Pragma);
            response.Headers.CacheControl = "no-cache";
            response.Headers.Vary = "Accept-Encoding, Cookie";
            return Task.CompletedTask;
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.AllowCacheStorage &= context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
        return ValueTask.CompletedTask;
    }

    private static bool IsVisitor(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return false;
        if (request.Headers.ContainsKey(HeaderNames.Authorization))
            return false;
        foreach (var (name, _) in request.Cookies)
        {
            // An antiforgery cookie alone belongs to a visitor who looked at the sign-in page.
            if (name != ThemeCookieName && !name.StartsWith(".AspNetCore.Antiforgery.", StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    private static bool IsPublicPage(PathString path) =>
        path == "/" || path == "/templates"
        || path.StartsWithSegments("/templates") || path.StartsWithSegments("/authors");

    private static bool HasFilledVariables(HttpRequest request) =>
        request.Query.Keys.Any(key => key.StartsWith("v.", StringComparison.Ordinal));

    // Few values, so that a client's creative Accept-Encoding does not fill the cache.
    private static string Encoding(HttpRequest request)
    {
        var accepted = request.Headers.AcceptEncoding.ToString();
        return accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? "br"
            : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? "gzip"
            : "none";
    }
}
