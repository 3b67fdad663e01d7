using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>
/// The migrations on a database as Supabase hands it out: its roles and its <c>auth</c> schema are there and belong to
/// somebody else, and the owner of the rest is no superuser.
/// </summary>
public sealed class SupabaseMigrationTests
{
    private const string Project = """
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
        create role supabase_auth_admin nologin noinherit createrole;
        create role owner login nosuperuser bypassrls createrole createdb replication password 'test';
        grant anon, authenticated, service_role to owner with admin option;
        create database project owner owner;
        """;

    // A superset of what the migrations use, in Supabase's own words and with its owner.
    private const string Auth = """
        alter schema public owner to owner;
        create schema extensions authorization owner;
        grant usage on schema extensions to anon, authenticated, service_role;
        create schema auth authorization supabase_auth_admin;
        grant usage on schema auth to anon, authenticated, service_role, owner;
        set role supabase_auth_admin;
        create table auth.users (
          instance_id uuid, id uuid not null primary key, aud varchar(255), role varchar(255), email varchar(255),
          encrypted_password varchar(255), email_confirmed_at timestamptz, invited_at timestamptz, confirmation_token varchar(255),
          confirmation_sent_at timestamptz, recovery_token varchar(255), recovery_sent_at timestamptz,
          email_change_token_new varchar(255), email_change varchar(255), email_change_sent_at timestamptz,
          last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin boolean,
          created_at timestamptz, updated_at timestamptz, phone text unique, phone_confirmed_at timestamptz,
          phone_change text default '', phone_change_token varchar(255) default '', phone_change_sent_at timestamptz,
          confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
          email_change_token_current varchar(255) default '', email_change_confirm_status smallint default 0,
          banned_until timestamptz, reauthentication_token varchar(255) default '', reauthentication_sent_at timestamptz,
          is_sso_user boolean not null default false, deleted_at timestamptz, is_anonymous boolean not null default false);
        create unique index users_email_partial_key on auth.users (email) where not is_sso_user;
        alter table auth.users enable row level security;
        create function auth.uid() returns uuid language sql stable as $$
          select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
            (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
        create function auth.role() returns text language sql stable as $$
          select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
            (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'))::text $$;
        create function auth.jwt() returns jsonb language sql stable as $$
          select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
        grant all on auth.users to owner;
        reset role;
        set role owner;
        alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
        alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
        alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
        reset role;
        """;

    private sealed record Person
    {
        public required string Email { get; init; }
    }

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_migrations_apply_as_Supabases_own_owner_and_leave_its_auth_schema_alone()
    {
        // A server of its own, because roles belong to the whole server.
        await using var place = new EmbeddedPlace();
        await using var server = await EmbeddedServer.StartAsync(place.Options with { Volatile = true }, NullLogger.Instance, _ct);
        foreach (var statement in Project.Split(";\n", StringSplitOptions.RemoveEmptyEntries))
            await EmbeddedPlace.ExecuteAsync(server, statement);
        var superuser = new NpgsqlConnectionStringBuilder(server.OwnerConnectionString) { Database = "project", Pooling = false };
        await using (var connection = new NpgsqlConnection(superuser.ConnectionString))
        {
            await connection.OpenAsync(_ct);
            await using var auth = new NpgsqlCommand(Auth, connection);
            await auth.ExecuteNonQueryAsync(_ct);
        }

        var owner = new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Username = "owner", Password = "test" }.ConnectionString;
        var applied = await new Migrator(owner, Migration.All, localSupabase: null, NullLogger.Instance).MigrateAsync(_ct);
        Assert.Equal(Migration.All.Select(file => file.FileName), applied);
        Assert.Empty(await new Migrator(owner, Migration.All, localSupabase: null, NullLogger.Instance).MigrateAsync(_ct));

        await using var source = NpgsqlDataSource.Create(owner);
        Assert.Equal(35L, await ScalarAsync(source, "select count(*) from information_schema.columns where table_schema = 'auth' and table_name = 'users'"));
        await AssertSameOutsideOfAuthAsync(source);
        await AssertAppWorksAsync(server, superuser, source);
    }

    // What people may do must not depend on the default privileges a project happens to have.
    private static async Task AssertSameOutsideOfAuthAsync(NpgsqlDataSource project)
    {
        await using var local = await TestDatabase.CreateAsync();
        const string Grants = """
            with held as (
              select c.relnamespace namespace, c.relname::text thing, c.relowner owner, g.* from pg_class c, aclexplode(c.relacl) g
              union all
              select p.pronamespace, p.oid::regprocedure::text, p.proowner, g.* from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
              union all
              select c.relnamespace, c.relname || '.' || a.attname, c.relowner, g.* from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
            )
            select format('%s may %s on %s.%s', case grantee when 0 then 'everybody' else grantee::regrole::text end, privilege_type, namespace::regnamespace, thing)
            from held
            where namespace in ('public'::regnamespace, 'internal'::regnamespace) and grantee <> owner
              and grantee::regrole::text in ('-', 'anon', 'authenticated', 'metaprompt_app')
            """;
        var here = await LinesAsync(local.OwnerDataSource, Grants);
        var there = await LinesAsync(project, Grants);
        Assert.Empty(there.Except(here));

        // The local account store has no business in a project that has Supabase Auth.
        var leftOut = here.Except(there).ToArray();
        Assert.Contains("metaprompt_app may EXECUTE on internal.internal.create_local_account(text,text,text)", leftOut);
        Assert.All(leftOut, line => Assert.StartsWith("metaprompt_app may EXECUTE on internal.", line, StringComparison.Ordinal));
    }

    private async Task AssertAppWorksAsync(EmbeddedServer server, NpgsqlConnectionStringBuilder superuser, NpgsqlDataSource owner)
    {
        await EmbeddedPlace.ExecuteAsync(server, "alter role metaprompt_app password 'test'");
        await using var app = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Username = "metaprompt_app", Password = "test" }.ConnectionString);
        await Migrator.VerifyAsync(app, Migration.All, _ct);

        var id = Guid.NewGuid();
        await ScalarAsync(owner, $"insert into auth.users (id, email, raw_user_meta_data) values ('{id}', 'a@example.test', '{{}}')");
        var db = new Db(app);
        const string OwnRow = "select email from public.users where id = (select auth.uid())";
        Assert.Equal("a@example.test", (await db.FirstOrDefaultAsync<Person>(Caller.User(id), OwnRow, null, _ct))?.Email);
        Assert.Null(await db.FirstOrDefaultAsync<Person>(Caller.User(Guid.NewGuid()), OwnRow, null, _ct));
    }

    private static async Task<string[]> LinesAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.GetString(0));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(_ct);
    }
}
