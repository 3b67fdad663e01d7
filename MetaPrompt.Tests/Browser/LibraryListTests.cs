using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>Many prompts at once: rows that come as one scrolls, labels, several chosen, deleted, published.</summary>
public sealed partial class LibraryListTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private readonly string _mark = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Thousands_of_prompts_are_walked_by_scrolling_and_by_keys_with_few_rows_on_the_page()
    {
        var page = await PersonAsync(1_234);
        await Assertions.Expect(page.GetByText("1,234 prompts", new() { Exact = true })).ToBeVisibleAsync();

        await Box(page, "Prompt 0003").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(Box(page, "Prompt 1234")).ToBeFocusedAsync();
        Assert.InRange(await page.Locator("[data-row]").CountAsync(), 20, 200);
        await Assertions.Expect(page.Locator("[data-row]").Last).ToHaveAttributeAsync("aria-posinset", "1234");
        await Assertions.Expect(page.Locator("[data-row]").Last).ToHaveAttributeAsync("aria-setsize", "1234");

        await page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(Box(page, "Prompt 1233")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Home");
        await Assertions.Expect(Box(page, "Prompt 0001")).ToBeFocusedAsync();
        // Where the row with the focus scrolls away, one that is seen takes it.
        await page.EvaluateAsync("() => scrollTo(0, document.documentElement.scrollHeight / 2)");
        await Assertions.Expect(Box(page, "Prompt 0001")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("[data-row] input:focus")).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the top" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Search prompts")).ToBeFocusedAsync();
        await Assertions.Expect(Box(page, "Prompt 0001")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Three_are_labelled_filtered_by_it_sorted_and_the_rest_deleted_and_brought_back()
    {
        var page = await PersonAsync(8);
        await Box(page, "Prompt 0002").ClickAsync();
        await Box(page, "Prompt 0004").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Assertions.Expect(Bar(page)).ToContainTextAsync("3 selected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Label", Exact = true }).ClickAsync();
        await page.GetByLabel("Find or make a label").FillAsync("Letters");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Letters" })).ToHaveAttributeAsync("aria-checked", "true");
        await AxeAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(Bar(page)).ToContainTextAsync("3 selected");
        await Bar(page).GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Letters 3 prompts" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(HasLabel());
        await Assertions.Expect(Titles(page)).ToHaveTextAsync(["Prompt 0002", "Prompt 0003", "Prompt 0004"]);
        await page.GetByLabel("Order").SelectOptionAsync("title");
        await Assertions.Expect(page).ToHaveURLAsync(EndsWithTitle());
        await page.GetByRole(AriaRole.Link, new() { Name = "Without a label" }).ClickAsync();
        await Assertions.Expect(Titles(page)).ToHaveTextAsync(["Prompt 0001", "Prompt 0005", "Prompt 0006", "Prompt 0007", "Prompt 0008"]);

        await Box(page, "Prompt 0005").FocusAsync();
        await page.Keyboard.PressAsync("Control+a");
        await Assertions.Expect(Bar(page)).ToContainTextAsync("5 selected");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(Bar(page)).ToContainTextAsync("4 selected");
        await Bar(page).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(Titles(page)).ToHaveTextAsync(["Prompt 0005"]);
        await Assertions.Expect(Bar(page)).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(Titles(page)).ToHaveCountAsync(5);
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_label_is_renamed_made_one_with_another_deleted_and_brought_back()
    {
        var page = await PersonAsync(4, labels: ["Drafts", "Work"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        var field = page.GetByLabel("Name of the label Drafts");
        await field.FillAsync("Sketches");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("Name of the label Sketches")).ToBeVisibleAsync();

        await page.GetByLabel("Name of the label Sketches").FillAsync("work");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make them one" }).ClickAsync();
        await Assertions.Expect(page.Locator(".edit-label")).ToHaveCountAsync(1);
        await AxeAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the label Work" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Labels" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Work 4 prompts" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Of_several_to_publish_those_that_need_a_look_are_named_and_the_others_published()
    {
        var page = await PersonAsync(3);
        await Site.Database.OwnerAsync(
            "update public.prompts set template = template || ' Use the key sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH' where template = @text", ("text", $"A text 2 {_mark}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Select all" }).ClickAsync();
        await Bar(page).GetByRole(AriaRole.Link, new() { Name = "Publish" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "2 are ready" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "1 needs a look of yours" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".stopped")).ToContainTextAsync("Prompt 0002");
        await AxeAsync(page);
        await page.GetByLabel("Category for all").FillAsync("Writing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish 2 prompts" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "2 are public now" })).ToBeVisibleAsync();

        await GoInteractiveAsync(page, "/prompts?show=public");
        await Assertions.Expect(Titles(page)).ToHaveTextAsync(["Prompt 0001", "Prompt 0003"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Select all" }).ClickAsync();
        await Bar(page).GetByRole(AriaRole.Button, new() { Name = "Make private" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No prompt answers to all of that")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(Titles(page)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task On_a_phone_the_bar_is_at_the_bottom_and_nothing_sticks_out()
    {
        var page = await PersonAsync(30, labels: ["Drafts", "A label with rather a long name, as long as can be"]);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(390, 844);
        await page.GetByRole(AriaRole.Button, new() { Name = "Labels · 2" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Drafts 30 prompts" })).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Box(page, "Prompt 0001").ClickAsync();
        await Box(page, "Prompt 0002").ClickAsync();
        await Assertions.Expect(Bar(page)).ToContainTextAsync("2 selected");
        var place = (await Bar(page).BoundingBoxAsync())!;
        Assert.InRange(place.Y + place.Height, 843, 845);
        await page.GetByRole(AriaRole.Button, new() { Name = "Label", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Drafts" })).ToHaveAttributeAsync("aria-checked", "true");
        await FitsAsync(page);
        await AxeAsync(page);
    }

    [GeneratedRegex(@"\?label=")]
    private static partial Regex HasLabel();

    [GeneratedRegex("sort=title$")]
    private static partial Regex EndsWithTitle();

    private static ILocator Box(IPage page, string title) => page.GetByLabel($"Select {title}", new() { Exact = true });

    private static ILocator Bar(IPage page) => page.Locator("[data-bar]");

    private static ILocator Titles(IPage page) => page.Locator("[data-row] h2");

    private async Task<IPage> PersonAsync(int prompts, string[]? labels = null)
    {
        var page = await OpenAsync();
        var email = await SignUpAsync(page, "Ada Writer");
        await Site.Database.OwnerAsync(
            """
            insert into public.prompts (user_id, title, goal, template, created_at)
            select u.id, 'Prompt ' || lpad(n::text, 4, '0'), 'A goal', 'A text ' || n || ' ' || @mark, now() - n * interval '1 minute'
            from auth.users u, generate_series(1, @prompts) n where u.email = @email
            """, ("email", email), ("prompts", prompts), ("mark", _mark));
        await Site.Database.OwnerAsync(
            """
            with made as (
              insert into public.labels (user_id, name) select u.id, l from auth.users u, unnest(@labels) l where u.email = @email returning id, user_id)
            insert into public.prompt_labels (prompt_id, user_id, label_id) select p.id, p.user_id, made.id from made join public.prompts p on p.user_id = made.user_id
            """, ("email", email), ("labels", labels ?? []));
        await GoInteractiveAsync(page, "/prompts");
        await page.Locator("[data-library][data-ready]").WaitForAsync();
        return page;
    }
}
