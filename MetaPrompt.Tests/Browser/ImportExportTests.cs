using System.IO.Compression;
using System.Text;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Prompting.Importing;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class ImportExportTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Prompty = "---\nname: Tea letter\ndescription: Write to a guest\ninputs:\n  guest:\n    kind: string\n    default: Ada\n---\nuser:\nWrite to {{guest}} about {{ \"{{\" }}tea}}.\n";

    private const string Csv = "act,prompt,for_devs,type\nPoet,\"Write about ${Topic:tea}.\nIn two lines.\",FALSE,TEXT\nBroken,,FALSE,TEXT\n";

    [Fact]
    public async Task On_a_phone_prompts_come_in_go_back_come_in_and_leave_for_another_tool_unchanged()
    {
        var page = await OpenAsync(new Visit { Width = 390 });
        await SignUpAsync(page, "Ada Lovelace", "/prompts");
        await WaitInteractiveAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Import", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What happens to a file" })).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);

        await ChooseAsync(page);
        await Assertions.Expect(page.Locator(".found strong")).ToHaveTextAsync(["Tea letter", "Poet"]);
        await Assertions.Expect(page.GetByText("1 prompt of this file cannot be imported")).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Import 2 prompts" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Imported 2 prompts.")).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Taken back.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the files" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Import 2 prompts" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Imported 2 prompts.")).ToBeVisibleAsync();

        await GoInteractiveAsync(page, "/prompts/export");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Export 2 prompts" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "promptfoo" }).CheckAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "promptfoo cannot carry everything" })).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);
        var (name, content) = await DownloadAsync(page, "Download promptfooconfig.yaml");

        Assert.Equal("promptfooconfig.yaml", name);
        var read = PromptFiles.Read(name, content);
        Assert.Equal(
            [("Poet", "Write about {{topic}}.\nIn two lines.", "tea"), ("Tea letter", "Write to {{guest}} about \\{{tea}}.", "Ada")],
            read.Prompts.Select(prompt => (prompt.Prompt.Title, prompt.Prompt.Template, prompt.Prompt.Variables[0].Default!)).Order());

        // Imported again it is the same: nothing of it is new.
        await GoInteractiveAsync(page, "/prompts/import");
        await page.Locator("#import-files").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/yaml", Buffer = content });
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "2 prompts found, 2 of them there already" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Several_files_come_as_a_zip_that_nobody_keeps_and_strangers_get_nothing()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Ada Lovelace", "/prompts/import");
        await WaitInteractiveAsync(page);
        await ChooseAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Import 2 prompts" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Imported 2 prompts.")).ToBeVisibleAsync();
        await GoInteractiveAsync(page, "/prompts/export");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Prompty" }).CheckAsync();

        var (name, content) = await DownloadAsync(page, "Download 2 files (zip)");

        Assert.Equal("prompts-prompty.zip", name);
        using var zip = new ZipArchive(new MemoryStream(content));
        Assert.Equal(["poet.prompty", "tea-letter.prompty"], zip.Entries.Select(entry => entry.Name).Order());

        using var visitor = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Site.Address };
        using var form = new FormUrlEncodedContent([new("format", "Markdown"), new("ids", "")]);
        using var answer = await visitor.PostAsync("/prompts/export/file", form, TestContext.Current.CancellationToken);
        Assert.NotEqual(System.Net.HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task ChooseAsync(IPage page) => page.Locator("#import-files").SetInputFilesAsync(
    [
        new FilePayload { Name = "tea.prompty", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(Prompty) },
        new FilePayload { Name = "rows.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Csv) },
    ]);

    private static async Task<(string Name, byte[] Content)> DownloadAsync(IPage page, string button)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
        return (download.SuggestedFilename, content.ToArray());
    }
}
