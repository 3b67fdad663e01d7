using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>How a person comes to the site.</summary>
public sealed record Visit
{
    /// <summary>Off: what remains is links and forms.</summary>
    public bool JavaScript { get; init; } = true;

    /// <summary>Whether the system prefers a dark theme.</summary>
    public bool Dark { get; init; }

    /// <summary>The window's width in pixels; 390 is a phone.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>The window's height in pixels.</summary>
    public int Height { get; init; } = 900;

    /// <summary>Whether the system asks for less motion. Tests do, so that nothing is still moving when it is looked at.</summary>
    public bool ReducedMotion { get; init; } = true;
}

/// <summary>
/// A test that opens pages. Each <see cref="OpenAsync"/> is a person of their own. At the end the test fails on any error of
/// a page, of its console or of the server's log that it did not announce with <see cref="Expect"/>.
/// </summary>
public abstract class BrowserTest(BrowserSite site) : IAsyncLifetime
{
    private const float Patience = 30_000;

    private static readonly Lazy<string> Axe = new(() => new BundledAxeScriptProvider().GetScript());

    private readonly Dictionary<IBrowserContext, BrowserSite> _contexts = [];
    private readonly List<IPage> _pages = [];
    private readonly List<BrowserSite> _sites = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _expected = [];

    /// <summary>The program under test.</summary>
    protected BrowserSite Site { get; } = site;

    /// <inheritdoc/>
    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new person with an empty page.</summary>
    /// <param name="visit">How they come; null for a desktop window in the light theme.</param>
    /// <param name="at">Where, if not at <see cref="Site"/>.</param>
    protected async Task<IPage> OpenAsync(Visit? visit = null, BrowserSite? at = null)
    {
        visit ??= new Visit();
        var site = at ?? Site;
        var browser = await BrowserProcess.SharedAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.Address.ToString(),
            JavaScriptEnabled = visit.JavaScript,
            ColorScheme = visit.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = visit.ReducedMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
            ViewportSize = new ViewportSize { Width = visit.Width, Height = visit.Height },
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        _contexts.Add(context, site);
        return await NewTabAsync(context);
    }

    /// <summary>A program with settings of the test's own; it outlives the pages that are open in it.</summary>
    protected async Task<BrowserSite> StartSiteAsync(params (string Name, string Value)[] settings)
    {
        var own = await BrowserSite.StartAsync(settings);
        _sites.Add(own);
        return own;
    }

    /// <summary>Another tab of the same person.</summary>
    protected async Task<IPage> NewTabAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Note($"page error at {page.Url}: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                Note($"console error at {page.Url}: {message.Text} ({message.Location})");
        };
        _pages.Add(page);
        return page;
    }

    /// <summary>Announces an error that belongs to the test: one that contains the text is no failure.</summary>
    protected void Expect(string partOfError) => _expected.Add(partOfError);

    /// <summary>Announces what a page and its script say when the connection to the server, or the server, is lost in any moment.</summary>
    protected void ExpectLostConnection()
    {
        foreach (var accident in new[] { "ERR_", "WebSocket", "Connection disconnected", "Failed to", "_blazor", "Cannot send data if the connection is not" })
            Expect(accident);
    }

    /// <summary>Goes to an interactive page and waits until clicks work.</summary>
    protected static async Task GoInteractiveAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await WaitInteractiveAsync(page);
    }

    /// <summary>Waits until the page's circuit answers: before, clicks go nowhere.</summary>
    protected static Task WaitInteractiveAsync(IPage page) =>
        page.Locator("main[data-interactive=true]").WaitForAsync();

    /// <summary>
    /// A new account and its session in the page's browser, as the page for it leaves them, and then <paramref name="path"/>. The way
    /// through that page costs a hash and two pages more: <see cref="SignUpByFormAsync"/>.
    /// </summary>
    /// <returns>The new account's e-mail address; its password is <see cref="Password"/>.</returns>
    protected async Task<string> SignUpAsync(IPage page, string name, string? path = null)
    {
        var site = _contexts[page.Context];
        var (email, cookie, value) = await site.SignUpAsync(name, Password);
        await page.Context.AddCookiesAsync([new Cookie { Name = cookie, Value = value, Url = site.Address.ToString(), HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        if (path is not null)
            await page.GotoAsync(path);
        return email;
    }

    /// <summary>Creates an account through the page for it, and ends where <paramref name="returnUrl"/> leads.</summary>
    protected static async Task SignUpByFormAsync(IPage page, string name, string returnUrl = "/templates")
    {
        await page.GotoAsync("/signup?returnUrl=" + Uri.EscapeDataString(returnUrl));
        await FillSignUpAsync(page, name);
        await page.WaitForURLAsync(url => !url.Contains("/signup", StringComparison.Ordinal));
    }

    /// <summary>Fills the sign-up form that is already on the page and sends it.</summary>
    protected static async Task<string> FillSignUpAsync(IPage page, string name)
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await page.GetByLabel("Full name").FillAsync(name);
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        return email;
    }

    /// <summary>The password of every account that <see cref="SignUpAsync"/> makes.</summary>
    protected const string Password = "a long enough passphrase 7";

    /// <summary>No finding of axe on the page as it is now.</summary>
    protected static async Task AxeAsync(IPage page)
    {
        // In the page itself, which has no frames: the package's RunAxe opens a window of its own each time to put the parts together.
        if (!await page.EvaluateAsync<bool>("() => window.axe !== undefined"))
            await page.EvaluateAsync($"() => {{ {Axe.Value} }}");
        var findings = await page.EvaluateAsync<string[]>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(rule => [`${rule.id}: ${rule.help}`, ...rule.nodes.slice(0, 5).map(node => node.html)].join('\\n  '))");
        Assert.True(findings.Length == 0, string.Join("\n", findings));
    }

    /// <summary>Nothing sticks out to the right: a phone never scrolls sideways.</summary>
    protected static async Task FitsAsync(IPage page)
    {
        var outside = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(outside <= 0, $"The page is {outside} px wider than the window.");
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            await ShowPagesAsync();
        foreach (var context in _contexts.Keys)
            await context.CloseAsync();
        foreach (var error in _sites.Prepend(Site).SelectMany(one => one.TakeErrors()))
            Note("server: " + error);
        foreach (var own in _sites)
            await own.DisposeAsync();
        GC.SuppressFinalize(this);
        lock (_errors)
            Assert.True(_errors.Count == 0, string.Join("\n", _errors));
    }

    private void Note(string error)
    {
        lock (_errors)
        {
            if (!_expected.Exists(part => error.Contains(part, StringComparison.Ordinal)))
                _errors.Add(error);
        }
    }

    private async Task ShowPagesAsync()
    {
        foreach (var (page, index) in _pages.Select((page, index) => (page, index)))
        {
            if (page.IsClosed)
                continue;

            var path = Path.Combine(Path.GetTempPath(), $"metaprompt-failed-{TestContext.Current.TestMethod?.MethodName}-{index}.png");
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
            TestContext.Current.SendDiagnosticMessage($"{page.Url} as it was: {path}");
        }
    }
}
