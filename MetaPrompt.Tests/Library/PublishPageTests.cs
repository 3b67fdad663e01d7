using System.Security.Claims;
using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Moderation;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PublishPageTests : BunitContext, IAsyncLifetime
{
    private const string Key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6";

    private const string Long =
        "You are a patient librarian. Read the question in {{question}} and recommend three books, each with its author, the year it appeared and one sentence that says whom it suits best.";

    private TestDatabase _database = null!;
    private Caller _user;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        _database = await TestDatabase.CreateAsync();
        var user = await _database.CreateUserAsync(name: "Ada");
        _user = Caller.User(user);
        Services.AddMudServices();
        Services.AddSingleton(_database.Db);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<PromptQueries>();
        Services.AddSingleton<PublishQueries>();
        Services.AddSingleton<GalleryQueries>();
        Services.AddSingleton(_database.AppDataSource);
        Services.AddHybridCache();
        Services.AddSingleton<GalleryCache>();
        Services.AddSingleton<GalleryNotices>();
        Services.AddSingleton<GalleryChanged>();
        Services.AddSingleton<IOutputCacheStore, NoPages>();
        Services.AddScoped<PublishActions>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_private_prompt_is_offered_to_the_gallery_and_shown_as_its_card_will_be()
    {
        var id = await PromptAsync("A <b>bold</b> title", "Write about {{topic}}.");

        var page = Open(id);

        Assert.Equal("Publish", Submit(page).TextContent);
        Assert.False(Submit(page).HasAttribute("disabled"));
        Assert.Equal("A <b>bold</b> title", page.Find(".card h3").TextContent);
        Assert.Equal("{{topic}}", page.Find(".card .v").TextContent);
        Assert.Contains("Ada", page.Find(".card .meta").TextContent, StringComparison.Ordinal);
        page.Find("#publish-category").Input("Poetry");
        Assert.Equal("Poetry", page.Find(".card .eyebrow").TextContent);
    }

    [Fact]
    public async Task Each_visibility_says_what_its_button_does()
    {
        var id = await PromptAsync("Words", "Text");
        var page = Open(id);
        Choose(page, "Unlisted");
        Assert.Equal("Make unlisted", Submit(page).TextContent);
        Choose(page, "Private");
        Assert.Equal("Stays private", Submit(page).TextContent);
        Assert.True(Submit(page).HasAttribute("disabled"));
        Choose(page, "Unlisted");
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.EndsWith($"/prompts/{id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
        Assert.Equal(PromptVisibility.Unlisted, (await Prompts.FindAsync(_user, id, Cancel))!.Visibility);
        page = Open(id);
        Assert.Equal("Save", Submit(page).TextContent);
        Choose(page, "Public");
        Assert.Equal("Publish", Submit(page).TextContent);
        Choose(page, "Private");
        Assert.Equal("Make private", Submit(page).TextContent);
    }

    [Fact]
    public async Task A_key_stops_it_until_somebody_confirmed_that_very_text()
    {
        var id = await PromptAsync("Leaky", $"Use {Key}.");
        var page = Open(id);
        Assert.True(Submit(page).HasAttribute("disabled"));
        Assert.Contains(Key, page.Find("#publish-secrets").TextContent, StringComparison.Ordinal);
        // Nothing to confirm where nobody else would read it.
        page.Find("form").Submit();
        Assert.Equal(PromptVisibility.Private, (await Prompts.FindAsync(_user, id, Cancel))!.Visibility);

        page.Find("#publish-secrets input").Change(true);
        Assert.False(Submit(page).HasAttribute("disabled"));
        await _database.OwnerAsync("update public.prompts set template = template || ' My password: hunter2hunter2' where id = @id", ("id", id));
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Contains("changed elsewhere", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.True(Submit(page).HasAttribute("disabled"));
        Assert.Contains("hunter2", page.Find("#publish-secrets").TextContent, StringComparison.Ordinal);
        Assert.Equal(PromptVisibility.Private, (await Prompts.FindAsync(_user, id, Cancel))!.Visibility);
        page.Find("#publish-secrets input").Change(true);
        page.Find("form").Submit();
        await page.WaitForAssertionAsync(async () => Assert.Equal(PromptVisibility.Public, (await Prompts.FindAsync(_user, id, Cancel))!.Visibility));
    }

    [Fact]
    public async Task An_exact_copy_is_pointed_at_before_and_refused_in_words()
    {
        var theirs = await new Planted { Author = await _database.CreateUserAsync(name: "Nora"), Title = "Librarian", Template = Long }.PlantAsync(_database);
        var id = await PromptAsync("Mine", Long);

        var page = Open(id);
        Assert.Contains("This very text is in the gallery already", page.Find(".near h2").TextContent, StringComparison.Ordinal);
        Assert.Contains("by Nora", page.Find(".near li").TextContent, StringComparison.Ordinal);
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Contains("Make it your own first", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal($"/templates/{theirs}", page.Find("[role=alert] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Too_many_at_once_are_told_until_when()
    {
        await _database.OwnerAsync("insert into internal.publications (prompt_id, user_id, counted) select gen_random_uuid(), @u, true from generate_series(1, 10)", ("u", _user.UserId));
        var id = await PromptAsync("One more", "Text");

        var page = Open(id);
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Matches("possible in (59|60) minutes, at [0-9:]{5} UTC", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task A_hidden_prompt_has_its_reason_and_a_question_in_place_of_the_form()
    {
        var id = await PromptAsync("Hidden", "Text");
        var template = await new PublishQueries(_database.Db).PublishAsync(_user, id, null, [], Cancel);
        var moderator = await _database.CreateUserAsync();
        await _database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", moderator));
        await new ModerationQueries(_database.Db).HideAsync(Caller.User(moderator), template, "Not <true>", Cancel);

        var page = Open(id);
        Assert.Contains("Hidden by a moderator: Not <true>", page.Find(".hidden-notice").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".who"));
        page.Find("#review-note").Change("Mended");
        page.Find(".ask").Submit();

        page.WaitForAssertion(() => Assert.Contains("You asked to look again", page.Find(".hidden-notice").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".ask"));
    }

    [Fact]
    public async Task Suggestions_are_taken_with_one_press()
    {
        await new Planted { Author = await _database.CreateUserAsync(), Category = "Gardening", Tags = ["roses"] }.PlantAsync(_database);
        var id = await PromptAsync("Cut roses", "When to cut {{roses}}.");
        var page = Open(id);

        page.FindAll(".suggested .chip").Single(chip => chip.TextContent == "+ roses").Click();
        page.FindAll(".suggested .chip").Single(chip => chip.TextContent == "Gardening").Click();
        page.Find("form").Submit();

        await page.WaitForAssertionAsync(async () =>
        {
            var prompt = (await Prompts.FindAsync(_user, id, Cancel))!;
            Assert.Equal(("Gardening", "roses"), (prompt.Category, Assert.Single(prompt.Tags)));
        });
    }

    [Fact]
    public async Task What_the_browser_kept_of_the_form_is_back()
    {
        var id = await PromptAsync("Cut roses", "When to cut {{roses}}.");
        var page = Open(id);

        await KeptAsync(page, """{"Visibility":1,"Tags":["roses","roses",""]}""");

        Assert.Equal("Gardening", page.Find("#publish-category").GetAttribute("value"));
        Assert.Equal("Says when", page.Find("#publish-note").GetAttribute("value"));
        Assert.Equal("Make unlisted", Submit(page).TextContent);
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.EndsWith($"/prompts/{id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
        var prompt = (await Prompts.FindAsync(_user, id, Cancel))!;
        Assert.Equal((PromptVisibility.Unlisted, "Gardening", "roses"), (prompt.Visibility, prompt.Category, Assert.Single(prompt.Tags)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"Visibility":77,"Tags":["a"]}""")]
    [InlineData("""{"Visibility":1}""")]
    public async Task A_note_that_somebody_else_wrote_changes_nothing(string? note)
    {
        var page = Open(await PromptAsync("Cut roses", "When to cut {{roses}}."));

        await KeptAsync(page, note);

        Assert.Equal("Publish", Submit(page).TextContent);
        Assert.Equal("Gardening", page.Find("#publish-category").GetAttribute("value"));
    }

    private static Task KeptAsync(IRenderedComponent<PublishPage> page, string? note) => page.InvokeAsync(() => page.FindComponent<KeptFields>().Instance.OnOpened.InvokeAsync(
        new KeptText { Fields = new Dictionary<string, string> { ["category"] = "Gardening", ["note"] = "Says when" }, Note = note, At = DateTimeOffset.UnixEpoch }));

    private PromptQueries Prompts => new(_database.Db);

    private Task<Guid> PromptAsync(string title, string template) =>
        _database.CreatePromptAsync(_user.UserId!.Value, title, template: template, variables: """[{"name":"topic"}]""");

    private IRenderedComponent<PublishPage> Open(Guid id)
    {
        var page = Render<PublishPage>(parameters => parameters.Add(p => p.Id, id));
        page.WaitForElement("h1");
        // What the browser kept is told after the first drawing, which draws once more.
        page.WaitForAssertion(() => Assert.All(page.FindComponents<KeptFields>(), kept => Assert.True(kept.Instance.WhenOpenedAsync().IsCompleted)));
        return page;
    }

    private static AngleSharp.Dom.IElement Submit(IRenderedComponent<PublishPage> page) => page.Find("button[type=submit]");

    private static void Choose(IRenderedComponent<PublishPage> page, string visibility) =>
        page.FindAll(".who input").Single(input => input.GetAttribute("value") == visibility).Change(visibility);

    private sealed class NoPages : IOutputCacheStore
    {
        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]?>(null);

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
