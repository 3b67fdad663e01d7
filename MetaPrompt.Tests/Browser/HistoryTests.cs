using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>Results of all tests: found again, beside each other, starred, deleted and brought back, shared by a link.</summary>
public sealed class HistoryTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    [Fact]
    public async Task Results_are_searched_compared_starred_and_a_deletion_is_undone()
    {
        var (page, _) = await PersonAsync();
        await GoInteractiveAsync(page, "/results");
        await Assertions.Expect(page.GetByText("3 results", new() { Exact = true })).ToBeVisibleAsync();
        await AxeAsync(page);

        await page.GetByLabel("Search results").FillAsync("tea");
        await page.WaitForURLAsync("**/results?q=tea");
        await Assertions.Expect(page.GetByText("2 results found", new() { Exact = true })).ToBeVisibleAsync();
        await page.Locator(".pick input").Nth(0).ClickAsync();
        await page.Locator(".pick input").Nth(1).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Star", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".star[aria-pressed=true]")).ToHaveCountAsync(2);
        await AxeAsync(page);

        await page.GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        await Assertions.Expect(page.Locator(".diff del").First).ToHaveTextAsync("warm");
        await Assertions.Expect(page.Locator(".diff ins").First).ToHaveTextAsync("cold");
        await AxeAsync(page);
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByLabel("Search results")).ToHaveValueAsync("tea");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete model one" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("[data-result]")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Deleted 1 result" }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-result]")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".star[aria-pressed=true]")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_result_is_shared_by_a_link_that_needs_no_account_until_it_is_taken_back()
    {
        var (page, _) = await PersonAsync(new Visit { Width = 390, Dark = true });
        await GoInteractiveAsync(page, "/results");
        await FitsAsync(page);
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "model one on Letters about tea, version 1" }).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToHaveTextAsync("Tea is warm.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var address = await page.GetByLabel("Link", new() { Exact = true }).InputValueAsync();
        await FitsAsync(page);
        await AxeAsync(page);

        var visitor = await OpenAsync(new Visit { JavaScript = false, Width = 390 });
        var answer = await visitor.GotoAsync(address);
        Assert.Contains("no-store", answer!.Headers["cache-control"], StringComparison.Ordinal);
        Assert.Equal("noindex, nofollow", answer.Headers["x-robots-tag"]);
        await Assertions.Expect(visitor.GetByRole(AriaRole.Region, new() { Name = "Answer" }).GetByRole(AriaRole.Paragraph)).ToHaveTextAsync("Tea is warm.");
        await Assertions.Expect(visitor.GetByText("Write about tea")).ToBeVisibleAsync();
        Assert.DoesNotContain("Ada", await visitor.ContentAsync(), StringComparison.Ordinal);
        await FitsAsync(visitor);

        Expect("404");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Create link" })).ToBeVisibleAsync();
        Assert.Equal(404, (await visitor.GotoAsync(address))!.Status);
    }

    [Fact]
    public async Task Pass_rates_are_drawn_and_the_list_is_taken_away_as_a_file()
    {
        var (page, prompt) = await PersonAsync();
        await GoInteractiveAsync(page, $"/prompts/{prompt}/results");
        await Assertions.Expect(page.Locator(".rates-chart polyline")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByText("Fails now")).ToBeVisibleAsync();
        await AxeAsync(page);

        await page.GetByRole(AriaRole.Link, new() { Name = "All results" }).ClickAsync();
        await page.Locator("summary", new() { HasText = "Export" }).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        Assert.Matches(@"^results-\d{4}-\d\d-\d\d\.csv$", download.SuggestedFilename);
        var csv = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains("\"Tea is warm.\"", csv, StringComparison.Ordinal);
    }

    private async Task<(IPage Page, Guid Prompt)> PersonAsync(Visit? visit = null)
    {
        var page = await OpenAsync(visit);
        var email = await SignUpAsync(page, "Ada");
        var user = await Site.Database.OwnerScalarAsync<Guid>("select id from public.users where email = @e", ("e", email));
        var prompt = await Site.Database.CreatePromptAsync(user, "Letters about tea");
        await Site.Database.OwnerAsync(
            """
            insert into public.test_cases (id, user_id, prompt_id, name, position) values (gen_random_uuid(), @u, @p, 'Green tea', 1);
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, prompt_version, case_id, created_at)
            select @p, @u, m.model, 0.7, '{"topic":"tea"}', 'Write about ' || m.topic, m.answer, m.version, c.id, now() - m.version * interval '1 minute'
            from public.test_cases c, (values ('model one', 'tea', 'Tea is warm.', 1), ('model one', 'tea', 'Tea is cold.', 2), ('model two', 'milk', 'Milk is white.', 3)) m (model, topic, answer, version)
            where c.prompt_id = @p;
            insert into public.test_verdicts (result_id, user_id, passed, outcomes)
            select r.id, @u, r.prompt_version = 1, '[{"type":"contains","value":"warm","passed":true,"why":"It has warm in it."}]' from public.test_results r where r.prompt_id = @p and r.model = 'model one';
            """, ("u", user), ("p", prompt));
        return (page, prompt);
    }
}
