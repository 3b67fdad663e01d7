using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Shell;

/// <summary>Title, header, footer and skip link stand around the circuit, and still say what it shows.</summary>
public sealed partial class FrameTests(FrameTests.QuickSite site) : BrowserTest(site), IClassFixture<FrameTests.QuickSite>
{
    private const string Goal = "Turn merged pull requests into release notes";

    [Fact]
    public async Task Header_and_title_go_along_with_a_page_that_changes_by_itself()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Ann Frame", "/wizard?goal=" + Uri.EscapeDataString(Goal));
        await WaitInteractiveAsync(page);
        await page.EvaluateAsync("() => { window.loaded = 'once'; }");
        await Assertions.Expect(Current(page)).ToHaveTextAsync("Wizard");
        await Assertions.Expect(page).ToHaveTitleAsync("Questions · MetaPrompt");

        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveTitleAsync("Your template · MetaPrompt");
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Notes in the frame");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).ClickAsync();
        await page.WaitForURLAsync(SavedPrompt());
        await Assertions.Expect(Current(page)).ToHaveTextAsync("My prompts");
        await Assertions.Expect(page).ToHaveTitleAsync("Notes in the frame · MetaPrompt");

        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Results" }).ClickAsync();
        await Assertions.Expect(page).ToHaveTitleAsync("Results · MetaPrompt");
        await Assertions.Expect(Current(page)).ToHaveTextAsync("Results");
        await page.GoBackAsync();
        await Assertions.Expect(Current(page)).ToHaveTextAsync("My prompts");
        await Assertions.Expect(page).ToHaveTitleAsync("Notes in the frame · MetaPrompt");
        Assert.Equal("once", await page.EvaluateAsync<string>("() => window.loaded"));
        Assert.Equal(1, await page.Locator("header.site-header").CountAsync());
        Assert.Equal(1, await page.Locator("footer.site-footer").CountAsync());
    }

    [Fact]
    public async Task Signing_in_leads_back_to_the_step_one_is_at()
    {
        var page = await OpenAsync();
        await AtQuestionsAsync(page);

        await Assertions.Expect(SignIn(page)).ToHaveAttributeAsync("href", "/login?returnUrl=%2Fwizard%3Fstep%3Dquestions");
    }

    [Fact]
    public async Task The_skip_link_leads_to_the_content_of_the_step_one_is_at()
    {
        var page = await OpenAsync();
        await AtQuestionsAsync(page);
        await page.EvaluateAsync("() => { window.loaded = 'once'; }");
        await page.Locator(".question .chip").First.ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();
        Assert.EndsWith("/wizard?step=questions", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator(".question .chip").First).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal("once", await page.EvaluateAsync<string>("() => window.loaded"));
    }

    [Fact]
    public async Task On_a_phone_the_menu_of_an_interactive_page_opens_closes_and_signs_out()
    {
        var page = await OpenAsync(new Visit { Width = 390 });
        await SignUpAsync(page, "Ann Menu", "/wizard");
        await WaitInteractiveAsync(page);
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Collections" });

        await page.GetByRole(AriaRole.Link, new() { Name = "Switch between light and dark" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Locator("summary", new() { HasText = "Account menu" }).ClickAsync();
        await Assertions.Expect(link).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(link).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Assertions.Expect(SignIn(page)).ToBeVisibleAsync();
        await page.GotoAsync("/wizard");
        await Assertions.Expect(SignIn(page)).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Theory]
    [InlineData("/prompts")]
    [InlineData("/wizard")]
    public async Task Where_the_session_ends_while_a_page_is_open_its_header_offers_to_sign_in(string path)
    {
        var page = await OpenAsync();
        var email = await SignUpAsync(page, "Ann Ended", path);
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.GetByText("Account menu")).ToHaveCountAsync(1);

        await Site.Database.OwnerAsync("update internal.sessions set revoked_at = now() where user_id = (select id from public.users where email = @email)", ("email", email));

        await Assertions.Expect(SignIn(page)).ToHaveAttributeAsync("href", "/login?returnUrl=" + Uri.EscapeDataString(path));
        await Assertions.Expect(page.GetByText("Account menu")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link)).ToHaveTextAsync(["Templates", "Wizard"]);
    }

    private static ILocator Current(IPage page) => page.Locator(".site-nav [aria-current=page]");

    private static ILocator SignIn(IPage page) => page.Locator(".site-header").GetByRole(AriaRole.Link, new() { Name = "Sign in" });

    private static async Task AtQuestionsAsync(IPage page)
    {
        await GoInteractiveAsync(page, "/wizard");
        await page.GetByLabel("Goal").FillAsync(Goal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/wizard?step=questions");
    }

    [GeneratedRegex("/prompts/[0-9a-f-]{36}$")]
    private static partial Regex SavedPrompt();

    /// <summary>A program that notices the end of a session soon.</summary>
    public sealed class QuickSite : BrowserSite
    {
        protected override void Configure(IServiceCollection services) =>
            services.AddSingleton(new AccountTimes { SessionCache = TimeSpan.FromMilliseconds(100), CircuitCheck = TimeSpan.FromMilliseconds(300) });
    }
}
