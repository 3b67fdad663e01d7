using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Features.Account.Mail;
using MailKit.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The rules of accounts that need no database.</summary>
public sealed class RulesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("12345678", true)]
    [InlineData("1234567", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("        ", true)]
    [InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", false)]
    [InlineData("пароль из слов", true)]
    [InlineData("has a\0nul in it", false)]
    public void A_password_has_eight_characters_as_people_count_them(string? password, bool fine) =>
        Assert.Equal(fine, PasswordRules.Problem(password) is null);

    [Theory]
    [InlineData("MetaPrompt1!", false)]
    [InlineData("prompt-wizard-2026", false)]
    [InlineData("AdminAdmin99", false)]
    [InlineData("ada.lovelace", false)]
    [InlineData("Lovelace1815", false)]
    [InlineData("ADAatmidnight", true)]
    [InlineData("my prompt likes herring", true)]
    [InlineData("12345678", true)]
    [InlineData("correct horse battery", true)]
    public void A_password_is_not_made_of_ones_own_name_or_the_sites_words_alone(string password, bool fine)
    {
        var problem = PasswordRules.Problem(password, "ada.lovelace@analytical.example", "Ada Lovelace");

        Assert.Equal(fine, problem is null);
        if (!fine)
            Assert.Contains("too easy to guess", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_that_make_no_password_are_documented()
    {
        var document = File.ReadAllText(Path.Combine(ArchitectureTests.Repository, "docs", "security.md"));
        Assert.Contains("made of these words", document, StringComparison.Ordinal);
        Assert.All(PasswordRules.ObviousWords, word => Assert.Contains($"*{word}*", document, StringComparison.Ordinal));
    }

    [Fact]
    public void A_password_has_at_most_72_bytes_and_the_message_says_how_many_it_has()
    {
        Assert.Null(PasswordRules.Problem(new string('a', 72)));
        Assert.Contains("73 bytes", PasswordRules.Problem(new string('a', 73)), StringComparison.Ordinal);
        Assert.Contains("74 bytes", PasswordRules.Problem(new string('ä', 37)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hash_is_bcrypt_as_Supabase_keeps_it_and_verifies_only_its_password()
    {
        using var passwords = new Passwords();
        var hash = await passwords.HashAsync("correct horse", Stop);

        Assert.Matches(@"^\$2a\$1[01]\$.{53}$", hash);
        Assert.True(await passwords.VerifyAsync("correct horse", hash, Stop));
        Assert.False(await passwords.VerifyAsync("Correct horse", hash, Stop));
        Assert.NotEqual(hash, await passwords.HashAsync("correct horse", Stop));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("$2a$31$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("$argon2id$v=19$m=65536,t=3,p=4$aaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task What_is_no_usable_hash_verifies_nothing_and_does_not_fail(string? hash)
    {
        using var passwords = new Passwords();
        Assert.False(await passwords.VerifyAsync("x", hash, Stop));
        Assert.False(await passwords.VerifyAsync("", hash, Stop));
    }

    [Fact]
    public async Task The_program_hashes_at_its_full_cost()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddAccounts();
        await using var services = builder.Services.BuildServiceProvider();

        Assert.StartsWith("$2a$11$", await services.GetRequiredService<Passwords>().HashAsync("correct horse", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_longer_than_bcrypt_reads_does_not_pass_for_its_beginning()
    {
        using var passwords = new Passwords();
        var hash = await passwords.HashAsync(new string('a', 72), Stop);
        Assert.False(await passwords.VerifyAsync(new string('a', 73), hash, Stop));
    }

    [Fact]
    public void Only_hashes_weaker_than_todays_are_renewed()
    {
        using var passwords = new Passwords();
        Assert.True(passwords.IsWeak(BCrypt.Net.BCrypt.HashPassword("x", 4)));
        Assert.False(passwords.IsWeak(BCrypt.Net.BCrypt.HashPassword("x", Passwords.Cost)));
        Assert.False(passwords.IsWeak("no hash"));
    }

    [Theory]
    [InlineData(" Ann@Example.COM ", "ann@example.com")]
    [InlineData("a.b+tag@sub.example.org", "a.b+tag@sub.example.org")]
    [InlineData("ann", null)]
    [InlineData("ann@", null)]
    [InlineData("@example.com", null)]
    [InlineData("a@b@c", null)]
    [InlineData("Ann <ann@example.com>", null)]
    [InlineData("ann@example.com, bob@example.com", null)]
    [InlineData("ann@example.com\r\nBcc: bob@example.com", null)]
    [InlineData("ann @example.com", null)]
    [InlineData("ann@.example.com", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_address_has_one_spelling_or_is_none(string? typed, string? expected) =>
        Assert.Equal(expected, EmailAddress.TryNormalise(typed));

    [Fact]
    public void An_address_longer_than_the_table_holds_is_none() =>
        Assert.Null(EmailAddress.TryNormalise(new string('a', 250) + "@b.example"));

    [Theory]
    [InlineData("/wizard", "/wizard")]
    [InlineData("/templates?q=a&sort=best#top", "/templates?q=a&sort=best#top")]
    [InlineData("/", "/")]
    [InlineData("//evil.example", ReturnAddress.Usual)]
    [InlineData("/\\evil.example", ReturnAddress.Usual)]
    [InlineData("\\\\evil.example", ReturnAddress.Usual)]
    [InlineData("/a\\..\\\\evil.example", ReturnAddress.Usual)]
    [InlineData("/\t/evil.example", ReturnAddress.Usual)]
    [InlineData("/\n/evil.example", ReturnAddress.Usual)]
    [InlineData(" //evil.example", ReturnAddress.Usual)]
    [InlineData("https://evil.example", ReturnAddress.Usual)]
    [InlineData("javascript:alert(1)", ReturnAddress.Usual)]
    [InlineData("data:text/html,x", ReturnAddress.Usual)]
    [InlineData("wizard", ReturnAddress.Usual)]
    [InlineData("/login", ReturnAddress.Usual)]
    [InlineData("/LOGIN?returnUrl=/login", ReturnAddress.Usual)]
    [InlineData("/logout", ReturnAddress.Usual)]
    [InlineData("/loginhelp", "/loginhelp")]
    [InlineData("", ReturnAddress.Usual)]
    [InlineData(null, ReturnAddress.Usual)]
    public void Only_pages_of_this_site_are_returned_to(string? url, string expected) =>
        Assert.Equal(expected, ReturnAddress.Or(url));

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("curl/8.0", "curl")]
    [InlineData("", "Unknown browser")]
    public void A_browser_is_named_as_its_person_knows_it(string userAgent, string expected) =>
        Assert.Equal(expected, UserAgentWords.Short(userAgent));

    [Theory]
    [InlineData(0.2, "1 second")]
    [InlineData(29.1, "30 seconds")]
    [InlineData(60, "1 minute")]
    [InlineData(61, "2 minutes")]
    [InlineData(900, "15 minutes")]
    public void A_wait_is_rounded_up(double seconds, string expected) =>
        Assert.Equal(expected, RefusalWords.Wait(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Every_refusal_has_words()
    {
        foreach (var reason in Enum.GetValues<Refusal>())
            Assert.EndsWith(".", RefusalWords.For(new Refused(reason)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_known_by_its_bytes()
    {
        Assert.Equal("image/png", AvatarImage.MediaType(Pictures.Png));
        Assert.Equal("image/jpeg", AvatarImage.MediaType(Pictures.Jpeg));
        Assert.Equal("image/webp", AvatarImage.MediaType(Pictures.Webp));
        Assert.Null(AvatarImage.MediaType("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8));
        Assert.Null(AvatarImage.MediaType("GIF89a........................."u8));
        Assert.Null(AvatarImage.MediaType(Pictures.Png.AsSpan(0, 8)));
        Assert.Null(AvatarImage.MediaType([]));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    public void An_IPv4_client_is_its_address(string address, string expected) =>
        Assert.Equal(expected, ClientAddress.Key(IPAddress.Parse(address)));

    [Fact]
    public void An_IPv6_client_is_its_network()
    {
        Assert.Equal(ClientAddress.Key(IPAddress.Parse("2001:db8:1:2::1")), ClientAddress.Key(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(ClientAddress.Key(IPAddress.Parse("2001:db8:1:2::1")), ClientAddress.Key(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Theory]
    [InlineData("Supabase:Url", "https://x.supabase.co", "Supabase:PublishableKey")]
    [InlineData("Supabase:PublishableKey", "sb_publishable_x", "Supabase:Url")]
    public void Half_given_Supabase_settings_name_the_missing_half(string given, string value, string named) =>
        Assert.Equal(named, Assert.Throws<SettingsException>(() => SupabaseSettings.Read(Settings((given, value)))).Setting);

    [Theory]
    [InlineData("x.supabase.co", "sb_publishable_x", "Supabase:Url")]
    [InlineData("ftp://x.supabase.co", "sb_publishable_x", "Supabase:Url")]
    [InlineData("http://x.supabase.co", "sb_publishable_x", "Supabase:Url")]
    [InlineData("https://x.supabase.co", "sb_secret_x", "Supabase:PublishableKey")]
    [InlineData("https://x.supabase.co", "two\nlines", "Supabase:PublishableKey")]
    public void Wrong_Supabase_settings_are_named(string url, string key, string named) =>
        Assert.Equal(named, Assert.Throws<SettingsException>(() => SupabaseSettings.Read(Settings(("Supabase:Url", url), ("Supabase:PublishableKey", key)))).Setting);

    [Fact]
    public void Supabase_settings_are_read_or_absent()
    {
        Assert.Null(SupabaseSettings.Read(Settings(("Supabase:Url", " "))));
        Assert.Equal(
            new SupabaseSettings(new Uri("http://127.0.0.1:54321"), "key"),
            SupabaseSettings.Read(Settings(("Supabase:Url", "http://127.0.0.1:54321"), ("Supabase:PublishableKey", "key"))));
    }

    [Theory]
    [InlineData("Mail:From", "a@b.example", "Mail:Host")]
    [InlineData("Mail:Port", "25", "Mail:Host")]
    [InlineData("Mail:Host", "smtp.example", "Mail:From")]
    public void Half_given_mail_settings_name_what_is_missing(string given, string value, string named) =>
        Assert.Equal(named, Assert.Throws<SettingsException>(() => MailSettings.Read(Settings((given, value)))).Setting);

    [Theory]
    [InlineData("Mail:PublicUrl", "", "Mail:PublicUrl")]
    [InlineData("Mail:PublicUrl", "prompts.example", "Mail:PublicUrl")]
    [InlineData("Mail:User", "ann", "Mail:Password")]
    [InlineData("Mail:Password", "x", "Mail:User")]
    [InlineData("Mail:Port", "many", "Mail:Port")]
    [InlineData("Mail:Port", "70000", "Mail:Port")]
    [InlineData("Mail:Security", "maybe", "Mail:Security")]
    [InlineData("Mail:From", "nobody", "Mail:From")]
    public void Wrong_mail_settings_are_named(string changed, string value, string named) =>
        Assert.Equal(named, Assert.Throws<SettingsException>(() => MailSettings.Read(Mail((changed, value)))).Setting);

    [Fact]
    public void A_mail_password_is_not_sent_in_the_clear() => Assert.Equal(
        "Mail:Security",
        Assert.Throws<SettingsException>(() => MailSettings.Read(Mail(("Mail:User", "a"), ("Mail:Password", "b"), ("Mail:Security", "none")))).Setting);

    [Fact]
    public void Mail_settings_are_read_with_their_defaults()
    {
        Assert.Null(MailSettings.Read(Settings()));
        var read = MailSettings.Read(Mail())!;
        Assert.Equal((587, SecureSocketOptions.StartTls), (read.Port, read.Security));
        Assert.Equal("https://prompts.example/", read.PublicUrl.AbsoluteUri);
        Assert.Equal(SecureSocketOptions.SslOnConnect, MailSettings.Read(Mail(("Mail:Port", "465")))!.Security);
    }

    private static IConfiguration Mail(params (string Key, string Value)[] changes) => Settings(
        [("Mail:Host", "smtp.example"), ("Mail:From", "MetaPrompt <no-reply@example.org>"), ("Mail:PublicUrl", "https://prompts.example"), .. changes]);

    private static IConfiguration Settings(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.GroupBy(s => s.Key).Select(g => KeyValuePair.Create(g.Key, (string?)g.Last().Value)))
        .Build();
}

/// <summary>The beginnings of pictures, enough to be known by.</summary>
internal static class Pictures
{
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8, .. new byte[32]];

    public static readonly byte[] Webp = [.. "RIFF"u8, 36, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[32]];
}
