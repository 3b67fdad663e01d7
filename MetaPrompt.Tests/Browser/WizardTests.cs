using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed partial class WizardTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Goal = "Turn merged pull requests into release notes";

    [Fact]
    public async Task On_a_phone_a_goal_becomes_a_saved_prompt_with_the_sign_up_in_the_middle()
    {
        var page = await OpenAsync(new Visit { Width = 390, Dark = true });
        await GoInteractiveAsync(page, "/wizard");
        await AxeAsync(page);
        await FitsAsync(page);

        await page.GetByLabel("Goal").FillAsync(Goal);
        await Next(page).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("sharpen this");
        var soFar = page.Locator("#so-far .text");
        var before = await soFar.InnerTextAsync();
        await page.Locator(".question .chip").First.ClickAsync();
        await Assertions.Expect(soFar).Not.ToHaveTextAsync(before);
        await Assertions.Expect(page.Locator("#so-far .fresh").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Skip" }).Nth(1).ClickAsync();
        await page.GetByLabel("The template will say instead").FillAsync("Assume that nobody has more than a minute.");
        await Assertions.Expect(soFar).ToContainTextAsync("nobody has more than a minute");
        await AxeAsync(page);
        await FitsAsync(page);

        await Next(page).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Release notes for people");
        var template = page.GetByLabel("Template", new() { Exact = true });
        await Assertions.Expect(template).ToHaveValueAsync(new Regex("nobody has more than a minute"));
        await template.PressAsync("Control+End");
        await template.PressSequentiallyAsync("\nSign as {{author}}.");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Variables" })).ToContainTextAsync("{{author}}");
        await Assertions.Expect(page.GetByText(Tokens())).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);
        var written = await template.InputValueAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).ClickAsync();
        await page.WaitForURLAsync("**/login?returnUrl=**");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await FillSignUpAsync(page, "Ada Wizard");
        await page.WaitForURLAsync("**/wizard**");
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Release notes for people");
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(written);
        await AxeAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).ClickAsync();
        await page.WaitForURLAsync(SavedPrompt());

        var id = Guid.Parse(page.Url[^36..]);
        Assert.Equal(written, await Site.Database.OwnerScalarAsync<string>("select template from public.prompts where id = @id", ("id", id)));
        Assert.Equal("Skipped. Assume that nobody has more than a minute.", await Site.Database.OwnerScalarAsync<string>(
            "select answer from public.prompt_answers where prompt_id = @id and answer like 'Skipped.%'", ("id", id)));
        await GoInteractiveAsync(page, "/wizard");
        await Assertions.Expect(page.GetByLabel("Goal")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_goal_in_the_address_goes_straight_to_the_questions()
    {
        var page = await OpenAsync();

        await page.GotoAsync("/");
        await page.GetByLabel("Goal").FillAsync(Goal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("sharpen this");
        await Assertions.Expect(page.Locator(".goal-line")).ToHaveTextAsync(Goal);
    }

    [Theory]
    [InlineData(".question .chip")]
    [InlineData(".question .skip")]
    public async Task What_is_pressed_in_the_moment_the_page_goes_is_pressed_when_it_comes_back(string button)
    {
        var page = await OpenAsync();
        await AskedAsync(page);

        // No answer of the server can come between.
        await page.EvaluateAsync("button => { window.before = true; document.querySelector(button).click(); location.reload(); }", button);
        await page.WaitForFunctionAsync("() => !window.before");
        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.Locator(button).First).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Theory]
    [InlineData(".question .chip")]
    [InlineData(".question .skip")]
    public async Task What_is_drawn_as_pressed_is_kept_before_the_server_has_told_to_keep_it(string button)
    {
        var page = await OpenAsync();
        await AskedAsync(page);

        await page.WaitForFunctionAsync("() => window.metapromptWizard.started");

        // Between drawing and telling: the browser sees one message of the server's after the other.
        var kept = await page.EvaluateAsync<string>("""
            button => new Promise(done => {
              const pressed = document.querySelector(button);
              Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
              new MutationObserver(() => {
                document.dispatchEvent(new Event('visibilitychange'));
                done(JSON.stringify(Object.values(localStorage).map(text => JSON.parse(text)).find(draft => draft.typed)?.typed));
              }).observe(pressed, { attributeFilter: ['aria-pressed'] });
              pressed.click();
            })
            """, button);

        Assert.Contains(button.EndsWith("skip", StringComparison.Ordinal) ? "\"skip:audience\":\"Skip\"" : "\"pick:audience\":\"Customers", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".question .chip")]
    [InlineData(".question .skip")]
    public async Task What_is_pressed_before_the_page_answers_is_pressed_when_it_does(string button)
    {
        var page = await OpenAsync();
        var answers = new TaskCompletionSource();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await answers.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/wizard?goal=" + Uri.EscapeDataString(Goal));
        await page.WaitForFunctionAsync("() => window.metapromptWizard");
        await page.Locator(button).First.ClickAsync();

        // Even where it is loaded anew before there was an answer.
        await page.ReloadAsync();
        answers.SetResult();
        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.Locator(button).First).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task What_was_pressed_before_a_draft_was_there_to_keep_it_in_is_pressed_in_the_draft_of_that_address_alone()
    {
        var page = await OpenAsync();
        await AskedAsync(page);
        await page.WaitForFunctionAsync("() => window.metapromptWizard.started");
        var second = page.Locator(".question").First.Locator(".chip").Nth(1);
        const string leave = "(at) => { sessionStorage.setItem('metaprompt.early', JSON.stringify({ at: at ?? location.href, early: { 'pick:audience': 'Developers who upgrade' } })); }";

        await page.EvaluateAsync(leave, "https://elsewhere.example/wizard");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await page.WaitForFunctionAsync("() => window.metapromptWizard.started");
        await Assertions.Expect(second).ToHaveAttributeAsync("aria-pressed", "false");

        await page.EvaluateAsync(leave);
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(second).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Null(await page.EvaluateAsync<string?>("() => sessionStorage.getItem('metaprompt.early')"));
    }

    [Fact]
    public async Task A_reload_in_the_middle_loses_nothing()
    {
        var page = await OpenAsync();
        await AskedAsync(page);
        await page.Locator(".question .chip").First.ClickAsync();
        await page.GetByLabel("In your own words").Nth(1).FillAsync("typed a moment ago");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.Locator(".question .chip").First).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.GetByLabel("In your own words").Nth(1)).ToHaveValueAsync("typed a moment ago");

        await Next(page).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Mine alone: {{x}}");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync("Mine alone: {{x}}");
    }

    [Fact]
    public async Task What_is_typed_while_the_connection_is_gone_is_there_after_a_reload()
    {
        // What is typed may still find its way to a server that has let the page go.
        Expect("Circuit has been shut down due to error");
        var page = await OpenAsync();
        await AskedAsync(page);
        await Next(page).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        await template.WaitForAsync();

        await page.EvaluateAsync("() => { window.Blazor.disconnect?.(); }");
        await template.FillAsync("Typed into the void");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);

        await Assertions.Expect(template).ToHaveValueAsync("Typed into the void");
    }

    [Fact]
    public async Task A_closed_tab_can_be_continued_or_started_over_with_a_way_back()
    {
        var first = await OpenAsync();
        await AskedAsync(first);
        await first.GetByLabel("In your own words").First.FillAsync("kept across tabs");
        await Assertions.Expect(first.Locator("#so-far .fresh").First).ToBeVisibleAsync();
        await first.CloseAsync(new() { RunBeforeUnload = false });

        var second = await NewTabAsync(first.Context);
        await GoInteractiveAsync(second, "/wizard");
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("kept across tabs");
        await AxeAsync(second);
        await second.GetByRole(AriaRole.Button, new() { Name = "Start over" }).ClickAsync();
        await Assertions.Expect(second.GetByLabel("Goal")).ToHaveValueAsync("");
        await second.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("kept across tabs");
    }

    [Fact]
    public async Task Another_persons_draft_in_the_same_browser_stays_theirs()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Ada Wizard");
        await AskedAsync(page);
        await page.Locator(".question .chip").First.ClickAsync();
        await Assertions.Expect(page.Locator("#so-far .fresh").First).ToBeVisibleAsync();

        await page.Context.ClearCookiesAsync();
        await SignUpAsync(page, "Ben Wizard");
        await GoInteractiveAsync(page, "/wizard");

        await Assertions.Expect(page.GetByLabel("Goal")).ToHaveValueAsync("");
        Assert.Equal(0, await page.GetByText(Goal, new() { Exact = true }).CountAsync());
    }

    [Fact]
    public async Task Going_back_and_forth_keeps_everything_and_asks_before_it_replaces_what_was_written()
    {
        var page = await OpenAsync();
        await AskedAsync(page);
        await Next(page).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        await template.FillAsync("Written by hand");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await page.Locator(".question .chip").First.ClickAsync();
        await Next(page).ClickAsync();

        await Assertions.Expect(template).ToHaveValueAsync("Written by hand");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compose anew", Exact = true }).ClickAsync();
        await Assertions.Expect(template).Not.ToHaveValueAsync("Written by hand");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(template).ToHaveValueAsync("Written by hand");

        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await page.Locator(".question .chip").Nth(1).ClickAsync();
        await Next(page).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep mine" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Keep mine" })).ToHaveCountAsync(0);
        await Assertions.Expect(template).ToHaveValueAsync("Written by hand");
    }

    [Fact]
    public async Task The_browsers_own_back_button_goes_through_the_steps()
    {
        var page = await OpenAsync();
        await GoInteractiveAsync(page, "/wizard");
        await page.GetByLabel("Goal").FillAsync(Goal);
        await Next(page).ClickAsync();
        await page.Locator(".question .chip").First.WaitForAsync();
        await Next(page).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).WaitForAsync();

        await page.GoBackAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("sharpen this");
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByLabel("Goal")).ToHaveValueAsync(Goal);
    }

    [Fact]
    public async Task The_keyboard_alone_goes_from_goal_to_template()
    {
        var page = await OpenAsync();
        await GoInteractiveAsync(page, "/wizard");
        await page.GetByLabel("Goal").FocusAsync();
        await page.Keyboard.TypeAsync(Goal);
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator(".question .chip").First).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByLabel("In your own words").Nth(1).FocusAsync();
        await page.Keyboard.TypeAsync("at most a page");
        await page.Keyboard.PressAsync("Control+Enter");

        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(new Regex("page"));
    }

    [Theory]
    [InlineData("<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">")]
    [InlineData("Summarise {{x}} and {{#each}} \\{{ }} ${y} ' \" & <b>")]
    [InlineData("LONG")]
    public async Task Hostile_goals_go_through_as_text(string goal)
    {
        if (goal == "LONG")
            goal = string.Concat(Enumerable.Repeat("Summarise every support ticket for the team. ", 228))[..10_000].TrimEnd();
        var page = await OpenAsync();
        await GoInteractiveAsync(page, "/wizard");

        await page.GetByLabel("Goal").FillAsync(goal);
        await Next(page).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("sharpen this");
        await Next(page).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).WaitForAsync();
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Goal" }).ClickAsync();

        await Assertions.Expect(page.GetByLabel("Goal")).ToHaveValueAsync(goal);
        Assert.DoesNotContain("owned", await page.TitleAsync(), StringComparison.Ordinal);
        await FitsAsync(page);
    }

    [Fact]
    public async Task Text_of_the_size_of_a_book_chapter_does_not_break_the_connection()
    {
        var page = await OpenAsync();
        await AskedAsync(page);
        await Next(page).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        var chapter = string.Concat(Enumerable.Repeat("A sentence about {{topic}} that is long enough. ", 3200));

        await template.FillAsync(chapter);

        await Assertions.Expect(page.GetByText(Tokens())).ToContainTextAsync("k tokens");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(template).ToHaveValueAsync(chapter);
    }

    [Fact]
    public async Task A_database_that_fails_is_told_and_saving_again_works()
    {
        Expect("prompt could not be saved");
        var own = await StartSiteAsync();
        var page = await OpenAsync(at: own);
        await SignUpAsync(page, "Ada Wizard");
        await AskedAsync(page);
        await Next(page).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        var written = await template.InputValueAsync();
        await own.Database.OwnerAsync("alter table public.prompts rename to prompts_away");

        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nothing is lost");
        await Assertions.Expect(template).ToHaveValueAsync(written);
        await AxeAsync(page);

        await own.Database.OwnerAsync("alter table public.prompts_away rename to prompts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await page.WaitForURLAsync(SavedPrompt());
    }

    [Fact]
    public async Task What_is_typed_before_the_page_answers_is_not_lost()
    {
        var page = await OpenAsync();
        var hold = new TaskCompletionSource();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await hold.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/wizard", new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.GetByLabel("Goal").FillAsync("Typed early");
        hold.SetResult();

        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.GetByLabel("Goal")).ToHaveValueAsync("Typed early");
        await Next(page).ClickAsync();
        await Assertions.Expect(page.Locator(".goal-line")).ToHaveTextAsync("Typed early");
    }

    [Fact]
    public async Task A_new_goal_leaves_the_unfinished_prompt_one_click_away()
    {
        var page = await OpenAsync();
        await AskedAsync(page);
        await page.GetByLabel("In your own words").First.FillAsync("the first prompt");
        await Assertions.Expect(page.Locator("#so-far .fresh").First).ToBeVisibleAsync();

        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString("Summarise meeting notes"));
        await Assertions.Expect(page.Locator(".goal-line")).ToHaveTextAsync("Summarise meeting notes");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go back to it" }).ClickAsync();

        await Assertions.Expect(page.Locator(".goal-line")).ToHaveTextAsync(Goal);
        await Assertions.Expect(page.GetByLabel("In your own words").First).ToHaveValueAsync("the first prompt");
    }

    [Fact]
    public async Task A_draft_goes_on_on_another_device_and_neither_overwrites_the_other()
    {
        var first = await OpenAsync();
        var email = await SignUpAsync(first, "Ada Wizard");
        await AskedAsync(first);
        await first.GetByLabel("In your own words").First.FillAsync("written at the desk");
        await KeptAsync("written at the desk");

        var second = await OpenAsync();
        await second.GotoAsync("/login?returnUrl=/wizard");
        await second.GetByLabel("Email").FillAsync(email);
        await second.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await second.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await second.WaitForURLAsync("**/wizard**");
        await GoInteractiveAsync(second, "/wizard");
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("written at the desk");
        await second.GetByLabel("In your own words").First.FillAsync("written on the way");
        await KeptAsync("written on the way");

        await first.GetByLabel("In your own words").First.FillAsync("written at the desk again");
        await Assertions.Expect(first.GetByText("Nothing is overwritten")).ToBeVisibleAsync();
        await KeptAsync("written at the desk again");
        await KeptAsync("written on the way");
        await first.GetByRole(AriaRole.Button, new() { Name = "Goal" }).ClickAsync();
        await AxeAsync(first);
        await first.Locator(".drafts .draft").ClickAsync();
        await Assertions.Expect(first.GetByLabel("In your own words").First).ToHaveValueAsync("written on the way");
    }

    [Fact]
    public async Task Two_tabs_at_one_draft_keep_both_and_a_deleted_draft_comes_back()
    {
        var first = await OpenAsync(new Visit { Width = 390, Dark = true });
        await AskedAsync(first);
        await first.GetByLabel("In your own words").First.FillAsync("in the first tab");
        await Assertions.Expect(first.Locator("#so-far .fresh").First).ToBeVisibleAsync();
        var second = await NewTabAsync(first.Context);
        await GoInteractiveAsync(second, "/wizard");
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("in the first tab");

        await first.GetByLabel("In your own words").First.FillAsync("in the first tab, later");
        await Assertions.Expect(first.Locator("#so-far")).ToContainTextAsync("later");
        await second.GetByLabel("In your own words").First.FillAsync("in the second tab");
        await Assertions.Expect(second.GetByText("Nothing is overwritten")).ToBeVisibleAsync();

        await second.ReloadAsync();
        await WaitInteractiveAsync(second);
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("in the second tab");
        await second.GetByRole(AriaRole.Button, new() { Name = "Goal" }).ClickAsync();
        await AxeAsync(second);
        await FitsAsync(second);
        await second.GetByRole(AriaRole.Button, new() { Name = "Delete the draft" }).ClickAsync();
        await Assertions.Expect(second.Locator(".drafts")).ToHaveCountAsync(0);
        await second.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await second.Locator(".drafts .draft").ClickAsync();
        await Assertions.Expect(second.GetByLabel("In your own words").First).ToHaveValueAsync("in the first tab, later");
    }

    [Fact]
    public async Task An_impatient_click_saves_once()
    {
        var page = await OpenAsync();
        var email = await SignUpAsync(page, "Ada Wizard");
        await AskedAsync(page);
        await Next(page).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).DblClickAsync();
        await page.WaitForURLAsync(SavedPrompt());

        Assert.Equal(1L, await Site.Database.OwnerScalarAsync<long>(
            "select count(*) from public.prompts p join public.users u on u.id = p.user_id where u.email = @email", ("email", email)));
    }

    [Fact]
    public async Task Without_JavaScript_the_page_says_what_it_needs()
    {
        var page = await OpenAsync(new Visit { JavaScript = false });

        await page.GotoAsync("/wizard");

        // A browser driven from outside shows no noscript element even where no script runs: it is there to be read.
        Assert.Contains("which needs JavaScript", await page.ContentAsync(), StringComparison.Ordinal);
    }

    private async Task KeptAsync(string text)
    {
        for (var wait = 0; wait < 100; wait++)
        {
            if (await Site.Database.OwnerScalarAsync<long>("select count(*) from public.prompt_drafts where position(chr(34) || @text || chr(34) in state) > 0", ("text", text)) == 1)
                return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"No draft says “{text}”.");
    }

    private static ILocator Next(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true });

    private static async Task AskedAsync(IPage page)
    {
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString(Goal));
        await page.Locator(".question .chip").First.WaitForAsync();
    }

    [GeneratedRegex(@"About [\d,.k]+ tokens")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"/prompts/[0-9a-f-]{36}$")]
    private static partial Regex SavedPrompt();
}
