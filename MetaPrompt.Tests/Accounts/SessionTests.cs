using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>Sessions: found, cached, ended here and on other nodes, refreshed at Supabase once.</summary>
public sealed class SessionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly EphemeralDataProtectionProvider Keys = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SessionGuard Node(IRemoteSessions? remote = null, TimeSpan? cache = null)
    {
        var services = new ServiceCollection();
        if (remote is not null)
            services.AddSingleton(remote);
        return new SessionGuard(
            new SessionQueries(database.Db), services.BuildServiceProvider(), Keys,
            new AccountTimes { SessionCache = cache ?? TimeSpan.FromMinutes(10) }, TimeProvider.System, NullLogger<SessionGuard>.Instance);
    }

    private async Task<(Guid Id, string Email)> NewUserAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        return (await database.CreateUserAsync(email, "Ann Example"), email);
    }

    private static SignedIn Of((Guid Id, string Email) user, RemoteTokens? tokens = null) =>
        new(new Account { Id = user.Id, Email = user.Email }, tokens);

    [Fact]
    public async Task A_session_is_its_persons_and_nobody_elses()
    {
        using var node = Node();
        var (user, other) = (await NewUserAsync(), await NewUserAsync());
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;

        var found = await node.FindAsync(user.Id, secret, Stop);
        Assert.Equal((user.Id, user.Email, "Ann Example", false), (found!.UserId, found.Email, found.FullName, found.IsAdministrator));
        Assert.Null(await node.FindAsync(other.Id, secret, Stop));
        Assert.Null(await node.FindAsync(user.Id, secret + "x", Stop));
    }

    [Theory]
    [InlineData("89 days 23 hours", true)]
    [InlineData("90 days 1 minute", false)]
    public async Task A_session_ends_ninety_days_after_it_was_opened_however_often_somebody_comes(string age, bool lives)
    {
        using var node = Node();
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        await database.OwnerAsync(
            "update internal.sessions set created_at = now() - @age::interval, last_seen_at = now() - interval '1 day', expires_at = now() + interval '13 days' where user_id = @id",
            ("age", age), ("id", user.Id));

        Assert.Equal(lives, await node.FindAsync(user.Id, secret, Stop) is not null);
        Assert.True(await database.OwnerScalarAsync<bool>("select expires_at < now() + interval '2 hours' from internal.sessions where user_id = @id", ("id", user.Id)));
    }

    [Fact]
    public async Task An_operator_ends_the_sessions_of_one_account_or_of_all()
    {
        await using var own = await TestDatabase.CreateAsync();
        var sessions = new SessionQueries(own.Db);
        var (ann, bob) = (await own.CreateUserAsync("ann@example.test"), await own.CreateUserAsync("bob@example.test"));
        foreach (var (person, secret) in new[] { (ann, "a1"), (ann, "a2"), (bob, "b1") })
            Assert.True(await sessions.OpenAsync(new NewSession { IdHash = OneTimeToken.Hash(secret), UserId = person, UserAgent = "x" }, Stop));
        var output = new StringWriter();

        Assert.Equal(1, await SignOutVerb.RunAsync(own.OwnerDataSource, "nobody@example.test", output, Stop));
        Assert.Equal(1, await SignOutVerb.RunAsync(own.OwnerDataSource, "everybody", output, Stop));
        Assert.NotNull(await sessions.FindAsync(OneTimeToken.Hash("a1"), Stop));
        Assert.Equal(0, await SignOutVerb.RunAsync(own.OwnerDataSource, "Ann@Example.test", output, Stop));
        Assert.Null(await sessions.FindAsync(OneTimeToken.Hash("a1"), Stop));
        Assert.Null(await sessions.FindAsync(OneTimeToken.Hash("a2"), Stop));
        Assert.NotNull(await sessions.FindAsync(OneTimeToken.Hash("b1"), Stop));
        Assert.Equal(0, await SignOutVerb.RunAsync(own.OwnerDataSource, "everyone", output, Stop));
        Assert.Null(await sessions.FindAsync(OneTimeToken.Hash("b1"), Stop));
        Assert.Equal(
            ["There is no account with the address nobody@example.test.", "\"everybody\" is no mail address. Usage: sign-out EMAIL, or sign-out everyone",
                "2 sessions are ended. Open pages notice within a minute.", "One session is ended. Open pages notice within a minute."],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_database_does_not_hold_what_the_cookie_holds()
    {
        using var node = Node();
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user, new RemoteTokens("refresh-me", DateTimeOffset.UtcNow.AddHours(1))), "x", Stop))!;

        var row = await database.OwnerScalarAsync<string>("select s::text from internal.sessions s where user_id = @id", ("id", user.Id));
        Assert.DoesNotContain(secret, row, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh-me", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ended_here_is_over_at_once_and_elsewhere_when_the_cache_is()
    {
        using var here = Node();
        using var elsewhere = Node(cache: TimeSpan.FromTicks(1));
        var user = await NewUserAsync();
        var secret = (await here.OpenAsync(Of(user), "x", Stop))!;
        Assert.NotNull(await here.FindAsync(user.Id, secret, Stop));
        Assert.NotNull(await elsewhere.FindAsync(user.Id, secret, Stop));

        Assert.Equal(1, await here.EndAllAsync(user.Id, null, Stop));

        Assert.Null(await here.FindAsync(user.Id, secret, Stop));
        Assert.Null(await elsewhere.FindAsync(user.Id, secret, Stop));
    }

    [Fact]
    public void Cache_and_check_together_stay_below_a_minute_by_default()
    {
        var times = new AccountTimes();
        Assert.InRange(times.SessionCache, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.InRange(times.SessionCache + times.CircuitCheck, TimeSpan.Zero, TimeSpan.FromSeconds(55));
    }

    [Fact]
    public async Task Within_the_cache_the_database_is_not_asked_again()
    {
        using var node = Node();
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        await node.FindAsync(user.Id, secret, Stop);
        await database.OwnerAsync("update public.users set full_name = 'Changed' where id = @id", ("id", user.Id));

        Assert.Equal("Ann Example", (await node.FindAsync(user.Id, secret, Stop))!.FullName);
        node.Forget(user.Id);
        Assert.Equal("Changed", (await node.FindAsync(user.Id, secret, Stop))!.FullName);
    }

    [Theory]
    [InlineData("update internal.sessions set expires_at = now() - interval '1 second' where user_id = @id")]
    [InlineData("update internal.sessions set revoked_at = now() where user_id = @id")]
    [InlineData("update auth.users set banned_until = now() + interval '1 day' where id = @id")]
    [InlineData("update auth.users set deleted_at = now() where id = @id")]
    [InlineData("delete from auth.users where id = @id")]
    public async Task A_session_is_over_when_it_its_time_or_its_account_is(string end)
    {
        using var node = Node(cache: TimeSpan.FromTicks(1));
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        Assert.NotNull(await node.FindAsync(user.Id, secret, Stop));

        await database.OwnerAsync(end, ("id", user.Id));

        Assert.Null(await node.FindAsync(user.Id, secret, Stop));
    }

    [Fact]
    public async Task A_visit_moves_the_end_to_a_fortnight_from_now()
    {
        using var node = Node();
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        await database.OwnerAsync("update internal.sessions set last_seen_at = now() - interval '1 day', expires_at = now() + interval '1 hour' where user_id = @id", ("id", user.Id));

        await node.FindAsync(user.Id, secret, Stop);

        Assert.True(await database.OwnerScalarAsync<bool>(
            "select expires_at > now() + interval '13 days 23 hours' and last_seen_at > now() - interval '1 minute' from internal.sessions where user_id = @id", ("id", user.Id)));
    }

    [Fact]
    public async Task Ending_the_others_leaves_the_one_named()
    {
        using var node = Node();
        var user = await NewUserAsync();
        var mine = (await node.OpenAsync(Of(user), "x", Stop))!;
        var other = (await node.OpenAsync(Of(user), "y", Stop))!;

        Assert.Equal(1, await node.EndAllAsync(user.Id, mine, Stop));

        Assert.NotNull(await node.FindAsync(user.Id, mine, Stop));
        Assert.Null(await node.FindAsync(user.Id, other, Stop));
        Assert.Equal("x", Assert.Single(await new SessionQueries(database.Db).ListAsync(user.Id, Stop)).UserAgent);
    }

    [Fact]
    public async Task Somebody_the_database_does_not_know_gets_no_session()
    {
        using var node = Node();
        Assert.Null(await node.OpenAsync(Of((Guid.NewGuid(), "a@b.example")), "x", Stop));
    }

    [Fact]
    public async Task An_old_token_is_refreshed_once_by_all_nodes_together()
    {
        var remote = new ScriptedRemote();
        using var one = Node(remote, TimeSpan.FromTicks(1));
        using var two = Node(remote, TimeSpan.FromTicks(1));
        var user = await NewUserAsync();
        remote.Next = token => new SignedIn(Of(user).Account, new RemoteTokens(token + "'", DateTimeOffset.UtcNow.AddHours(1)));
        var secret = (await one.OpenAsync(Of(user, new RemoteTokens("first", DateTimeOffset.UtcNow)), "x", Stop))!;

        var found = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? one : two).FindAsync(user.Id, secret, Stop)));

        Assert.All(found, Assert.NotNull);
        Assert.Equal(["first"], remote.Refreshed);
        await database.OwnerAsync("update internal.sessions set remote_expires_at = now() where user_id = @id", ("id", user.Id));
        await two.FindAsync(user.Id, secret, Stop);
        Assert.Equal(["first", "first'"], remote.Refreshed);
        await one.EndAsync(user.Id, secret, Stop);
        Assert.Equal(["first''"], remote.Ended);
    }

    [Fact]
    public async Task A_session_that_Supabase_has_ended_is_over_here_too()
    {
        var remote = new ScriptedRemote { Next = _ => new Refused(Refusal.SessionEnded) };
        using var node = Node(remote);
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user, new RemoteTokens("first", DateTimeOffset.UtcNow)), "x", Stop))!;

        Assert.Null(await node.FindAsync(user.Id, secret, Stop));
        Assert.True(await database.OwnerScalarAsync<bool>("select revoked_at is not null from internal.sessions where user_id = @id", ("id", user.Id)));
    }

    [Fact]
    public async Task While_Supabase_is_away_people_go_on_working()
    {
        var remote = new ScriptedRemote { Next = _ => new Refused(Refusal.Unavailable) };
        using var node = Node(remote, TimeSpan.FromTicks(1));
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user, new RemoteTokens("first", DateTimeOffset.UtcNow)), "x", Stop))!;

        Assert.NotNull(await node.FindAsync(user.Id, secret, Stop));
        Assert.NotNull(await node.FindAsync(user.Id, secret, Stop));
        Assert.Equal(["first"], remote.Refreshed);
        await database.OwnerAsync("update internal.sessions set remote_leased_until = now() where user_id = @id", ("id", user.Id));
        Assert.NotNull(await node.FindAsync(user.Id, secret, Stop));
        Assert.Equal(["first", "first"], remote.Refreshed);
    }

    [Fact]
    public async Task An_open_page_loses_its_person_soon_after_the_session_ends()
    {
        using var node = Node();
        var user = await NewUserAsync();
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        var principal = AccountClaims.Principal((await node.FindAsync(user.Id, secret, Stop))!, secret);
        using var circuit = new CircuitSession(NullLoggerFactory.Instance, node, new AccountTimes { CircuitCheck = TimeSpan.FromMilliseconds(20) });
        var left = new TaskCompletionSource();
        circuit.AuthenticationStateChanged += async state =>
        {
            if ((await state).User.Identity?.IsAuthenticated != true)
                left.TrySetResult();
        };
        circuit.SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
        Assert.True((await circuit.GetAuthenticationStateAsync()).User.Identity!.IsAuthenticated);

        await node.EndAllAsync(user.Id, null, Stop);

        await left.Task.WaitAsync(TimeSpan.FromSeconds(40), Stop);
    }

    [Fact]
    public async Task What_is_over_is_removed_and_what_is_not_is_kept()
    {
        using var node = Node(cache: TimeSpan.FromTicks(1));
        var (user, gone) = (await NewUserAsync(), await NewUserAsync());
        var secret = (await node.OpenAsync(Of(user), "x", Stop))!;
        await node.OpenAsync(Of(gone), "x", Stop);
        await database.OwnerAsync("update internal.sessions set expires_at = now() - interval '1 day' where user_id = @id", ("id", gone.Id));

        await new SessionQueries(database.Db).PurgeAsync(Stop);

        Assert.NotNull(await node.FindAsync(user.Id, secret, Stop));
        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from internal.sessions where user_id = @id", ("id", gone.Id)));
    }

    [Fact]
    public void Only_an_absent_database_is_an_outage()
    {
        Assert.True(SessionGuard.IsOutage(new NpgsqlException("connection refused")));
        Assert.True(SessionGuard.IsOutage(new PostgresException("shutting down", "FATAL", "FATAL", "57P01")));
        Assert.False(SessionGuard.IsOutage(new PostgresException("permission denied", "ERROR", "ERROR", "42501")));
    }

    [Fact]
    public async Task The_key_ring_is_the_databases_and_read_back_whole()
    {
        await using var own = await TestDatabase.CreateAsync();
        string Protect(string text, out IDataProtector protector)
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddDataProtection().SetApplicationName("MetaPrompt");
            services.Configure<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>(o => o.XmlRepository = new DatabaseKeyRing(own.AppDataSource));
            protector = services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("p");
            return protector.Protect(text);
        }

        var sealedByOne = Protect("secret", out _);
        Protect("", out var two);

        Assert.Equal("secret", two.Unprotect(sealedByOne));
        Assert.Equal(1L, await own.OwnerScalarAsync<long>("select count(*) from internal.data_protection_keys"));
    }

    private sealed class ScriptedRemote : IRemoteSessions
    {
        private readonly Lock _lock = new();

        public Func<string, AccountOutcome> Next { get; set; } = _ => new Refused(Refusal.Unavailable);

        public List<string> Refreshed { get; } = [];

        public List<string> Ended { get; } = [];

        public async Task<AccountOutcome> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
        {
            lock (_lock)
                Refreshed.Add(refreshToken);
            await Task.Yield();
            return Next(refreshToken);
        }

        public Task EndAsync(string refreshToken, CancellationToken cancellationToken)
        {
            Ended.Add(refreshToken);
            return Task.CompletedTask;
        }
    }
}
