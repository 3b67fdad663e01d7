using System.Collections.Concurrent;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Features.Account;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// The whole program, served by Kestrel on a free port over a migrated database of its own. As an <c>IClassFixture</c>,
/// or with settings of a test's own: <c>await using var site = await BrowserSite.StartAsync(("Models:0:Name", "m"), …)</c>.
/// </summary>
public class BrowserSite : IAsyncLifetime
{
    private readonly TestDatabase _database = new() { IsFilled = true };
    private readonly ErrorLog _errors = new();
    private Program? _program;

    /// <summary>Its database, to arrange and to look.</summary>
    public TestDatabase Database => _database;

    /// <summary>Where it is: <c>http://127.0.0.1:port</c>.</summary>
    public virtual Uri Address => _program!.ClientOptions.BaseAddress;

    /// <summary>The program's services.</summary>
    public IServiceProvider Services => _program!.Services;

    /// <summary>Settings beyond the database's; models are none, unless given here.</summary>
    protected virtual IEnumerable<(string Name, string Value)> Settings => [];

    /// <summary>Adds services of a test's own to the program's.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>Starts a program with settings of its own.</summary>
    public static async Task<BrowserSite> StartAsync(params (string Name, string Value)[] settings)
    {
        var site = new WithSettings(settings);
        await site.InitializeAsync();
        return site;
    }

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        (string, string)[] own =
        [
            ("ConnectionStrings:MetaPrompt", _database.AppConnectionString),
            ("ConnectionStrings:Migrator", _database.OwnerConnectionString),
            ("Logging:LogLevel:Default", "Warning"),
            // Faults that tests cause on purpose, by the thousand; what is an error besides, TakeErrors has.
            ("Logging:Console:LogLevel:Default", "None"),
            ("Ollama:Endpoint", "none"),
        ];
        _program = new Program([.. own, .. TestLimits.None, .. Settings], _errors, Configure);
        _program.StartServer();
    }

    /// <summary>A new account with a session, as the sign-up page makes them. Returns the cookie of the session besides.</summary>
    public async Task<(string Email, string Cookie, string Value)> SignUpAsync(string name, string password)
    {
        var stop = TestContext.Current.CancellationToken;
        var email = $"{Guid.NewGuid():N}@example.test";
        var id = await Database.OwnerScalarAsync<Guid>(
            "select internal.create_local_account(@email, @name, @hash)", ("email", email), ("name", name), ("hash", BCrypt.Net.BCrypt.HashPassword(password, 4)));
        var guard = Services.GetRequiredService<SessionGuard>();
        var secret = await guard.OpenAsync(new SignedIn(new Account { Id = id, Email = email, FullName = name }), "Chromium", stop);
        var live = await guard.FindAsync(id, secret!, stop);
        var cookies = Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var now = DateTimeOffset.UtcNow;
        var ticket = new AuthenticationTicket(
            AccountClaims.Principal(live!, secret!),
            new AuthenticationProperties { IsPersistent = true, IssuedUtc = now, ExpiresUtc = now + cookies.ExpireTimeSpan }, CookieAuthenticationDefaults.AuthenticationScheme);
        return (email, cookies.Cookie.Name!, cookies.TicketDataFormat.Protect(ticket));
    }

    /// <summary>The errors the program logged since the last call.</summary>
    public IReadOnlyList<string> TakeErrors() => _errors.Take();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (_program is not null)
            await _program.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class WithSettings((string, string)[] settings) : BrowserSite
    {
        protected override IEnumerable<(string Name, string Value)> Settings => settings;
    }

    private sealed class Program : WebApplicationFactory<global::Program>
    {
        private readonly (string Name, string Value)[] _settings;
        private readonly ErrorLog _errors;
        private readonly Action<IServiceCollection> _configure;

        public Program((string, string)[] settings, ErrorLog errors, Action<IServiceCollection> configure)
        {
            (_settings, _errors, _configure) = (settings, errors, configure);
            UseKestrel();
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            // Not UseKestrel(0): it writes the port after the program began to start, and throws where the program was first.
            builder.UseSetting("urls", "http://127.0.0.1:0");
            foreach (var (name, value) in _settings)
                builder.UseSetting(name, value);
            builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(_errors));
            builder.ConfigureServices(_configure);
        }
    }

    private sealed class ErrorLog : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _errors = new();

        public ILogger CreateLogger(string categoryName) => new Logger(_errors, categoryName);

        public List<string> Take()
        {
            var taken = new List<string>();
            while (_errors.TryDequeue(out var error))
                taken.Add(error);
            return taken;
        }

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string> errors, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                    errors.Enqueue($"{category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
