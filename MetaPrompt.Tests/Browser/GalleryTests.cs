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
    public async Task What_is_typed_into_a_variable_stands_in_the_text_in_the_copy_and_in_the_links_to_chats()
    {
        var page = await OpenAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        // Nobody's chat is asked anything.
        await page.Context.RouteAsync("https://**/*", route => route.FulfillAsync(new() { Status = 200, Body = "a chat" }));
        await OpenStarterAsync(page);
        await page.GetByLabel("Findings at most").FillAsync("3");
        await page.GetByLabel("Language and surroundings").FillAsync("C# {{diff}}");
        await Assertions.Expect(page.Locator("[data-v=max_findings]").First).ToHaveTextAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("Still to fill in: Diff, What the change should do.").First).ToBeVisibleAsync();

        var copied = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Contains("at most 3 findings", copied, StringComparison.Ordinal);
        Assert.Contains("The code is C# {{diff}}.", copied, StringComparison.Ordinal);
        Assert.Contains("<diff>\n{{diff}}\n</diff>", copied, StringComparison.Ordinal);

        var menu = page.Locator(".fill-side summary", new() { HasText = "Open in" });
        var chatGpt = page.Locator(".fill-side [data-open-in=ChatGPT]");
        await menu.ClickAsync();
        Assert.Equal("https://chatgpt.com/?q=" + copied, Uri.UnescapeDataString((await chatGpt.GetAttributeAsync("href"))!));

        // Over the length of an address: copied, and the chat opens empty.
        await page.GetByLabel("Diff", new() { Exact = true }).FillAsync(new string('+', 6000));
        await Assertions.Expect(page.GetByText("it is copied, and the chat opens empty").First).ToBeVisibleAsync();
        var chat = await page.Context.RunAndWaitForPageAsync(() => chatGpt.ClickAsync());
        Assert.Equal("https://chatgpt.com/", chat.Url);
        await page.BringToFrontAsync();
        await Assertions.Expect(page.GetByText("It is in the clipboard: paste it in ChatGPT.").First).ToBeVisibleAsync();
        Assert.Contains(new string('+', 6000), await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), StringComparison.Ordinal);

        // What was typed is still there after leaving, and gone after Start over.
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByLabel("Language and surroundings")).ToHaveValueAsync("C# {{diff}}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start over" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-v=stack]").First).ToHaveTextAsync("{{stack}}");
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

    [Fact]
    public async Task Proposals_come_while_one_types_and_are_chosen_by_keyboard()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/templates");
        await page.Keyboard.PressAsync("/");
        var box = page.GetByRole(AriaRole.Combobox, new() { Name = "Search templates" });
        await Assertions.Expect(box).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("diff worst");
        var proposal = page.GetByRole(AriaRole.Option).Filter(new() { HasText = Starter });
        await Assertions.Expect(proposal).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(box).ToHaveAttributeAsync("aria-expanded", "false");
        await Assertions.Expect(box).ToHaveValueAsync("diff worst");

        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(proposal).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(proposal).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Starter);

        // Enter without a choice searches for what stands there.
        await page.GoBackAsync();
        await box.FillAsync("worst problems");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/templates?q=worst+problems");
        await Assertions.Expect(page.Locator(".card mark").First).ToHaveTextAsync("worst");
    }

    [Fact]
    public async Task A_card_is_favorited_where_it_stands_with_JavaScript_and_without()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Fan of cards");
        await page.GotoAsync("/templates?q=diff&sort=newest");
        var heart = page.GetByRole(AriaRole.Button, new() { Name = "Favorite: " + Starter });
        var likes = page.Locator(".card", new() { Has = heart }).Locator("[data-likes]");
        var before = int.Parse(await likes.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        // Three presses in a row: the last one counts.
        await page.RunAndWaitForResponseAsync(() => heart.ClickAsync(new() { ClickCount = 3 }), answer => answer.Url.EndsWith("/favorite", StringComparison.Ordinal));
        await Assertions.Expect(heart).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(likes).ToHaveTextAsync($"{before + 1}");
        await AxeAsync(page);

        var cookies = await page.Context.CookiesAsync();
        var plain = await OpenAsync(new Visit { JavaScript = false });
        await plain.Context.AddCookiesAsync(cookies.Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path }));
        await plain.GotoAsync("/templates?q=diff&sort=newest");
        heart = plain.GetByRole(AriaRole.Button, new() { Name = "Favorite: " + Starter });
        await Assertions.Expect(heart).ToHaveAttributeAsync("aria-pressed", "true");
        await heart.ClickAsync();
        await plain.WaitForURLAsync("**/templates?q=diff&sort=newest");
        await Assertions.Expect(heart).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task An_older_version_is_compared_and_taken_and_the_template_tells_of_the_copy()
    {
        var template = await Site.Database.OwnerScalarAsync<Guid>(
            "select t.id from public.prompt_templates t join public.prompts p on p.id = t.prompt_id order by p.title desc limit 1");
        await Site.Database.OwnerAsync(
            "update public.prompts set template = template || E'\\n\\nOne line more.' where id = (select prompt_id from public.prompt_templates where id = @id)", ("id", template));
        var page = await OpenAsync(new Visit { Width = 390, Dark = true });
        await SignUpAsync(page, "Reader", $"/templates/{template}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Version 2", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".diff ins")).ToContainTextAsync("One line more.");
        await AxeAsync(page);
        await FitsAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Version 1", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use this version" }).ClickAsync();
        await page.WaitForURLAsync("**/prompts/*");

        await page.GotoAsync($"/templates/{template}");
        await Assertions.Expect(page.GetByText("You made a copy of it just now")).ToBeVisibleAsync();
        // The copy is of another version: testing makes one of this text.
        var field = page.Locator("form[data-fill] textarea[data-variable], form[data-fill] input[type=text][data-variable]").First;
        var variable = await field.GetAttributeAsync("data-variable");
        await field.FillAsync("Filled in where it was found");
        await page.Locator(".action-bar").GetByRole(AriaRole.Button, new() { Name = "Test it here" }).ClickAsync();
        await page.WaitForURLAsync("**/prompts/*/test");
        await Assertions.Expect(page.Locator($"[data-keep='v:{variable}']")).ToHaveValueAsync("Filled in where it was found");
        await page.GotoAsync($"/templates/{template}");
        await AxeAsync(page);
        await FitsAsync(page);
    }

    [Theory]
    [InlineData(390, false)]
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
