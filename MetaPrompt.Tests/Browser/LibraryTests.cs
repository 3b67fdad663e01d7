using System.Text.RegularExpressions;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class LibraryTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Template = "Write release notes for {{product}}.\n\nReaders are {{audience}}. Use at most five bullets.\n\n<changes>\n{{pull_requests}}\n</changes>";

    private const string Variables = """[{"name":"product","example":"MetaPrompt"},{"name":"audience","label":"Who reads it","default":"customers"},{"name":"pull_requests","type":"longText"}]""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PromptQueries Prompts => new(Site.Database.Db);

    [Fact]
    public async Task Searching_narrows_the_list_as_one_types_and_the_address_keeps_it()
    {
        var (page, user) = await PersonAsync();
        await CreateAsync(user, "Release notes");
        await CreateAsync(user, "Minutes of a meeting", "Summarise the meeting in {{notes}}.");
        await GoInteractiveAsync(page, "/prompts");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Minutes of a meeting", "Release notes"]);

        await page.GetByLabel("Search prompts").FillAsync("PULL_REQUESTS");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Release notes"]);
        await page.WaitForURLAsync("**/prompts?q=PULL_REQUESTS");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.GetByLabel("Search prompts")).ToHaveValueAsync("PULL_REQUESTS");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Release notes"]);
        await page.GetByLabel("Search prompts").FillAsync("zebra");
        await Assertions.Expect(page.GetByText("No prompt has “zebra” in it")).ToBeVisibleAsync();
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_deleted_row_comes_back_with_Undo()
    {
        var (page, user) = await PersonAsync();
        await CreateAsync(user, "Keep me");
        await GoInteractiveAsync(page, "/prompts");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Keep me" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Your first prompt is three questions away")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Keep me", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_row_can_be_duplicated()
    {
        var (page, user) = await PersonAsync();
        await CreateAsync(user, "Twice");
        await GoInteractiveAsync(page, "/prompts");

        await page.GetByRole(AriaRole.Button, new() { Name = "Duplicate Twice" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Twice (copy)", "Twice"]);
    }

    [Fact]
    public async Task A_prompt_shows_its_text_its_variables_and_the_answers_it_came_from()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Release notes");

        await GoInteractiveAsync(page, $"/prompts/{id}");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Release notes", Level = 1, Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".prose .v")).ToHaveTextAsync(["{{product}}", "{{audience}}", "{{pull_requests}}"]);
        await Assertions.Expect(page.GetByText("Who reads the notes?")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Customers who do not program")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "As written" }).ClickAsync();
        await Assertions.Expect(page.Locator(".sheet .text")).ToContainTextAsync("<changes>");
        await AxeAsync(page);
    }

    [Fact]
    public async Task An_edit_in_place_is_checked_and_saved()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Release notes");
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToBeFocusedAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Better notes");
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Write better notes about [THING] and {{topic}}.");
        await Assertions.Expect(page.Locator(".finding").First).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Better notes", Level = 1, Exact = true })).ToBeVisibleAsync();
        var saved = await Prompts.FindAsync(user, id, Cancel);
        Assert.Equal(("Better notes", "Write better notes about [THING] and {{topic}}."), (saved!.Title, saved.Template));
        Assert.Contains("topic", saved.Variables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_S_saves_and_Cancel_changes_nothing()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "By keyboard");
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Goal", new() { Exact = true }).FillAsync("A goal typed just now");
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(page.GetByText("A goal typed just now")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Goal", new() { Exact = true }).FillAsync("Never mind");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Assertions.Expect(page.GetByText("A goal typed just now")).ToBeVisibleAsync();
        Assert.Equal("A goal typed just now", (await Prompts.FindAsync(user, id, Cancel))!.Goal);
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Unsaved_words_survive_a_reload_and_can_be_discarded()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Unsaved");
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Half a thought about {{life}}");
        await Assertions.Expect(page.Locator(".variable .v")).ToHaveTextAsync(["{{life}}"]);

        await page.ReloadAsync();
        await WaitInteractiveAsync(page);

        await Assertions.Expect(page.GetByText("Your unsaved changes are back.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync("Half a thought about {{life}}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard them" }).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Write release notes");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Write release notes");
    }

    [Fact]
    public async Task Words_typed_a_moment_before_the_tab_is_reloaded_survive()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "In a hurry");
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Goal", new() { Exact = true }).FocusAsync();

        await page.Keyboard.InsertTextAsync("Only just typed. ");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);

        Assert.Contains("Only just typed.", await page.GetByLabel("Goal", new() { Exact = true }).InputValueAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_typed_into_a_public_prompt_is_asked_about_before_it_is_saved()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Public");
        await new MetaPrompt.Data.Templates.PublishQueries(Site.Database.Db).PublishAsync(user, id, null, [], Cancel);
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Ask sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6 about {{topic}}.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Saved, it would be public");
        Assert.Equal(Template, (await Prompts.FindAsync(user, id, Cancel))!.Template);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save anyway" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Edit" })).ToBeVisibleAsync();
        Assert.StartsWith("Ask sk-proj", (await Prompts.FindAsync(user, id, Cancel))!.Template, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_with_unsaved_words_asks_and_staying_keeps_them()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Ask me");
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Half a title");
        await page.Locator(".crumbs").GetByRole(AriaRole.Link, new() { Name = "My prompts" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("Leave without saving?");
        await AxeAsync(page);

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Half a title");
        await page.Locator(".crumbs").GetByRole(AriaRole.Link, new() { Name = "My prompts" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/prompts$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask me", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Half a title");
    }

    [Fact]
    public async Task A_prompt_changed_elsewhere_is_shown_beside_what_was_typed_and_can_be_saved_over()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Conflict");
        await EditWhileAnotherSavesAsync(page, user, id);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save mine over it" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Mine", Level = 1, Exact = true })).ToBeVisibleAsync();
        Assert.Equal("Mine", (await Prompts.FindAsync(user, id, Cancel))!.Title);
    }

    [Fact]
    public async Task A_prompt_changed_elsewhere_can_be_left_alone_and_mine_saved_as_a_copy()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Conflict");
        await EditWhileAnotherSavesAsync(page, user, id);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save mine as a copy" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Mine (copy)", Level = 1, Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Customers who do not program")).ToBeVisibleAsync();
        Assert.Equal("Theirs", (await Prompts.FindAsync(user, id, Cancel))!.Title);
    }

    [Fact]
    public async Task Publishing_elsewhere_with_the_same_words_is_no_conflict()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Same words");
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("New words");
        await new MetaPrompt.Data.Templates.PublishQueries(Site.Database.Db).PublishAsync(user, id, "Writing", [], Cancel);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New words", Level = 1, Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Duplicate_leads_to_the_copy_and_Delete_to_the_list_with_Undo()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Original");
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Duplicate" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Original (copy)", Level = 1, Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/prompts$"));
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Original"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(["Original (copy)", "Original"]);
    }

    [Fact]
    public async Task A_deleted_prompts_address_offers_to_restore_it()
    {
        var (page, user) = await PersonAsync();
        var id = await CreateAsync(user, "Gone for now");
        await Prompts.DeleteAsync(user, id, Cancel);
        await GoInteractiveAsync(page, $"/prompts/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Gone for now", Level = 1, Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_elses_prompt_and_none_at_all_are_not_found()
    {
        var (page, user) = await PersonAsync();
        var other = await Site.Database.CreateUserAsync();
        var theirs = await Site.Database.CreatePromptAsync(other, "Private matters");
        Expect("404");

        foreach (var path in new[] { $"/prompts/{theirs}", $"/prompts/{Guid.NewGuid()}", $"/prompts/{theirs}/test" })
        {
            var answer = await page.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing here");
            Assert.DoesNotContain("Private matters", await page.ContentAsync(), StringComparison.Ordinal);
        }

        Assert.NotNull(user.UserId);
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(1280, true)]
    public async Task Every_page_fits_and_has_no_finding_on_a_phone_and_in_the_dark(int width, bool dark)
    {
        var (page, user) = await PersonAsync(new Visit { Width = width, Height = 844, Dark = dark });
        var id = await CreateAsync(user, "A title that is rather long so that it has to break somewhere on a narrow screen");
        foreach (var path in new[] { "/prompts", "/prompts?q=zzz", $"/prompts/{id}", $"/prompts/{id}/test" })
        {
            await GoInteractiveAsync(page, path);
            await FitsAsync(page);
            await AxeAsync(page);
        }

        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.Locator(".variable").First.ClickAsync();
        await FitsAsync(page);
        await AxeAsync(page);
    }

    private async Task EditWhileAnotherSavesAsync(IPage page, Caller user, Guid id)
    {
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Mine");
        var now = (await Prompts.FindAsync(user, id, Cancel))!;
        await Prompts.UpdateAsync(user, new PromptEdit { Id = id, Title = "Theirs", Goal = now.Goal, Template = "Their text", Variables = "[]", BasedOn = now.UpdatedAt }, Cancel);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This prompt was changed elsewhere");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Their text");
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Mine");
        await AxeAsync(page);
    }

    private async Task<(IPage Page, Caller User)> PersonAsync(Visit? visit = null)
    {
        var page = await OpenAsync(visit);
        var email = await SignUpAsync(page, "Ada Writer");
        return (page, Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email))));
    }

    private Task<Guid> CreateAsync(Caller user, string title, string template = Template) => Prompts.CreateAsync(user, new NewPrompt
    {
        Title = title,
        Goal = "Turn merged pull requests into release notes",
        Template = template,
        Variables = Variables,
        Answers = [new PromptAnswer { QuestionId = "readers", QuestionText = "Who reads the notes?", Answer = "Customers who do not program" }],
    }, Cancel);
}
