using System.Security.Cryptography;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StackExchange.Redis;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>
/// Clocks that jump. The database's own cannot be moved here; to it, a row written a year ahead is the same as a clock that was
/// stepped back by a year since.
/// </summary>
public sealed class ClockTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaprompt-clock-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("-1 second", false)]
    [InlineData("10 seconds", true)]
    [InlineData("1 hour", false)]
    public async Task A_lease_is_neither_lost_by_a_second_nor_immortal(string left, bool isLive)
    {
        var person = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(person);
        var (rows, caller, id, owner) = (new TestRunQueries(database.Db), Caller.User(person), Guid.NewGuid(), Guid.NewGuid());
        await database.OwnerAsync("insert into public.test_runs (id, user_id, prompt_id, parameters, owner) values (@id, @person, @prompt, '{}', @owner)", ("id", id), ("person", person), ("prompt", prompt), ("owner", owner));
        await database.OwnerAsync(
            "insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt, assertions) values (@id, 0, @person, @prompt, 'm', 1, '{}', 'P', '[]')",
            ("id", id), ("person", person), ("prompt", prompt));
        await database.OwnerAsync("update public.test_runs set lease_until = clock_timestamp() + @left::text::interval where id = @id", ("id", id), ("left", left));

        Assert.Equal(isLive, (await rows.FindAsync(caller, id, Stop))!.Live);
        Assert.Equal(isLive ? CellState.Queued : CellState.Interrupted, Assert.Single(await rows.CellsAsync(caller, id, null, Stop)).State);
        // Whoever carries it out says so again within seconds, whatever the clock did, unless somebody took it over.
        Assert.Equal(id, Assert.Single(await rows.RenewAsync(owner, [id], Stop)).Id);
        Assert.True((await rows.FindAsync(caller, id, Stop))!.Live);
    }

    [Fact]
    public async Task A_session_from_ahead_is_cut_to_its_fortnight_and_stays_alive()
    {
        var person = await database.CreateUserAsync();
        var (sessions, hash) = (new SessionQueries(database.Db), RandomNumberGenerator.GetBytes(32));
        Assert.True(await sessions.OpenAsync(new NewSession { IdHash = hash, UserId = person, UserAgent = "x" }, Stop));
        await database.OwnerAsync("update internal.sessions set last_seen_at = now() + interval '1 year', expires_at = now() + interval '1 year 14 days' where id_hash = @hash", ("hash", hash));

        Assert.NotNull(await sessions.FindAsync(hash, Stop));

        Assert.True(await database.OwnerScalarAsync<bool>("select expires_at between now() + interval '13 days' and now() + interval '14 days' and last_seen_at <= now() from internal.sessions where id_hash = @hash", ("hash", hash)));
    }

    [Theory]
    [InlineData("1 hour", true)]
    [InlineData("62 minutes", true)]
    [InlineData("1 year", false)]
    [InlineData("-1 second", false)]
    public async Task A_link_for_a_new_password_does_not_hold_for_a_year(string left, bool holds)
    {
        var person = await database.CreateUserAsync();
        var token = OneTimeToken.New();
        await database.OwnerAsync(
            "insert into internal.reset_links (token_hash, user_id, expires_at) values (@hash, @person, now() + @left::text::interval)",
            ("hash", OneTimeToken.Hash(token)), ("person", person), ("left", left));
        await using var source = NpgsqlDataSource.Create(database.OwnerConnectionString);

        await using var may = source.CreateCommand("select internal.may_reset($1)");
        may.Parameters.AddWithValue(OneTimeToken.Hash(token));
        Assert.Equal(holds, await may.ExecuteScalarAsync(Stop));
        await using var use = source.CreateCommand("select count(*) from internal.use_reset_link($1, 'x')");
        use.Parameters.AddWithValue(OneTimeToken.Hash(token));
        Assert.Equal(holds ? 1L : 0L, await use.ExecuteScalarAsync(Stop));
        // Once is once, whatever the clock says.
        await using var again = source.CreateCommand("select count(*) from internal.use_reset_link($1, 'x')");
        again.Parameters.AddWithValue(OneTimeToken.Hash(token));
        Assert.Equal(0L, await again.ExecuteScalarAsync(Stop));
    }

    [Theory]
    [InlineData("10 minutes", "10 minutes")]
    [InlineData("1 hour", "15 minutes")]
    [InlineData("1 year", "15 minutes")]
    public async Task An_address_is_locked_for_a_quarter_of_an_hour_at_most(string left, string waits)
    {
        var hash = RandomNumberGenerator.GetBytes(32);
        await database.OwnerAsync(
            "insert into internal.sign_in_attempts (email_hash, failures, last_at, locked_until) values (@hash, 9, now() + @left::text::interval, now() + @left::text::interval)",
            ("hash", hash), ("left", left));

        // Asked twice, for a try that is refused must not begin the wait anew.
        for (var attempt = 0; attempt < 2; attempt++)
            Assert.True(await database.OwnerScalarAsync<bool>("select internal.begin_sign_in(@hash) between @waits::text::interval - interval '1 minute' and @waits::text::interval", ("hash", hash), ("waits", waits)));
        await database.OwnerAsync("update internal.sign_in_attempts set locked_until = locked_until - @waits::text::interval where email_hash = @hash", ("hash", hash), ("waits", waits));
        Assert.True(await database.OwnerScalarAsync<bool>("select internal.begin_sign_in(@hash) is null", ("hash", hash)));
    }

    [Fact]
    public async Task What_is_known_of_a_session_is_forgotten_by_the_time_that_passes_not_by_the_clock()
    {
        var clock = new JumpingClock();
        var person = await database.CreateUserAsync();
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var node = new SessionGuard(
            new SessionQueries(database.Db), services, new EphemeralDataProtectionProvider(), new AccountTimes { SessionCache = TimeSpan.FromSeconds(15) }, clock, NullLogger<SessionGuard>.Instance);
        var secret = (await node.OpenAsync(new SignedIn(new Account { Id = person, Email = "a@example.test" }, null), "x", Stop))!;
        Assert.NotNull(await node.FindAsync(person, secret, Stop));
        // Another node ends it.
        await new SessionQueries(database.Db).RevokeAsync(OneTimeToken.Hash(secret), Stop);
        Assert.NotNull(await node.FindAsync(person, secret, Stop));

        clock.Jump(TimeSpan.FromDays(-1));
        clock.Advance(TimeSpan.FromSeconds(16));

        Assert.Null(await node.FindAsync(person, secret, Stop));
    }

    [Fact]
    public async Task Redis_is_asked_again_after_some_seconds_although_the_clock_went_back()
    {
        var clock = new JumpingClock();
        var guard = new RedisGuard(clock, NullLogger<RedisGuard>.Instance);
        Assert.Null(await guard.AskAsync<string>(() => throw new RedisTimeoutException("late", CommandStatus.Unknown)));
        Assert.Null(await guard.AskAsync<string>(() => Task.FromResult<string?>("here")));

        clock.Jump(TimeSpan.FromDays(-1));
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("here", await guard.AskAsync<string>(() => Task.FromResult<string?>("here")));
    }

    [Fact]
    public async Task Backups_are_made_once_a_day_through_jumps_there_and_back()
    {
        var clock = new JumpingClock();
        using var pg = new DailyBackup(
            new DatabaseBackup(database.OwnerConnectionString, null, NullLogger.Instance), new BackupFolder(_folder.FullName), keep: 2, clock, NullLogger<DailyBackup>.Instance);
        Assert.NotNull(await pg.BackUpAsync(Stop));
        clock.Jump(TimeSpan.FromDays(365));
        var ahead = await pg.BackUpAsync(Stop);
        Assert.NotNull(ahead);
        Assert.Null(await pg.BackUpAsync(Stop));

        // Put right: the one of today is known, and tomorrow's is made and stays.
        clock.Jump(TimeSpan.FromDays(-365));
        Assert.Null(await pg.BackUpAsync(Stop));
        var kept = new List<string>();
        for (var day = 0; day < 2; day++)
        {
            clock.Jump(TimeSpan.FromDays(1));
            kept.Add((await pg.BackUpAsync(Stop))!);
            Assert.Null(await pg.BackUpAsync(Stop));
        }

        Assert.Equal(kept.Order(StringComparer.Ordinal), _folder.EnumerateFiles().Select(file => file.FullName).Order(StringComparer.Ordinal));
    }

    /// <summary>A clock whose hands can be moved without time passing.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private readonly FakeTimeProvider _passing = new();
        private readonly long _began;
        private DateTimeOffset _offset = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

        public JumpingClock() => _began = _passing.GetTimestamp();

        public override long TimestampFrequency => _passing.TimestampFrequency;

        public void Jump(TimeSpan by) => _offset += by;

        public void Advance(TimeSpan by) => _passing.Advance(by);

        public override DateTimeOffset GetUtcNow() => _offset + _passing.GetElapsedTime(_began);

        public override long GetTimestamp() => _passing.GetTimestamp();
    }
}
