using System.Security.Cryptography;
using MetaPrompt.Data.Database;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Stands between the output cache and the pages. What may be kept loses what belongs to one visitor (Blazor sets the
/// antiforgery cookie on every page and forbids storing it) and gets an entity tag from its text. A page that has a form
/// with a token in it after all, or that is no 200, is sent as it is and not kept: no page can get this wrong by itself.
/// Where the database is away, the last good rendering takes the answer's place.
/// </summary>
public sealed class KeptAnswers(RequestDelegate next, LastPages lastPages)
{
    internal static readonly Kind Page = new(IsPage: true);
    internal static readonly Kind File = new(IsPage: false);

    private static ReadOnlySpan<byte> DocumentEnd => "</html>"u8;

    private static ReadOnlySpan<byte> TokenField => "__RequestVerificationToken"u8;

    /// <summary>Buffers an answer that is to be kept; others pass.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Kind>() is not { } kind || context.Features.Get<IOutputCacheFeature>()?.Context is not { AllowCacheStorage: true } cache)
        {
            await next(context);
            return;
        }

        var response = context.Response;
        var outer = response.Body;
        using var text = new MemoryStream();
        response.Body = text;
        LastPages.Kept? last = null;
        try
        {
            await next(context);
        }
        catch (Exception failure) when (DatabaseTrouble.Of(failure) is not null && (last = lastPages.Find(cache)) is not null)
        {
            // It is kept for as long as a new one would be: meanwhile nobody waits for the database again.
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = last.ContentType;
        }
        finally
        {
            response.Body = outer;
        }

        var bytes = last is null ? text.GetBuffer().AsMemory(0, (int)text.Length) : last.Body;
        if (response.StatusCode != StatusCodes.Status200OK || bytes.Span.IndexOf(TokenField) >= 0)
        {
            cache.AllowCacheStorage = false;
        }
        else
        {
            if (kind.IsPage)
                bytes = WithoutState(bytes);
            MakePublic(response, kind, bytes.Span);
            if (last is null)
                lastPages.Keep(cache, bytes);
        }

        await outer.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>What every kept answer depends on: how it is compressed, and, where no public address is set, whose name it was asked by.</summary>
    internal static void VaryByClient(OutputCacheContext context)
    {
        // Few values, so that a client's creative Accept-Encoding does not fill the cache.
        var accepted = context.HttpContext.Request.Headers.AcceptEncoding.ToString();
        context.CacheVaryByRules.VaryByValues["encoding"] =
            accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? "br"
            : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? "gzip"
            : "none";
        context.CacheVaryByRules.VaryByHost = context.HttpContext.RequestServices.GetRequiredService<SiteAddress>().PublicUrl is null;
    }

    // Behind the document Blazor writes the state of its components, sealed and with this visitor's antiforgery token in it:
    // nothing on a page without a circuit reads it, nobody else should have it, and it would make every rendering another.
    private static Memory<byte> WithoutState(Memory<byte> page)
    {
        var end = page.Span.LastIndexOf(DocumentEnd);
        return end < 0 ? page : page[..(end + DocumentEnd.Length)];
    }

    private static void MakePublic(HttpResponse response, Kind kind, ReadOnlySpan<byte> text)
    {
        var headers = response.Headers;
        headers.Remove(HeaderNames.SetCookie);
        headers.Remove(HeaderNames.Pragma);
        headers.Remove(HeaderNames.Expires);
        // Weak: the same tag whether it is sent compressed or not.
        headers.ETag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, 12))}\"";
        if (!kind.IsPage)
            return;

        // Asked again every time, which costs a 304: a cache in between that overlooks Vary would otherwise show a visitor's
        // page to somebody who has signed in since.
        headers.CacheControl = "public, no-cache";
        headers.Append(HeaderNames.Vary, HeaderNames.Cookie);
    }

    internal sealed record Kind(bool IsPage);
}
