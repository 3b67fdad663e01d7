using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>The gallery as people meet it, with JavaScript and without.</summary>
public sealed class GalleryTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Starter = "Code review of a diff, worst problems first";

    [Fact]
    public async Task Without_JavaScript_a_person_browses_searches_signs_in_and_favorites()
    {
        var page = await OpenAsync(new Visit { JavaScript = false });
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "All templates" }).ClickAsync();
        await page.GetByLabel("Search templates").FillAsync("diff review");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = Starter }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Starter);

        // A visitor's Favorite leads to signing in, and back to the template.
        await page.GetByRole(AriaRole.Button, new() { Name = "Favorite" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        var email = await FillSignUpAsync(page, "No Script");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Starter);

        await page.GetByRole(AriaRole.Button, new() { Name = "Favorite" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Favorite" })).ToHaveAttributeAsync("aria-pressed", "true");

        await page.GotoAsync("/favorites");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = Starter, Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync("/account");
        await page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.GotoAsync("/login?returnUrl=/favorites");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = Starter, Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_JavaScript_variables_are_filled_by_the_form_and_the_theme_by_a_link()
    {
        var page = await OpenAsync(new Visit { JavaScript = false });
        await OpenStarterAsync(page);
        await page.GetByLabel("Findings at most").FillAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fill in" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-v=max_findings]").First).ToHaveTextAsync("3");

        await page.GetByRole(AriaRole.Link, new() { Name = "Switch between light and dark" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task Favoriting_shows_at_once_counts_once_and_is_undone_by_the_same_button()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Fan");
        await OpenStarterAsync(page);
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Favorite" });
        var likes = page.Locator("[data-likes]");
        var before = int.Parse(await likes.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

        await PressAsync(page, button);
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(likes).ToHaveTextAsync($"{before + 1}");
        await page.ReloadAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(likes).ToHaveTextAsync($"{before + 1}");

        await PressAsync(page, button);
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        await page.ReloadAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        await Assertions.Expect(likes).ToHaveTextAsync($"{before}");
    }

    [Fact]
    public async Task What_is_typed_into_a_variable_stands_in_the_text_and_in_the_copy()
    {
        var page = await OpenAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await OpenStarterAsync(page);
        await page.GetByLabel("Findings at most").FillAsync("3 {{diff}}");
        await Assertions.Expect(page.Locator("[data-v=max_findings]").First).ToHaveTextAsync("3 {{diff}}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied", Exact = true })).ToBeVisibleAsync();

        var copied = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Contains("at most 3 {{diff}} findings", copied, StringComparison.Ordinal);
        Assert.Contains("<diff>\n{{diff}}\n</diff>", copied, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_pages_come_by_their_address_and_end()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/templates?sort=newest");
        await Assertions.Expect(page.Locator(".card")).ToHaveCountAsync(24);
        var first = await page.Locator(".card h2").AllInnerTextsAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(page.Locator(".card")).Not.ToHaveCountAsync(0);
        await page.WaitForURLAsync(url => url.Contains("after=", StringComparison.Ordinal));
        var second = await page.Locator(".card h2").AllInnerTextsAsync();
        Assert.Empty(first.Intersect(second));
    }

    [Fact]
    public async Task A_search_without_a_match_leads_on()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/templates");
        await page.GetByLabel("Search templates").FillAsync("xyzzy<script>alert(1)</script>%");
        await page.GetByLabel("Search templates").PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing matches" })).ToBeVisibleAsync();
        await AxeAsync(page);
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    public async Task Every_public_page_is_accessible_and_fits(int width, bool dark)
    {
        var page = await OpenAsync(new Visit { Width = width, Dark = dark });
        foreach (var path in new[] { "/", "/templates", "/templates?q=review&category=Engineering", "/login", "/signup", "/forgot-password" })
        {
            await page.GotoAsync(path);
            await AxeAsync(page);
            await FitsAsync(page);
        }

        await OpenStarterAsync(page);
        await AxeAsync(page);
        await FitsAsync(page);
        await page.Locator("a[href^='/authors/']").First.ClickAsync();
        await AxeAsync(page);
        await FitsAsync(page);

        Expect("404");
        await page.GotoAsync("/templates/00000000-0000-0000-0000-000000000000");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing here" })).ToBeVisibleAsync();
        await AxeAsync(page);
    }

    private static async Task OpenStarterAsync(IPage page)
    {
        await page.GotoAsync("/templates?q=" + Uri.EscapeDataString(Starter));
        await page.GetByRole(AriaRole.Link, new() { Name = Starter }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Starter);
    }

    private static async Task PressAsync(IPage page, ILocator button) =>
        await page.RunAndWaitForResponseAsync(() => button.ClickAsync(), answer => answer.Url.EndsWith("/favorite", StringComparison.Ordinal));
}
