using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class BrowserInfrastructureTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    [Fact]
    public async Task The_home_page_opens_without_an_error_or_a_finding()
    {
        var page = await OpenAsync();

        await page.GotoAsync("/");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await AxeAsync(page);
    }

    [Theory]
    [InlineData(false, "rgb(250, 248, 244)")]
    [InlineData(true, "rgb(19, 19, 17)")]
    public async Task The_page_wears_the_theme_the_system_asks_for(bool dark, string paper)
    {
        var page = await OpenAsync(new Visit { Dark = dark, Width = 390, Height = 844 });

        await page.GotoAsync("/templates");

        await Assertions.Expect(page.Locator("body")).ToHaveCSSAsync("background-color", paper);
        await FitsAsync(page);
    }

    [Fact]
    public async Task Without_JavaScript_no_script_runs()
    {
        var page = await OpenAsync(new Visit { JavaScript = false });

        await page.GotoAsync("/templates");

        await Assertions.Expect(page.GetByLabel("Search templates")).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("#live").CountAsync());
    }
}
