using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using MetaPrompt.Tests.Accounts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Xunit;
using Visitor = MetaPrompt.Tests.Accounts.Browser;

namespace MetaPrompt.Tests.Collections;

/// <summary>Favorites, collections, following and published as pages, without JavaScript, and what visitors see of them.</summary>
public sealed class PersonalPagesTests(PersonalPagesTests.RunningSite running) : IClassFixture<PersonalPagesTests.RunningSite>
{
    private const string Hostile = "<script>alert('x')</script> & \"co\"";

    [Theory]
    [InlineData("/favorites")]
    [InlineData("/collections")]
    [InlineData("/collections/add/00000000-0000-0000-0000-000000000001")]
    [InlineData("/following")]
    [InlineData("/published")]
    public async Task A_visitor_is_asked_to_sign_in(string path)
    {
        using var answer = await running.Site.NewBrowser().GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains("/login", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_another_site_is_refused()
    {
        var (browser, _) = await running.PersonAsync();
        foreach (var path in (string[])[
            "/favorites/{0}/remove", "/favorites/{0}/restore", "/favorites/remove-gone", "/collections/new", "/collections/{0}/change", "/collections/{0}/share",
            "/collections/{0}/delete", "/collections/{0}/restore", "/collections/add/{0}", "/collections/{0}/templates/{0}/up",
            "/collections/{0}/templates/{0}/down", "/collections/{0}/templates/{0}/remove", "/collections/{0}/templates/{0}/return",
            "/collections/{0}/templates/{0}/note", "/authors/{0}/follow", "/following/{0}/follow", "/following/{0}/unfollow", "/following/seen"])
        {
            using var content = new FormUrlEncodedContent([new("name", "Theirs"), new("shared", "true"), new("follow", "true")]);
            using var answer = await browser.PostAsync(path.Replace("{0}", Guid.NewGuid().ToString(), StringComparison.Ordinal), content);
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, answer.StatusCode));
        }
    }

    [Fact]
    public async Task An_address_that_somebody_made_up_is_no_error()
    {
        var (browser, person) = await running.PersonAsync();
        await new Planted { Author = person }.PlantAsync(running.Database);
        var id = await running.Database.OwnerScalarAsync<Guid>("insert into public.collections (owner_id, name) values (@u, 'Any') returning id", ("u", person));
        foreach (var page in new[] { "/favorites", "/collections", $"/collections/{id}", "/following", "/published", $"/authors/{person}" })
        {
            await PageAsync(browser, $"{page}?q=%00%F0%9F&sort=x&after=x~1&removed=x&at=x&note=x&restored=x&deleted=x&unfollowed=x&template=x&days=-1&problem=x&saved=x&cleared=x&authors=x");
            await PageAsync(browser, $"{page}?sort=title&after=~~00000000000000000000000000000000&removed={Guid.NewGuid()}&deleted={id}&unfollowed={person}&template={id}");
        }
    }

