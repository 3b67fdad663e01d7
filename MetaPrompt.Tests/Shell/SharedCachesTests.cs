using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Shell;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Shell;

/// <summary>Several nodes on one database agree on the gallery, with Redis and without, and do without a Redis that is away.</summary>
public sealed class SharedCachesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_published_on_one_node_is_seen_on_the_other()
    {
        await using var one = await BrowserSite.StartAsync();
        await using var other = await BrowserSite.StartAsync(OnDatabaseOf(one));
        await HoldsAsync(one, other);
    }

    [Fact]
    public async Task Nodes_with_a_Redis_share_their_pages_and_do_without_when_it_is_away()
    {
        await using var redis = await RedisProcess.StartAsync(Stop);
        await using var one = await BrowserSite.StartAsync(("Redis:Connection", redis.Connection));
        await using var other = await BrowserSite.StartAsync([.. OnDatabaseOf(one), ("Redis:Connection", redis.Connection)]);

        // A page that the first has rendered is kept for the other too, whatever name they are asked by.
        var shared = $"/templates?q={Guid.NewGuid():N}";
        using (var first = await GetAsync(one, shared, host: "prompts.example"))
            Assert.Null(first.Headers.Age);
        using (var second = await GetAsync(other, shared, host: "prompts.example"))
            Assert.NotNull(second.Headers.Age);
        await HoldsAsync(one, other);
        Assert.Empty(one.TakeErrors());

        await redis.DisposeAsync();
        for (var visit = 0; visit < 10; visit++)
        {
            using var answer = await GetAsync(one, $"/templates?q=away{visit}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotNull(answer.Headers.ETag);
        }

        await one.Services.GetRequiredService<GalleryChanged>().TellAsync(Stop);
        Assert.Contains("Redis is away", Assert.Single(one.TakeErrors()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://localhost:6379")]
    [InlineData("localhost:6379,nonsense=1")]
    [InlineData(",ssl=true")]
    public void A_wrong_address_stops_the_start_and_is_named(string connection)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Redis:Connection", (string?)connection)]).Build();

        var wrong = Assert.Throws<SettingsException>(() => RedisSettings.Read(configuration));
        Assert.Equal("Redis:Connection", wrong.Setting);
    }

    [Theory]
    [InlineData("prompts.example.com")]
    [InlineData("ftp://prompts.example.com")]
    [InlineData("https://prompts.example.com/path")]
    public void A_wrong_public_address_stops_the_start_and_is_named(string address)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Site:PublicUrl", (string?)address)]).Build();

        Assert.Equal("Site:PublicUrl", Assert.Throws<SettingsException>(() => SiteAddress.Read(configuration)).Setting);
    }

    // The page is kept on both, then changes on one.
    private static async Task HoldsAsync(BrowserSite one, BrowserSite other)
    {
        const string Path = "/templates?sort=newest";
        var title = $"Fresh {Guid.NewGuid():N}";
        await BothAsync(text => Assert.DoesNotContain(title, text, StringComparison.Ordinal));
        var author = await one.Database.CreateUserAsync();
        await new Planted { Author = author, Title = title, Category = title, PublishedAt = DateTime.UtcNow }.PlantAsync(one.Database);
        await BothAsync(text => Assert.DoesNotContain(title, text, StringComparison.Ordinal));

        await one.Services.GetRequiredService<GalleryChanged>().TellAsync(Stop);

        Assert.Contains(title, await TextAsync(one), StringComparison.Ordinal);
        var seen = await TextAsync(other);
        for (var patience = DateTime.UtcNow.AddSeconds(30); !seen.Contains(title, StringComparison.Ordinal) && DateTime.UtcNow < patience; seen = await TextAsync(other))
            await Task.Delay(20, Stop);
        // Its card, and its category's count in the filter.
        Assert.True(seen.Split(title).Length > 3, "the other node shows what it kept");

        async Task BothAsync(Action<string> check)
        {
            check(await TextAsync(one));
            check(await TextAsync(other));
        }

        static async Task<string> TextAsync(BrowserSite site)
        {
            using var answer = await GetAsync(site, Path);
            return await answer.Content.ReadAsStringAsync(Stop);
        }
    }

    private static (string, string)[] OnDatabaseOf(BrowserSite site) =>
        [("ConnectionStrings:MetaPrompt", site.Database.AppConnectionString), ("ConnectionStrings:Migrator", site.Database.OwnerConnectionString)];

    private static async Task<HttpResponseMessage> GetAsync(BrowserSite site, string path, string? host = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        return await client.SendAsync(request, Stop);
    }
}
