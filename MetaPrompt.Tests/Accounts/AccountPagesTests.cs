using System.Net;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>Signing up, in and out over HTTP, as a browser without JavaScript does it.</summary>
public sealed partial class AccountPagesTests(AccountPagesTests.Shared shared) : IClassFixture<AccountPagesTests.Shared>, IAsyncLifetime
{
    private readonly TestDatabase _database = shared.Database;
    private readonly AccountSite _site = shared.Site;

    // One program for all: each test has addresses of its own, and no mails of another's.
    public ValueTask InitializeAsync()
    {
        _site.Mail.ReachesPeople = false;
        _site.Mail.Sent.Clear();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.test";

    private static async Task<string> TextOf(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));

    [Fact]
    public async Task Somebody_signs_up_is_signed_in_signs_out_and_signs_in_again()
    {
        var email = NewEmail();
        var browser = _site.NewBrowser();

        using var signedUp = await browser.SignUpAsync(email);
        Assert.Equal(HttpStatusCode.Redirect, signedUp.StatusCode);
        Assert.Equal("/prompts", signedUp.Headers.Location!.ToString().Replace("http://localhost", "", StringComparison.Ordinal));
        Assert.Contains($"Signed in as {email}", await browser.TextAsync("/account"), StringComparison.Ordinal);

        using var signedOut = await browser.SubmitAsync("/account", "/logout");
        Assert.Equal("/", signedOut.Headers.Location!.ToString());
        Assert.False(await browser.IsSignedInAsync());

        using var signedIn = await browser.SignInAsync(email.ToUpperInvariant());
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.True(await browser.IsSignedInAsync());
    }