    [Fact]
    public async Task An_unfavorited_template_comes_back_by_undo()
    {
        var (browser, person) = await running.PersonAsync();
        var template = new Planted { Author = await running.Database.CreateUserAsync(), Title = Hostile };
        await template.PlantAsync(running.Database);
        await running.Database.OwnerAsync("insert into public.user_favorites (user_id, template_id) values (@u, @t)", ("u", person), ("t", template.Id));

        var removed = await PressAsync(browser, "/favorites?sort=title", $"/favorites/{template.Id}/remove");
        Assert.StartsWith("/favorites?sort=title", removed, StringComparison.Ordinal);
        var page = await PageAsync(browser, removed);
        Assert.Contains($"Removed “{Hostile}”", page.QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Keep what works", page.Body!.TextContent, StringComparison.Ordinal);

        var restored = await PageAsync(browser, await PressAsync(browser, removed, $"/favorites/{template.Id}/restore"));
        Assert.Equal(Hostile, restored.QuerySelector(".trow h2")!.TextContent);
        Assert.Empty(restored.QuerySelectorAll("main script"));
        // Nobody else reads a title out of the address.
        var (stranger, _) = await running.PersonAsync();
        await running.Database.OwnerAsync("update public.prompts set is_public = false where id = @id", ("id", template.PromptId));
        Assert.DoesNotContain("alert", (await PageAsync(stranger, $"/favorites?removed={template.Id}")).Body!.TextContent, StringComparison.Ordinal);
        var gone = await PageAsync(browser, "/favorites");
        Assert.Contains("1 is no longer public", gone.Body!.TextContent, StringComparison.Ordinal);
        var cleared = await PageAsync(browser, await PressAsync(browser, "/favorites", "/favorites/remove-gone"));
        Assert.DoesNotContain("1 is no longer public", cleared.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_is_made_filled_shared_and_read_by_a_visitor_who_finds_no_form_in_it()
    {
        var (browser, _) = await running.PersonAsync();
        var template = new Planted { Author = await running.Database.CreateUserAsync(name: "Author"), Title = "Worth it " + Guid.NewGuid() };
        await template.PlantAsync(running.Database);
        var visitor = running.Site.NewBrowser();

        using var made = await browser.SubmitAsync("/collections", "/collections/new", ("name", Hostile), ("description", "For " + Hostile));
        var address = made.Headers.Location!.ToString();
        using var again = await browser.SubmitAsync("/collections", "/collections/new", ("name", Hostile));
        Assert.Contains("problem=taken", again.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(Hostile, ((IHtmlInputElement)(await PageAsync(browser, again.Headers.Location!.ToString())).QuerySelector("#name")!).Value);

        var choose = await PageAsync(browser, $"/collections/add/{template.Id}");
        using var chosen = await browser.SubmitAsync($"/collections/add/{template.Id}", $"/collections/add/{template.Id}",
            ("chosen", choose.QuerySelector("input[name=chosen]")!.GetAttribute("value")!));
        Assert.Contains("saved=1", chosen.Headers.Location!.ToString(), StringComparison.Ordinal);

        using var before = await visitor.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        using var shared = await browser.SubmitAsync(address, address + "/share");
        var page = await PageAsync(visitor, address);
        Assert.Equal(Hostile, page.QuerySelector("h1")!.TextContent);
        Assert.Contains(template.Title, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("main form, main script, [name=__RequestVerificationToken]"));
        Assert.Null(page.QuerySelector("meta[name=robots]"));
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/collections/{Guid.NewGuid()}")).StatusCode);

        // Empty for others, it is not for search engines.
        await running.Database.OwnerAsync("update public.prompts set is_public = false where id = @id", ("id", template.PromptId));
        var emptied = await PageAsync(visitor, address);
        Assert.DoesNotContain(template.Title, emptied.Body!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("noindex", emptied.QuerySelector("meta[name=robots]")!.GetAttribute("content"), StringComparison.Ordinal);
        Assert.Contains("No longer public", (await PageAsync(browser, address)).Body!.TextContent, StringComparison.Ordinal);

        var deleted = await PressAsync(browser, address, address + "/delete");
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(address)).StatusCode);
        Assert.Contains("It is back", (await PageAsync(browser, await PressAsync(browser, deleted, address + "/restore"))).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task What_is_in_a_collection_is_ordered_noted_taken_out_and_put_back_by_plain_forms()
    {
        var (browser, person) = await running.PersonAsync();
        var planted = Enumerable.Range(0, 2).Select(i => new Planted { Author = person, Title = $"Title {i}" }).ToList();
        await Planted.PlantAsync(running.Database, planted);
        var id = await running.Database.OwnerScalarAsync<Guid>("insert into public.collections (owner_id, name) values (@u, 'Ordered') returning id", ("u", person));
        foreach (var template in planted)
            await running.Database.OwnerAsync("insert into public.collection_templates (collection_id, template_id) values (@c, @t)", ("c", id), ("t", template.Id));
        var address = $"/collections/{id}";
        async Task<string[]> TitlesAsync() => [.. (await PageAsync(browser, address)).QuerySelectorAll(".trow h2").Select(title => title.TextContent)];

        await PressAsync(browser, address, $"{address}/templates/{planted[1].Id}/up");
        Assert.Equal(["Title 1", "Title 0"], await TitlesAsync());
        using var noted = await browser.SubmitAsync(address, $"{address}/templates/{planted[1].Id}/note", ("text", Hostile));
        Assert.Equal(Hostile, (await PageAsync(browser, address)).QuerySelector(".trow .note")!.TextContent);

        var removed = await PressAsync(browser, address, $"{address}/templates/{planted[1].Id}/remove");
        Assert.Equal(["Title 0"], await TitlesAsync());
        await PressAsync(browser, removed, $"{address}/templates/{planted[1].Id}/return");
        Assert.Equal(["Title 1", "Title 0"], await TitlesAsync());
        Assert.Equal(Hostile, (await PageAsync(browser, address)).QuerySelector(".trow .note")!.TextContent);
    }

    [Fact]
    public async Task An_authors_kept_page_says_nothing_of_who_looked_at_it_and_followed()
    {
        var (browser, _) = await running.PersonAsync("Curious Reader");
        var author = await running.Database.CreateUserAsync(name: Hostile);
        await new Planted { Author = author, Title = "Theirs" }.PlantAsync(running.Database);
        var address = $"/authors/{author}";

        using var followed = await browser.SubmitAsync(address, address + "/follow");
        Assert.Equal(address, followed.Headers.Location!.ToString());
        var own = await PageAsync(browser, address);
        Assert.Equal("Following", own.QuerySelector("#follow")!.TextContent);
        Assert.Contains("Curious Reader", own.Body!.TextContent, StringComparison.Ordinal);

        var visitor = running.Site.NewBrowser();
        foreach (var kept in new[] { false, true })
        {
            using var answer = await visitor.GetAsync(address);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(kept, answer.Headers.Age is not null);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.Contains("1 follower", page.Body!.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("Curious", page.DocumentElement.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("Following", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("[name=__RequestVerificationToken]"));
            Assert.Equal("profile", page.QuerySelector("meta[property='og:type']")!.GetAttribute("content"));
        }
    }

    [Fact]
    public async Task Following_marks_what_is_new_once_and_empty_it_suggests_whom_to_follow()
    {
        var (browser, person) = await running.PersonAsync();
        var author = await running.Database.CreateUserAsync(name: "Prolific");
        await new Planted { Author = author, Title = "Old one", PublishedAt = DateTime.UtcNow.AddDays(-3), Likes = 900 }.PlantAsync(running.Database);

        var empty = await PageAsync(browser, "/following");
        Assert.Contains("Follow whose prompts work for you", empty.Body!.TextContent, StringComparison.Ordinal);
        await PressAsync(browser, "/following", $"/following/{author}/follow");
        await running.Database.OwnerAsync("insert into internal.following_visits values (@u, now() - interval '1 day', now() - interval '1 day')", ("u", person));
        await new Planted { Author = author, Title = "Fresh one", PublishedAt = DateTime.UtcNow }.PlantAsync(running.Database);

        var page = await PageAsync(browser, "/following");
        Assert.Equal(["Fresh one", "Old one"], page.QuerySelectorAll(".trow h2").Select(title => title.TextContent));
        Assert.Contains("Fresh one", Assert.Single(page.QuerySelectorAll(".badge.new")).Closest(".trow")!.TextContent, StringComparison.Ordinal);
        Assert.Single((await PageAsync(browser, "/following")).QuerySelectorAll(".badge.new"));
        await PressAsync(browser, "/following", "/following/seen");
        Assert.Empty((await PageAsync(browser, "/following")).QuerySelectorAll(".badge.new"));

        var left = await PressAsync(browser, "/following", $"/following/{author}/unfollow");
        Assert.Contains("You no longer follow Prolific", (await PageAsync(browser, left)).QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        await PressAsync(browser, left, $"/following/{author}/follow");
        Assert.Single((await PageAsync(browser, "/following")).QuerySelectorAll("aside .people > li"));
    }

    [Fact]
    public async Task Published_shows_ones_own_numbers_as_a_chart_and_as_a_table_and_nobody_elses()
    {
        var (browser, person) = await running.PersonAsync();
        Assert.Contains("Nothing published yet", (await PageAsync(browser, "/published")).Body!.TextContent, StringComparison.Ordinal);
        var (own, theirs) = (new Planted { Author = person, Title = Hostile, Likes = 2, Uses = 1 }, new Planted { Author = await running.Database.CreateUserAsync(), Title = "Not mine" });
        await Planted.PlantAsync(running.Database, [own, theirs]);
        foreach (var days in new[] { 0, 40 })
        {
            await running.Database.OwnerAsync("insert into public.user_favorites (user_id, template_id, created_at) values (@u, @t, now() - make_interval(days => @d))",
                ("u", await running.Database.CreateUserAsync()), ("t", own.Id), ("d", days));
        }

        foreach (var (address, likes, bars) in new[] { ("/published", 1, 1), ("/published?days=90", 2, 2), ($"/published?days=all&template={own.Id}", 2, 2), ("/published?days=nonsense", 1, 1) })
        {
            var page = await PageAsync(browser, address);
            Assert.Equal(likes.ToString(System.Globalization.CultureInfo.InvariantCulture), page.QuerySelector(".chart.likes figcaption b")!.TextContent);
            Assert.Equal(bars, page.QuerySelectorAll(".chart.likes .bar").Length);
            Assert.Equal(bars, page.QuerySelectorAll("details table tbody th").Length);
            Assert.StartsWith("Likes by", page.QuerySelector(".chart.likes svg title")!.TextContent, StringComparison.Ordinal);
        }

        var others = await PageAsync(browser, $"/published?template={theirs.Id}");
        Assert.Equal("All templates together", others.QuerySelector("#chart-heading")!.TextContent);
        Assert.DoesNotContain("Not mine", others.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Hostile, others.QuerySelector(".published tbody th a")!.TextContent);
        Assert.Equal("descending", others.QuerySelector(".published thead th.number")!.GetAttribute("aria-sort"));
    }

    private static async Task<IHtmlDocument> PageAsync(Visitor browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Presses the button that leads there, with its form as the page has it. Returns where the answer leads.
    private static async Task<string> PressAsync(Visitor browser, string path, string action)
    {
        var page = await PageAsync(browser, path);
        var button = page.QuerySelector($"button[formaction='{action}']");
        Assert.True(button is not null, $"{path} has no button for {action}");
        var form = page.GetElementById(button.GetAttribute("form")!)!;
        using var content = new FormUrlEncodedContent(form.QuerySelectorAll("input").Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field.GetAttribute("value") ?? "")));
        using var answer = await browser.PostAsync(action, content);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>One program for all of these tests, each with people of its own.</summary>
    public sealed class RunningSite : IAsyncLifetime
    {
        internal TestDatabase Database { get; } = new() { IsFilled = true };

        internal AccountSite Site { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Site = new AccountSite(Database);
        }

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Database.DisposeAsync();
        }

        internal async Task<(Visitor Browser, Guid Person)> PersonAsync(string name = "Ann Example")
        {
            var email = $"{Guid.NewGuid():N}@example.test";
            var browser = await Site.SignedUpAsync(email, name);
            return (browser, await Database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email)));
        }
    }
}
