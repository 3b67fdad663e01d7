using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>
/// The corpus against every address, parameter, field and upload that the program has. Whatever is sent: an answer that is no
/// failure of ours, in which nothing lives that was sent, no row of somebody else's, and Bob's rows as they were.
/// </summary>
public sealed partial class HostileRequestTests(HostileSite site) : IClassFixture<HostileSite>, IAsyncLifetime
{
    // Addresses that end at a cache or at the first look, and take every input there is; the others take one of each kind.
    private static readonly (string Address, string Key)[] Main = [("/templates", "q"), ("/templates/suggest", "q"), ("/theme", "returnUrl")];

    private readonly Targets _targets = new(site);
    private IReadOnlyList<string> _bobs = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bobs = await site.BobsRowsAsync();

    // After every test, whatever it was about.
    public async ValueTask DisposeAsync()
    {
        Assert.NotEmpty(_bobs);
        Assert.Equal(_bobs, await site.BobsRowsAsync());
        Harmless.None(site.TakeErrors());
    }

    [Fact]
    public void Every_address_is_known_here_with_rows_to_try_it_on()
    {
        var missing = new List<string>();
        foreach (var (target, status) in site.FirstAnswers)
        {
            // /theme leads back, the sign-in pages lead on where one is signed in, and these two say what did not work.
            if (status != HttpStatusCode.OK && target.Pattern is not ("/theme" or "/login" or "/signup" or "/not-found" or "/error"))
                missing.Add($"{target.Pattern}: {target.Address} answers {(int)status}. Say in Targets.Fill which row it is about.");
        }

        Harmless.None(missing);
        Assert.InRange(_targets.Endpoints.Count, 60, 500);
    }

