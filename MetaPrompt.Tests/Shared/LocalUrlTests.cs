using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>Where a person is sent back to.</summary>
public sealed class LocalUrlTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/templates?q=a%2Fb&tag=x")]
    [InlineData("/wizard?save=1#main")]
    public void A_path_of_this_site_is_followed(string url) => Assert.Equal(url, LocalUrl.OrHome(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("templates")]
    [InlineData("/\t/evil.example")]
    [InlineData("/a\r\nSet-Cookie: x")]
    public void Anything_else_leads_home(string? url) => Assert.Equal("/", LocalUrl.OrHome(url));
}
