using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The whole program with its accounts at Supabase.</summary>
public sealed class SupabaseSiteTests(SupabaseSiteTests.Shared shared) : IClassFixture<SupabaseSiteTests.Shared>, IAsyncLifetime
{
    private readonly TestDatabase _database = shared.Database;
    private readonly FakeSupabase _supabase = shared.Supabase;
    private readonly AccountSite _site = shared.Site;

    // One program for all: each test has people of its own, and a Supabase without anybody's session.
    public ValueTask InitializeAsync()
    {
        _supabase.Forget();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // On a project the two are one: Supabase's own row, mirrored by the trigger.
    private async Task<(string Email, Guid Id)> NewUserAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        var id = await _database.CreateUserAsync(email, "Ann Example");
        _supabase.AddUser(email, Browser.Good, "Ann Example", id);
        return (email, id);
    }

    [Fact]
    public async Task Somebody_signs_in_with_their_Supabase_account_and_out_at_Supabase_too()
    {
        var (email, _) = await NewUserAsync();
        var browser = _site.NewBrowser();

        using var signedIn = await browser.SignInAsync(email);
        Assert.True(await browser.IsSignedInAsync());
        Assert.Single(_supabase.LiveRefreshTokens);

        using var signedOut = await browser.SubmitAsync("/account", "/logout");
        Assert.False(await browser.IsSignedInAsync());
        Assert.Empty(_supabase.LiveRefreshTokens);
        Assert.Empty(_supabase.Problems);
    }

    [Fact]
    public async Task A_session_ended_at_Supabase_ends_here_when_its_token_does()
    {
        var (email, id) = await NewUserAsync();
        var browser = _site.NewBrowser();
        using var signedIn = await browser.SignInAsync(email);

        await _database.OwnerAsync("update internal.sessions set remote_expires_at = now() where user_id = @id", ("id", id));
        Assert.True(await browser.IsSignedInAsync());
        _supabase.EndSessions(email);
        await _database.OwnerAsync("update internal.sessions set remote_expires_at = now() where user_id = @id", ("id", id));
        Assert.False(await browser.IsSignedInAsync());
    }

