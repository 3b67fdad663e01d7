using System.Net;
using MetaPrompt.Tests.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

using Browser = MetaPrompt.Tests.Accounts.Browser;

/// <summary>Headers and cookies of every kind of answer, as a site behind HTTPS sends them.</summary>
public sealed class HeaderTests(HeaderTests.Fixture fixture) : IClassFixture<HeaderTests.Fixture>
{
    private readonly AccountSite _site = fixture.Site;

    [Fact]
    public async Task Every_kind_of_answer_has_the_headers()
    {
        var browser = _site.NewBrowser(https: true);
        foreach (var path in (string[])["/", "/templates?q=a", "/wizard", "/login", "/nothing", "/prompts", "/app.css", "/site.js", "/health", "/robots.txt", "/feeds/templates.atom",
            "/templates/suggest?q=a", "/picture.png", "/picture.png", $"/avatars/{Guid.NewGuid()}", "/theme?to=dark", "/_blazor/initializers", "/_framework/blazor.web.js"])
        {
            using var answer = await browser.GetAsync(path, ("Host", "prompts.example.test"));
            string Header(string name) => answer.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : $"no {name} at {path}";
            Assert.Equal("nosniff", Header("X-Content-Type-Options"));
            Assert.Contains(Header("Referrer-Policy"), (string[])["strict-origin-when-cross-origin", "no-referrer"]);
            Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
            Assert.Equal(path == "/picture.png" ? "cross-origin" : "same-origin", Header("Cross-Origin-Resource-Policy"));
            Assert.Equal("max-age=31536000", Header("Strict-Transport-Security"));
            Assert.StartsWith("no Server", Header("Server"), StringComparison.Ordinal);
            Assert.StartsWith("no X-Powered-By", Header("X-Powered-By"), StringComparison.Ordinal);
            Assert.StartsWith("no Access-Control-Allow-Origin", Header("Access-Control-Allow-Origin"), StringComparison.Ordinal);
            var policy = Header("Content-Security-Policy");
            if (path.StartsWith("/avatars", StringComparison.Ordinal))
            {
                Assert.Equal("default-src 'none'; sandbox", policy);
                continue;
            }

            var directives = policy.Split("; ").ToDictionary(directive => directive.Split(' ')[0], directive => directive[(directive.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            Assert.Equal("'self'", directives["script-src"]);
            Assert.Equal("'none'", directives["object-src"]);
            Assert.Equal("'none'", directives["frame-ancestors"]);
            Assert.Equal("'self'", directives["base-uri"]);
            Assert.Equal("'self'", directives["form-action"]);
        }
    }

    [Fact]
    public async Task Over_plain_http_nothing_is_said_about_https_and_nobody_is_sent_there()
    {
        using var answer = await _site.NewBrowser().GetAsync("/login", ("Host", "prompts.example.test"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task What_is_ones_own_stays_in_no_cache()
    {
        var browser = await _site.SignedUpAsync($"{Guid.NewGuid():N}@example.test");
        var pages = _site.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Where(path => !path.Contains('{', StringComparison.Ordinal) && !path.Contains('.', StringComparison.Ordinal))
            .Where(path => path is not ("/theme" or "/health" or "/templates/suggest") && !path.StartsWith("/_", StringComparison.Ordinal)).Distinct().ToList();
        Assert.Contains("/prompts", pages);
        foreach (var path in pages)
        {
            using var answer = await browser.GetAsync(path);
            Assert.True(answer.Headers.CacheControl?.NoStore == true, $"{path} ({(int)answer.StatusCode}): {answer.Headers.CacheControl}");
        }
    }

    [Theory]
    [InlineData("prompts.example.test", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    public async Task Only_the_hosts_of_the_settings_are_answered(string host, HttpStatusCode status)
    {
        using var answer = await _site.NewBrowser().GetAsync("/login", ("Host", host));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Every_cookie_of_every_flow_is_bound_to_https_to_this_host_and_out_of_reach_of_scripts()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        var browser = _site.NewBrowser(https: true);
        (await browser.GetAsync("/theme?to=dark")).Dispose();
        (await browser.SignUpAsync(email)).Dispose();
        (await browser.SubmitAsync("/account", "profile", ("FullName", "Ann Other"))).Dispose();
        (await browser.SubmitAsync("/account", "password", ("Form.Current", Browser.Good), ("Form.Wanted", "another long passphrase"))).Dispose();
        (await browser.GetAsync("/wizard")).Dispose();
        (await browser.SubmitAsync("/account", "/logout")).Dispose();
        (await browser.SignInAsync(email, "wrong")).Dispose();
        (await browser.SubmitAsync("/forgot-password", "forgot", ("Form.Email", email))).Dispose();
        (await browser.SignInAsync(email, "another long passphrase")).Dispose();
        var names = browser.SetCookies.Select(cookie => cookie.Split('=')[0]).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Equal(["__Host-.AspNetCore.Antiforgery", "__Host-metaprompt.session", "theme"], names.Select(name => name.Contains("Antiforgery", StringComparison.Ordinal) ? name[..30] : name));
        Assert.All(browser.SetCookies, cookie =>
        {
            Assert.Matches("(?i); *secure", cookie);
            Assert.Matches("(?i); *path=/(;|$)", cookie);
            Assert.DoesNotMatch("(?i); *domain=", cookie);
            Assert.Matches("(?i); *samesite=(lax|strict)", cookie);
            if (!cookie.StartsWith("theme=", StringComparison.Ordinal))
                Assert.Matches("(?i); *httponly", cookie);
        });
    }

    [Fact]
    public async Task A_session_that_was_planted_under_the_plain_name_is_not_believed_over_https()
    {
        var owner = _site.NewBrowser(https: true);
        (await owner.SignUpAsync($"{Guid.NewGuid():N}@example.test")).Dispose();
        var session = owner.Cookies["__Host-metaprompt.session"];
        var victim = _site.NewBrowser(https: true);

        using var planted = await victim.GetAsync("/account", ("Cookie", $"metaprompt.session={session}"));
        using var genuine = await victim.GetAsync("/account", ("Cookie", $"__Host-metaprompt.session={session}"));

        Assert.Equal(HttpStatusCode.Redirect, planted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, genuine.StatusCode);
    }

    /// <summary>One program for all of them.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TestDatabase _database = new() { IsFilled = true };

        internal AccountSite Site { get; private set; } = null!;

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            await _database.InitializeAsync();
            Site = new AccountSite(_database, ("AllowedHosts", "localhost;prompts.example.test"), ("Limits:FilesPerMinute", "1"));
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}
