using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Xunit;

namespace MetaPrompt.Tests.Gallery;

/// <summary>The list and a template's page as a visitor's browser gets them: every state is an address.</summary>
public sealed class TemplatesPageTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Matches_are_marked_and_strangers_text_is_text()
    {
        var word = Word();
        await PlantAsync($"<img src=x onerror=alert(1)> {word} & more", goal: $"All about {word}s <b>bold</b>");
        using var page = await PageAsync($"/templates?q={word}");

        var card = page.QuerySelector(".card")!;
        Assert.Equal($"<img src=x onerror=alert(1)> {word} & more", card.QuerySelector("h2")!.TextContent.Trim());
        Assert.Equal(word, card.QuerySelector("h2 mark")!.TextContent);
        Assert.Null(card.QuerySelector("img, b"));
        Assert.DoesNotContain('\u0002', page.DocumentElement.TextContent);
        // Not a page of its own for search engines: the list is.
        Assert.EndsWith("/templates", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facets_count_what_matches_and_their_links_keep_the_rest_of_the_state()
    {
        var word = Word();
        await PlantAsync($"{word} one", category: "Writing", tags: ["alpha", "shared tag"]);
        await PlantAsync($"{word} two", category: "Writing", tags: ["shared tag"]);
        await PlantAsync($"{word} three", category: "Research & <more>");
        using var page = await PageAsync($"/templates?q={word}&sort=newest&category=Writing");

        var facets = page.QuerySelectorAll("nav.facets a").ToDictionary(link => link.QuerySelector(".facet-name")!.TextContent, link => (link.QuerySelector(".facet-count")!.TextContent, link.GetAttribute("href")));
        Assert.Equal(("2", $"/templates?q={word}&sort=newest"), facets["Writing"]);
        Assert.Equal(("1", $"/templates?q={word}&category=Research%20%26%20%3Cmore%3E&sort=newest"), facets["Research & <more>"]);
        Assert.Equal(("2", $"/templates?q={word}&category=Writing&tag=shared%20tag&sort=newest"), facets["shared tag"]);
        Assert.Equal("2 templates", page.QuerySelector(".list-head [role=status]")!.TextContent);
        Assert.Equal([$"/templates?q={word}&sort=newest", "/templates"], page.QuerySelectorAll(".active-filters a").Select(link => link.GetAttribute("href")));
        Assert.Contains($"/templates?q={word}&category=Writing&sort=likes", page.QuerySelectorAll(".segments a").Select(link => link.GetAttribute("href")));
        Assert.Equal("Newest", page.QuerySelector(".segments [aria-current]")!.TextContent);
    }

    [Fact]
    public async Task A_search_with_a_typo_shows_what_the_mended_one_finds_and_says_so()
    {
        var word = Word() + "ology";
        await PlantAsync($"Handbook of {word}");
        await new CounterQueries(site.Database.Db).KeepGalleryAsync(1000, Stop);
        using var page = await PageAsync($"/templates?q={word.Replace("ology", "oolgy", StringComparison.Ordinal)}");

        var notice = page.QuerySelector(".notice")!;
        Assert.Contains("Nothing matches", notice.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/templates?q={word}", notice.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal($"Handbook of {word}", Assert.Single(page.QuerySelectorAll(".card h2")).TextContent.Trim());
    }

    [Fact]
    public async Task Proposals_come_with_their_addresses_the_same_for_everybody()
    {
        var word = Word();
        var id = await PlantAsync($"{word} planner", tags: [word + " tag"]);
        await new CounterQueries(site.Database.Db).KeepGalleryAsync(1000, Stop);
        using var client = Client();
        using var answer = await client.GetAsync(new Uri($"/templates/suggest?q={word[..^1]}", UriKind.Relative), Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Contains($"\"url\":\"/templates/{id}\"", text, StringComparison.Ordinal);
        Assert.Contains($"\"url\":\"/templates?tag={word}%20tag\"", text, StringComparison.Ordinal);
        Assert.Equal("public, max-age=60", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        using var again = await client.GetAsync(new Uri($"/templates/suggest?q={word[..^1]}", UriKind.Relative), Stop);
        Assert.NotNull(again.Headers.Age);
        Assert.Equal("[]", await client.GetStringAsync(new Uri("/templates/suggest?q=" + new string('a', 101), UriKind.Relative), Stop));
        Assert.Equal("[]", await client.GetStringAsync(new Uri("/templates/suggest", UriKind.Relative), Stop));
    }

    [Fact]
    public async Task An_unlisted_template_says_so_and_is_not_for_search_engines()
    {
        var planted = new Planted { Author = await site.Database.CreateUserAsync(), IsPublic = false, Title = "Only by link" };
        await planted.PlantAsync(site.Database);
        await site.Database.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", planted.Id));
        using var page = await PageAsync($"/templates/{planted.Id}");

        Assert.Contains("only people with the link see this", page.QuerySelector(".notice")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("noindex,follow", page.QuerySelector("meta[name=robots]")!.GetAttribute("content"));
        Assert.DoesNotContain(page.QuerySelectorAll("button, a"), element => element.TextContent.Contains("Favorite", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_type_of_variable_has_the_field_that_fits_it_and_an_address_fills_them()
    {
        var planted = new Planted { Author = await site.Database.CreateUserAsync(), Template = "{{a}} {{b}} {{c}} {{d}} {{e}} {{f}} {{g}}" };
        await planted.PlantAsync(site.Database);
        await site.Database.OwnerAsync("update public.prompts set variables = @v::jsonb where id = @id", ("id", planted.PromptId), ("v",
            """
            [{"name":"a","maxLength":12,"default":"first"},{"name":"b","type":"longText","example":"<b>"},{"name":"c","type":"number"},{"name":"d","type":"choice","choices":["x","y"]},
             {"name":"e","type":"yesNo"},{"name":"f","type":"date","required":false},{"name":"g","type":"json"}]
            """));
        using var page = await PageAsync($"/templates/{planted.Id}?v.a=&v.b=line%0Atwo&v.d=<z>&v.c=many");
        IElement Field(string name) => page.QuerySelector($"#v-{name}")!;

        Assert.Equal(("text", "12", ""), (Field("a").GetAttribute("type"), Field("a").GetAttribute("maxlength"), Field("a").GetAttribute("value") ?? ""));
        Assert.Equal(("TEXTAREA", "line\ntwo"), (Field("b").TagName, Field("b").TextContent));
        Assert.Equal(("text", "many"), (Field("c").GetAttribute("type"), Field("c").GetAttribute("value")));
        Assert.Equal(["Choose…", "x", "y", "<z>"], Field("d").Children.Select(option => option.TextContent));
        Assert.Equal(["Choose…", "yes", "no"], Field("e").Children.Select(option => option.TextContent));
        Assert.Equal("date", Field("f").GetAttribute("type"));
        Assert.Contains("optional", page.QuerySelector("label[for=v-f]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("{{a}} line\ntwo many <z> {{e}} {{f}} {{g}}", Uri.UnescapeDataString(page.QuerySelector("[data-open-in=ChatGPT]")!.GetAttribute("href")!["https://chatgpt.com/?q=".Length..]));
    }

    [Fact]
    public async Task A_version_shows_its_words_and_what_changed()
    {
        var planted = new Planted { Author = await site.Database.CreateUserAsync(), Template = "Write <i>for</i> everybody." };
        await planted.PlantAsync(site.Database);
        await site.Database.OwnerAsync("update public.prompts set template = 'Write <i>for</i> nobody.' where id = @id", ("id", planted.PromptId));

        using var second = await PageAsync($"/templates/{planted.Id}/versions/2");
        Assert.Equal(("everybody", "nobody"), (second.QuerySelector(".diff del")!.TextContent, second.QuerySelector(".diff ins")!.TextContent));
        Assert.Contains("1 word added, 1 word removed", second.QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        using var first = await PageAsync($"/templates/{planted.Id}/versions/1");
        Assert.Equal("Write <i>for</i> everybody.", first.QuerySelector(".version-grid .text")!.TextContent);

        using var client = Client();
        using var missing = await client.GetAsync(new Uri($"/templates/{planted.Id}/versions/9", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var counts = await client.GetAsync(new Uri($"/templates/{planted.Id}/counts", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, counts.StatusCode);
    }

    // A word that no other test has, of letters alone.
    private static string Word() => "zq" + string.Concat(Guid.NewGuid().ToString("N")[..10].Select(sign => (char)('a' + (sign % 20))));

    private async Task<Guid> PlantAsync(string title, string goal = "Nothing in particular", string? category = null, string[]? tags = null) =>
        await new Planted { Author = await site.Database.CreateUserAsync(), Title = title, Goal = goal, Category = category, Tags = tags ?? [] }.PlantAsync(site.Database);

    private async Task<IDocument> PageAsync(string address)
    {
        using var client = Client();
        return new HtmlParser().ParseDocument(await client.GetStringAsync(new Uri(address, UriKind.Relative), Stop));
    }

    private HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site.Address };
}