    [Fact]
    public void Every_form_of_the_source_is_among_those_that_are_tried()
    {
        var tried = site.FirstForms.Select(form => form.Name).ToHashSet();
        var named = Directory.EnumerateFiles(Path.Combine(ArchitectureTests.Repository, "MetaPrompt.Web"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => FormNames().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        Assert.Contains("login", named);
        // Those of files are uploads, below; these stand on pages behind a mailed link, or beside a row that is not there at first.
        Assert.Empty(named.Except(tried).Except(["picture", "remove-picture", "confirm", "reset", "withdraw"]));
        Assert.Empty(_targets.Endpoints.Where(endpoint => endpoint.Post && endpoint.Keys.Count > 0).Select(endpoint => endpoint.Pattern).Except(tried));
    }

    [Fact]
    public async Task Every_query_parameter_takes_the_corpus()
    {
        var requests =
            from target in _targets.Endpoints.Where(target => !target.Post).Select((target, place) => (target, place))
            from key in target.target.Keys.Append("q").Concat(target.target.Pattern == "/templates/{Id:guid}" ? ["v.name"] : Array.Empty<string>()).Distinct().Select((name, place) => (name, place))
            let isMain = Main.Contains((target.target.Address, key.name))
            from input in isMain ? Corpus.All : Corpus.Sample(1, (target.place * 31) + key.place)
            select Get(target.target, $"{target.target.Address}?{key.name}={ForUrl(input.Text)}", $"{key.name} = {input}");
        Harmless.None(await Harmless.AskAsync(requests.ToList()));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_taken_or_refused_everywhere()
    {
        var queries =
            from target in _targets.Endpoints.Where(target => !target.Post).Select((target, place) => (target, place))
            from raw in Corpus.RawBytes.Where((_, i) => (i + target.place) % 8 == 0 || target.target.Pattern is "/templates" or "/" or "/templates/suggest")
            select Get(target.target, $"{target.target.Address}?{(target.target.Keys.Count > 0 ? target.target.Keys[0] : "q")}={raw}&{raw}", raw);
        var routes =
            from route in _targets.RouteValues().Select((route, place) => (route, place))
            from raw in Corpus.RawBytes.Where((_, i) => (i + route.place) % 4 == 0)
            select Get(route.route.Endpoint, route.route.Before + raw + route.route.After, raw);
        Harmless.None(await Harmless.AskAsync([.. queries, .. routes]));
    }

    [Fact]
    public async Task Every_route_value_takes_the_corpus_and_Bobs_ids_open_nothing()
    {
        Guid[] bobs = [site.Bob.Person, site.Bob.PrivatePrompt, site.Bob.DeletedPrompt, site.Bob.PrivateTemplate, site.Bob.Result, site.Bob.DeletedResult, site.Bob.Collection, site.Bob.Label, site.Bob.Run, site.Bob.Case, site.Bob.Key];
        var requests =
            from route in _targets.RouteValues().Select((route, place) => (route, place))
            from text in Corpus.Sample(1, route.place).Select(input => ForUrl(input.Text)).Concat(bobs.Select(id => id.ToString()))
            select Get(route.route.Endpoint, route.route.Before + text + route.route.After, $"{route.route.Parameter} = {text}");
        Harmless.None(await Harmless.AskAsync(requests.ToList()));
    }

    [Fact]
    public async Task Every_field_of_every_form_takes_the_corpus()
    {
        var forms = (await _targets.FormsAsync())
            // Signing out would end the rest; its one form has no field.
            .Where(form => form.Action != "/logout")
            // What removes comes last, so that there is something to try the others on.
            .OrderBy(form => Removing().IsMatch(form.Action)).ThenBy(form => form.Name, StringComparer.Ordinal).ToList();
        Assert.InRange(forms.Count, 30, 400);
        var requests =
            from form in forms.Select((form, place) => (form, place))
            from field in form.form.Fields.Select((field, place) => (field, place)).DefaultIfEmpty()
            // A password costs a tenth of a second of a core to look at, on purpose.
            let isSlow = form.form.Name is "login" or "signup" or "password" or "delete" or "reset" or "confirm"
            from input in Corpus.Sample(1, (form.place * 17) + field.place).Where((_, i) => !isSlow || i % 4 == form.place % 4)
            select Post(form.form, field.field.Key, input);
        Harmless.None(await Harmless.AskAsync(requests.ToList()));
        // Nobody was signed out, deleted or locked out by it.
        using var still = await site.AnnsBrowser.GetAsync(new Uri("/account", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_somebody_elses_changes_nothing()
    {
        var forms = (await _targets.FormsAsync()).Where(form => form.Browser != site.Visitor).ToList();
        var chiefs = forms.SelectMany(form => form.Hidden.Where(_ => form.Browser == site.ChiefsBrowser)).First(field => field.Key == "__RequestVerificationToken").Value;
        var visitors = (await _targets.FormsAsync()).Where(form => form.Browser == site.Visitor).SelectMany(form => form.Hidden).First(field => field.Key == "__RequestVerificationToken").Value;
        var before = await EverythingAsync();
        foreach (var form in forms)
        {
            foreach (var token in (string?[])[null, "", "evil", visitors, form.Browser == site.ChiefsBrowser ? null : chiefs])
            {
                using var content = new FormUrlEncodedContent([.. form.Hidden.Where(field => field.Key == "_handler"), .. form.Fields, .. token is null ? [] : (KeyValuePair<string, string>[])[new("__RequestVerificationToken", token)]]);
                using var request = new HttpRequestMessage(HttpMethod.Post, form.Action) { Content = content };
                request.Headers.Add("Origin", "https://evil.example");
                using var answer = await form.Browser.SendAsync(request, Stop);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{form.Name} at {form.Action} with the token {token}: {(int)answer.StatusCode}");
            }
        }

        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Fields_that_a_form_does_not_have_set_nothing()
    {
        var form = (await _targets.FormsAsync()).First(form => form.Name == "profile");
        string[] more = ["IsAdministrator", "Form.IsAdministrator", "Profile.Id", "Form.Id", "UserId", "user_id", "Role", "role", "Email", "Form.Email", "AvatarUrl", "raw_user_meta_data", "__proto__", "Form[0].Id", "Form.Profile.Email"];
        using var content = new FormUrlEncodedContent([.. form.Hidden, new("FullName", "Ann Example"), .. more.Select(name => KeyValuePair.Create(name, site.Bob.Person.ToString()))]);
        using var answer = await site.AnnsBrowser.PostAsync(new Uri(form.Action, UriKind.Relative), content, Stop);

        Assert.InRange((int)answer.StatusCode, 200, 399);
        Assert.Equal($"{site.Ann.Person}@example.test", await site.Database.OwnerScalarAsync<string>("select email::text from auth.users where id = @id", ("id", site.Ann.Person)));
        Assert.Equal(1L, await site.Database.OwnerScalarAsync<long>("select count(*) from internal.administrators"));
        Assert.False(string.IsNullOrEmpty(await site.Database.OwnerScalarAsync<string>("select full_name from public.users where id = @id", ("id", site.Ann.Person))));
    }

    [Fact]
    public async Task Forms_with_thousands_of_fields_or_broken_parts_are_refused_kindly()
    {
        var form = (await _targets.FormsAsync()).First(form => form.Name == "profile");
        var token = form.Hidden.First(field => field.Key == "__RequestVerificationToken").Value;
        (string Type, string Body)[] bodies =
        [
            ("application/x-www-form-urlencoded", string.Concat(Enumerable.Range(0, 5000).Select(i => $"f{i}=1&"))), ("application/x-www-form-urlencoded", new string('a', 10_000) + "=1"), ("application/x-www-form-urlencoded", "%%%=%%%&=&&&==&%00=%ff"),
            ("application/x-www-form-urlencoded", $"_handler=profile&__RequestVerificationToken={Uri.EscapeDataString(token)}&" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"FullName[{i}]=1&"))),
            ("application/x-www-form-urlencoded", string.Concat(Enumerable.Repeat("a[", 3000)) + "=1"), ("application/x-www-form-urlencoded; charset=evil", "a=b"), ("multipart/form-data; boundary=x", "--x\r\nnonsense"), ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + new string('a', 100_000)),
            ("multipart/form-data", "no boundary"), ("multipart/form-data; boundary=" + new string('x', 500), "--x--"), ("multipart/form-data; boundary=x", string.Concat(Enumerable.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../../evil\"\r\n\r\nx\r\n", 1500)) + "--x--"),
            ("application/json", "{\"FullName\":\"evil\"}"), ("text/plain", "FullName=evil"), ("application/xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"), ("evil/../..", "x"),
        ];
        var requests =
            from body in bodies
            from address in (string[])["/account", "/login", "/collections/new", "/prompts/export/file"]
            select (site.AnnsBrowser, (Func<HttpRequestMessage>)(() =>
            {
                var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Body));
                content.Headers.TryAddWithoutValidation("Content-Type", body.Type);
                return new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            }), $"{address} {body.Type} {body.Body[..Math.Min(60, body.Body.Length)]}");
        Harmless.None(await Harmless.AskAsync(requests.ToList()));
    }

    [Fact]
    public async Task Every_header_takes_the_corpus()
    {
        string[] headers = ["Cookie", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Modified-Since", "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Host", "Range", "Authorization", "Forwarded", "X-HTTP-Method-Override", "X-Original-URL", "traceparent"];
        using var cookieless = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site.Address };
        var requests =
            from header in headers.Select((name, place) => (name, place))
            from input in Corpus.Sample(1, header.place)
            from address in (string[])["/", "/templates", "/login", "/picture.png"]
            let value = new string([.. input.Text.Where(sign => sign is >= ' ' and < (char)127).Take(2000)])
            select (header.name == "Cookie" ? cookieless : site.Visitor, (Func<HttpRequestMessage>)(() =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.TryAddWithoutValidation(header.name, header.name == "Cookie" ? $"metaprompt.session={value}; .AspNetCore.Antiforgery.x={value}; theme={value}; {value}" : value);
                return request;
            }), $"{header.name}: {input}");
        Harmless.None(await Harmless.AskAsync(requests.ToList()));
    }

