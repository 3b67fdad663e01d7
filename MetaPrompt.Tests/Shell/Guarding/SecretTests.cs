using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using MetaPrompt.Tests.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

using Browser = MetaPrompt.Tests.Accounts.Browser;

/// <summary>
/// Secrets with a mark in them, through every flow that has one, with everything logged that our own classes and the database's
/// driver have to say: none is in a line of the log, none in an answer. People's keys at providers have the same test in
/// <c>OwnKeysTests</c>, with real calls.
/// </summary>
public sealed partial class SecretTests
{
    private const string Mark = "marked5ecret";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_logged_or_answered()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await using var smtp = new FakeSmtp();
        using var log = new KeptLog();
        var connection = new NpgsqlConnectionStringBuilder(database.AppConnectionString).Password!;
        await using var site = new AccountSite(database,
            ("Mail:Host", "127.0.0.1"), ("Mail:Port", smtp.Port.ToString(CultureInfo.InvariantCulture)), ("Mail:Security", "none"), ("Mail:User", "ann"), ("Mail:Password", Mark + "smtp"),
            ("Mail:From", "no-reply@example.org"), ("Mail:PublicUrl", "https://prompts.example.test"),
            ("Models:0:Name", "one"), ("Models:0:Provider", "openai"), ("Models:0:Model", "one"), ("Models:0:ApiKey", Mark + "apikey"), ("OwnKeys:Secret", Mark + "a long secret for the keys of people"),
            ("Logging:LogLevel:Default", "Information"), ("Logging:LogLevel:Microsoft.AspNetCore", "Warning"), ("Logging:LogLevel:MetaPrompt", "Trace"), ("Logging:LogLevel:Npgsql", "Debug"), ("Logging:LogLevel:Microsoft.AspNetCore.Authentication", "Debug"))
        {
            RecordsMail = false, Log = log,
        };
        var answers = new List<string>();
        var browser = site.NewBrowser(https: true);
        async Task DoAsync(Task<HttpResponseMessage> asking)
        {
            using var answer = await asking;
            answers.Add($"{answer.Headers.Location} {string.Join('\n', answer.Headers.Where(header => header.Key != "Set-Cookie").Select(header => string.Join(',', header.Value)))} {await answer.Content.ReadAsStringAsync(Stop)}");
        }

        await DoAsync(browser.SignUpAsync("ann@example.test", password: Mark + "short"));
        using var confirmation = await smtp.NextAsync(Stop);
        var confirm = Link().Match(confirmation.TextBody!).Groups[1].Value;
        await DoAsync(browser.SubmitAsync($"/confirm-email?token={confirm}", "confirm", ("Form.Password", Mark + "not it")));
        await DoAsync(browser.SubmitAsync($"/confirm-email?token={confirm}", "confirm", ("Form.Password", Mark + "short")));
        var sessions = new List<string> { browser.Cookies["__Host-metaprompt.session"] };
        await DoAsync(site.NewBrowser(https: true).SignInAsync("ann@example.test", Mark + "wrong"));
        await DoAsync(site.NewBrowser(https: true).SignInAsync("nobody@example.test", Mark + "nobody"));
        await DoAsync(browser.SubmitAsync("/account", "password", ("Form.Current", Mark + "also wrong"), ("Form.Wanted", Mark + "next")));
        await DoAsync(browser.SubmitAsync("/account", "password", ("Form.Current", Mark + "short"), ("Form.Wanted", Mark + "the next one")));
        await DoAsync(browser.SubmitAsync("/forgot-password", "forgot", ("Form.Email", "ann@example.test")));
        using var mail = await smtp.NextAsync(Stop);
        var reset = Link().Match(mail.TextBody!).Groups[1].Value;
        await DoAsync(browser.SubmitAsync($"/reset-password?token={reset}", "reset", ("Form.Password", "short")));
        await DoAsync(browser.SubmitAsync($"/reset-password?token={reset}", "reset", ("Form.Password", Mark + "a third one")));
        await DoAsync(browser.SignInAsync("ann@example.test", Mark + "a third one"));
        sessions.Add(browser.Cookies["__Host-metaprompt.session"]);
        foreach (var page in (string[])["/account", "/account/export", "/models", "/prompts", "/wizard", "/health", "/nothing"])
            await DoAsync(browser.GetAsync(page));
        // What goes wrong is told with more words than what goes right.
        await database.OwnerAsync("alter table public.prompts rename to prompts_away");
        await DoAsync(browser.GetAsync("/prompts"));
        await database.OwnerAsync("alter table public.prompts_away rename to prompts");
        await DoAsync(browser.SubmitAsync("/account", "/logout"));

        Assert.NotEmpty(log.Lines);
        Assert.Contains(log.Lines, line => line.Contains("prompts", StringComparison.Ordinal));
        Assert.True(connection.Length > 10);
        var told = log.Lines.Concat(answers).ToList();
        foreach (var secret in (string[])[Mark, "$2a$", connection, .. sessions])
            Assert.DoesNotContain(told, line => line.Contains(secret, StringComparison.Ordinal));
        // The page behind a mailed link hands its token on in its form; the log has no use for it.
        foreach (var token in (string[])[confirm, reset])
        {
            Assert.True(token.Length > 30);
            Assert.DoesNotContain(log.Lines, line => line.Contains(token, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"https?://\S+token=(\S+)")]
    private static partial Regex Link();

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
