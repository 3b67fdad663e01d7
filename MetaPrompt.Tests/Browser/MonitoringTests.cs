using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class MonitoringTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    [Theory]
    [InlineData(390, true)]
    [InlineData(1280, false)]
    public async Task An_administrator_reads_how_it_is_and_how_a_query_runs_and_nobody_else_does(int width, bool dark)
    {
        Expect("404");
        var page = await OpenAsync(new Visit { Width = width, Dark = dark });
        var email = await SignUpAsync(page, "Ad Ministrator");
        Assert.Equal(404, (await page.GotoAsync("/monitoring"))!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Monitoring" })).ToHaveCountAsync(0);
        await Site.Database.OwnerAsync("insert into internal.administrators (user_id) select id from public.users where email = @e", ("e", email));
        await GuessAsync(email);

        await GoInteractiveAsync(page, "/monitoring");
        await Assertions.Expect(page.GetByRole(AriaRole.Status, new() { Name = "State" })).ToContainTextAsync(new Regex("."));
        await Assertions.Expect(page.GetByLabel("Failed sign-ins by account")).ToContainTextAsync(email);
        await FitsAsync(page);
        await AxeAsync(page);

        // It goes on by itself until it is paused.
        var live = page.Locator("[data-live]");
        var first = await live.TextContentAsync();
        await Assertions.Expect(live).Not.ToHaveTextAsync(first!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(live).ToHaveTextAsync(new Regex("^Paused at"));

        var queries = page.GetByRole(AriaRole.Group, new() { Name = "Queries", Exact = true });
        await queries.GetByRole(AriaRole.Button, new() { Name = "Calls" }).ClickAsync();
        await Assertions.Expect(queries.Locator("th[aria-sort=descending]")).ToContainTextAsync("Calls");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Show all") }).First.ClickAsync();
        await queries.GetByRole(AriaRole.Button, new() { Name = "Plan of Sessions.Find" }).ClickAsync();
        await Assertions.Expect(queries.GetByRole(AriaRole.Region)).ToContainTextAsync("Nothing was run");
        // Of what only reads, what happens inside of its functions.
        await queries.GetByRole(AriaRole.Button, new() { Name = "Plan of monitoring.tables" }).ClickAsync();
        var inside = queries.GetByRole(AriaRole.Region).GetByRole(AriaRole.List, new() { Name = "Statements inside" });
        await inside.GetByText("internal.monitor_tables(), line").First.ClickAsync();
        await Assertions.Expect(inside.GetByRole(AriaRole.List).First).ToBeVisibleAsync();
        await Assertions.Expect(queries.GetByRole(AriaRole.Region)).ToContainTextAsync("it was run once, read-only");
        await page.Locator("figure summary").First.ClickAsync();
        await Assertions.Expect(page.Locator("figure table tbody tr").First).ToBeVisibleAsync();
        await FitsAsync(page);
        await AxeAsync(page);
    }

    private async Task GuessAsync(string email)
    {
        var page = await OpenAsync();
        await page.GotoAsync("/login");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync("a guess of somebody else");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
    }
}