    [Fact]
    public async Task A_reset_link_works_in_the_browser_that_asked_and_by_token_hash_in_any()
    {
        var (email, _) = await NewUserAsync();
        var (asking, other) = (_site.NewBrowser(), _site.NewBrowser());
        using var asked = await asking.SubmitAsync("/forgot-password", "forgot", ("Form.Email", email));
        var byCode = $"/reset-password?code={_supabase.LastMail.Code}";
        var byHash = $"/reset-password?token_hash={_supabase.LastMail.TokenHash}&type=recovery";

        Assert.Contains("only in the browser it was asked for from", await other.TextAsync(byCode), StringComparison.Ordinal);
        using var weak = await other.SubmitAsync(byHash, "reset", ("Form.Password", "password"));
        var html = await weak.Content.ReadAsStringAsync(Stop);
        Assert.Contains("too easy to guess", html, StringComparison.Ordinal);
        Assert.DoesNotContain("access-", html, StringComparison.Ordinal);
        using var done = await asking.SubmitAsync(byCode, "reset", ("Form.Password", "a new one, longer"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        using var signedIn = await other.SignInAsync(email, "a new one, longer");
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    [Fact]
    public async Task An_outage_of_Supabase_is_told_in_words_and_the_address_is_kept()
    {
        var (email, _) = await NewUserAsync();
        _supabase.Instead = async http => { http.Response.StatusCode = 502; await http.Response.WriteAsync("<html>bad gateway"); return true; };

        using var answer = await _site.NewBrowser().SignInAsync(email);
        var html = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("The account service did not answer, and nothing has changed.", html, StringComparison.Ordinal);
        Assert.Contains($"value=\"{email}\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_deletes_their_account_with_the_password_Supabase_knows()
    {
        var (email, id) = await NewUserAsync();
        var browser = _site.NewBrowser();
        using var signedIn = await browser.SignInAsync(email);

        using var deleted = await browser.SubmitAsync("/account", "delete", ("Form.Secret", Browser.Good), ("Form.Words", "delete my account"));

        Assert.Equal(HttpStatusCode.Redirect, deleted.StatusCode);
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select (select count(*) from auth.users where id = @id) + (select count(*) from public.users where id = @id)", ("id", id)));
    }

    [Fact]
    public async Task On_Supabase_the_program_cannot_come_near_a_password()
    {
        var server = await TestServer.SharedAsync();
        var name = $"test_supabase_{Guid.NewGuid():N}";
        await server.CreateEmptyDatabaseAsync(name);
        try
        {
            await using var owner = NpgsqlDataSource.Create(server.Owner(name));
            await using (var bootstrap = owner.CreateCommand(
                Migration.LocalSupabase
                + "do $$ begin create role test_auth_admin; exception when duplicate_object then null; end $$; alter table auth.users owner to test_auth_admin;"))
                await bootstrap.ExecuteNonQueryAsync(Stop);
            await new Migrator(server.Owner(name), Migration.All, null, NullLogger.Instance).MigrateAsync(Stop);

            await using var query = owner.CreateCommand(
                """
                select string_agg(p.proname, ' ' order by p.proname) from pg_catalog.pg_proc p
                where p.pronamespace = 'internal'::regnamespace and has_function_privilege('metaprompt_app', p.oid, 'execute')
                  and p.prosrc like '%auth.users%'
                """);
            Assert.Equal("delete_account export_account find_session", await query.ExecuteScalarAsync(Stop));

            await using var app = NpgsqlDataSource.Create(server.App(name));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => new Db(app).FirstOrDefaultAsync<bool>(
                Caller.App, "select internal.may_reset('\\x00'::bytea)", null, Stop));
            Assert.Equal("42501", refused.SqlState);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await server.DropDatabaseAsync(name);
        }
    }

    [Theory]
    [InlineData("select id_hash from internal.sessions")]
    [InlineData("select xml from internal.data_protection_keys")]
    [InlineData("select user_id from internal.administrators")]
    [InlineData("select * from internal.data_protection_key_ring()")]
    [InlineData("select * from internal.find_local_account('a@b.example')")]
    [InlineData("select * from internal.find_session('\\x00'::bytea)")]
    [InlineData("select * from internal.revoke_sessions(gen_random_uuid(), null)")]
    [InlineData("select * from internal.export_account(gen_random_uuid(), 'profile', null, 1)")]
    [InlineData("select internal.delete_account(gen_random_uuid(), '\\x00'::bytea)")]
    [InlineData("select internal.set_local_password(gen_random_uuid(), 'x')")]
    [InlineData("insert into internal.administrators (user_id) select id from public.users")]
    public async Task Curious_people_are_denied_what_is_the_programs_alone(string sql)
    {
        var person = await _database.CreateUserAsync();
        foreach (var caller in new[] { Caller.Anonymous, Caller.User(person) })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.Db.ExecuteAsync(caller, sql, null, Stop));
            Assert.Equal("42501", refused.SqlState);
        }
    }

    [Theory]
    [InlineData("select id_hash from internal.sessions")]
    [InlineData("select id from auth.users")]
    [InlineData("select id from public.users")]
    [InlineData("select user_id from public.user_avatars")]
    [InlineData("insert into internal.administrators (user_id) values (gen_random_uuid())")]
    public async Task The_program_itself_reads_no_table(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.Db.ExecuteAsync(Caller.App, sql, null, Stop));
        Assert.Equal("42501", refused.SqlState);
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestDatabase Database { get; } = new();

        internal FakeSupabase Supabase { get; private set; } = null!;

        internal AccountSite Site { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Supabase = await FakeSupabase.StartAsync();
            Site = new AccountSite(Database, ("Supabase:Url", Supabase.Url.AbsoluteUri), ("Supabase:PublishableKey", FakeSupabase.Key))
            {
                Times = new AccountTimes { SessionCache = TimeSpan.FromTicks(1), AnswerFloor = TimeSpan.Zero },
            };
        }

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Supabase.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
