using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Memory;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class GalleryChangedTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Telling_it_throws_away_the_gallerys_pages_and_counts_the_categories_anew()
    {
        using var memory = new MemoryCache(new MemoryCacheOptions());
        var pages = new Pages();
        using var categories = new CategoryCache(new GalleryQueries(database.Db), memory);
        var changed = new GalleryChanged(pages, categories);
        Assert.Empty(await categories.GetAsync(Cancel));
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        await new PublishQueries(database.Db).PublishAsync(Caller.User(user), prompt, "Testing", [], Cancel);
        Assert.Empty(await categories.GetAsync(Cancel));

        await changed.TellAsync(Cancel);

        Assert.Equal(["gallery"], pages.Evicted);
        Assert.Equal("Testing", Assert.Single(await categories.GetAsync(Cancel)).Category);
    }

    private sealed class Pages : IOutputCacheStore
    {
        public List<string> Evicted { get; } = [];

        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken)
        {
            Evicted.Add(tag);
            return ValueTask.CompletedTask;
        }

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]?>(null);

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
