using System.Security.Claims;
using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class VersionsPageTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6";

    private Caller _user;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private PromptQueries Prompts => new(database.Db);

    private PromptVersionQueries Versions => new(database.Db);

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var user = await database.CreateUserAsync();
        _user = Caller.User(user);
        Services.AddMudServices();
        Services.AddSingleton(database.Db);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<PromptQueries>();
        Services.AddSingleton<PromptVersionQueries>();
        Services.AddSingleton<PromptLinkQueries>();
        Services.AddSingleton<GalleryQueries>();
        Services.AddSingleton(database.AppDataSource);
        Services.AddHybridCache();
        Services.AddSingleton<GalleryCache>();
        Services.AddSingleton<GalleryNotices>();
        Services.AddSingleton<GalleryChanged>();
        Services.AddSingleton<IOutputCacheStore, NoPages>();
        Services.AddScoped<VersionActions>();
        Services.AddScoped<LinkActions>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public async Task The_list_says_what_changed_in_whose_words_and_how_much()
    {
        var id = await CreateAsync("Write about {{topic}}.");
        await SaveAsync(id, "template = 'Write about {{topic}} and {{more}}.', variables = '[{\"name\":\"topic\"},{\"name\":\"more\"}]'", "Asks <b>for</b> more");
        // The same variables written down in another way are no change to a reader.
        await SaveAsync(id, "title = 'New title', variables = '[\"topic\",\"more\"]'", null);

        var page = Open(id);

        page.WaitForAssertion(() => Assert.Equal(["Title changed", "2 words added, 0 words removed"], [Facts(page, 3), page.Find("#version-2 .facts .visually-hidden").TextContent]));
        Assert.EndsWith("Variables changed", Facts(page, 2), StringComparison.Ordinal);
        Assert.Contains("Asks <b>for</b> more", page.Find("#version-2").TextContent, StringComparison.Ordinal);
        Assert.Equal("The first version", Facts(page, 1));
        Assert.Contains("Now", page.Find("#version-3").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Restore", page.Find("#version-3").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restoring_adds_a_version_and_Undo_adds_another()
    {
        var id = await CreateAsync("First");
        await SaveAsync(id, "template = 'Second'", null);
        var page = Open(id);

        page.Find("#version-1 button").Click();

        page.WaitForElement("#version-3");
        Assert.Contains("Restored version 1", page.Find("#version-3").TextContent, StringComparison.Ordinal);
        Assert.Equal("First", (await Prompts.FindAsync(_user, id, Cancel))!.Template);
        var undo = Services.GetRequiredService<MudBlazor.ISnackbar>().ShownSnackbars.Single();
        Assert.Equal("Version 1 is back, as version 3.", undo.Message);
    }

    [Fact]
    public async Task A_prompt_changed_elsewhere_is_not_written_over_by_restoring()
    {
        var id = await CreateAsync("First");
        await SaveAsync(id, "template = 'Second'", null);
        var page = Open(id);
        await SaveAsync(id, "template = 'Elsewhere'", null);

        page.Find("#version-1 button").Click();

        page.WaitForAssertion(() => Assert.Contains("changed elsewhere", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.NotNull(page.Find("#version-3"));
        Assert.Equal("Elsewhere", (await Prompts.FindAsync(_user, id, Cancel))!.Template);
    }

    [Fact]
    public async Task An_old_secret_does_not_become_public_unseen()
    {
        var id = await CreateAsync("My key is " + Key);
        await SaveAsync(id, "template = 'My key is in the vault'", null);
        await new PublishQueries(database.Db).PublishAsync(_user, id, null, [], Cancel);
        var page = Open(id);

        page.Find("#version-1 button").Click();
        page.WaitForAssertion(() => Assert.Contains("Others read this prompt", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal("My key is in the vault", (await Prompts.FindAsync(_user, id, Cancel))!.Template);

        page.Find("[role=alert] button").Click();
        page.WaitForElement("#version-3");
        Assert.Equal("My key is " + Key, (await Prompts.FindAsync(_user, id, Cancel))!.Template);
    }

    [Fact]
    public async Task Two_versions_in_the_address_are_compared_and_one_is_read()
    {
        var id = await CreateAsync("Be brief.");
        await SaveAsync(id, "template = 'Be kind.', goal = 'Another goal'", null);

        Go(id, "?from=1&to=2");
        var page = Open(id);
        page.WaitForAssertion(() => Assert.Equal(["Goal", "Template"], page.FindAll(".changes h3").Select(heading => heading.TextContent)));
        Assert.Equal(["A", "brief"], page.FindAll("del").Select(words => words.TextContent));

        Go(id, "?to=1");
        page.WaitForAssertion(() => Assert.Equal("Be brief.", page.Find("#version-shown .text").TextContent));
        Go(id, "?from=1&to=9");
        page.WaitForAssertion(() => Assert.Contains("no such version", page.Find("#version-shown").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_link_says_who_reads_before_there_is_one_and_can_be_taken_back()
    {
        var id = await CreateAsync("My key is " + Key);
        var prompt = (await Prompts.FindAsync(_user, id, Cancel))!;
        var share = Render<ShareLink>(parameters => parameters.Add(link => link.Caller, _user).Add(link => link.Prompt, prompt));
        share.WaitForElement("#share-create");
        Assert.Contains("Whoever has the link would read", share.Markup, StringComparison.Ordinal);

        share.Find("#share-create").Click();
        share.WaitForElement("#share-address");
        var address = share.Find("#share-address").GetAttribute("value")!;
        Assert.Matches("^http://localhost/s/[A-Za-z0-9_-]{43}$", address);

        share.FindAll("button").Single(button => button.TextContent == "Revoke").Click();
        share.WaitForElement("#share-create");
        Assert.Null(await new PromptLinkQueries(database.Db).ReadAsync(Caller.Anonymous, address[^43..], Cancel));
    }

    [Fact]
    public void A_conflict_shows_what_one_would_change_in_the_other_version()
    {
        var other = new Prompt
        {
            Id = Guid.NewGuid(), UserId = _user.UserId!.Value, Title = "Theirs", Goal = "", Template = "For five readers", Variables = "[]", IsPublic = false,
            CreatedAt = DateTime.UtcNow, UpdatedAt = DateTime.UtcNow,
        };
        var notice = Render<ConflictNotice>(parameters => parameters
            .Add(conflict => conflict.Mine, new PromptDraft(other with { Title = "Mine", Template = "For four readers" })).Add(conflict => conflict.Other, other).Add(conflict => conflict.Now, DateTime.UtcNow));

        Assert.Equal(["Theirs", "five"], notice.FindAll("del").Select(words => words.TextContent));
        Assert.Equal(["Mine", "four"], notice.FindAll("ins").Select(words => words.TextContent));
    }

    private Task<Guid> CreateAsync(string template) => database.CreatePromptAsync(_user.UserId!.Value, "A title", "A goal", template, "[]");

    private Task<int> SaveAsync(Guid id, string change, string? note) => database.OwnerAsync(
        $"with note as (select set_config('metaprompt.version_note', @note, true)) update public.prompts set {change} from note where id = @id", ("note", note ?? ""), ("id", id));

    private IRenderedComponent<VersionsPage> Open(Guid id)
    {
        var page = Render<VersionsPage>(parameters => parameters.Add(p => p.Id, id));
        page.WaitForElement("h1");
        return page;
    }

    private void Go(Guid id, string query) => Services.GetRequiredService<NavigationManager>().NavigateTo($"/prompts/{id}/versions{query}");

    private static string Facts(IRenderedComponent<VersionsPage> page, int number) =>
        string.Join(' ', page.Find($"#version-{number} .facts").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed class NoPages : IOutputCacheStore
    {
        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]?>(null);

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
