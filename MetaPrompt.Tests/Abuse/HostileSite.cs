using System.Collections.Concurrent;
using System.Net;
using AngleSharp.Html.Parser;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Policies;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>
/// One program for all that is tried: Ann, who has a row of every kind, tries it; Bob has the same rows with a word in them that
/// nobody else may ever be shown; Chief is an administrator without rows.
/// </summary>
public class HostileSite : BrowserSite
{
    /// <summary>In every text of Bob's that is not public.</summary>
    public const string BobsWord = "bobsecretword";

    private const string Password = "correct horse battery";

    private readonly Dictionary<EndpointTarget, HttpStatusCode> _answers = [];

    private Scene _scene = null!;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Value)> Settings => [("environment", "Production")];

    internal Scene.People Ann => _scene.Owner;

    internal Scene.People Bob => _scene.Bystander;

    internal Guid Chief => _scene.Stranger;

    /// <summary>What each address answered before anything was tried on it.</summary>
    internal IReadOnlyDictionary<EndpointTarget, HttpStatusCode> FirstAnswers => _answers;

    /// <summary>The forms of all pages then: one that was sent may be gone from its page.</summary>
    internal IReadOnlyList<FormTarget> FirstForms { get; private set; } = [];

    /// <summary>Ann's browser.</summary>
    public HttpClient AnnsBrowser { get; private set; } = null!;

    /// <summary>The administrator's.</summary>
    public HttpClient ChiefsBrowser { get; private set; } = null!;

    /// <summary>A visitor's.</summary>
    public HttpClient Visitor { get; private set; } = null!;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _scene = await Scene.CreateAsync(Database);
        await Database.OwnerAsync(
            "update auth.users set email_confirmed_at = now(), encrypted_password = @hash",
            ("hash", BCrypt.Net.BCrypt.HashPassword(Password, 4)));
        await Database.OwnerAsync("insert into internal.administrators (user_id) values (@id)", ("id", Chief));
        await Database.OwnerAsync(
            """
            update public.prompts set title = @word, goal = @word, template = @word where user_id = @bob and id <> @public;
            update public.test_results set resolved_prompt = @word, result = @word where user_id = @bob;
            update public.prompt_drafts set goal = @word where user_id = @bob;
            update public.collections set name = @word where owner_id = @bob;
            update public.labels set name = @word where user_id = @bob;
            update public.test_cases set name = @word where user_id = @bob;
            update public.parameter_presets set name = @word where user_id = @bob;
            update public.provider_keys set name = @word where user_id = @bob;
            """,
            ("word", BobsWord), ("bob", Bob.Person), ("public", Bob.PublicPrompt));
        // Twice, so that there is another session to end.
        (await SignedInAsync(Ann.Person)).Dispose();
        AnnsBrowser = await SignedInAsync(Ann.Person);
        ChiefsBrowser = await SignedInAsync(Chief);
        Visitor = NewBrowser();
        var targets = new Targets(this);
        foreach (var target in targets.Endpoints.Where(target => !target.Post))
        {
            using var answer = await targets.Browser(target.Pattern).GetAsync(new Uri(target.Address, UriKind.Relative), TestContext.Current.CancellationToken);
            _answers[target] = answer.StatusCode;
        }

        FirstForms = await targets.FormsAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        AnnsBrowser?.Dispose();
        ChiefsBrowser?.Dispose();
        Visitor?.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Bob's rows, whatever table they are in; the public counters aside, which others may raise.</summary>
    public async Task<IReadOnlyList<string>> BobsRowsAsync()
    {
        var tables = (await Scene.ListAsync(Database, Scene.AllTables))
            .Where(table => table.StartsWith("public.", StringComparison.Ordinal) && table is not ("public.prompt_templates" or "public.user_favorites" or "public.follows" or "public.template_reports"));
        var rows = await _scene.RowsAsync(tables);
        return [.. rows.Where(row => row.Contains(Bob.Person.ToString(), StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>A browser nobody is signed in at.</summary>
    public HttpClient NewBrowser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = Address };

    /// <summary>The session cookie of Ann's browser, for a real one.</summary>
    internal async Task<HttpClient> SignedInAsync(Guid person)
    {
        var browser = NewBrowser();
        var page = await browser.GetStringAsync(new Uri("/login", UriKind.Relative), TestContext.Current.CancellationToken);
        var fields = new HtmlParser().ParseDocument(page).QuerySelectorAll("main form input[type=hidden]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        fields["Form.Email"] = $"{person}@example.test";
        fields["Form.Password"] = Password;
        using var content = new FormUrlEncodedContent(fields);
        using var answer = await browser.PostAsync(new Uri("/login", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    /// <summary>Signs a Chromium page in as Ann.</summary>
    internal static async Task SignInAsync(Microsoft.Playwright.IPage page, Guid person)
    {
        await page.GotoAsync("/login");
        await page.GetByLabel("Email").FillAsync($"{person}@example.test");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.Locator("main form button[type=submit]").ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/login", StringComparison.Ordinal));
    }
}

/// <summary>What came back, and what is wrong with it.</summary>
internal static class Harmless
{
    /// <summary>Asks many at once, and tells what was wrong with the answers; the first thirty.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(IEnumerable<(HttpClient Browser, Func<HttpRequestMessage> Request, string Told)> requests)
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (one, stop) =>
        {
            if (wrong.Count > 30)
                return;
            using var request = one.Request();
            HttpResponseMessage answer;
            try
            {
                answer = await one.Browser.SendAsync(request, stop);
            }
            catch (HttpRequestException broken)
            {
                wrong.Enqueue($"{one.Told}: no answer, {broken.InnerException?.Message ?? broken.Message}");
                return;
            }

            using var received = answer;
            foreach (var problem in await ProblemsAsync(answer, stop))
                wrong.Enqueue($"{one.Told}: {problem}");
        });
        return [.. wrong];
    }

    /// <summary>There are none, or the test says which.</summary>
    public static void None(IReadOnlyCollection<string> problems) => Assert.True(problems.Count == 0, $"{problems.Count}:\n{string.Join("\n", problems.Take(30))}");

    /// <summary>A failure of ours, something live, somebody else's row, a way to another site, or a word about the program's insides.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        var problems = new List<string>();
        if ((int)answer.StatusCode is >= 500 or < 200)
            problems.Add($"answered {(int)answer.StatusCode}");
        if (answer.Headers.Location is { } location && !IsLocal(location, answer.RequestMessage!.RequestUri!))
            problems.Add($"sends people to {location}");
        if (answer.Headers.Contains("X-Evil"))
            problems.Add("has a header that was sent as a value");
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type is null or "image/png" or "application/zip")
            return problems;
        var text = await answer.Content.ReadAsStringAsync(stop);
        if (text.Contains(HostileSite.BobsWord, StringComparison.Ordinal))
            problems.Add("shows what is Bob's");
        foreach (var word in (string[])["Npgsql", "PostgresException", "   at MetaPrompt", "StackTrace", "System.Private"])
        {
            if (text.Contains(word, StringComparison.Ordinal))
                problems.Add($"tells of {word}");
        }

        // Without Blazor's script, which static pages do not load, nobody would be led on by it.
        if (answer.StatusCode == HttpStatusCode.OK && text.Contains("<template type=\"redirection\"", StringComparison.Ordinal))
            problems.Add($"answered {(int)answer.StatusCode} to {answer.RequestMessage?.RequestUri} and redirects by script, {text.Length}");
        if (type == "text/html" && text.Contains(Corpus.Mark, StringComparison.OrdinalIgnoreCase))
            problems.AddRange(LiveMarkup.In(text));
        else if (type.EndsWith("json", StringComparison.Ordinal) && text.Length > 0)
            System.Text.Json.JsonDocument.Parse(text, new() { MaxDepth = 256 }).Dispose();
        else if (type.EndsWith("xml", StringComparison.Ordinal))
            System.Xml.Linq.XDocument.Parse(text);
        return problems;
    }

    private static bool IsLocal(Uri location, Uri asked)
    {
        var whole = location.IsAbsoluteUri ? location : new Uri(asked, location);
        return whole.Authority == asked.Authority && whole.Scheme == asked.Scheme && !location.OriginalString.StartsWith("//", StringComparison.Ordinal) && !location.OriginalString.StartsWith("/\\", StringComparison.Ordinal);
    }
}