    [Fact]
    public async Task An_upload_is_a_picture_or_refused()
    {
        var page = await site.AnnsBrowser.GetStringAsync(new Uri("/account", UriKind.Relative), Stop);
        var token = TokenField().Match(page).Groups[1].Value;
        var requests =
            from input in Corpus.All.Where(input => input.Kind is "file" or "markup").Concat(Corpus.Sample(2, 5))
            from name in (string[])["evil.png", input.Text.Length < 100 ? input.Text : "../../evil.svg"]
            select (site.AnnsBrowser, (Func<HttpRequestMessage>)(() =>
            {
                var content = new MultipartFormDataContent { { new StringContent(WebUtility.HtmlDecode(token)), "__RequestVerificationToken" }, { new StringContent("picture"), "_handler" } };
                var file = new ByteArrayContent(Encoding.Latin1.GetBytes(input.Text[..Math.Min(input.Text.Length, 20_000)]));
                file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"Picture\"; filename=\"{new string([.. name.Where(sign => sign is >= ' ' and < (char)127 and not '"')])}\"");
                file.Headers.TryAddWithoutValidation("Content-Type", "image/png");
                content.Add(file);
                return new HttpRequestMessage(HttpMethod.Post, "/account") { Content = content };
            }), $"{name}: {input}");
        Harmless.None(await Harmless.AskAsync(requests.ToList()));

        // A few bytes may begin as a picture does and be none: it is shown as a picture all the same, and as nothing else.
        using var avatar = await site.Visitor.GetAsync(new Uri($"/avatars/{site.Ann.Person}", UriKind.Relative), Stop);
        if (avatar.StatusCode == HttpStatusCode.OK)
            Assert.StartsWith("image/", avatar.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
    }

    private (HttpClient, Func<HttpRequestMessage>, string) Get(EndpointTarget target, string address, string told) =>
        (_targets.Browser(target.Pattern), () => new HttpRequestMessage(HttpMethod.Get, Targets.Exact(site, address)), $"GET {target.Pattern} {told}");

    // The other fields as the page has them; where it has nothing, a word.
    private static (HttpClient, Func<HttpRequestMessage>, string) Post(FormTarget form, string? field, HostileInput input)
    {
        var text = input.Text.Length > 9_000 ? input.Text[..9_000] : input.Text;
        var fields = form.Fields.Select(one => KeyValuePair.Create(one.Key, one.Key == field ? text : one.Value.Length > 0 ? one.Value : "evil"));
        // FormUrlEncodedContent has no word for half a surrogate pair, and a browser sends the replacement character too.
        return (form.Browser, () => new HttpRequestMessage(HttpMethod.Post, form.Action) { Content = new FormUrlEncodedContent([.. form.Hidden, .. fields]) }, $"POST {form.Name} {field} = {input}");
    }

    // An address has eight kilobytes; longer ones are refused by the server before the program sees them.
    private static string ForUrl(string text) => Uri.EscapeDataString(text.Length > 1500 ? text[..1500] : text);

    private async Task<string> EverythingAsync()
    {
        var tables = await Policies.Scene.ListAsync(site.Database, Policies.Scene.AllTables + " and n.nspname = 'public' and c.relkind = 'r'");
        return await site.Database.OwnerScalarAsync<string>(
            $"select md5(string_agg(row_text, '|' order by row_text)) from ({string.Join(" union all ", tables.Select(table => $"select t::text as row_text from {table} t"))}) everything");
    }

    [GeneratedRegex("""@formname="([^"@]+)""")]
    private static partial Regex FormNames();

    [GeneratedRegex("delete|remove|decide|undo|withdraw|share|unfollow|logout|sessions")]
    private static partial Regex Removing();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
