using System.Collections.Concurrent;
using System.Net;
using MetaPrompt.Tests.Accounts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Shell.Guarding;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

using Browser = MetaPrompt.Tests.Accounts.Browser;

/// <summary>What stands in the log of what happens to accounts and of what is refused, and what never does.</summary>
public sealed class SecurityLogTests : IDisposable
{
    private readonly Kept _log = new();

    [Fact]
    public async Task Sign_ins_that_succeed_and_fail_and_what_is_refused_have_a_line_with_the_persons_id_and_nothing_typed()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var site = new AccountSite(database, ("Logging:LogLevel:MetaPrompt.Security", "Information")) { Log = _log };
        var browser = await site.SignedUpAsync("ann@example.test");
        var person = await database.OwnerScalarAsync<Guid>("select id from auth.users where email = 'ann@example.test'");
        var secret = await database.CreatePromptAsync(await database.CreateUserAsync());
        Assert.Equal([$"Signed in, person {person}"], Take());

        using (await browser.SubmitAsync("/account", "/logout"))
            Assert.Equal([$"Signed out, person {person}"], Take());
        using (await site.NewBrowser().SignInAsync("ann@example.test", "not the password"))
            Assert.Equal(["Sign-in failed: WrongCredentials"], Take());
        using (await browser.SignInAsync("ann@example.test", Browser.Good))
            Assert.Equal([$"Signed in, person {person}"], Take());
        using (var answer = await browser.SubmitAsync("/account", "password", ("Form.Current", Browser.Good), ("Form.Wanted", "another one, longer")))
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains($"Password changed, all sessions ended, person {person}", Take());
        using (var answer = await browser.GetAsync($"/templates/{secret}"))
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var refused = Assert.Single(Take());
        Assert.StartsWith("Refused with 404: GET ", refused, StringComparison.Ordinal);
        Assert.EndsWith($"person {person}", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.ToString(), refused, StringComparison.Ordinal);
        using (var answer = await browser.PostAsync("/logout", new FormUrlEncodedContent([])))
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("Refused with 400: POST /logout", Assert.Single(Take()), StringComparison.Ordinal);
        // What is simply not there is nobody's attempt at anything.
        using (await browser.GetAsync("/nothing"))
            Assert.Empty(Take());
    }

    [Theory]
    [InlineData(400, false, true)]
    [InlineData(403, false, true)]
    [InlineData(413, false, true)]
    [InlineData(429, false, true)]
    [InlineData(404, true, true)]
    [InlineData(404, false, false)]
    [InlineData(200, true, false)]
    [InlineData(302, false, false)]
    [InlineData(503, true, false)]
    public void Refused_is_what_was_asked_for_without_a_right_or_too_much_of(int status, bool namesARow, bool isRefused) =>
        Assert.Equal(isRefused, Refusals.IsRefusal(status, namesARow));

    [Fact]
    public void Whoever_is_refused_without_end_does_not_fill_the_log()
    {
        var clock = new FakeTimeProvider();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        var log = new SecurityLog(loggers, clock);
        for (var request = 0; request < 100; request++)
            log.Refused(429, "GET", "/templates", null);
        Assert.Equal(SecurityLog.MostRefusals, Take().Count);

        clock.Advance(TimeSpan.FromMinutes(1));
        log.Refused(403, "POST", "/moderation", Guid.Empty);

        Assert.Equal(["40 more requests were refused in the minute before", $"Refused with 403: POST /moderation, person {Guid.Empty}"], Take());
    }

    public void Dispose() => _log.Dispose();

    private List<string> Take()
    {
        var lines = new List<string>();
        while (_log.Lines.TryDequeue(out var line))
            lines.Add(line);
        return lines;
    }

    private sealed class Kept : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Of(categoryName == SecurityLog.Category ? Lines : new());

        public void Dispose()
        {
        }

        private sealed class Of(ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue(formatter(state, exception));
        }
    }
}
