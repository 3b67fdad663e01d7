using System.Net;
using System.ServiceModel.Syndication;
using System.Xml;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Xunit;

namespace MetaPrompt.Tests.Syndication;

/// <summary>Feeds, sitemaps and robots.txt, as a reader and a crawler fetch them.</summary>
public sealed class FeedTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("atom")]
    [InlineData("rss")]
    public async Task A_feed_can_be_read_whatever_a_template_is_called(string format)
    {
        var author = await site.Database.CreateUserAsync(name: "Ann & <Bob> \u0001\uFFFF");
        var id = await new Planted { Author = author, Title = "]]></title><script>alert(1)</script> \u0008\u001F\uFFFE 🎈 أهلا", Goal = "Tab\tand \u000B bell \u0007", Tags = ["a&b", "\u0002"] }.PlantAsync(site.Database);

        var feed = await FeedAsync($"/feeds/authors/{author}.{format}");

        var item = Assert.Single(feed.Items);
        Assert.StartsWith("]]></title><script>alert(1)</script> ", item.Title.Text, StringComparison.Ordinal);
        Assert.EndsWith("🎈 أهلا", item.Title.Text, StringComparison.Ordinal);
        Assert.Contains(new Uri(site.Address, $"/templates/{id}"), item.Links.Select(link => link.Uri));
        Assert.Contains($"{id}", item.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_category_with_any_sign_in_its_name_has_a_feed_of_its_own_templates()
    {
        var author = await site.Database.CreateUserAsync(name: "Ann");
        var inside = await new Planted { Author = author, Title = "Inside", Category = "C#/.NET & 100% \"more\"" }.PlantAsync(site.Database);
        await new Planted { Author = author, Title = "Outside", Category = "Other" }.PlantAsync(site.Database);

        var feed = await FeedAsync($"/feeds/categories/{Uri.EscapeDataString("C#/.NET & 100% \"more\"")}.atom");

        Assert.Equal($"urn:uuid:{inside}", Assert.Single(feed.Items).Id);
    }

    [Fact]
    public async Task What_is_private_or_not_there_has_no_feed_and_is_in_none()
    {
        var author = await site.Database.CreateUserAsync(name: "Quiet");
        var hidden = await new Planted { Author = author, Title = "Hidden away", IsPublic = false, Category = "Secret" }.PlantAsync(site.Database);

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/feeds/authors/{author}.atom")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/feeds/categories/Secret.atom")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/feeds/categories/.atom")).StatusCode);
        Assert.DoesNotContain((await FeedAsync("/feeds/templates.atom")).Items, item => item.Id.Contains($"{hidden}", StringComparison.Ordinal));
        Assert.DoesNotContain($"{hidden}", await TextAsync("/sitemaps/1.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_are_sent_to_the_sitemap_and_kept_from_forms()
    {
        using var answer = await GetAsync("/robots.txt");
        var text = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"Sitemap: {new Uri(site.Address, "/sitemap.xml")}\n", text, StringComparison.Ordinal);
        Assert.Contains("Disallow: /*/report\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sitemap_leads_to_every_public_template_author_and_category()
    {
        var author = await site.Database.CreateUserAsync(name: "Mapped");
        var id = await new Planted { Author = author, Title = "Mapped", Category = "Maps & more" }.PlantAsync(site.Database);
        await ChangedAsync();
        var index = new XmlDocument();
        index.LoadXml(await TextAsync("/sitemap.xml"));
        var files = index.GetElementsByTagName("loc").Cast<XmlNode>().Select(node => new Uri(node.InnerText)).ToArray();

        var addresses = new List<string>();
        foreach (var file in files)
        {
            var map = new XmlDocument();
            map.LoadXml(await TextAsync(file.PathAndQuery));
            addresses.AddRange(map.GetElementsByTagName("loc").Cast<XmlNode>().Select(node => node.InnerText));
        }

        Assert.Contains(new Uri(site.Address, $"/templates/{id}").ToString(), addresses);
        Assert.Contains(new Uri(site.Address, $"/authors/{author}").ToString(), addresses);
        Assert.Contains(new Uri(site.Address, "/templates?category=Maps%20%26%20more").AbsoluteUri, addresses);
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/sitemaps/0.xml")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/sitemaps/999.xml")).StatusCode);
    }

    [Fact]
    public async Task A_reader_that_has_the_feed_already_gets_no_body()
    {
        using var first = await GetAsync("/feeds/templates.atom");
        using var again = await GetAsync("/feeds/templates.atom", first.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.NotNull(first.Content.Headers.LastModified);
        Assert.True(first.Headers.CacheControl!.Public);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Stop));
    }

    private async Task ChangedAsync() =>
        await ((MetaPrompt.Web.Shared.GalleryChanged)site.Services.GetService(typeof(MetaPrompt.Web.Shared.GalleryChanged))!).TellAsync(Stop);

    private async Task<SyndicationFeed> FeedAsync(string path)
    {
        await ChangedAsync();
        using var reader = XmlReader.Create(new StringReader(await TextAsync(path)));
        return SyndicationFeed.Load(reader);
    }

    private async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? known = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await client.SendAsync(request, Stop);
    }
}
