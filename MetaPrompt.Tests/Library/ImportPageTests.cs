using AngleSharp.Dom;
using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Prompting.Importing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class ImportPageTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Prompty = "---\nname: Tea letter\ndescription: Write to a guest\ninputs:\n  guest:\n    kind: string\n    default: Ada\nmodel:\n  id: gpt-x\n---\nuser:\nWrite to {{guest}}.\n";

    private Guid _user;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _user = await database.CreateUserAsync();
        Services.AddSingleton(database.Db);
        Services.AddSingleton<TransferQueries>();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new System.Security.Claims.Claim(System.Security.Claims.ClaimTypes.NameIdentifier, _user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public async Task A_file_is_looked_at_imported_and_taken_back()
    {
        var page = Render<ImportPage>();
        Upload(page, ("tea.prompty", Prompty), ("rows.csv", "act,prompt,for_devs,type\nPoet,Write about ${Topic:tea}.,FALSE,TEXT\n"));

        page.WaitForAssertion(() => Assert.Equal(["Tea letter", "Poet"], Titles(page)));
        Assert.Equal(["Prompty", "prompts.chat"], page.FindAll(".sources option[selected]").Select(option => option.TextContent));
        Assert.Contains("model left behind", page.Find(".losses").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["{{guest}}", "{{topic}}"], page.FindAll(".found .v").Select(pill => pill.TextContent));

        page.Find("#import-now").Click();

        page.WaitForAssertion(() => Assert.Contains("Imported 2 prompts", page.Find(".notice").TextContent, StringComparison.Ordinal));
        Assert.Equal(["Ada", "tea"], (await DefaultsAsync()).Order(StringComparer.OrdinalIgnoreCase));

        page.FindAll("button").First(button => button.TextContent == "Undo").Click();

        page.WaitForAssertion(() => Assert.Contains("Taken back", page.Find(".notice").TextContent, StringComparison.Ordinal));
        Assert.Empty(await DefaultsAsync());
    }

    [Fact]
    public async Task What_one_has_already_is_marked_and_not_ticked()
    {
        await database.CreatePromptAsync(_user, template: "Write to {{guest}}.");
        await database.CreatePromptAsync(await database.CreateUserAsync(), template: "A text of somebody else.");
        var page = Render<ImportPage>();

        Upload(page, ("tea.prompty", Prompty), ("other.md", "A text of somebody else."), ("again.md", "A text of somebody else."));

        page.WaitForAssertion(() => Assert.Equal(3, Titles(page).Count()));
        Assert.Equal(["You have this text already", "The same text as another one above"], page.FindAll(".found .badge").Select(badge => badge.TextContent));
        Assert.Equal([false, true, false], page.FindAll(".found input").Select(box => box.HasAttribute("checked")));
        Assert.Contains("Import 1 prompt", page.Find("#import-now").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Pasted_text_is_read_as_what_it_is_and_the_format_can_be_changed()
    {
        var page = Render<ImportPage>();

        page.Find("#import-paste").Change("{\"name\":\"Greeting\",\"prompt\":\"Greet {{name}}.\"}");
        page.FindAll("button").First(button => button.TextContent == "Read it").Click();
        page.WaitForAssertion(() => Assert.Equal(["Greeting"], Titles(page)));
        Assert.Equal("Langfuse", page.Find(".sources option[selected]").TextContent);

        page.Find(".sources select").Change(nameof(PromptFormat.Markdown));

        page.WaitForAssertion(() => Assert.Equal(["Untitled"], Titles(page)));
        Assert.Contains("\"name\":\"Greeting\"", page.Find(".first-lines").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_why_beside_its_name_and_holds_up_no_other()
    {
        var page = Render<ImportPage>();

        Upload(page, ("broken.yaml", "prompts: [\"never closed"), ("fine.md", "Do it."));

        page.WaitForAssertion(() => Assert.Equal(["fine"], Titles(page)));
        Assert.Contains("not valid YAML", page.Find(".sources .problem").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adatabase_that_does_not_answer_loses_no_choice()
    {
        var page = Render<ImportPage>();
        Upload(page, ("fine.md", "Do it."));
        page.WaitForAssertion(() => Assert.Equal(["fine"], Titles(page)));
        await database.OwnerAsync("alter table public.prompts rename to away");

        page.Find("#import-now").Click();
        page.WaitForAssertion(() => Assert.Contains("Nothing is done twice", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["fine"], Titles(page));

        await database.OwnerAsync("alter table public.away rename to prompts");
        page.Find("#import-now").Click();
        page.WaitForAssertion(() => Assert.Contains("Imported 1 prompt", page.Find(".notice").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_takes_back_exports_or_finds_what_is_somebody_elses()
    {
        var transfer = new TransferQueries(database.Db);
        var other = Caller.User(await database.CreateUserAsync());
        var ids = await transfer.InsertAsync(Caller.User(_user), [new ImportedPrompt { Title = "Mine", Goal = "g", Template = "Text", Variables = "[]" }], Cancel);

        Assert.Equal(0, await transfer.UndoAsync(other, ids, Cancel));
        Assert.Empty(await transfer.ExportAsync(other, ids, Cancel));
        Assert.Empty(await transfer.ExportAsync(other, [], Cancel));
        Assert.Empty(await transfer.PresentAsync(other, ["Text"], Cancel));
        Assert.Equal([0], await transfer.PresentAsync(Caller.User(_user), ["Text", "Another"], Cancel));
        var exported = Assert.Single(await transfer.ExportAsync(Caller.User(_user), ids, Cancel));
        Assert.Equal(("Mine", "Text", 1), (exported.Title, exported.Template, exported.Total));
        await Assert.ThrowsAnyAsync<Npgsql.PostgresException>(() => transfer.InsertAsync(Caller.Anonymous, [new ImportedPrompt { Title = "x", Goal = "g", Template = "t", Variables = "[]" }], Cancel));
    }

    [Fact]
    public async Task An_import_with_one_prompt_that_breaks_a_rule_inserts_none()
    {
        var transfer = new TransferQueries(database.Db);
        ImportedPrompt Prompt(string title) => new() { Title = title, Goal = "g", Template = "Text", Variables = "[]" };

        await Assert.ThrowsAnyAsync<Npgsql.PostgresException>(() => transfer.InsertAsync(Caller.User(_user), [Prompt("Fine"), Prompt(" ")], Cancel));

        Assert.Empty(await transfer.ExportAsync(Caller.User(_user), [], Cancel));
    }

    private static void Upload(IRenderedComponent<ImportPage> page, params (string Name, string Text)[] files) =>
        page.FindComponent<InputFile>().UploadFiles([.. files.Select(file => InputFileContent.CreateFromText(file.Text, file.Name))]);

    private static IEnumerable<string> Titles(IRenderedComponent<ImportPage> page) => page.FindAll(".found strong").Select(title => title.TextContent);

    private async Task<IReadOnlyList<string>> DefaultsAsync() => await database.Db.QueryAsync<string>(
        Caller.User(_user), "select variables->0->>'default' from public.prompts where deleted_at is null", null, Cancel);
}
