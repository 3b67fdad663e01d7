using System.Text.Json.Nodes;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The client of Supabase Auth against a server that follows its documentation.</summary>
public sealed class SupabaseAccountsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Good = "correct horse battery";
    private static readonly Uri Site = new("https://prompts.example.test/");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SupabaseAccounts Accounts(FakeSupabase fake, TimeSpan? timeout = null) =>
        new(fake.Client(timeout), new SignInAttempts(database.Db), TimeProvider.System, NullLogger<SupabaseAccounts>.Instance);

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.test";

    private static NewAccount New(string email, string password = Good) => new() { Email = email, FullName = "Ann Example", Password = password };

    [Fact]
    public async Task A_sign_up_that_needs_no_confirmation_signs_in_with_tokens()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var email = NewEmail();

        var outcome = await Accounts(fake).SignUpAsync(New(email), Site, Stop);

        var signedIn = Assert.IsType<SignedIn>(outcome);
        Assert.Equal(email, signedIn.Account.Email);
        Assert.Equal("Ann Example", signedIn.Account.FullName);
        Assert.Contains(signedIn.Tokens!.RefreshToken, fake.LiveRefreshTokens);
        Assert.InRange(signedIn.Tokens.AccessExpiresAt, DateTimeOffset.UtcNow.AddMinutes(55), DateTimeOffset.UtcNow.AddMinutes(61));
        Assert.Empty(fake.Problems);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_up_to_confirm_and_one_of_a_taken_address_are_told_the_same(bool autoConfirm)
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.AutoConfirm = false;
        var fresh = await Accounts(fake).SignUpAsync(New(NewEmail()), Site, Stop);
        fake.AutoConfirm = autoConfirm;
        var taken = fake.AddUser(NewEmail(), "something else");

        var again = await Accounts(fake).SignUpAsync(New(taken.Email), Site, Stop);

        Assert.NotNull(Assert.IsType<CheckMail>(fresh).Verifier);
        Assert.NotNull(Assert.IsType<CheckMail>(again).Verifier);
        Assert.Equal("something else", fake.User(taken.Email)!.Password);
    }

    [Fact]
    public async Task A_sign_up_sends_the_name_the_challenge_and_where_its_link_leads()
    {
        await using var fake = await FakeSupabase.StartAsync();
        await Accounts(fake).SignUpAsync(New(NewEmail()), Site, Stop);

        var (method, path, body, bearer) = Assert.Single(fake.Requests);
        Assert.Equal("POST", method);
        Assert.Equal("/auth/v1/signup?redirect_to=https%3A%2F%2Fprompts.example.test%2Fconfirm-email", path);
        var json = JsonNode.Parse(body)!;
        Assert.Equal("Ann Example", json["data"]!["full_name"]!.GetValue<string>());
        Assert.Equal("s256", json["code_challenge_method"]!.GetValue<string>());
        Assert.Equal(43, json["code_challenge"]!.GetValue<string>().Length);
        Assert.Null(bearer);
    }

    [Fact]
    public async Task A_confirmation_link_signs_in_by_code_in_the_same_browser_and_by_token_hash_in_any()
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.AutoConfirm = false;
        var accounts = Accounts(fake);

        var asked = Assert.IsType<CheckMail>(await accounts.SignUpAsync(New(NewEmail()), Site, Stop));
        var code = fake.LastMail.Code;
        Assert.Equal(new Refused(Refusal.OtherBrowser), await accounts.ConfirmAsync(new MailedLink { Code = code }, null, Stop));
        Assert.Equal(new Refused(Refusal.OtherBrowser), await accounts.ConfirmAsync(new MailedLink { Code = code, Verifier = new string('x', 43) }, null, Stop));
        Assert.IsType<SignedIn>(await accounts.ConfirmAsync(new MailedLink { Code = code, Verifier = asked.Verifier }, null, Stop));

        await accounts.SignUpAsync(New(NewEmail()), Site, Stop);
        var hash = fake.LastMail.TokenHash;
        Assert.IsType<SignedIn>(await accounts.ConfirmAsync(new MailedLink { TokenHash = hash }, null, Stop));
        Assert.Equal(new Refused(Refusal.LinkExpired), await accounts.ConfirmAsync(new MailedLink { TokenHash = hash }, null, Stop));
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_banned_account_are_refused_alike()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var known = fake.AddUser(NewEmail(), Good);
        var banned = fake.AddUser(NewEmail(), Good);
        banned.Banned = true;
        var accounts = Accounts(fake);

        Assert.Equal(new Refused(Refusal.WrongCredentials), await accounts.SignInAsync(known.Email, "not it at all", Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await accounts.SignInAsync(NewEmail(), Good, Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await accounts.SignInAsync(banned.Email, Good, Stop));
        Assert.IsType<SignedIn>(await accounts.SignInAsync(known.Email, Good, Stop));
    }

    [Fact]
    public async Task An_unconfirmed_address_is_told_so_after_the_right_password()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        user.Confirmed = false;

        Assert.Equal(new Refused(Refusal.NotConfirmed), await Accounts(fake).SignInAsync(user.Email, Good, Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts(fake).SignInAsync(user.Email, "not it at all", Stop));
    }

    [Fact]
    public async Task Guesses_at_one_address_are_locked_out_before_Supabase_is_asked()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        for (var i = 0; i < 5; i++)
            await accounts.SignInAsync(user.Email, $"guess number {i}", Stop);
        var asked = fake.Requests.Count;

        var refused = Assert.IsType<Refused>(await accounts.SignInAsync(user.Email, Good, Stop));

        Assert.Equal(Refusal.TooManyAttempts, refused.Reason);
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal(asked, fake.Requests.Count);
    }

    [Fact]
    public async Task An_outage_counts_as_no_guess()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        fake.Instead = async http => { http.Response.StatusCode = 503; await http.Response.WriteAsync("<html>upstream</html>"); return true; };
        for (var i = 0; i < 8; i++)
            Assert.Equal(new Refused(Refusal.Unavailable), await accounts.SignInAsync(user.Email, Good, Stop));

        fake.Instead = null;
        Assert.IsType<SignedIn>(await accounts.SignInAsync(user.Email, Good, Stop));
    }

    [Theory]
    [InlineData("""{"code":"over_request_rate_limit","message":"x"}""", null, 60)]
    [InlineData("""{"code":429,"error_code":"over_request_rate_limit","msg":"x"}""", null, 60)]
    [InlineData("too many", "17", 17)]
    public async Task A_rate_limit_says_how_long_to_wait_in_whatever_shape_it_comes(string body, string? retryAfter, int seconds)
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.Instead = async http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = retryAfter;
            await http.Response.WriteAsync(body);
            return true;
        };

        var refused = Assert.IsType<Refused>(await Accounts(fake).SignInAsync(NewEmail(), Good, Stop));

        Assert.Equal(new Refused(Refusal.TooManyAttempts, TimeSpan.FromSeconds(seconds)), refused);
    }

    [Theory]
    [InlineData(500, """{"code":"unexpected_failure","message":"x"}""")]
    [InlineData(504, """{"code":"request_timeout","message":"x"}""")]
    [InlineData(502, "<html><body>Bad gateway</body></html>")]
    [InlineData(401, """{"message":"No API key found in request"}""")]
    [InlineData(200, "<html>a portal</html>")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"access_token":"x"}""")]
    [InlineData(302, "")]
    public async Task An_answer_that_is_none_is_called_unavailable(int status, string body)
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.Instead = async http =>
        {
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(body);
            return true;
        };

        Assert.Equal(new Refused(Refusal.Unavailable), await Accounts(fake).SignInAsync(NewEmail(), Good, Stop));
    }

    [Fact]
    public async Task An_OAuth_error_is_understood_too()
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.Instead = async http =>
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync("""{"error":"invalid_grant","error_description":"Invalid login credentials"}""");
            return true;
        };

        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts(fake).SignInAsync(NewEmail(), Good, Stop));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_on()
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.Instead = async http =>
        {
            var gone = new TaskCompletionSource();
            await using var registration = http.RequestAborted.Register(() => gone.SetResult());
            await gone.Task;
            return true;
        };

        Assert.Equal(new Refused(Refusal.Unavailable), await Accounts(fake, TimeSpan.FromMilliseconds(200)).SignInAsync(NewEmail(), Good, Stop));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var fake = await FakeSupabase.StartAsync();
        var accounts = Accounts(fake);
        await fake.DisposeAsync();

        Assert.Equal(new Refused(Refusal.Unavailable), await accounts.SignInAsync(NewEmail(), Good, Stop));
    }

    [Fact]
    public async Task Forgotten_passwords_are_answered_alike_for_known_unknown_and_just_mailed_addresses()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);

        Assert.IsType<CheckMail>(await accounts.SendResetLinkAsync(user.Email, Site, Stop));
        Assert.IsType<CheckMail>(await accounts.SendResetLinkAsync(user.Email, Site, Stop));
        Assert.IsType<CheckMail>(await accounts.SendResetLinkAsync(NewEmail(), Site, Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_link_sets_the_password_and_ends_all_sessions(bool byCode)
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        await accounts.SignInAsync(user.Email, Good, Stop);
        var asked = Assert.IsType<CheckMail>(await accounts.SendResetLinkAsync(user.Email, Site, Stop));
        var link = byCode
            ? new MailedLink { Code = fake.LastMail.Code, Verifier = asked.Verifier }
            : new MailedLink { TokenHash = fake.LastMail.TokenHash };

        Assert.Equal(new PasswordSet(user.Id), await accounts.ResetPasswordAsync(link, "a new one, longer", Stop));

        Assert.Equal("a new one, longer", user.Password);
        Assert.Empty(fake.LiveRefreshTokens);
        Assert.Equal(new Refused(Refusal.LinkExpired), await accounts.ResetPasswordAsync(link, "another one again", Stop));
        Assert.Empty(fake.Problems);
    }

    [Fact]
    public async Task A_weak_password_does_not_cost_the_link()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        await accounts.SendResetLinkAsync(user.Email, Site, Stop);

        var refused = Assert.IsType<Refused>(await accounts.ResetPasswordAsync(new MailedLink { TokenHash = fake.LastMail.TokenHash }, "password", Stop));
        Assert.Equal(Refusal.WeakPassword, refused.Reason);
        Assert.Equal(new PasswordSet(user.Id), await accounts.ResetPasswordAsync(new MailedLink { Continuation = refused.Continuation }, "a better password", Stop));
    }

    [Fact]
    public async Task Changing_the_password_wants_the_old_one_and_leaves_one_session()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        await accounts.SignInAsync(user.Email, Good, Stop);

        Assert.Equal(new Refused(Refusal.WrongCredentials), await accounts.ChangePasswordAsync(user.Email, "not the old one", "a new one, longer", Stop));
        Assert.Equal(new Refused(Refusal.SamePassword), await accounts.ChangePasswordAsync(user.Email, Good, Good, Stop));
        var changed = Assert.IsType<SignedIn>(await accounts.ChangePasswordAsync(user.Email, Good, "a new one, longer", Stop));

        Assert.Equal("a new one, longer", user.Password);
        Assert.Equal([changed.Tokens!.RefreshToken], fake.LiveRefreshTokens);
    }

    [Fact]
    public async Task Refreshing_rotates_the_token_and_a_used_one_ends_the_session()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        var first = Assert.IsType<SignedIn>(await accounts.SignInAsync(user.Email, Good, Stop)).Tokens!;

        var second = Assert.IsType<SignedIn>(await accounts.RefreshAsync(first.RefreshToken, Stop)).Tokens!;
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Equal(new Refused(Refusal.SessionEnded), await accounts.RefreshAsync(first.RefreshToken, Stop));
        Assert.Equal(new Refused(Refusal.SessionEnded), await accounts.RefreshAsync(second.RefreshToken, Stop));
    }

    [Fact]
    public async Task Refreshing_during_an_outage_ends_no_session()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        var tokens = Assert.IsType<SignedIn>(await accounts.SignInAsync(user.Email, Good, Stop)).Tokens!;
        fake.Instead = async http => { await FakeSupabase.ErrorAsync(http, 500, "unexpected_failure"); return true; };

        Assert.Equal(new Refused(Refusal.Unavailable), await accounts.RefreshAsync(tokens.RefreshToken, Stop));
        fake.Instead = null;
        Assert.IsType<SignedIn>(await accounts.RefreshAsync(tokens.RefreshToken, Stop));
    }

    [Fact]
    public async Task Ending_a_session_ends_it_at_Supabase_and_no_other()
    {
        await using var fake = await FakeSupabase.StartAsync();
        var user = fake.AddUser(NewEmail(), Good);
        var accounts = Accounts(fake);
        var one = Assert.IsType<SignedIn>(await accounts.SignInAsync(user.Email, Good, Stop)).Tokens!;
        var other = Assert.IsType<SignedIn>(await accounts.SignInAsync(user.Email, Good, Stop)).Tokens!;

        await accounts.EndAsync(one.RefreshToken, Stop);

        Assert.Equal([other.RefreshToken], fake.LiveRefreshTokens);
    }

    [Theory]
    [InlineData("signup_disabled", 422, Refusal.SignUpClosed)]
    [InlineData("email_address_invalid", 400, Refusal.InvalidDetails)]
    [InlineData("weak_password", 422, Refusal.WeakPassword)]
    public async Task A_sign_up_that_is_refused_says_why(string code, int status, Refusal reason)
    {
        await using var fake = await FakeSupabase.StartAsync();
        fake.Instead = async http => { await FakeSupabase.ErrorAsync(http, status, code); return true; };

        Assert.Equal(new Refused(reason), await Accounts(fake).SignUpAsync(New(NewEmail()), Site, Stop));
    }
}