    [Theory]
    [InlineData("/signup", "Full name|Email|Password", "Create account", "name|email|new-password")]
    [InlineData("/login", "Email|Password", "Sign in", "username|current-password")]
    [InlineData("/forgot-password", "Email", "Send the link", "username")]
    public async Task A_page_has_its_labels_its_button_and_what_password_managers_read(string page, string labels, string button, string autocompletes)
    {
        var html = await _site.NewBrowser().TextAsync(page);
        foreach (var label in labels.Split('|'))
            Assert.Contains($">{label}</label>", html, StringComparison.Ordinal);
        foreach (var autocomplete in autocompletes.Split('|'))
            Assert.Contains($"autocomplete=\"{autocomplete}\"", html, StringComparison.Ordinal);
        Assert.Contains($"type=\"submit\">{button}</button>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web.js", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http()
    {
        var browser = _site.NewBrowser(https: true);
        using var answer = await browser.SignUpAsync(NewEmail());

        var cookie = browser.SetCookies.Last(c => c.StartsWith("__Host-metaprompt.session=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/", cookie, StringComparison.Ordinal);
        var expires = DateTimeOffset.Parse(cookie.Split("expires=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddDays(13.9), DateTimeOffset.UtcNow.AddDays(14.1));
    }

    [Fact]
    public async Task A_form_with_mistakes_says_which_and_keeps_what_was_typed_but_the_password()
    {
        var browser = _site.NewBrowser();
        using var answer = await browser.SignUpAsync("not an address", "", "short1");
        var html = await TextOf(answer);

        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Contains("Type your name", html, StringComparison.Ordinal);
        Assert.Contains("Type your mail address", html, StringComparison.Ordinal);
        Assert.Contains("That password has 6 characters", html, StringComparison.Ordinal);
        Assert.Contains("aria-describedby=\"email-hint email-error\"", html, StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"not an address\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("short1", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_sent_empty_is_answered_not_failed()
    {
        using var answer = await _site.NewBrowser().SubmitAsync("/signup", "signup");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Choose a password.", await TextOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/wizard?step=2", "/wizard?step=2")]
    [InlineData("//evil.example", "/prompts")]
    [InlineData("/\\evil.example", "/prompts")]
    [InlineData("javascript:alert(1)", "/prompts")]
    [InlineData("https://evil.example/", "/prompts")]
    public async Task Signing_in_leads_back_to_this_site_only(string returnUrl, string expected)
    {
        var email = NewEmail();
        var page = "?returnUrl=" + Uri.EscapeDataString(returnUrl);
        var browser = _site.NewBrowser();
        using var signedUp = await browser.SignUpAsync(email, page: "/signup" + page);
        using var signedIn = await _site.NewBrowser().SignInAsync(email, page: "/login" + page);
        using var already = await browser.GetAsync("/login" + page);

        foreach (var answer in new[] { signedUp, signedIn, already })
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal(expected, new Uri(new Uri("http://localhost"), answer.Headers.Location!).PathAndQuery);
            Assert.Equal("localhost", new Uri(new Uri("http://localhost"), answer.Headers.Location!).Host);
        }
    }

    [Fact]
    public async Task A_page_that_needs_an_account_leads_to_the_sign_in_and_back()
    {
        using var answer = await _site.NewBrowser().GetAsync("/account");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/login?returnUrl=%2Faccount", answer.Headers.Location!.PathAndQuery);
    }

    [Theory]
    [InlineData("/signup", "signup")]
    [InlineData("/login", "login")]
    [InlineData("/forgot-password", "forgot")]
    [InlineData("/reset-password?token=x", "reset")]
    [InlineData("/confirm-email?token=x", "confirm")]
    [InlineData("/account", "profile")]
    [InlineData("/account", "picture")]
    [InlineData("/account", "password")]
    [InlineData("/account", "sessions")]
    [InlineData("/account", "delete")]
    [InlineData("/logout", "")]
    public async Task A_form_from_another_site_is_refused(string path, string handler)
    {
        var browser = await _site.SignedUpAsync(NewEmail());
        using var answer = await browser.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = handler,
            ["FullName"] = "Changed",
            ["Form.Email"] = "a@b.example",
            ["Form.Secret"] = Browser.Good,
            ["Form.Words"] = "delete my account",
        }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await browser.IsSignedInAsync());
        Assert.DoesNotContain("Changed", await browser.TextAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_persons_token_does_not_do()
    {
        var attacker = await _site.SignedUpAsync(NewEmail());
        var victim = await _site.SignedUpAsync(NewEmail());
        var html = await attacker.TextAsync("/account");
        var token = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];

        using var answer = await victim.PostAsync("/logout", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await victim.IsSignedInAsync());
    }

    [Fact]
    public async Task Wrong_and_unknown_are_answered_with_the_same_page_and_the_lock_says_how_long()
    {
        var known = NewEmail();
        await _site.SignedUpAsync(known);
        var pages = new List<string>();
        foreach (var email in new[] { known, NewEmail() })
        {
            for (var i = 0; i < 5; i++)
            {
                using var refused = await _site.NewBrowser().SignInAsync(email, "not it at all");
                Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
                if (i == 0)
                    pages.Add(Anonymised(await TextOf(refused), email));
            }

            using var locked = await _site.NewBrowser().SignInAsync(email);
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
            Assert.Matches("Too many attempts. Wait [0-9]+ seconds, then try again.", await TextOf(locked));
        }

        Assert.Contains("do not match an account", pages[0], StringComparison.Ordinal);
        Assert.Equal(pages[0], pages[1]);
    }

    [Fact]
    public async Task A_client_that_tries_many_addresses_has_to_wait_and_others_at_the_same_address_keep_their_input()
    {
        await using var site = new AccountSite(_database) { Limits = new AccountLimits { Passwords = 3, PasswordEvery = TimeSpan.FromMinutes(5) } };
        for (var i = 0; i < 3; i++)
            (await site.NewBrowser().SignInAsync(NewEmail())).Dispose();

        var email = NewEmail();
        using var answer = await site.NewBrowser().SignInAsync(email);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        var html = await TextOf(answer);
        Assert.Contains("Wait 5 minutes", html, StringComparison.Ordinal);
        Assert.Contains($"value=\"{email}\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forgotten_passwords_are_answered_with_the_same_page_for_known_and_unknown_addresses()
    {
        var known = NewEmail();
        await _site.SignedUpAsync(known);
        var unknown = NewEmail();

        using var there = await _site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", known));
        using var nowhere = await _site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", unknown));

        Assert.Equal(Anonymised(await TextOf(there), known), Anonymised(await TextOf(nowhere), unknown));
        Assert.Equal([("reset", known)], _site.Mail.Sent.Select(m => (m.Kind, m.Email)));
    }

    [Fact]
    public async Task With_mail_signing_up_is_answered_with_the_same_page_for_new_and_taken_addresses()
    {
        var taken = NewEmail();
        await _site.SignedUpAsync(taken);
        _site.Mail.ReachesPeople = true;
        var fresh = NewEmail();

        using var first = await _site.NewBrowser().SignUpAsync(fresh);
        using var second = await _site.NewBrowser().SignUpAsync(taken);

        Assert.Equal(Anonymised(await TextOf(first), fresh), Anonymised(await TextOf(second), taken));
    }

    [Fact]
    public async Task A_confirmation_mail_leads_to_a_signed_in_account()
    {
        _site.Mail.ReachesPeople = true;
        var browser = _site.NewBrowser();
        using var asked = await browser.SignUpAsync(NewEmail());
        var link = _site.Mail.Sent.Last().Link!.PathAndQuery;

        using var wrong = await browser.SubmitAsync(link, "confirm", ("Form.Password", "not it at all"));
        Assert.Contains("not the password of this sign-up", await TextOf(wrong), StringComparison.Ordinal);
        using var right = await browser.SubmitAsync(link, "confirm", ("Form.Password", Browser.Good));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.True(await browser.IsSignedInAsync());
        using var again = await _site.NewBrowser().SubmitAsync(link, "confirm", ("Form.Password", Browser.Good));
        Assert.Contains("no longer works", await TextOf(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_mail_leads_to_a_new_password_and_ends_the_other_sessions()
    {
        var email = NewEmail();
        var before = await _site.SignedUpAsync(email);
        using var asked = await _site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", email));
        var link = _site.Mail.Sent.Last().Link!.PathAndQuery;

        var browser = _site.NewBrowser();
        using var page = await browser.GetAsync(link);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(page.Headers.CacheControl!.NoStore);
        using var weak = await browser.SubmitAsync(link, "reset", ("Form.Password", "short"));
        Assert.Contains("Use 8 or more", await TextOf(weak), StringComparison.Ordinal);
        using var done = await browser.SubmitAsync(link, "reset", ("Form.Password", "a new one, longer"));
        Assert.Equal("/login?done=password", new Uri(new Uri("http://localhost"), done.Headers.Location!).PathAndQuery);

        Assert.False(await before.IsSignedInAsync());
        Assert.Contains("no longer works", await browser.TextAsync(link), StringComparison.Ordinal);
        using var signedIn = await browser.SignInAsync(email, "a new one, longer");
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    [Fact]
    public async Task A_link_that_is_none_says_so_and_offers_another()
    {
        foreach (var page in new[] { "/reset-password", "/reset-password?token=invented", "/confirm-email" })
        {
            var html = await _site.NewBrowser().TextAsync(page);
            Assert.Contains("This link no longer works", html, StringComparison.Ordinal);
            Assert.DoesNotContain("type=\"password\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_changed_password_keeps_this_browser_and_ends_the_others()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);
        var other = _site.NewBrowser();
        using var otherSignedIn = await other.SignInAsync(email);
        var stolen = browser.Copy();

        using var wrong = await browser.SubmitAsync("/account", "password", ("Form.Current", "not it at all"), ("Form.Wanted", "a new one, longer"));
        Assert.Contains("That is not the password of this account.", await TextOf(wrong), StringComparison.Ordinal);
        using var done = await browser.SubmitAsync("/account", "password", ("Form.Current", Browser.Good), ("Form.Wanted", "a new one, longer"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        Assert.True(await browser.IsSignedInAsync());
        Assert.False(await other.IsSignedInAsync());
        Assert.False(await stolen.IsSignedInAsync());
    }

    [Fact]
    public async Task A_signed_out_cookie_signs_nobody_in_again()
    {
        var browser = await _site.SignedUpAsync(NewEmail());
        var stolen = browser.Copy();
        Assert.True(await stolen.IsSignedInAsync());
        using var signedOut = await browser.SubmitAsync("/account", "/logout");

        Assert.False(await stolen.IsSignedInAsync());
    }

    [Fact]
    public async Task Ending_the_other_sessions_ends_them_and_not_this_one()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);
        var other = _site.NewBrowser();
        using var otherSignedIn = await other.SignInAsync(email);

        using var done = await browser.SubmitAsync("/account", "sessions");

        Assert.True(await browser.IsSignedInAsync());
        Assert.False(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_changed_name_is_on_the_next_page()
    {
        var browser = await _site.SignedUpAsync(NewEmail());
        using var done = await browser.SubmitAsync("/account", "profile", ("FullName", "Grace <b>Hopper</b>"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        using var page = await browser.GetAsync("/account");
        var html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains("class=\"who\">Grace &lt;b&gt;Hopper&lt;/b&gt;<", html, StringComparison.Ordinal);

        using var empty = await browser.SubmitAsync("/account", "profile", ("FullName", "  "));
        Assert.Contains("Type your name", await TextOf(empty), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_is_one_from_the_next_check_on()
    {
        var email = NewEmail();
        await using var site = new AccountSite(_database) { Times = new AccountTimes { SessionCache = TimeSpan.FromTicks(1), AnswerFloor = TimeSpan.Zero } };
        await site.SignedUpAsync(email);
        var output = new StringWriter();

        Assert.Equal(1, await AdminVerb.RunAsync(_database.OwnerDataSource, NewEmail(), output, Stop));
        Assert.Equal(1, await AdminVerb.RunAsync(_database.OwnerDataSource, "nonsense", output, Stop));
        Assert.Equal(0, await AdminVerb.RunAsync(_database.OwnerDataSource, email.ToUpperInvariant(), output, Stop));
        Assert.Equal(0, await AdminVerb.RunAsync(_database.OwnerDataSource, email, output, Stop));

        Assert.Contains($"{email} is an administrator now.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{email} is an administrator already.", output.ToString(), StringComparison.Ordinal);
        var id = await _database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email));
        Assert.True(await _database.Db.FirstOrDefaultAsync<bool>(Data.Caller.User(id), "select public.is_administrator()", null, Stop));
    }

    // What differs by itself: the address that was typed, the form's tokens, Blazor's sealed state.
    private static string Anonymised(string html, string email) => DiffersByItself().Replace(html.Replace(email, "ADDRESS", StringComparison.Ordinal), "");

    [System.Text.RegularExpressions.GeneratedRegex("name=\"__RequestVerificationToken\" value=\"[^\"]*\"|<!--Blazor-[^>]*-->")]
    private static partial System.Text.RegularExpressions.Regex DiffersByItself();

    public sealed class Shared : IAsyncLifetime
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
    }
}
