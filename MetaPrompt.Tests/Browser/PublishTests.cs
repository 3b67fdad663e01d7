using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>Publishing and moderation from end to end.</summary>
public sealed class PublishTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6";

    private const string Text =
        "You answer questions about the opening hours of a small museum. Call the service with " + Key + " and answer {{question}} in two sentences, friendly and without any promise.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_and_a_near_duplicate_are_looked_at_before_anybody_reads_them_and_Undo_takes_it_back()
    {
        var (page, user) = await PersonAsync();
        var title = $"Museum hours {Guid.NewGuid():N}";
        await new Planted { Author = await Site.Database.CreateUserAsync(name: "Nora Near"), Title = "Hours of a museum", Template = Text.Replace("two sentences", "three sentences", StringComparison.Ordinal) }.PlantAsync(Site.Database);
        var id = await Site.Database.CreatePromptAsync(user.UserId!.Value, title, "Answers when the museum is open", Text, """[{"name":"question"}]""");
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Link, new() { Name = "Publish" }).ClickAsync();
        var publish = page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true });
        await Assertions.Expect(publish).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "The gallery has nearly this already" })).ToContainTextAsync("Nora Near");
        await page.GetByLabel("Category").FillAsync("Culture");
        await page.GetByLabel("Tags", new() { Exact = true }).FillAsync("Museum, hours,");
        await Assertions.Expect(page.Locator(".card .tag")).ToHaveTextAsync(["museum", "hours"]);
        await AxeAsync(page);
        await FitsAsync(page);
        await page.GetByLabel("I looked; others may read it").CheckAsync();

        // Another tab changes the text: what was confirmed is not what would be published.
        await Site.Database.OwnerAsync("update public.prompts set goal = 'Asks ada.lovelace@engine.org when the museum is open' where id = @id", ("id", id));
        await publish.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("changed elsewhere");
        await Assertions.Expect(publish).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByText("In the goal: This looks like an email address: “ada.lovelace@engine.org”.")).ToBeVisibleAsync();
        await page.GetByLabel("I looked; others may read it").CheckAsync();
        await publish.ClickAsync();

        await Assertions.Expect(page.GetByText("View in the gallery")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".badge").GetByText("Public", new() { Exact = true })).ToBeVisibleAsync();
        var visitor = await OpenAsync(new Visit { Dark = true });
        await visitor.GotoAsync($"/templates?q={title}");
        await Assertions.Expect(visitor.GetByRole(AriaRole.Link, new() { Name = title })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge").GetByText("Private", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.ReloadAsync();
        await Assertions.Expect(visitor.GetByRole(AriaRole.Link, new() { Name = title })).ToHaveCountAsync(0);
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_report_leads_to_hiding_its_author_asks_again_and_a_moderator_restores_it()
    {
        var (author, user) = await PersonAsync();
        var title = $"Miracle {Guid.NewGuid():N} <b>cure</b>";
        var prompt = await Site.Database.CreatePromptAsync(user.UserId!.Value, title, "Sells a cure");
        var template = await new PublishQueries(Site.Database.Db).PublishAsync(user, prompt, "Health", [], Cancel);

        // A visitor is sent to sign in and comes back to the form.
        var reporter = await OpenAsync();
        await reporter.GotoAsync($"/templates/{template}/report");
        await reporter.WaitForURLAsync(url => url.Contains("/login", StringComparison.Ordinal));
        await reporter.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await FillSignUpAsync(reporter, "Rita Reporter");
        await reporter.WaitForURLAsync($"**/templates/{template}/report");
        await AxeAsync(reporter);
        await reporter.GetByLabel("Misleading or broken").CheckAsync();
        await reporter.GetByLabel("In your words").FillAsync("It <i>promises</i> what nobody can.");
        await reporter.GetByRole(AriaRole.Button, new() { Name = "Send report" }).ClickAsync();
        await Assertions.Expect(reporter.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Thank you");
        await AxeAsync(reporter);

        Expect("404");
        foreach (var path in new[] { "/moderation", "/moderation/log" })
            Assert.Equal(404, (await reporter.GotoAsync(path))!.Status);
        await Assertions.Expect(reporter.GetByRole(AriaRole.Link, new() { Name = "Moderation" })).ToHaveCountAsync(0);

        var moderator = await OpenAsync(new Visit { Width = 390 });
        var email = await SignUpAsync(moderator, "Mo Derator");
        await Site.Database.OwnerAsync("insert into internal.administrators (user_id) select id from public.users where email = @e", ("e", email));
        await moderator.GotoAsync("/moderation");
        await Assertions.Expect(moderator.GetByText("It <i>promises</i> what nobody can.")).ToBeVisibleAsync();
        await AxeAsync(moderator);
        await FitsAsync(moderator);
        await moderator.Keyboard.PressAsync("j");
        await moderator.Keyboard.PressAsync("x");
        await moderator.GetByLabel("Reason for all that are selected below").FillAsync("It does not do what it says.");
        await moderator.GetByRole(AriaRole.Button, new() { Name = "Hide selected" }).ClickAsync();
        await Assertions.Expect(moderator.GetByRole(AriaRole.Status)).ToContainTextAsync("Hidden: 1 template.");
        Assert.Equal(404, (await reporter.GotoAsync($"/templates/{template}"))!.Status);

        await GoInteractiveAsync(author, "/prompts");
        await Assertions.Expect(author.Locator(".badge")).ToHaveTextAsync("Hidden");
        await GoInteractiveAsync(author, $"/prompts/{prompt}");
        await Assertions.Expect(author.GetByText("Hidden by a moderator: It does not do what it says.")).ToBeVisibleAsync();
        await AxeAsync(author);
        await author.GetByLabel("What you changed").FillAsync("I took the promise out.");
        await author.GetByRole(AriaRole.Button, new() { Name = "Request review" }).ClickAsync();
        await Assertions.Expect(author.GetByText("You asked to look again")).ToBeVisibleAsync();

        await moderator.GotoAsync("/moderation");
        await Assertions.Expect(moderator.GetByText("Ann Author asks to look again: I took the promise out.")).ToBeVisibleAsync();
        await moderator.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();
        await Assertions.Expect(moderator.GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToBeVisibleAsync();
        await reporter.GotoAsync($"/templates/{template}");
        await Assertions.Expect(reporter.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(title);
        await moderator.GotoAsync("/moderation/log");
        await Assertions.Expect(moderator.Locator("tbody tr td:nth-child(3)")).ToHaveTextAsync(["Restored", "Review requested", "Hidden"]);
        await AxeAsync(moderator);
        await FitsAsync(moderator);
    }

    private async Task<(IPage Page, Caller User)> PersonAsync()
    {
        var page = await OpenAsync(new Visit { Dark = true, Width = 390 });
        var email = await SignUpAsync(page, "Ann Author");
        return (page, Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email))));
    }
}
