using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class GalleryChangedTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Telling_it_throws_away_the_gallerys_pages_and_counts_the_categories_anew()
    {
        var pages = new Pages();
        using var lastPages = new LastPages();
        await using var services = new ServiceCollection().AddHybridCache().Services.BuildServiceProvider();
        var categories = new GalleryCache(new GalleryQueries(database.Db), services.GetRequiredService<HybridCache>());
        using var changed = new GalleryChanged(pages, categories, new GalleryNotices(database.Db, database.AppDataSource), NullLogger<GalleryChanged>.Instance, lastPages);
        Assert.Empty(await categories.CategoriesAsync(Cancel));
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        await new PublishQueries(database.Db).PublishAsync(Caller.User(user), prompt, "Testing", [], Cancel);
        Assert.Empty(await categories.CategoriesAsync(Cancel));

        await changed.TellAsync(Cancel);

        Assert.Equal(["gallery"], pages.Evicted);
        Assert.Equal("Testing", Assert.Single(await categories.CategoriesAsync(Cancel)).Category);
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
