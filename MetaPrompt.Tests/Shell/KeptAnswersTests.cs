using System.Text;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Xunit;

namespace MetaPrompt.Tests.Shell;

/// <summary>What a page may lose on its way into the cache, and which page never gets there.</summary>
public sealed class KeptAnswersTests
{
    [Fact]
    public async Task A_page_for_everybody_loses_what_belongs_to_one_visitor()
    {
        var (context, cache, body) = await AnswerAsync("<html><p>Templates</p></html>\n<!--Blazor-Server-Component-State:sealed-->", StatusCodes.Status200OK);

        Assert.True(cache.AllowCacheStorage);
        Assert.Equal("<html><p>Templates</p></html>", body);
        Assert.False(context.Response.Headers.ContainsKey("Set-Cookie"));
        Assert.Equal("public, no-cache", context.Response.Headers.CacheControl);
        Assert.StartsWith("W/\"", context.Response.Headers.ETag.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html><input type=hidden name=__RequestVerificationToken value=x></html>", StatusCodes.Status200OK)]
    [InlineData("<html>Gone</html>", StatusCodes.Status404NotFound)]
    [InlineData("<html>Away</html>", StatusCodes.Status503ServiceUnavailable)]
    public async Task A_page_with_a_token_or_a_failure_is_sent_as_it_is_and_not_kept(string page, int status)
    {
        var (context, cache, body) = await AnswerAsync(page, status);

        Assert.False(cache.AllowCacheStorage);
        Assert.Equal(page, body);
        Assert.Equal("token=1", context.Response.Headers.SetCookie);
        Assert.Equal("no-store", context.Response.Headers.CacheControl);
        Assert.False(context.Response.Headers.ContainsKey("ETag"));
    }

    private static async Task<(HttpContext Context, OutputCacheContext Cache, string Body)> AnswerAsync(string page, int status)
    {
        var context = new DefaultHttpContext();
        using var sent = new MemoryStream();
        context.Response.Body = sent;
        var cache = new OutputCacheContext { HttpContext = context, AllowCacheStorage = true };
        context.Features.Set<IOutputCacheFeature>(new Feature(cache));
        context.Features.Set(KeptAnswers.Page);
        using var lastPages = new LastPages();
        var middleware = new KeptAnswers(async inner =>
        {
            inner.Response.StatusCode = status;
            inner.Response.Headers.SetCookie = "token=1";
            inner.Response.Headers.CacheControl = "no-store";
            await inner.Response.WriteAsync(page);
        }, lastPages);

        await middleware.InvokeAsync(context);
        return (context, cache, Encoding.UTF8.GetString(sent.ToArray()));
    }

    private sealed class Feature(OutputCacheContext context) : IOutputCacheFeature
    {
        public OutputCacheContext Context => context;
    }
}
