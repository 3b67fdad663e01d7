using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>Mails about accounts: over a mail server, and without one.</summary>
public sealed partial class MailTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string, string)[] Settings(FakeSmtp smtp, params (string, string)[] more) =>
    [
        ("Mail:Host", "127.0.0.1"), ("Mail:Port", smtp.Port.ToString(CultureInfo.InvariantCulture)), ("Mail:Security", "none"),
        ("Mail:From", "MetaPrompt <no-reply@example.org>"), ("Mail:PublicUrl", "https://prompts.example.test"), .. more,
    ];

    [Fact]
    public async Task With_a_mail_server_a_sign_up_is_confirmed_and_a_password_reset_by_mail()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await using var smtp = new FakeSmtp();
        await using var site = new AccountSite(database, Settings(smtp, ("Mail:User", "ann"), ("Mail:Password", "secret"))) { RecordsMail = false };
        var browser = site.NewBrowser();

        using var asked = await browser.SignUpAsync("ann@example.test", "Ann Example");
        using var confirmation = await smtp.NextAsync(Stop);
        Assert.Equal("ann@example.test", confirmation.To.Mailboxes.Single().Address);
        Assert.Equal("no-reply@example.org", confirmation.From.Mailboxes.Single().Address);
        Assert.Equal("auto-generated", confirmation.Headers["Auto-Submitted"]);
        Assert.Contains("Hello Ann Example,", confirmation.TextBody, StringComparison.Ordinal);
        using var confirmed = await browser.SubmitAsync(LinkIn(confirmation.TextBody!), "confirm", ("Form.Password", Browser.Good));
        Assert.True(await browser.IsSignedInAsync());

        using var forgot = await site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", "ann@example.test"));
        using var reset = await smtp.NextAsync(Stop);
        using var done = await site.NewBrowser().SubmitAsync(LinkIn(reset.TextBody!), "reset", ("Form.Password", "a new one, longer"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        Assert.Contains(smtp.Commands, command => command.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mailed_link_leads_to_this_site_whatever_the_request_says_its_name_is()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await database.CreateUserAsync("ann@example.test");
        await using var smtp = new FakeSmtp();
        await using var site = new AccountSite(database, Settings(smtp)) { RecordsMail = false };
        using var client = site.CreateClient(new() { BaseAddress = new Uri("http://evil.example") });

        using var answer = await new Browser(client).SubmitAsync("/forgot-password", "forgot", ("Form.Email", "ann@example.test"));
        using var mail = await smtp.NextAsync(Stop);

        Assert.Contains("https://prompts.example.test/reset-password?token=", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_cannot_put_a_link_into_a_strangers_mail()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await using var smtp = new FakeSmtp();
        await using var site = new AccountSite(database, Settings(smtp)) { RecordsMail = false };

        using var asked = await site.NewBrowser().SignUpAsync("victim@example.test", "You won! Claim at https://evil.example/prize");
        using var mail = await smtp.NextAsync(Stop);

        Assert.DoesNotContain("evil", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_and_one_that_refuses_for_good_is_not()
    {
        await using var smtp = new FakeSmtp();
        var settings = MailSettings.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(Settings(smtp).Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2))).Build())!;
        using var mailer = new Mailer(settings, new HastyTime(), NullLogger<Mailer>.Instance);
        await mailer.StartAsync(Stop);

        smtp.Refusals.Enqueue("451 try again later");
        smtp.Refusals.Enqueue("451 try again later");
        mailer.Send("a@example.test", "First", "text");
        using var first = await smtp.NextAsync(Stop);
        smtp.Refusals.Enqueue("550 never");
        mailer.Send("b@example.test", "Second", "text");
        mailer.Send("c@example.test", "Third", "text");
        using var next = await smtp.NextAsync(Stop);

        Assert.Equal(("First", "Third"), (first.Subject, next.Subject));
        await mailer.StopAsync(Stop);
    }

    [Fact]
    public async Task Without_a_mail_server_the_link_is_in_the_log()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await database.CreateUserAsync("ann@example.test");
        using var log = new KeptLog();
        await using var site = new AccountSite(database, ("Logging:LogLevel:MetaPrompt", "Information")) { RecordsMail = false, Log = log };

        using var answer = await site.NewBrowser().SubmitAsync("/forgot-password", "forgot", ("Form.Email", "ann@example.test"));

        var line = Assert.Single(log.Lines, l => l.Text.Contains("/reset-password?token=", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("ann@example.test", line.Text, StringComparison.Ordinal);
        using var done = await site.NewBrowser().SubmitAsync(LinkIn(line.Text), "reset", ("Form.Password", "a new one, longer"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
    }

    private static string LinkIn(string text) => new Uri(Link().Match(text).Value).PathAndQuery;

    [GeneratedRegex(@"https?://\S+token=\S+")]
    private static partial Regex Link();

    /// <summary>Waits are over as soon as they begin.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
