using System.Globalization;
using System.Net;
using System.Text;
using MetaPrompt.Data;
using MetaPrompt.Web.Shell.Guarding;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>How much one client address may ask, and what it is told when that was too much.</summary>
public sealed class RateLimitTests(LimitedSite site) : IClassFixture<LimitedSite>
{
    private const int TooMany = LimitedSite.Dear + 1;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/templates?q=word{0}", "text/html")]
    [InlineData("/templates/suggest?q=word{0}", "application/json")]
    [InlineData("/picture.png?v={0}", "image/png")]
    [InlineData("/templates/00000000-0000-0000-0000-000000000001/picture.png?{0}", "image/png")]
    public async Task What_is_dear_is_refused_after_a_while_and_says_when_to_come_back(string address, string accept)
    {
        using var client = site.Client(accept: accept);
        var asked = 0;
        var answers = await LimitedSite.AskAsync(client, TooMany, () => Get(string.Format(CultureInfo.InvariantCulture, address, asked++)));
        var refused = answers[^1];
        var text = await refused.Content.ReadAsStringAsync(Stop);

        Assert.All(answers[..^1], answer => Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(accept == "text/html" ? "text/html" : "application/json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Try again in", text, StringComparison.Ordinal);
        Assert.Contains("no-store", refused.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.True(refused.Headers.Contains("Content-Security-Policy"));

        using var neighbour = site.Client(accept: accept);
        using var other = await neighbour.SendAsync(Get(string.Format(CultureInfo.InvariantCulture, address, "elsewhere")), Stop);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, other.StatusCode);
        answers.ForEach(answer => answer.Dispose());
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/signup")]
    [InlineData("/forgot-password")]
    [InlineData("/reset-password")]
    [InlineData("/templates/00000000-0000-0000-0000-000000000001/report")]
    [InlineData("/prompts/export/file")]
    [InlineData("/no-such-form")]
    public async Task Forms_are_refused_after_a_while_whatever_they_are(string address)
    {
        using var client = site.Client();
        var answers = await LimitedSite.AskAsync(client, TooMany, () => new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("", Encoding.UTF8, "application/x-www-form-urlencoded") });

        Assert.All(answers[..^1], answer => Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1].StatusCode);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.Contains("what you typed is still there", await answers[^1].Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        answers.ForEach(answer => answer.Dispose());
    }

    [Fact]
    public async Task A_search_that_a_cache_answers_is_not_counted_as_one_but_as_a_request()
    {
        using var client = site.Client();
        var answers = await LimitedSite.AskAsync(client, 61, () => Get("/templates?q=kept"));

        Assert.All(answers[..60], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[60].StatusCode);
        answers.ForEach(answer => answer.Dispose());
        using var visitor = site.Client();
        using var unharmed = await visitor.SendAsync(Get("/templates?q=kept"), Stop);
        Assert.Equal(HttpStatusCode.OK, unharmed.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_kept_in_no_cache()
    {
        var asked = 0;
        using var busy = site.Client();
        var answers = await LimitedSite.AskAsync(busy, TooMany, () => Get($"/templates?q=refused{asked++}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1].StatusCode);
        answers.ForEach(answer => answer.Dispose());

        using var visitor = site.Client();
        using var answer = await visitor.SendAsync(Get($"/templates?q=refused{asked - 1}"), Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_IPv6_network_counts_as_one()
    {
        for (var i = 0; i < TooMany; i++)
        {
            using var client = site.Client($"2001:db8:77:1:{i:x}::{i + 1:x}");
            using var answer = await client.SendAsync(Get($"/templates?q=six{i}"), Stop);
            Assert.Equal(i == LimitedSite.Dear ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK, answer.StatusCode);
        }

        using var neighbour = site.Client("2001:db8:77:2::1");
        using var unharmed = await neighbour.SendAsync(Get("/templates?q=neighbour"), Stop);
        Assert.Equal(HttpStatusCode.OK, unharmed.StatusCode);
    }

    [Theory]
    [InlineData("Limits:RequestsPerMinute", "many")]
    [InlineData("Limits:SearchesPerMinute", "-1")]
    [InlineData("Limits:Circuits", "1.5")]
    public void A_limit_that_is_no_number_is_refused_by_name(string setting, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value }).Build();
        Assert.Equal(setting, Assert.Throws<SettingsException>(() => RequestLimits.Read(configuration)).Setting);
    }

    [Fact]
    public void Without_settings_there_are_limits_for_many_people_at_one_address()
    {
        var usual = RequestLimits.Read(new ConfigurationBuilder().Build());
        Assert.All([usual.SearchesPerMinute, usual.FormsPerMinute, usual.FilesPerMinute, usual.CircuitsPerAddress], limit => Assert.InRange(limit, 100, 1000));
        Assert.InRange(usual.RequestsPerMinute, 1000, 10_000);
    }

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);
}
