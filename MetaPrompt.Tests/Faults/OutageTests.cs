using System.Diagnostics;
using System.Net;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>The database is away while pages are open: they say so, keep what is typed and go on by themselves; others are told at once.</summary>
public sealed class OutageTests(ProxiedSite site) : BrowserTest(site), IClassFixture<ProxiedSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FaultProxy Proxy => ((ProxiedSite)Site).Proxy;

    [Fact]
    public async Task Open_pages_say_that_the_database_is_away_keep_what_is_typed_and_recover_by_themselves()
    {
        Expect("503");
        var writing = await OpenAsync();
        var email = await SignUpAsync(writing, "Ada Outage", "/wizard?goal=Turn%20merged%20pull%20requests%20into%20release%20notes");
        var person = Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email)));
        var prompt = await new PromptQueries(Site.Database.Db).CreateAsync(
            person, new NewPrompt { Title = "Before", Goal = "A goal", Template = "Say {{word}}.", Variables = """[{"name":"word"}]""" }, Stop);
        await writing.Locator(".question .chip").First.WaitForAsync();
        await WaitInteractiveAsync(writing);
        var editing = await NewTabAsync(writing.Context);
        await GoInteractiveAsync(editing, $"/prompts/{prompt}");
        await editing.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        var testing = await NewTabAsync(writing.Context);
        await GoInteractiveAsync(testing, $"/prompts/{prompt}/test");
        var listing = await NewTabAsync(writing.Context);
        await GoInteractiveAsync(listing, "/prompts");

        Proxy.Be(Way.Mute);
        await writing.GetByLabel("In your own words").First.FillAsync("people who were away");
        await editing.GetByLabel("Title").FillAsync("Typed while it was away");
        await editing.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await testing.GetByLabel("word").FillAsync("typed as well");
        await listing.GetByLabel("Search prompts").FillAsync("Say");

        await Assertions.Expect(writing.GetByText("Your draft could not be saved: the database did not answer")).ToBeVisibleAsync();
        await Assertions.Expect(editing.GetByText("It could not be saved: the database did not answer")).ToBeVisibleAsync();
        await Assertions.Expect(listing.GetByText("Your prompts could not be read.")).ToBeVisibleAsync();
        await AxeAsync(writing);

        Proxy.Be(Way.Open);
        await Assertions.Expect(writing.GetByText("Your draft could not be saved")).ToHaveCountAsync(0);
        await Assertions.Expect(listing.GetByText("Your prompts could not be read.")).ToHaveCountAsync(0);
        Assert.Contains("people who were away", await Site.Database.OwnerScalarAsync<string>("select state from public.prompt_drafts where user_id = @id", ("id", person.UserId)), StringComparison.Ordinal);
        // Under its old title or its new one: what was sent into the dark may have come through after all.
        await Assertions.Expect(listing.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await Assertions.Expect(testing.GetByLabel("word")).ToHaveValueAsync("typed as well");
        await Assertions.Expect(editing.GetByLabel("Title")).ToHaveValueAsync("Typed while it was away");
        await editing.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(editing.GetByRole(AriaRole.Heading, new() { Name = "Typed while it was away" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_connection_that_is_cut_comes_back_by_itself_with_the_page_as_it_was()
    {
        ExpectLostConnection();
        await using var wire = FaultProxy.Before(Site.Address.Port);
        var page = await OpenAsync();
        await page.GotoAsync($"http://127.0.0.1:{wire.Port}/wizard?goal=Turn%20merged%20pull%20requests%20into%20release%20notes");
        await page.Locator(".question .chip").First.WaitForAsync();
        await WaitInteractiveAsync(page);
        await page.EvaluateAsync("() => { window.before = true; }");
        var answer = page.GetByLabel("In your own words").First;
        await answer.FocusAsync();

        wire.Be(Way.Closed);
        await Assertions.Expect(page.GetByText("The connection was lost.")).ToBeVisibleAsync();
        await Assertions.Expect(answer).ToBeFocusedAsync();
        await answer.PressSequentiallyAsync("typed without a wire");
        await AxeAsync(page);
        wire.Be(Way.Open);

        await Assertions.Expect(page.GetByText("The connection was lost.")).ToBeHiddenAsync();
        await Assertions.Expect(answer).ToHaveValueAsync("typed without a wire");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToBeVisibleAsync();
        // The same page, and the same circuit behind it: nothing was loaded anew.
        Assert.True(await page.EvaluateAsync<bool>("() => window.before === true"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Visitors_get_the_last_good_page_or_a_plain_503_and_nobody_waits_long(bool hangs)
    {
        Expect("Health check database");
        using var http = new HttpClient { BaseAddress = Site.Address };
        var seen = await http.GetStringAsync(new Uri("templates", UriKind.Relative), Stop);
        // What the output cache keeps would serve for some seconds; what matters is what comes after it.
        await Site.Services.GetRequiredService<IOutputCacheStore>().EvictByTagAsync(VisitorPages.GalleryTag, Stop);
        IPage? waiting = null;
        Proxy.Be(hangs ? Way.Mute : Way.Closed);
        try
        {
            // The first ones find out; those after them are told.
            using var first = await http.GetAsync(new Uri("health", UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
            Assert.Contains("away", await first.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

            var watch = Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => http.GetAsync(new Uri($"templates?q=word{number}", UriKind.Relative), Stop)));
            // Most on a busy machine is the rendering of the pages; forty that wait their two seconds, of twenty at a time, are none of it.
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
            foreach (var answer in answers)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
                Assert.True(answer.Headers.Contains("Content-Security-Policy"));
            }

            var page = await answers[0].Content.ReadAsStringAsync(Stop);
            Assert.Contains("Back in a moment", page, StringComparison.Ordinal);
            Assert.Contains("The database did not answer", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Npgsql", page, StringComparison.Ordinal);
            var visitor = await OpenAsync(new Visit { Width = 390, Dark = hangs });
            Expect("503");
            await visitor.GotoAsync($"/templates?q=visitor{hangs}");
            await Assertions.Expect(visitor.GetByText("It is tried again by itself")).ToBeVisibleAsync();
            await AxeAsync(visitor);
            await FitsAsync(visitor);
            waiting = visitor;
            Assert.Equal(seen, await http.GetStringAsync(new Uri("templates", UriKind.Relative), Stop));
        }
        finally
        {
            Proxy.Be(Way.Open);
        }

        // The page that waits has come back by itself.
        await Assertions.Expect(waiting!.Locator("#q")).ToHaveValueAsync($"visitor{hangs}");
        var watchBack = Stopwatch.StartNew();
        while ((await http.GetAsync(new Uri("templates?q=back", UriKind.Relative), Stop)).StatusCode != HttpStatusCode.OK)
        {
            Assert.InRange(watchBack.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(40));
            await Task.Delay(50, Stop);
        }
    }
}
