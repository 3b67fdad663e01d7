using MetaPrompt.Web.Monitoring;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Keeps public pages for visitors: one rendering serves everybody who is not signed in. A request that carries any cookie
/// but the theme's is rendered for itself and its answer never kept, so nothing private can be in the cache.
/// </summary>
/// <remarks><see cref="KeptAnswers"/> makes an answer fit to be kept, or refuses it.</remarks>
/// <param name="meter">Counts pages that were kept and pages that had to be rendered.</param>
public sealed class VisitorPages(CacheMeter meter) : IOutputCachePolicy
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
        var keep = HttpMethods.IsGet(request.Method) && IsVisitor(request) && PublicPages.Includes(request.Path)
            && !PublicPages.HasFilledVariables(request.Query);
        context.EnableOutputCaching = keep;
        context.AllowCacheLookup = keep;
        context.AllowCacheStorage = keep;
        if (!keep)
            return ValueTask.CompletedTask;

        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = TimeSpan.FromSeconds(15);
        context.Tags.Add(GalleryTag);
        // PublicRequests has left only parameters that the page knows.
        context.CacheVaryByRules.QueryKeys = "*";
        context.CacheVaryByRules.VaryByValues["theme"] = ThemeCookie.Read(context.HttpContext) ?? "system";
        KeptAnswers.VaryByClient(context);
        context.HttpContext.Features.Set(KeptAnswers.Page);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        meter.Page(hit: true);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (context.AllowCacheLookup)
            meter.Page(hit: false);
        return ValueTask.CompletedTask;
    }

    private static bool IsVisitor(HttpRequest request)
    {
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
}

/// <summary>
/// Keeps what is the same for everybody, signed in or not: feeds, sitemaps. No parameter changes them, so none is looked at.
/// </summary>
/// <param name="meter">Counts files that were kept and files that had to be made.</param>
public sealed class PublicFiles(CacheMeter meter) : IOutputCachePolicy
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "public-files";

    /// <inheritdoc />
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var keep = HttpMethods.IsGet(context.HttpContext.Request.Method);
        context.EnableOutputCaching = keep;
        context.AllowCacheLookup = keep;
        context.AllowCacheStorage = keep;
        if (!keep)
            return ValueTask.CompletedTask;

        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = TimeSpan.FromMinutes(10);
        context.Tags.Add(VisitorPages.GalleryTag);
        KeptAnswers.VaryByClient(context);
        context.HttpContext.Features.Set(KeptAnswers.File);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        meter.Page(hit: true);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (context.AllowCacheLookup)
            meter.Page(hit: false);
        return ValueTask.CompletedTask;
    }
}
