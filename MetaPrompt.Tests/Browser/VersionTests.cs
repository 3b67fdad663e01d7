using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>A prompt's history, and its secret link.</summary>
public sealed class VersionTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PromptQueries Prompts => new(Site.Database.Db);

    [Fact]
    public async Task An_edit_with_a_note_is_a_version_that_is_compared_restored_and_taken_back()
    {
        var (page, user) = await PersonAsync();
        var lines = string.Join('\n', Enumerable.Range(1, 30).Select(i => $"Rule {i}: be brief."));
        var id = await Site.Database.CreatePromptAsync(user.UserId!.Value, "Release notes", "Tell what is new", "Write about {{topic}}.\n" + lines);
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Write kindly about {{topic}}.\n" + lines.Replace("Rule 20: be brief.", "Rule 20: be short.", StringComparison.Ordinal));
        await page.GetByLabel("What changed?").FillAsync("Kinder");
        await page.GetByLabel("What changed?").PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Version 2: what changed" }).ClickAsync();

        await Assertions.Expect(page.Locator("#version-2")).ToContainTextAsync("Kinder");
        await Assertions.Expect(page.Locator("#version-2")).ToContainTextAsync("2 words added, 1 word removed");
        await page.GetByRole(AriaRole.Link, new() { Name = "What changed in version 2" }).ClickAsync();
        await page.WaitForURLAsync("**/versions?from=1&to=2");
        await Assertions.Expect(page.Locator(".changes ins")).ToHaveTextAsync(["kindly ", "short"]);
        await Assertions.Expect(page.GetByText("13 unchanged lines")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next change" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Change 1 of 2")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("n");
        await Assertions.Expect(page.GetByLabel("Change 2 of 2")).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Side by side" }).ClickAsync();
        await Assertions.Expect(page.Locator(".changes.side")).ToBeVisibleAsync();
        await AxeAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        await Assertions.Expect(page.Locator("#version-3")).ToContainTextAsync("Restored version 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.Locator("#version-4")).ToContainTextAsync("Restored version 2");
        Assert.StartsWith("Write kindly", (await Prompts.FindAsync(user, id, Cancel))!.Template, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_and_the_link_fit_a_phone_in_the_dark()
    {
        var (page, user) = await PersonAsync(new Visit { Width = 390, Dark = true });
        var id = await Site.Database.CreatePromptAsync(user.UserId!.Value, "A title that is rather long so that it has to break somewhere", "Goal", "Write " + new string('x', 300));
        await Site.Database.OwnerAsync("update public.prompts set template = 'Short {{topic}}', title = 'Another' where id = @id", ("id", id));
        foreach (var query in new[] { "", "?from=1&to=2&view=side", "?to=1" })
        {
            await GoInteractiveAsync(page, $"/prompts/{id}/versions{query}");
            if (query.Length > 0)
                await page.Locator(query.StartsWith("?from", StringComparison.Ordinal) ? ".changes" : "#version-shown .text").WaitForAsync();
            await FitsAsync(page);
            await AxeAsync(page);
        }

        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        await page.Locator("#share-address").WaitForAsync();
        await FitsAsync(page);
        await AxeAsync(page);
        await page.GotoAsync(await page.Locator("#share-address").InputValueAsync());
        await FitsAsync(page);
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_secret_link_is_read_without_an_account_until_it_is_revoked()
    {
        var (page, user) = await PersonAsync();
        var id = await Site.Database.CreatePromptAsync(user.UserId!.Value, "Release notes", "Tell what is new", "Write about {{topic}}.");
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var link = await page.Locator("#share-address").InputValueAsync();

        var reader = await OpenAsync();
        var answer = (await reader.GotoAsync(link))!;
        Assert.Equal((200, "no-referrer", "noindex, nofollow"), (answer.Status, answer.Headers["referrer-policy"], answer.Headers["x-robots-tag"]));
        Assert.Contains("no-store", answer.Headers["cache-control"], StringComparison.Ordinal);
        await Assertions.Expect(reader.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Release notes");
        await reader.GetByLabel("Topic").FillAsync("spring");
        await Assertions.Expect(reader.Locator("[data-template-text]")).ToHaveTextAsync("Write about spring.");
        await Assertions.Expect(reader.GetByText("Ada Writer")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Create link" })).ToBeVisibleAsync();
        Expect("404");
        Assert.Equal(404, (await reader.GotoAsync(link))!.Status);
        await Assertions.Expect(reader.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This link does not work any more");
        await AxeAsync(reader);

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.Locator("#share-address")).ToHaveValueAsync(link);
        Assert.Equal(200, (await reader.GotoAsync(link))!.Status);
    }

    [Fact]
    public async Task A_shared_page_is_never_kept_and_works_without_script()
    {
        var user = await Site.Database.CreateUserAsync();
        var id = await Site.Database.CreatePromptAsync(user, template: "Write about {{topic}}.");
        var token = (await new PromptLinkQueries(Site.Database.Db).CreateAsync(Caller.User(user), id, Cancel))!.Token;
        using var visitor = new HttpClient { BaseAddress = Site.Address };
        foreach (var text in new[] { "Write about {{topic}}.", "Changed" })
        {
            await Site.Database.OwnerAsync("update public.prompts set template = @text where id = @id", ("text", text), ("id", id));
            using var answer = await visitor.GetAsync(new Uri($"/s/{token}?v.topic=autumn", UriKind.Relative), Cancel);
            Assert.Null(answer.Headers.Age);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.Contains(text == "Changed" ? "Changed" : "autumn", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(token, await visitor.GetStringAsync(new Uri("/sitemap.xml", UriKind.Relative), Cancel), StringComparison.Ordinal);
        await Prompts.DeleteAsync(Caller.User(user), id, Cancel);
        using var gone = await visitor.GetAsync(new Uri($"/s/{token}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.True(gone.Headers.CacheControl!.NoStore);
    }

    private async Task<(IPage Page, Caller User)> PersonAsync(Visit? visit = null)
    {
        var page = await OpenAsync(visit);
        var email = await SignUpAsync(page, "Ada Writer");
        return (page, Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email))));
    }
}
