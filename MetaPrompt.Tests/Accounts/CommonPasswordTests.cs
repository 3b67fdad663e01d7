using System.Net;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>A password that many people have is nobody's here: wherever a local account gets one.</summary>
public sealed class CommonPasswordTests(AccountPagesTests.Shared shared) : IClassFixture<AccountPagesTests.Shared>, IDisposable
{
    private const string Words = "This password is among those that are tried first";
    private static readonly Uri Site = new("https://prompts.example.test/");

    private readonly TestDatabase _database = shared.Database;
    private readonly AccountSite _site = shared.Site;
    private readonly Passwords _cheap = new(4);
    private readonly RecordedMail _mail = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private LocalAccounts Accounts => new(_database.Db, _cheap, new SignInAttempts(_database.Db), _mail);

    public void Dispose() => _cheap.Dispose();

    [Fact]
    public void The_list_has_more_than_the_three_thousand_that_would_pass_the_other_rules()
    {
        var list = Listed();

        Assert.Equal(list.Count, CommonPasswords.Count);
        Assert.All(list, password => Assert.True(CommonPasswords.Contains(password), password));
        Assert.InRange(list.Count(password => PasswordRules.Problem(password) is null), 15_000, 20_000);
    }

    [Theory]
    [InlineData("qwertyuiop", true)]
    [InlineData("QwertyUIOP", true)]
    [InlineData("trustno1trustno1", false)]
    [InlineData("correct horse battery", false)]
    [InlineData("# Copyright (c) 2021 @zxcvbn-ts", false)]
    [InlineData("", false)]
    public void It_is_compared_whole_and_in_large_letters_or_small(string password, bool common) =>
        Assert.Equal(common, CommonPasswords.Contains(password));

    [Fact]
    public async Task No_local_account_gets_one_at_sign_up_by_a_change_or_by_a_reset()
    {
        var email = NewEmail();
        var common = new Refused(Refusal.CommonPassword);
        Assert.Equal(common, await Accounts.SignUpAsync(New(email, "Superman1"), Site, Stop));
        Assert.Equal(common, await Accounts.SignUpAsync(New(email, "ann-example-1"), Site, Stop));
        _mail.ReachesPeople = true;
        Assert.Equal(common, await Accounts.SignUpAsync(New(email, "Superman1"), Site, Stop));
        _mail.ReachesPeople = false;
        Assert.Empty(_mail.Sent);
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from auth.users where email = @e", ("e", email)));

        Assert.IsType<SignedIn>(await Accounts.SignUpAsync(New(email), Site, Stop));
        // The same whether there is such an account or not.
        Assert.Equal(common, await Accounts.SignUpAsync(New(email, "Superman1"), Site, Stop));
        Assert.Equal(common, await Accounts.ChangePasswordAsync(email, Browser.Good, "iloveyou1", Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts.ChangePasswordAsync(email, "not it at all", "iloveyou1", Stop));

        await Accounts.SendResetLinkAsync(email, Site, Stop);
        var link = new MailedLink { Token = _mail.LastToken };
        Assert.Equal(common, await Accounts.ResetPasswordAsync(link, "PRINCESS1", Stop));
        // Whoever follows a link typed neither name nor address; the account has them.
        Assert.Equal(common, await Accounts.ResetPasswordAsync(link, "AnnExample!", Stop));
        Assert.IsType<SignedIn>(await Accounts.SignInAsync(email, Browser.Good, Stop));

        // The link still holds for a better one.
        Assert.IsType<PasswordSet>(await Accounts.ResetPasswordAsync(link, "a new one, longer", Stop));
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts.ResetPasswordAsync(link, "PRINCESS1", Stop));
    }

    [Fact]
    public async Task Who_has_one_since_before_still_signs_in_and_can_change_it()
    {
        var email = NewEmail();
        Assert.IsType<SignedIn>(await Accounts.SignUpAsync(New(email), Site, Stop));
        await _database.OwnerAsync(
            "update auth.users set encrypted_password = @h where email = @e", ("h", await _cheap.HashAsync("superman1", Stop)), ("e", email));

        Assert.IsType<SignedIn>(await Accounts.SignInAsync(email, "superman1", Stop));
        Assert.IsType<SignedIn>(await Accounts.ChangePasswordAsync(email, "superman1", "a new one, longer", Stop));
    }

    [Fact]
    public async Task At_sign_up_it_is_refused_at_its_field_and_the_rest_stays_typed()
    {
        var email = NewEmail();

        using var refused = await _site.NewBrowser().SignUpAsync(email, password: "Football123");

        var html = await RefusedAsync(refused, "Form.Password", "Football123");
        Assert.Contains($"value=\"{email}\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Ann Example\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_a_change_and_by_a_reset_it_is_refused_at_its_field_and_nothing_is_changed()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);

        using var change = await browser.SubmitAsync("/account", "password", ("Form.Current", Browser.Good), ("Form.Wanted", "Football123"));
        await RefusedAsync(change, "Form.Wanted", "Football123");
        Assert.True(await browser.IsSignedInAsync());

        using var asked = await _site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", email));
        var link = _site.Mail.Sent.Last(sent => sent.Email == email).Link!.PathAndQuery;
        using var reset = await _site.NewBrowser().SubmitAsync(link, "reset", ("Form.Password", "Football123"));
        await RefusedAsync(reset, "Form.Password", "Football123");
        Assert.True(await browser.IsSignedInAsync());
    }

    private static async Task<string> RefusedAsync(HttpResponseMessage answer, string field, string typed)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
        var at = html.IndexOf($"name=\"{field}\"", StringComparison.Ordinal);
        Assert.True(at > 0);
        Assert.InRange(html.IndexOf(Words, at, StringComparison.Ordinal), at, at + 600);
        Assert.Contains("aria-invalid=\"true\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain(typed, html, StringComparison.Ordinal);
        return html;
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.test";

    private static NewAccount New(string email, string password = Browser.Good) => new() { Email = email, FullName = "Ann Example", Password = password };

    private static List<string> Listed() =>
        [.. File.ReadLines(Path.Combine(ArchitectureTests.Repository, "MetaPrompt.Data", "Accounts", "CommonPasswords.txt")).Where(line => !line.StartsWith('#'))];
}
