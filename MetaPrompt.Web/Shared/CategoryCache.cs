using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using Microsoft.Extensions.Caching.Memory;

namespace MetaPrompt.Web.Shared;

/// <summary>The categories with their counts. Counting reads every template, so one visitor a minute pays for all.</summary>
public sealed class CategoryCache(GalleryQueries gallery, IMemoryCache cache) : IDisposable
{
    private const string Key = "gallery-categories";

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Counts that are at most a minute old; public data, the same for everybody.</summary>
    public async Task<IReadOnlyList<CategoryCount>> GetAsync(CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(Key, out IReadOnlyList<CategoryCount>? known))
            return known!;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (cache.TryGetValue(Key, out known))
                return known!;
            var counts = await gallery.CategoriesAsync(Caller.Anonymous, cancellationToken);
            return cache.Set(Key, counts, TimeSpan.FromMinutes(1));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    /// <summary>Forgets the counts: something was published or taken back.</summary>
    public void Forget() => cache.Remove(Key);
}
