using Bunit;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PromptsPageTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private Guid _user;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        _user = await database.CreateUserAsync();
        Services.AddMudServices();
        Services.AddSingleton(database.Db);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton<PromptQueries>();
        Services.AddSingleton<PromptListQueries>();
        Services.AddSingleton<PromptBatchQueries>();
        Services.AddSingleton<LabelQueries>();
        Services.AddSingleton<GalleryQueries>();
        Services.AddSingleton(database.AppDataSource);
        Services.AddHybridCache();
        Services.AddSingleton<GalleryCache>();
        Services.AddSingleton<GalleryNotices>();
        Services.AddSingleton<GalleryChanged>();
        Services.AddSingleton<IOutputCacheStore, NoPages>();
        Services.AddScoped<PromptDeletion>();
        Services.AddScoped<PromptBatch>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new System.Security.Claims.Claim(System.Security.Claims.ClaimTypes.NameIdentifier, _user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public async Task A_slow_answer_to_an_old_search_never_takes_the_place_of_a_newer_one()
    {
        await database.CreatePromptAsync(_user, "Old words");
        await database.CreatePromptAsync(_user, "New words");
        var page = Render<PromptsPage>();
        page.WaitForAssertion(() => Assert.Equal(["New words", "Old words"], Titles(page)));

        // The first search waits for a lock, and the second is asked while it waits.
        await using var connection = await database.OwnerDataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var hold = new NpgsqlCommand("lock table public.prompts in access exclusive mode", connection, transaction))
            await hold.ExecuteNonQueryAsync(Cancel);
        Search(page, "old");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find(".prompts").GetAttribute("aria-busy")));
        var old = await WaitingAsync("> 0");
        Search(page, "new");
        var next = await WaitingAsync($"<> {old} and not exists (select from waiting where pid = {old})");
        await transaction.RollbackAsync(Cancel);

        Assert.True(next > 0, "The old search went on.");
        page.WaitForAssertion(() => Assert.Equal(["New words"], Titles(page)));
        page.WaitForAssertion(() => Assert.Equal("1 prompt found", page.Find("[role=status]").TextContent));
    }

    [Fact]
    public async Task An_address_with_a_search_in_it_opens_the_list_searched()
    {
        await database.CreatePromptAsync(_user, "Old words");
        await database.CreatePromptAsync(_user, "New words");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/prompts?q=old");

        var page = Render<PromptsPage>();

        page.WaitForAssertion(() => Assert.Equal(["Old words"], Titles(page)));
        Assert.Equal("old", page.Find("input[type=search]").GetAttribute("value"));
    }

    [Fact]
    public async Task Nobody_sees_the_prompts_of_somebody_else()
    {
        var other = await database.CreateUserAsync();
        await database.CreatePromptAsync(other, "Theirs alone");

        var page = Render<PromptsPage>();

        page.WaitForAssertion(() => Assert.Contains("Your first prompt", page.Find("h2").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Theirs alone", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_that_leave_nothing_say_so_and_offer_to_be_cleared()
    {
        await database.CreatePromptAsync(_user, "Old words");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/prompts?show=public&sort=title&label=nonsense");

        var page = Render<PromptsPage>();

        page.WaitForAssertion(() => Assert.Contains("No prompt answers to all of that", page.Find(".empty h2").TextContent, StringComparison.Ordinal));
        Assert.Equal("/prompts?sort=title", page.Find(".empty .btn-primary").GetAttribute("href"));
    }

    [Fact]
    public async Task What_is_chosen_is_counted_and_forgotten_when_the_list_becomes_another_one()
    {
        await database.CreatePromptAsync(_user, "Old words");
        await database.CreatePromptAsync(_user, "New words");
        var page = Render<PromptsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".pick input").Count));

        page.FindAll(".pick input")[1].Click();
        Assert.Contains("1", page.Find("[data-bar] .count").TextContent, StringComparison.Ordinal);
        Assert.Equal("1 selected", page.Find("[role=status]").TextContent);
        Search(page, "new");

        page.WaitForAssertion(() => Assert.Equal(["New words"], Titles(page)));
        Assert.Empty(page.FindAll("[data-bar]"));
    }

    [Fact]
    public async Task More_than_thirty_are_not_published_at_once_and_more_than_two_hundred_not_exported()
    {
        await database.OwnerAsync("insert into public.prompts (user_id, title, goal, template) select @u, 'Prompt ' || n, 'A goal', 'A text' from generate_series(1, 201) n", ("u", _user));
        var page = Render<PromptsPage>();
        page.WaitForAssertion(() => Assert.Equal("201 prompts", page.Find(".list-head p").TextContent.Trim()));

        page.Find(".list-head button").Click();

        page.WaitForAssertion(() => Assert.Contains("201", page.Find("[data-bar] .count").TextContent, StringComparison.Ordinal));
        Assert.Equal("Export takes 200 at a time, publishing 30.", page.Find("[data-bar] .limits").TextContent);
        Assert.Empty(page.FindAll("[data-bar] a"));
    }

    [Fact]
    public async Task Adatabase_that_does_not_answer_is_said_so_and_asked_again_on_Retry()
    {
        await database.CreatePromptAsync(_user, "Here again");
        await database.OwnerAsync("alter table public.prompts rename to away");
        var page = Render<PromptsPage>();
        page.WaitForAssertion(() => Assert.Contains("could not be read", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".empty"));

        await database.OwnerAsync("alter table public.away rename to prompts");
        page.Find("[role=alert] button").Click();

        page.WaitForAssertion(() => Assert.Equal(["Here again"], Titles(page)));
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    // The process of a query on prompts that waits for the lock, once there is one that answers the condition.
    private Task<int> WaitingAsync(string condition) => database.OwnerScalarAsync<int>(
        $$"""
        create or replace function pg_temp.find() returns int language plpgsql as $$
        declare found int;
        begin
          for attempt in 1..1000 loop
            perform pg_stat_clear_snapshot();
            with waiting as materialized (
              select pid from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like '%prompts.list_newest%')
            select min(pid) into found from waiting where pid {{condition}};
            exit when found is not null;
            perform pg_sleep(0.01);
          end loop;
          return coalesce(found, -1);
        end $$;
        select pg_temp.find()
        """);

    private void Search(IRenderedComponent<PromptsPage> page, string text)
    {
        page.Find("input[type=search]").Input(text);
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static IEnumerable<string> Titles(IRenderedComponent<PromptsPage> page) => page.FindAll("h2 a").Select(link => link.TextContent);

    private sealed class NoPages : IOutputCacheStore
    {
        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]?>(null);

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
