using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Memory;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// The last good rendering of each page for visitors, for when the database is away: an old page is better than none. They
/// all go when something in the gallery changes, so that what was hidden or taken back is not shown again.
/// </summary>
public sealed class LastPages : IDisposable
{
    private const long MostBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>Forgets all.</summary>
    public void Clear() => _pages.Clear();

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    internal void Keep(OutputCacheContext context, ReadOnlyMemory<byte> body)
    {
        var copy = body.ToArray();
        _pages.Set(
            Key(context), new Kept(copy, context.HttpContext.Response.ContentType),
            new MemoryCacheEntryOptions { Size = copy.Length, AbsoluteExpirationRelativeToNow = Longest });
    }

    internal Kept? Find(OutputCacheContext context) => _pages.Get<Kept>(Key(context));

    // What the output cache tells apart, but for the compression: that comes after.
    private static string Key(OutputCacheContext context)
    {
        var request = context.HttpContext.Request;
        var host = context.CacheVaryByRules.VaryByHost ? request.Host.Value : "";
        var theme = context.CacheVaryByRules.VaryByValues.TryGetValue("theme", out var chosen) ? chosen : "";
        var query = context.CacheVaryByRules.QueryKeys.Count == 0 ? "" : request.QueryString.Value;
        return $"{request.Scheme}://{host}{request.PathBase}{request.Path}{query}\n{theme}";
    }

    internal sealed record Kept(byte[] Body, string? ContentType);
}
