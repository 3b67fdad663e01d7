using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class CaseTableTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Sentence = "Typed as fast as anybody can, and not a letter of it may be lost while the server answers.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_phone_in_the_dark_cases_are_typed_checked_moved_imported_and_exported()
    {
        var page = await OpenAsync(new Visit { Width = 390, Dark = true });
        var email = await SignUpAsync(page, "Cora Case");
        var user = Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email)));
        var id = await new PromptQueries(Site.Database.Db).CreateAsync(user, new NewPrompt
        {
            Title = "Notes", Goal = "Notes", Template = "Notes for {{product}} in a {{tone}} tone from {{changes}}.",
            Variables = """[{"name":"product"},{"name":"tone","type":"choice","choices":["kind","dry"]},{"name":"changes","type":"longText"}]""",
        }, Cancel);
        await GoInteractiveAsync(page, $"/prompts/{id}/test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test cases" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a case" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Product, case 1")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Sentence);
        await page.GetByRole(AriaRole.Button, new() { Name = "Checks of case 1" }).ClickAsync();
        await page.GetByLabel("Add a check to: Checks of case 1").SelectOptionAsync("is JSON that follows a schema");
        await Assertions.Expect(page.GetByLabel("JSON Schema")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("{\"type\": \"text\"}");
        await Assertions.Expect(page.GetByText("“text” is no type of JSON")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Paste or import" }).ClickAsync();
        await page.GetByLabel("Paste cells from a spreadsheet").FillAsync("__description\tcolour\tproduct\t__expected\nSecond\tred\tLedger\tcontains:ledger\n");
        await Assertions.Expect(page.GetByText("“colour” belongs to no variable")).ToBeVisibleAsync();
        await FitsAsync(page);
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 1 case" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Name of case 2")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await Assertions.Expect(page.GetByLabel("Name of case 1")).ToHaveValueAsync("Second");
        await Assertions.Expect(page.GetByLabel("Name of case 1")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("[data-cases] .state")).ToHaveTextAsync("Saved");

        var kept = await new TestCaseQueries(Site.Database.Db).ListAsync(user, id, Cancel);
        Assert.Equal(["Second", ""], kept.Select(row => row.Name));
        Assert.Contains(Sentence, kept[1].VariableValues, StringComparison.Ordinal);
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        var csv = await File.ReadAllTextAsync(await file.PathAsync(), Cancel);
        Assert.Contains("Second,Ledger,,,contains:ledger", csv, StringComparison.Ordinal);
        await FitsAsync(page);
        await AxeAsync(page);
    }
}
