using System.Collections.Concurrent;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The local account store on the real database.</summary>
public sealed class LocalAccountsTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private const string Good = "correct horse battery";
    private static readonly Uri Site = new("https://prompts.example.test/");

    // What most tests are about does not become truer by a dear hash.
    private readonly Passwords _cheap = new(4);
    private readonly Passwords _real = new();
    private readonly RecordedMail _mail = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cheap.Dispose();
        _real.Dispose();
    }

    private LocalAccounts Accounts(bool mail = false, bool real = false)
    {
        _mail.ReachesPeople = mail;
        return new(database.Db, real ? _real : _cheap, new SignInAttempts(database.Db), _mail);
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.test";

    private static NewAccount New(string email, string password = Good) => new() { Email = email, FullName = "Ann Example", Password = password };

    [Fact]
    public async Task A_sign_up_makes_an_account_that_can_sign_in_and_its_profile()
    {
        var email = NewEmail();
        var made = Assert.IsType<SignedIn>(await Accounts(real: true).SignUpAsync(New(email), Site, Stop));
        var again = Assert.IsType<SignedIn>(await Accounts(real: true).SignInAsync(email, Good, Stop));

        Assert.Equal(made.Account.Id, again.Account.Id);
        Assert.Equal("Ann Example", await database.OwnerScalarAsync<string>("select full_name from public.users where id = @id", ("id", made.Account.Id)));
        Assert.StartsWith("$2a$1", await database.OwnerScalarAsync<string>("select encrypted_password from auth.users where id = @id", ("id", made.Account.Id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_sign_ups_with_one_address_at_once_make_one_account()
    {
        var email = NewEmail();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Accounts().SignUpAsync(New(email, Good + i), Site, Stop)));

        Assert.Single(outcomes.OfType<SignedIn>());
        Assert.All(outcomes.OfType<Refused>(), refused => Assert.Equal(Refusal.NotCreated, refused.Reason));
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from auth.users where email = @email", ("email", email)));
    }

    [Fact]
    public async Task A_sign_up_with_a_taken_address_changes_nothing_and_signs_in_only_with_its_password()
    {
        var email = NewEmail();
        var owner = Assert.IsType<SignedIn>(await Accounts().SignUpAsync(New(email), Site, Stop));

        Assert.Equal(new Refused(Refusal.NotCreated), await Accounts().SignUpAsync(New(email, "an attacker's guess"), Site, Stop));
        var same = Assert.IsType<SignedIn>(await Accounts().SignUpAsync(New(email) with { FullName = "Somebody Else" }, Site, Stop));

        Assert.Equal(owner.Account.Id, same.Account.Id);
        Assert.Equal("Ann Example", same.Account.FullName);
    }

    [Fact]
    public async Task The_sign_up_page_is_no_way_round_the_lock_out()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        for (var i = 0; i < 5; i++)
            await Accounts().SignUpAsync(New(email, $"guess number {i}"), Site, Stop);

        Assert.Equal(Refusal.TooManyAttempts, Assert.IsType<Refused>(await Accounts().SignUpAsync(New(email), Site, Stop)).Reason);
        Assert.Equal(Refusal.TooManyAttempts, Assert.IsType<Refused>(await Accounts().SignInAsync(email, Good, Stop)).Reason);
    }

    [Fact]
    public async Task Known_and_unknown_addresses_are_refused_alike_and_locked_alike()
    {
        var known = NewEmail();
        var unknown = NewEmail();
        await Accounts().SignUpAsync(New(known), Site, Stop);

        foreach (var email in new[] { known, unknown })
        {
            for (var i = 0; i < 5; i++)
                Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().SignInAsync(email, "not it at all", Stop));
            var locked = Assert.IsType<Refused>(await Accounts().SignInAsync(email, Good, Stop));
            Assert.Equal(Refusal.TooManyAttempts, locked.Reason);
            Assert.InRange(locked.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_thousand_guesses_at_once_are_no_more_than_five()
    {
        var email = NewEmail();
        var attempts = new SignInAttempts(database.Db);
        var waits = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => attempts.BeginAsync(email, Stop)));

        Assert.Equal(5, waits.Count(wait => wait is null));
    }

    [Fact]
    public async Task Each_failure_after_the_fifth_doubles_the_wait_up_to_a_quarter_of_an_hour()
    {
        var email = NewEmail();
        var attempts = new SignInAttempts(database.Db);
        var waits = new List<double>();
        for (var i = 0; i < 14; i++)
        {
            Assert.Null(await attempts.BeginAsync(email, Stop));
            var wait = await attempts.BeginAsync(email, Stop);
            if (wait is { } locked)
                waits.Add(Math.Round(locked.TotalSeconds));
            else
                i++;
            await database.OwnerAsync(
                "update internal.sign_in_attempts set locked_until = null where email_hash = @hash", ("hash", EmailAddress.Hash(email)));
        }

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], waits.Take(7));
    }

    [Fact]
    public async Task The_right_password_ends_the_count_and_a_day_without_a_try_does_too()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++)
                await Accounts().SignInAsync(email, "not it at all", Stop);
            Assert.IsType<SignedIn>(await Accounts().SignInAsync(email, Good, Stop));
        }

        for (var i = 0; i < 4; i++)
            await Accounts().SignInAsync(email, "not it at all", Stop);
        await database.OwnerAsync(
            "update internal.sign_in_attempts set last_at = now() - interval '25 hours' where email_hash = @hash", ("hash", EmailAddress.Hash(email)));
        await Accounts().SignInAsync(email, "not it at all", Stop);
        Assert.IsType<SignedIn>(await Accounts().SignInAsync(email, Good, Stop));
    }

    [Fact]
    public async Task The_counter_does_not_hold_the_address()
    {
        var email = NewEmail();
        await Accounts().SignInAsync(email, "whatever it is", Stop);
        Assert.Equal(0L, await database.OwnerScalarAsync<long>(
            "select count(*) from internal.sign_in_attempts a where a::text like '%' || @part || '%'", ("part", email.Split('@')[0])));
    }

    [Fact]
    public async Task Answers_for_known_and_unknown_addresses_take_the_same_time()
    {
        var known = NewEmail();
        await Accounts(real: true).SignUpAsync(New(known), Site, Stop);
        async Task<double> TimeAsync(string email)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await Accounts(real: true).SignInAsync(email, "not it at all", Stop);
            return watch.Elapsed.TotalMilliseconds;
        }

        // Without the stand-in hash the unknown address would answer in a twentieth of the time, however often it is asked. The fastest
        // of some tries, by turns: the machine has other things to do too.
        var (there, nowhere, unknown) = (double.MaxValue, double.MaxValue, NewEmail());
        for (var turn = 1; turn <= 4 || (turn <= 20 && nowhere / there is < 0.4 or > 2.5); turn++)
        {
            there = Math.Min(there, await TimeAsync(known));
            nowhere = Math.Min(nowhere, await TimeAsync(unknown));
            await database.OwnerAsync("delete from internal.sign_in_attempts");
        }

        Assert.InRange(nowhere / there, 0.4, 2.5);
    }

    [Fact]
    public async Task A_banned_account_is_told_so_only_with_its_password()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        await database.OwnerAsync("update auth.users set banned_until = now() + interval '1 day' where email = @email", ("email", email));

        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().SignInAsync(email, "not it at all", Stop));
        Assert.Equal(new Refused(Refusal.Banned), await Accounts().SignInAsync(email, Good, Stop));
    }

    [Fact]
    public async Task A_weaker_hash_is_renewed_when_its_person_signs_in()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        await database.OwnerAsync(
            "update auth.users set encrypted_password = @hash where email = @email", ("hash", BCrypt.Net.BCrypt.HashPassword(Good, 4)), ("email", email));

        Assert.IsType<SignedIn>(await Accounts(real: true).SignInAsync(email, Good, Stop));

        Assert.StartsWith("$2a$11$", await database.OwnerScalarAsync<string>("select encrypted_password from auth.users where email = @email", ("email", email)), StringComparison.Ordinal);
        Assert.IsType<SignedIn>(await Accounts(real: true).SignInAsync(email, Good, Stop));
    }

    [Fact]
    public async Task An_account_without_a_password_cannot_sign_in_with_an_empty_one()
    {
        var email = NewEmail();
        await database.CreateUserAsync(email);
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().SignInAsync(email, "", Stop));
    }

    [Fact]
    public async Task A_reset_link_works_once_and_ends_every_session_and_the_lock_out()
    {
        var email = NewEmail();
        var account = Assert.IsType<SignedIn>(await Accounts().SignUpAsync(New(email), Site, Stop)).Account;
        var sessions = new SessionQueries(database.Db);
        var idHash = OneTimeToken.Hash(OneTimeToken.New());
        Assert.True(await sessions.OpenAsync(new NewSession { IdHash = idHash, UserId = account.Id, UserAgent = "x" }, Stop));
        for (var i = 0; i < 5; i++)
            await Accounts().SignInAsync(email, "not it at all", Stop);

        await Accounts().SendResetLinkAsync(email, Site, Stop);
        var link = new MailedLink { Token = _mail.LastToken };
        Assert.True(await Accounts().MayResetAsync(link, Stop));
        Assert.Equal(new PasswordSet(account.Id), await Accounts().ResetPasswordAsync(link, "a new one, longer", Stop));

        Assert.False(await Accounts().MayResetAsync(link, Stop));
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts().ResetPasswordAsync(link, "another one again", Stop));
        Assert.Null(await sessions.FindAsync(idHash, Stop));
        Assert.IsType<SignedIn>(await Accounts().SignInAsync(email, "a new one, longer", Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().SignInAsync(email, Good, Stop));
    }

    [Fact]
    public async Task A_reset_link_used_many_times_at_once_works_once()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        await Accounts().SendResetLinkAsync(email, Site, Stop);
        var link = new MailedLink { Token = _mail.LastToken };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Accounts().ResetPasswordAsync(link, $"a new one {i}, longer", Stop)));

        Assert.Single(outcomes.OfType<PasswordSet>());
    }

    [Fact]
    public async Task A_reset_link_is_over_after_an_hour_and_after_a_changed_password()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        await Accounts().SendResetLinkAsync(email, Site, Stop);
        var old = _mail.LastToken!;
        await database.OwnerAsync("update internal.reset_links set expires_at = now() - interval '1 second', created_at = created_at - interval '61 minutes' where token_hash = @hash", ("hash", OneTimeToken.Hash(old)));
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts().ResetPasswordAsync(new MailedLink { Token = old }, "a new one, longer", Stop));

        await Accounts().SendResetLinkAsync(email, Site, Stop);
        Assert.NotEqual(old, _mail.LastToken);
        Assert.IsType<SignedIn>(await Accounts().ChangePasswordAsync(email, Good, "a new one, longer", Stop));
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts().ResetPasswordAsync(new MailedLink { Token = _mail.LastToken }, "another one again", Stop));
    }

    [Fact]
    public async Task A_mailbox_gets_one_reset_link_a_minute_and_an_unknown_address_none()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);

        Assert.Equal(new CheckMail(), await Accounts().SendResetLinkAsync(email, Site, Stop));
        Assert.Equal(new CheckMail(), await Accounts().SendResetLinkAsync(email, Site, Stop));
        Assert.Equal(new CheckMail(), await Accounts().SendResetLinkAsync(NewEmail(), Site, Stop));

        Assert.Single(_mail.Sent);
    }

    [Fact]
    public async Task The_database_never_holds_a_links_token()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);
        await Accounts().SendResetLinkAsync(email, Site, Stop);

        Assert.Equal(0L, await database.OwnerScalarAsync<long>(
            "select count(*) from internal.reset_links l where l::text like '%' || @token || '%' or l::text like '%' || @hex || '%'",
            ("token", _mail.LastToken), ("hex", Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(_mail.LastToken!)))));
    }

    [Fact]
    public async Task A_changed_password_wants_the_old_one_and_ends_all_sessions()
    {
        var email = NewEmail();
        var account = Assert.IsType<SignedIn>(await Accounts().SignUpAsync(New(email), Site, Stop)).Account;
        var sessions = new SessionQueries(database.Db);
        var idHash = OneTimeToken.Hash(OneTimeToken.New());
        await sessions.OpenAsync(new NewSession { IdHash = idHash, UserId = account.Id, UserAgent = "x" }, Stop);

        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().ChangePasswordAsync(email, "not the old one", "a new one, longer", Stop));
        Assert.Equal(new Refused(Refusal.SamePassword), await Accounts().ChangePasswordAsync(email, Good, Good, Stop));
        Assert.NotNull(await sessions.FindAsync(idHash, Stop));
        Assert.IsType<SignedIn>(await Accounts().ChangePasswordAsync(email, Good, "a new one, longer", Stop));

        Assert.Null(await sessions.FindAsync(idHash, Stop));
        Assert.IsType<SignedIn>(await Accounts().SignInAsync(email, "a new one, longer", Stop));
    }

    [Fact]
    public async Task With_mail_an_account_comes_to_be_when_its_address_and_password_are_confirmed()
    {
        var email = NewEmail();
        Assert.Equal(new CheckMail(), await Accounts(mail: true).SignUpAsync(New(email), Site, Stop));
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts(mail: true).SignInAsync(email, Good, Stop));
        var link = new MailedLink { Token = _mail.LastToken };

        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts(mail: true).ConfirmAsync(link, "not it at all", Stop));
        var account = Assert.IsType<SignedIn>(await Accounts(mail: true).ConfirmAsync(link, Good, Stop)).Account;

        Assert.Equal(email, account.Email);
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts(mail: true).ConfirmAsync(link, Good, Stop));
        Assert.IsType<SignedIn>(await Accounts(mail: true).SignInAsync(email, Good, Stop));
    }

    [Fact]
    public async Task With_mail_a_taken_address_is_answered_the_same_and_its_owner_is_told_by_mail()
    {
        var email = NewEmail();
        await Accounts().SignUpAsync(New(email), Site, Stop);

        Assert.Equal(new CheckMail(), await Accounts(mail: true).SignUpAsync(New(email, "an attacker's guess"), Site, Stop));

        Assert.Equal(("taken", email), _mail.Sent.Select(m => (m.Kind, m.Email)).Last());
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts().SignInAsync(email, "an attacker's guess", Stop));
    }

    [Fact]
    public async Task Nobody_can_plant_a_password_in_an_account_that_somebody_else_confirms()
    {
        var email = NewEmail();
        await Accounts(mail: true).SignUpAsync(New(email, "the attacker's own"), Site, Stop);
        var planted = new MailedLink { Token = _mail.LastToken };
        await database.OwnerAsync("update internal.pending_sign_ups set created_at = now() - interval '2 minutes' where email = @email", ("email", email));
        await Accounts(mail: true).SignUpAsync(New(email), Site, Stop);

        // The victim reads both mails, opens the wrong one and types what they chose.
        Assert.Equal(new Refused(Refusal.WrongCredentials), await Accounts(mail: true).ConfirmAsync(planted, Good, Stop));
        Assert.IsType<SignedIn>(await Accounts(mail: true).ConfirmAsync(new MailedLink { Token = _mail.LastToken }, Good, Stop));
        Assert.Equal(new Refused(Refusal.LinkExpired), await Accounts(mail: true).ConfirmAsync(planted, "the attacker's own", Stop));
    }
}

/// <summary>Keeps what would have been mailed.</summary>
internal sealed class RecordedMail : IAccountMail
{
    public ConcurrentQueue<(string Kind, string Email, Uri? Link)> Sent { get; } = new();

    public bool ReachesPeople { get; set; }

    public string? LastToken => Sent.Last().Link!.Query["?token=".Length..];

    public void SendReset(string email, string? fullName, Uri link) => Sent.Enqueue(("reset", email, link));

    public void SendConfirmation(string email, string fullName, Uri link) => Sent.Enqueue(("confirm", email, link));

    public void SendTaken(string email, Uri signIn, Uri forgotten) => Sent.Enqueue(("taken", email, null));
}
