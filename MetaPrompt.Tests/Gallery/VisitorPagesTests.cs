using System.Net;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Gallery;

/// <summary>What is kept for visitors, and that nothing private ever is.</summary>
public sealed class VisitorPagesTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    private CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitors_page_sets_no_cookie_and_comes_compressed()
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/templates?sort=newest");
        request.Headers.Add("Accept-Encoding", "br");
        using var answer = await client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        Assert.True((await answer.Content.ReadAsByteArrayAsync(Stop)).Length < 15_000);
    }

    [Fact]
    public async Task The_second_visitor_gets_the_kept_page_and_a_signed_in_person_their_own()
    {
        var address = $"/templates?q={Guid.NewGuid():N}";
        using var visitor = Client();
        using var first = await visitor.GetAsync(new Uri(address, UriKind.Relative), Stop);
        using var second = await visitor.GetAsync(new Uri(address, UriKind.Relative), Stop);
        Assert.Null(first.Headers.Age);
        Assert.NotNull(second.Headers.Age);

        using var person = await SignedInAsync("Private Name");
        var own = await person.GetStringAsync(new Uri(address, UriKind.Relative), Stop);
        Assert.Contains("Private Name", own, StringComparison.Ordinal);

        var after = await visitor.GetStringAsync(new Uri(address, UriKind.Relative), Stop);
        Assert.DoesNotContain("Private Name", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_rendered_for_a_person_first_is_not_what_a_visitor_gets()
    {
        var address = $"/templates?q={Guid.NewGuid():N}";
        using var person = await SignedInAsync("Early Bird");
        Assert.Contains("Early Bird", await person.GetStringAsync(new Uri(address, UriKind.Relative), Stop), StringComparison.Ordinal);

        using var visitor = Client();
        using var answer = await visitor.GetAsync(new Uri(address, UriKind.Relative), Stop);
        Assert.Null(answer.Headers.Age);
        Assert.DoesNotContain("Early Bird", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dark_page_is_not_the_light_one()
    {
        using var visitor = Client();
        async Task<string> ThemedAsync(string theme)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/templates?tag=themes");
            request.Headers.Add("Cookie", $"theme={theme}");
            using var answer = await visitor.SendAsync(request, Stop);
            return await answer.Content.ReadAsStringAsync(Stop);
        }

        Assert.Contains("data-theme=\"dark\"", await ThemedAsync("dark"), StringComparison.Ordinal);
        Assert.Contains("data-theme=\"light\"", await ThemedAsync("light"), StringComparison.Ordinal);
        Assert.DoesNotContain("data-theme=", (await ThemedAsync("\"><script>"))[..200], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_visitor_typed_into_variables_is_not_kept()
    {
        var id = await PublishedAsync();
        using var visitor = Client();
        var address = new Uri($"/templates/{id}?v.topic=my-secret-topic", UriKind.Relative);
        using var first = await visitor.GetAsync(address, Stop);
        using var second = await visitor.GetAsync(address, Stop);

        Assert.Contains("my-secret-topic", await first.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Null(second.Headers.Age);
    }

    [Theory]
    [InlineData("/templates?sort=newest")]
    [InlineData("/")]
    [InlineData("/sitemap.xml")]
    public async Task A_page_one_has_already_costs_a_line(string path)
    {
        var changed = (MetaPrompt.Web.Shared.GalleryChanged)site.Services.GetService(typeof(MetaPrompt.Web.Shared.GalleryChanged))!;
        using var visitor = Client();
        // What other tests have published behind the program's back since the page was kept is in it now.
        await changed.TellAsync(Stop);
        using var rendered = await SendAsync(visitor, HttpMethod.Get, path);
        var tag = rendered.Headers.ETag!.ToString();
        using var kept = await SendAsync(visitor, HttpMethod.Get, path, ifNoneMatch: $"\"other\", {tag}");
        await changed.TellAsync(Stop);
        using var anew = await SendAsync(visitor, HttpMethod.Get, path, ifNoneMatch: tag);
        using var after = await SendAsync(visitor, HttpMethod.Get, path);
        using var other = await SendAsync(visitor, HttpMethod.Get, path, ifNoneMatch: "\"other\"");

        Assert.Equal(HttpStatusCode.NotModified, kept.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, anew.StatusCode);
        Assert.Empty(await anew.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(tag, anew.Headers.ETag!.ToString());
        // The page that was rendered for a 304 is kept for the next one, whole.
        Assert.NotNull(after.Headers.Age);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(await rendered.Content.ReadAsStringAsync(Stop), await after.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("/templates", HttpStatusCode.OK)]
    [InlineData("/robots.txt", HttpStatusCode.OK)]
    [InlineData("/templates/00000000-0000-0000-0000-000000000000", HttpStatusCode.NotFound)]
    public async Task HEAD_is_answered_like_GET_without_the_body(string path, HttpStatusCode expected)
    {
        using var visitor = Client();
        using var head = await SendAsync(visitor, HttpMethod.Head, path);
        using var get = await SendAsync(visitor, HttpMethod.Get, path);

        Assert.Equal(expected, head.StatusCode);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task Parameters_nobody_knows_make_no_page_of_their_own()
    {
        var word = $"{Guid.NewGuid():N}";
        using var visitor = Client();
        using var first = await SendAsync(visitor, HttpMethod.Get, $"/templates?q={word}");
        using var marked = await SendAsync(visitor, HttpMethod.Get, $"/templates?utm_source=mail&Q={word}&x={Guid.NewGuid()}&sort=&q=other");
        using var none = await SendAsync(visitor, HttpMethod.Get, $"/?{Guid.NewGuid():N}={new string('x', 3000)}");
        using var noneAgain = await SendAsync(visitor, HttpMethod.Get, $"/?{Guid.NewGuid():N}");

        Assert.Null(first.Headers.Age);
        Assert.NotNull(marked.Headers.Age);
        Assert.DoesNotContain("utm_source", await marked.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.NotNull(noneAgain.Headers.Age);
    }

    [Fact]
    public async Task Nothing_of_a_person_is_in_what_visitors_get_from_any_public_address()
    {
        const string Name = "Very Private Person";
        var template = await PublishedAsync();
        var author = await site.Database.OwnerScalarAsync<Guid>("select user_id from public.prompt_templates where id = @id", ("id", template));
        string[] paths =
        [
            "/", "/templates", "/templates?category=Writing", "/templates?q=prompt", $"/templates/{template}", $"/authors/{author}",
            "/feeds/templates.atom", "/feeds/templates.rss", "/feeds/categories/Writing.atom", $"/feeds/authors/{author}.atom",
            "/robots.txt", "/sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/1.xml", "/sitemaps/authors-1.xml",
        ];
        using var person = await SignedInAsync(Name);
        await site.Database.OwnerAsync(
            "insert into public.user_favorites (user_id, template_id) select id, @id from public.users where full_name = @name", ("id", template), ("name", Name));
        foreach (var path in paths)
        {
            using var own = await person.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
            if (own.Content.Headers.ContentType!.MediaType != "text/html")
                continue;
            Assert.Contains(Name, await own.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            Assert.False(own.Headers.CacheControl?.Public ?? false);
            Assert.Null(own.Headers.ETag);
        }

        using var visitor = Client();
        foreach (var path in paths)
        {
            for (var visit = 0; visit < 2; visit++)
            {
                using var answer = await visitor.GetAsync(new Uri(path, UriKind.Relative), Stop);
                var text = await answer.Content.ReadAsStringAsync(Stop);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.False(answer.Headers.Contains("Set-Cookie"), path);
                Assert.DoesNotContain(Name, text, StringComparison.Ordinal);
                Assert.DoesNotContain("__RequestVerificationToken", text, StringComparison.Ordinal);
                Assert.DoesNotContain("Blazor-Server-Component-State", text, StringComparison.Ordinal);
                Assert.DoesNotContain("aria-pressed=\"true\"", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task No_entry_of_the_shared_cache_holds_anything_of_a_person()
    {
        const string Name = "Very Private Person";
        await using var redis = await RedisProcess.StartAsync(Stop);
        await using var shared = await BrowserSite.StartAsync(("Redis:Connection", redis.Connection));
        var author = await shared.Database.CreateUserAsync(name: "Public Author");
        var template = await new Templates.Planted { Author = author, Title = "Public title", Category = "Writing" }.PlantAsync(shared.Database);
        using var person = await SignedInAsync(Name, shared);
        using var visitor = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = shared.Address };
        foreach (var path in (string[])["/", "/templates", $"/templates/{template}", $"/authors/{author}", "/login", "/feeds/templates.atom", "/sitemap.xml"])
        {
            foreach (var client in (HttpClient[])[person, visitor, person])
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);
                Assert.True(answer.IsSuccessStatusCode, path);
            }
        }

        await using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var entries = new List<string>();
        foreach (var key in connection.GetServers()[0].Keys())
        {
            var type = await connection.GetDatabase().KeyTypeAsync(key);
            if (type == StackExchange.Redis.RedisType.String)
                entries.Add((await connection.GetDatabase().StringGetAsync(key)).ToString());
            else if (type == StackExchange.Redis.RedisType.Hash)
                entries.AddRange((await connection.GetDatabase().HashGetAllAsync(key)).Select(field => field.Value.ToString()));
        }

        Assert.Contains(entries, entry => entry.Contains("Public title", StringComparison.Ordinal) && entry.Contains("</html>", StringComparison.Ordinal));
        foreach (var word in (string[])[Name, "__RequestVerificationToken", "Blazor-Server-Component-State", "Set-Cookie", ".AspNetCore.", "metaprompt.session"])
            Assert.DoesNotContain(entries, entry => entry.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/templates/00000000-0000-0000-0000-000000000000")]
    [InlineData("/authors/00000000-0000-0000-0000-000000000000")]
    [InlineData("/templates/nonsense")]
    public async Task What_is_not_there_is_a_404_and_not_kept(string path)
    {
        using var visitor = Client();
        using var first = await visitor.GetAsync(new Uri(path, UriKind.Relative), Stop);
        using var second = await visitor.GetAsync(new Uri(path, UriKind.Relative), Stop);

        Assert.Equal(HttpStatusCode.NotFound, first.StatusCode);
        Assert.Null(second.Headers.Age);
    }

    [Fact]
    public async Task A_private_prompts_template_is_not_there()
    {
        var id = await PublishedAsync();
        await site.Database.OwnerAsync("update public.prompts set is_public = false where id = (select prompt_id from public.prompt_templates where id = @id)", ("id", id));
        using var visitor = Client();
        using var answer = await visitor.GetAsync(new Uri($"/templates/{id}", UriKind.Relative), Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("favorite")]
    [InlineData("use")]
    public async Task A_form_without_its_token_is_refused(string form)
    {
        var id = await PublishedAsync();
        using var person = await SignedInAsync("Target");
        using var content = new FormUrlEncodedContent([new("favorite", "true")]);
        using var answer = await person.PostAsync(new Uri($"/templates/{id}/{form}", UriKind.Relative), content, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_keep_strangers_scripts_out()
    {
        using var visitor = Client();
        using var answer = await visitor.GetAsync(new Uri("/", UriKind.Relative), Stop);

        Assert.Contains("script-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Health_names_its_parts()
    {
        using var visitor = Client();
        var text = await visitor.GetStringAsync(new Uri("/health", UriKind.Relative), Stop);

        Assert.Contains("\"status\":\"ok\"", text, StringComparison.Ordinal);
        Assert.Contains("\"database\"", text, StringComparison.Ordinal);
    }

    private async Task<Guid> PublishedAsync()
    {
        var user = await site.Database.CreateUserAsync(name: "Author");
        var prompt = await site.Database.CreatePromptAsync(user);
        await site.Database.OwnerAsync("update public.prompts set is_public = true where id = @id", ("id", prompt));
        return await site.Database.OwnerScalarAsync<Guid>(
            "insert into public.prompt_templates (prompt_id, user_id, category) values (@prompt, @user, 'Writing') returning id", ("prompt", prompt), ("user", user));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await client.SendAsync(request, Stop);
    }

    private HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site.Address };

    // Through the page, as a person does it: the form's token and cookie, then the session's cookie.
    private async Task<HttpClient> SignedInAsync(string name, BrowserSite? at = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = (at ?? site).Address };
        var page = await client.GetStringAsync(new Uri("/signup", UriKind.Relative), Stop);
        var form = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(page).QuerySelector("main form")!;
        var fields = form.QuerySelectorAll("input").ToDictionary(field => field.GetAttribute("name")!, field => field.GetAttribute("value") ?? "");
        string Field(string label) => form.QuerySelectorAll("label")
            .Where(found => found.TextContent.Trim() == label)
            .Select(found => form.QuerySelector("#" + found.GetAttribute("for"))!.GetAttribute("name")!)
            .Single();
        fields[Field("Full name")] = name;
        fields[Field("Email")] = $"{Guid.NewGuid():N}@example.test";
        fields[Field("Password")] = "a long enough passphrase 7";
        using var content = new FormUrlEncodedContent(fields);
        using var answer = await client.PostAsync(new Uri(form.GetAttribute("action") is { Length: > 0 } action ? action : "/signup", UriKind.Relative), content, Stop);
        Assert.NotEqual("/signup", answer.RequestMessage!.RequestUri!.AbsolutePath);
        return client;
    }
}
