using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>Files, journal and database: applied once, in order, and never against each other.</summary>
public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly Migration One = Migration.Parse("20300101000001_one.sql", "create table one (id int);\ninsert into one values (1);\n");
    private static readonly Migration Two = Migration.Parse("20300101000002_two.sql", """
        -- Dollar quotes, a colon, an at sign and a semicolon in a string must pass untouched.
        create function two() returns text language plpgsql as $function$ begin return '$name$; @a :b {{c}}'::text; end $function$;
        create function three() returns int language sql as 'select 1; select 3;';
        """);

    private static int _count;

    private readonly string _name = $"migrated_{Interlocked.Increment(ref _count)}";
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestServer _server = null!;
    private NpgsqlDataSource _owner = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.SharedAsync();
        await _server.CreateEmptyDatabaseAsync(_name);
        _owner = NpgsqlDataSource.Create(_server.Owner(_name));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _server.DropDatabaseAsync(_name);
    }

    [Fact]
    public async Task An_empty_database_gets_every_file_in_order()
    {
        Assert.Equal(Migration.All.Select(file => file.FileName), await MigrateAsync(Migration.All));
        Assert.Equal(Migration.All.Select(file => file.Version), await JournalAsync());
    }

    [Fact]
    public async Task Step_by_step_leads_to_the_same_schema_as_all_at_once()
    {
        for (var count = 1; count <= Migration.All.Count; count++)
            Assert.Equal([Migration.All[count - 1].FileName], await MigrateAsync([.. Migration.All.Take(count)]));

        await using var whole = await TestDatabase.CreateAsync();
        Assert.Equal(await SchemaAsync(whole.OwnerDataSource), await SchemaAsync(_owner));
    }

    [Fact]
    public async Task A_second_run_applies_nothing()
    {
        await MigrateAsync([One, Two]);
        Assert.Empty(await MigrateAsync([One, Two]));
    }

    [Fact]
    public async Task Text_that_looks_like_a_variable_is_left_as_it_is()
    {
        await MigrateAsync([One, Two]);
        Assert.Equal("$name$; @a :b {{c}}", await ScalarAsync("select two()"));
        Assert.Equal(3, await ScalarAsync("select three()"));
    }

    [Fact]
    public async Task Nodes_that_start_at_once_apply_each_file_once()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(Migration.All)));

        Assert.Equal(Migration.All.Select(file => file.FileName), applied.Single(names => names.Count > 0));
        Assert.Equal(Migration.All.Count, (await JournalAsync()).Length);
    }

    [Fact]
    public async Task A_node_that_waits_can_be_told_to_stop()
    {
        await using var holder = await _owner.OpenConnectionAsync(_ct);
        await using var hold = new NpgsqlCommand($"select pg_advisory_lock({Migrator.LockKey})", holder);
        await hold.ExecuteNonQueryAsync(_ct);
        using var patience = new CancellationTokenSource();

        var waiting = new Migrator(_server.Owner(_name), [One], Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(patience.Token);
        while (!waiting.IsCompleted && await ScalarAsync("select count(*) from pg_stat_activity where datname = current_database() and query = 'select pg_try_advisory_lock($1)'") is 0L)
            await Task.Delay(1, _ct);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(DBNull.Value, await ScalarAsync("select to_regclass('one')::text"));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_and_the_next_run_goes_on_there()
    {
        var broken = Migration.Parse(Two.FileName, "create table half (id int);\nselect 1 / 0;");
        var failure = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([One, broken]));

        Assert.Equal(Two.FileName, failure.File);
        Assert.Contains("division by zero", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await ScalarAsync("select to_regclass('half')::text"));
        Assert.Equal([One.Version], await JournalAsync());
        Assert.Equal([Two.FileName], await MigrateAsync([One, Two]));
    }

    [Fact]
    public async Task A_changed_file_stops_the_start()
    {
        await MigrateAsync([One, Two]);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([One with { Sql = One.Sql.Replace("(1)", "(2)", StringComparison.Ordinal) }, Two]));

        Assert.Equal(One.FileName, failure.File);
        Assert.Contains("was changed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_line_ends_are_no_change()
    {
        await MigrateAsync([One]);
        Assert.Empty(await MigrateAsync([One with { Sql = One.Sql.Replace("\n", "\r\n", StringComparison.Ordinal) }]));
    }

    [Fact]
    public async Task A_missing_file_stops_the_start()
    {
        await MigrateAsync([One, Two]);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([One]));

        Assert.Equal(Two.FileName, failure.File);
        Assert.Contains("does not have it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_file_before_an_applied_one_stops_the_start()
    {
        await MigrateAsync([Two]);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([One, Two]));

        Assert.Equal(One.FileName, failure.File);
        Assert.Contains("comes after it", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await ScalarAsync("select to_regclass('one')::text"));
    }

    [Fact]
    public void Two_files_of_one_version_are_refused()
    {
        Assert.Throws<MigrationException>(() => Migration.Ordered([One, Two with { Version = One.Version }]));
        Assert.Throws<MigrationException>(() => Migration.Parse("2030_short.sql", ""));
    }

    [Theory]
    [InlineData("array['create table one (id int)', 'insert into one values (1)']")]
    [InlineData("null")]
    [InlineData("array[]::text[]")]
    public async Task Rows_of_the_Supabase_CLI_are_accepted(string statements)
    {
        // As the CLI makes it: columns of its own beside those that both use.
        await ExecuteAsync($"""
            create schema supabase_migrations;
            create table supabase_migrations.schema_migrations (
              version text not null primary key, statements text[], name text, created_by text, idempotency_key text unique, rollback text[]);
            insert into supabase_migrations.schema_migrations (version, statements, name, created_by)
            values ('{One.Version}', {statements}, 'one', 'somebody@example.test');
            create table one (id int);
            """);

        Assert.Equal([Two.FileName], await MigrateAsync([One, Two]));
    }

    [Fact]
    public async Task A_changed_file_shows_against_rows_of_the_Supabase_CLI_too()
    {
        await ExecuteAsync($$"""
            create schema supabase_migrations;
            create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text);
            insert into supabase_migrations.schema_migrations values ('{{One.Version}}', '{"create table one (id bigint)","insert into one values (1)"}', 'one');
            """);

        Assert.Equal(One.FileName, (await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([One, Two]))).File);
    }

    [Fact]
    public async Task A_journal_of_an_old_CLI_gets_the_missing_columns()
    {
        await ExecuteAsync($"""
            create schema supabase_migrations;
            create table supabase_migrations.schema_migrations (version text not null primary key);
            insert into supabase_migrations.schema_migrations values ('{One.Version}');
            """);

        Assert.Equal([Two.FileName], await MigrateAsync([One, Two]));
        Assert.Equal("two", await ScalarAsync($"select name from supabase_migrations.schema_migrations where version = '{Two.Version}'"));
    }

    [Fact]
    public async Task The_bootstrap_never_runs_where_the_auth_schema_stands()
    {
        await ExecuteAsync("create schema auth");
        await new Migrator(_server.Owner(_name), [One], "create table must_not_be (id int)", NullLogger.Instance).MigrateAsync(_ct);

        Assert.Equal(DBNull.Value, await ScalarAsync("select to_regclass('must_not_be')::text"));
    }

    [Fact]
    public async Task Where_Supabase_is_expected_and_is_not_there_the_setting_is_named()
    {
        var refusal = await Assert.ThrowsAsync<SettingsException>(
            () => new Migrator(_server.Owner(_name), [One], localSupabase: null, NullLogger.Instance).MigrateAsync(_ct));

        Assert.Equal("Supabase:Url", refusal.Setting);
    }

    private Task<IReadOnlyList<string>> MigrateAsync(IReadOnlyList<Migration> files) =>
        new Migrator(_server.Owner(_name), files, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(_ct);

    private async Task<string[]> JournalAsync()
    {
        await using var command = _owner.CreateCommand("select version from supabase_migrations.schema_migrations order by version");
        await using var reader = await command.ExecuteReaderAsync(_ct);
        var versions = new List<string>();
        while (await reader.ReadAsync(_ct))
            versions.Add(reader.GetString(0));
        return [.. versions];
    }

    /// <summary>Everything that makes the schema, one line each: columns, constraints, indexes, functions, policies, grants, triggers.</summary>
    internal static async Task<string[]> SchemaAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("""
            with schemas as (select oid, nspname from pg_namespace where nspname in ('public', 'internal', 'auth'))
            select line from (
              select format('column %s.%s.%s %s %s %s %s', s.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl, pg_get_expr(d.adbin, d.adrelid)) line
              from schemas s join pg_class c on c.relnamespace = s.oid join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where c.relkind in ('r', 'v', 'm', 'p')
              union all select format('relation %s.%s %s %s', s.nspname, c.relname, c.relacl, c.relrowsecurity) from schemas s join pg_class c on c.relnamespace = s.oid
              union all select format('constraint %s %s', conname, pg_get_constraintdef(k.oid)) from schemas s join pg_constraint k on k.connamespace = s.oid
              union all select format('index %s', pg_get_indexdef(i.indexrelid)) from schemas s join pg_class c on c.relnamespace = s.oid join pg_index i on i.indrelid = c.oid
              union all select format('function %s %s', pg_get_functiondef(p.oid), p.proacl) from schemas s join pg_proc p on p.pronamespace = s.oid where p.prokind = 'f'
              union all select format('policy %s %s %s %s %s %s', tablename, policyname, cmd, roles, qual, with_check) from pg_policies
              union all select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t where not tgisinternal
            ) lines order by line collate "C"
            """);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.GetString(0));
        Assert.NotEmpty(lines);
        return [.. lines];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(_ct);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync(_ct);
    }
}
