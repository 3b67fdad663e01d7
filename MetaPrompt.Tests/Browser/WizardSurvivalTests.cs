using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>What a person typed outlives the server and the tab, and no mouse is needed for any of it.</summary>
public sealed partial class WizardSurvivalTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Goal = "Turn merged pull requests into release notes";

    [Fact]
    public async Task A_killed_server_loses_nothing_that_was_typed_more_than_a_second_before()
    {
        ExpectLostConnection();
        var stop = TestContext.Current.CancellationToken;
        await using var program = new ProgramProcess(Site.Database);
        await program.StartAsync(stop);
        var page = await OpenAsync();
        await page.GotoAsync(program.Address + "signup?returnUrl=" + Uri.EscapeDataString("/wizard?goal=" + Goal));
        var email = await FillSignUpAsync(page, "Ada Survivor");
        await page.Locator(".question .chip").First.WaitForAsync();
        await WaitInteractiveAsync(page);
        await page.GetByLabel("In your own words").First.FillAsync("people who were away");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        await template.PressAsync("Control+End");
        await template.PressSequentiallyAsync("\nTyped just before the end.");

        await KeptAsync("Typed just before the end.");
        await page.EvaluateAsync("() => { window.before = true; }");
        await program.KillAsync();
        await template.PressSequentiallyAsync(" Typed into the void.");
        await Assertions.Expect(page.GetByText("The connection was lost.")).ToBeVisibleAsync();
        await Assertions.Expect(template).ToBeFocusedAsync();
        var all = await template.InputValueAsync();
        await program.StartAsync(stop);

        // Another device has what reached the database, this one every letter.
        var other = await OpenAsync();
        await other.GotoAsync(program.Address + "login?returnUrl=/wizard");
        await other.GetByLabel("Email").FillAsync(email);
        await other.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await other.WaitForURLAsync("**/wizard**");
        await WaitInteractiveAsync(other);
        await Assertions.Expect(other.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(TypedBefore());
        // This page has loaded itself anew when the server answered again, and what was typed meanwhile is on it.
        await page.WaitForFunctionAsync("() => !window.before");
        await WaitInteractiveAsync(page);
        await Assertions.Expect(template).ToHaveValueAsync(all);
        await page.GetByRole(AriaRole.Button, new() { Name = "Questions" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("In your own words").First).ToHaveValueAsync("people who were away");
    }

    [Fact]
    public async Task A_tab_closed_at_the_last_letter_keeps_it_and_the_database_has_it_a_moment_later()
    {
        var page = await OpenAsync();
        var email = await SignUpAsync(page, "Ada Closer");
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString(Goal));
        await page.Locator(".question .chip").First.WaitForAsync();
        await page.GetByLabel("In your own words").First.PressSequentiallyAsync("up to the very");
        await Assertions.Expect(page.Locator("#so-far")).ToContainTextAsync("p to the very");
        var closed = new TaskCompletionSource();
        page.Close += (_, _) => closed.TrySetResult();
        await page.GetByLabel("In your own words").First.PressSequentiallyAsync(" last letter");
        await page.CloseAsync(new() { RunBeforeUnload = true });
        await closed.Task.WaitAsync(TestContext.Current.CancellationToken);

        var again = await NewTabAsync(page.Context);
        await GoInteractiveAsync(again, "/wizard");
        await Assertions.Expect(again.GetByLabel("In your own words").First).ToHaveValueAsync("up to the very last letter");
        await again.GetByLabel("In your own words").First.PressAsync("End");
        await again.GetByLabel("In your own words").First.PressSequentiallyAsync("!");
        await KeptAsync("up to the very last letter!");
        await again.Context.CloseAsync();

        var other = await OpenAsync();
        await other.GotoAsync("/login?returnUrl=/wizard");
        await other.GetByLabel("Email").FillAsync(email);
        await other.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await other.WaitForURLAsync("**/wizard**");
        await WaitInteractiveAsync(other);
        await Assertions.Expect(other.GetByLabel("In your own words").First).ToHaveValueAsync("up to the very last letter!");
    }

    [Fact]
    public async Task Without_a_mouse_a_goal_becomes_a_saved_prompt()
    {
        var page = await OpenAsync(new Visit());
        await SignUpAsync(page, "Ada Keys");
        await page.AddInitScriptAsync("for (const type of ['pointerdown', 'mousedown', 'touchstart']) addEventListener(type, () => sessionStorage.setItem('pointed', type), true)");
        await GoInteractiveAsync(page, "/wizard");

        await TabToAsync(page, "#goal");
        await page.Keyboard.TypeAsync(Goal);
        await TabToAsync(page, "[data-goes-on], .goal-step .btn-primary");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        await TabToAsync(page, ".question .chip");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator(".question .chip").First).ToHaveAttributeAsync("aria-pressed", "true");
        await TabToAsync(page, ".why summary");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, ".question:nth-of-type(2) .chip.skip");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, ".assumed textarea");
        await TabToAsync(page, "[data-goes-on]");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();

        // A sentence of one's own goes again by the proposal of the rules, taken with the keys alone.
        var template = page.GetByLabel("Template", new() { Exact = true });
        var composed = await template.InputValueAsync();
        await TabToAsync(page, "#template");
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("\n\nNobody needs this.");
        await TabToAsync(page, ".proposals .btn:nth-child(2)", back: true);
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, ".change .btn");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, ".proposal .btn-primary");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(template).ToHaveValueAsync(composed);

        await TabToAsync(page, "#save");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(SavedPrompt());
        Assert.Null(await page.EvaluateAsync<string?>("() => sessionStorage.getItem('pointed')"));
        Assert.Equal(composed, await Site.Database.OwnerScalarAsync<string>("select template from public.prompts where id = @id", ("id", Guid.Parse(page.Url[^36..]))));
    }

    // About a second, on a machine that has nothing else to do.
    private async Task KeptAsync(string text)
    {
        for (var wait = 0; wait < 100; wait++)
        {
            if (await Site.Database.OwnerScalarAsync<long>("select count(*) from public.prompt_drafts where position(@text in state) > 0", ("text", text)) == 1)
                return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"No draft says “{text}”.");
    }

    // As a person would: key by key, until the focus is there.
    private static async Task TabToAsync(IPage page, string selector, bool back = false)
    {
        for (var press = 0; press < 80; press++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
            await page.Keyboard.PressAsync(back ? "Shift+Tab" : "Tab");
        }

        Assert.Fail($"The Tab key does not reach {selector}.");
    }

    [GeneratedRegex(@"Typed just before the end\.")]
    private static partial Regex TypedBefore();

    [GeneratedRegex(@"/prompts/[0-9a-f-]{36}$")]
    private static partial Regex SavedPrompt();
}
