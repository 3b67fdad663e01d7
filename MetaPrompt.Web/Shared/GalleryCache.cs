using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.Caching.Hybrid;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// What many pages of the gallery show and what is dear to read: categories with their counts, the popular ones, facets.
/// Read as a visitor, the same for everybody; thrown away when the gallery changes. One caller reads, the others wait.
/// </summary>
/// <param name="gallery">Where it is read.</param>
/// <param name="cache">Where it is kept.</param>
/// <param name="meter">Counts what was kept and what had to be read; null counts nothing.</param>
public sealed class GalleryCache(GalleryQueries gallery, HybridCache cache, CacheMeter? meter = null)
{
    /// <summary>The mark on everything here that a change of the gallery makes old.</summary>
    internal const string Tag = "gallery";

    // A minute at most, so that a node that missed a change is not wrong for long.
    private static readonly HybridCacheEntryOptions Minute = new() { Expiration = TimeSpan.FromMinutes(1), LocalCacheExpiration = TimeSpan.FromMinutes(1) };
    private static readonly HybridCacheEntryOptions Hour = new() { Expiration = TimeSpan.FromHours(1), LocalCacheExpiration = TimeSpan.FromHours(1) };
    private static readonly string[] Tags = [Tag];

    /// <summary>The categories with their number of templates, largest first.</summary>
    public Task<IReadOnlyList<CategoryCount>> CategoriesAsync(CancellationToken cancellationToken) =>
        ReadAsync("categories", Minute, Tags, cancel => gallery.CategoriesAsync(Caller.Anonymous, cancel), cancellationToken);

    /// <summary>The first cards of an order over the whole gallery: what is popular, what is new.</summary>
    public Task<IReadOnlyList<TemplateCard>> TopAsync(TemplateSort sort, int size, CancellationToken cancellationToken) =>
        ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"top/{sort}/{size}"), Minute, Tags,
            cancel => gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Sort = sort, Size = size }, cancel), cancellationToken);

    /// <summary>Anything else a list needs for one search: facets, counts, advice.</summary>
    /// <param name="kind">What it is; with the search it makes the key.</param>
    /// <param name="search">What a visitor looks for.</param>
    /// <param name="read">Reads it, always as <see cref="Caller.Anonymous"/>: the answer is shared.</param>
    /// <param name="cancellationToken">Ends the waiting; the reading goes on where others wait for it too.</param>
    public Task<T> OfSearchAsync<T>(string kind, TemplateSearch search, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        return ReadAsync(SearchKey(kind, search), Minute, Tags, read, cancellationToken);
    }

    /// <summary>What may be an hour old and is too dear to read at every change: where sitemaps begin.</summary>
    public Task<T> HourlyAsync<T>(string kind, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(kind, Hour, [], read, cancellationToken);

    /// <summary>Forgets what a change of the gallery made old. <see cref="GalleryChanged"/> calls it on every node.</summary>
    internal ValueTask ForgetAsync(CancellationToken cancellationToken) => cache.RemoveByTagAsync(Tag, cancellationToken);

    // Every part with its length before it: no two searches share a key, whatever signs they have; hashed, so that a long
    // query is no long key.
    private static string SearchKey(string kind, TemplateSearch search)
    {
        var parts = new StringBuilder();
        foreach (var part in new[]
                 {
                     search.Query, search.Category, search.Tag, search.AuthorId?.ToString("N"), search.Sort.ToString(),
                     search.After?.Value, search.After?.Id.ToString("N"), search.Size.ToString(CultureInfo.InvariantCulture),
                 })
        {
            parts.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part};");
        }

        return kind + "/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString())));
    }

    private async Task<T> ReadAsync<T>(
        string key, HybridCacheEntryOptions options, string[] tags, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var asked = new Asked<T>(read);
        var kept = await cache.GetOrCreateAsync(
            "metaprompt/" + key, asked, static async (asked, cancel) => new Kept<T> { Value = await asked.ReadAsync(cancel) }, options, tags, cancellationToken);
        meter?.Gallery(hit: !asked.WasRead);
        return kept.Value;
    }

    // Who waited for another's reading was not served from the cache by itself, but the database was spared all the same: a hit.
    private sealed class Asked<T>(Func<CancellationToken, Task<T>> read)
    {
        public bool WasRead { get; private set; }

        public Task<T> ReadAsync(CancellationToken cancellationToken)
        {
            WasRead = true;
            return read(cancellationToken);
        }
    }

    /// <summary>Rows are never changed once read, so the cache may hand the same ones to everybody instead of copies.</summary>
    [ImmutableObject(true)]
    internal sealed record Kept<T>
    {
        public required T Value { get; init; }
    }
}
