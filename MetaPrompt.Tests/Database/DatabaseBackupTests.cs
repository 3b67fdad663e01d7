using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Policies;
using MetaPrompt.Web.Shell;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>Backups made, everything destroyed, and brought back: every row of every table is compared.</summary>
public sealed class DatabaseBackupTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaprompt-backup-");
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Dump => Path.Combine(_folder.FullName, "all.dump");

    private DatabaseBackup Backup => new(_database.OwnerConnectionString, null, NullLogger.Instance);

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_backed_up_comes_back_row_by_row_and_the_app_goes_on_with_it()
    {
        var scene = await Scene.CreateAsync(_database);
        var tables = await Scene.ListAsync(_database, Scene.AllTables);
        var rows = await scene.RowsAsync(tables);
        var granted = await GrantsAsync();

        Assert.True(await Backup.BackUpAsync(Dump, Stop) > 0);
        await _database.OwnerAsync("delete from auth.users; delete from internal.gallery; drop table public.test_results cascade; create table public.rubble (id int)");
        var before = await Backup.RestoreAsync(Dump, Stop);

        Assert.StartsWith($"{_database.Name}_before_", before, StringComparison.Ordinal);
        _database.OwnerDataSource.Clear();
        _database.AppDataSource.Clear();
        Assert.Equal(tables, await Scene.ListAsync(_database, Scene.AllTables));
        Assert.Equal(rows.Order(StringComparer.Ordinal), (await scene.RowsAsync(tables)).Order(StringComparer.Ordinal));
        Assert.Equal(granted, await GrantsAsync());
        // A person finds what is theirs through the app's own login, and still nothing of others.
        Assert.Equal("4", await scene.Actors[1].TryAsync(_database.AppDataSource, "select count(*) from public.prompts where user_id = @Person", Stop, scene.Owner.Parameters()!));
        await (await TestServer.SharedAsync()).DropDatabaseAsync(before);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_and_one_that_is_no_backup_changes_nothing()
    {
        await File.WriteAllTextAsync(Dump, "drop table public.prompts;", Stop);
        var user = await _database.CreateUserAsync();

        var there = await Assert.ThrowsAsync<BackupException>(() => Backup.BackUpAsync(Dump, Stop));
        var nonsense = await Assert.ThrowsAsync<BackupException>(() => Backup.RestoreAsync(Dump, Stop));
        await File.WriteAllBytesAsync(Dump, [.. "PGDMP"u8, .. new byte[500]], Stop);
        var broken = await Assert.ThrowsAsync<BackupException>(() => Backup.RestoreAsync(Dump, Stop));
        await Assert.ThrowsAsync<BackupException>(() => Backup.RestoreAsync(Dump + ".missing", Stop));

        Assert.Contains("there already", there.Message, StringComparison.Ordinal);
        Assert.Contains("no backup", nonsense.Message, StringComparison.Ordinal);
        Assert.Contains("as it was", broken.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from auth.users where id = @id", ("id", user)));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from pg_database where datname like @name", ("name", $"{_database.Name}\\_%")));
    }

    [Fact]
    public async Task A_backup_of_a_newer_program_is_refused_and_the_present_database_stays()
    {
        await _database.OwnerAsync("insert into supabase_migrations.schema_migrations (version, name) values ('29990101000000', 'of_the_future')");
        await Backup.BackUpAsync(Dump, Stop);
        await _database.OwnerAsync("delete from supabase_migrations.schema_migrations where version = '29990101000000'");
        var user = await _database.CreateUserAsync();

        var refused = await Assert.ThrowsAsync<BackupException>(() => Backup.RestoreAsync(Dump, Stop));

        Assert.Contains("as it was", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from auth.users where id = @id", ("id", user)));
    }

    [Fact]
    public async Task A_backup_is_made_once_a_day_and_the_latest_are_kept()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        using var daily = new DailyBackup(Backup, new BackupFolder(_folder.FullName), keep: 2, clock, NullLogger<DailyBackup>.Instance);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "metaprompt-notes.dump"), "mine", Stop);

        var first = await daily.BackUpAsync(Stop);
        clock.Advance(TimeSpan.FromHours(23));
        Assert.Null(await daily.BackUpAsync(Stop));
        clock.Advance(TimeSpan.FromHours(1));
        var second = await daily.BackUpAsync(Stop);
        clock.Advance(TimeSpan.FromDays(3));
        var third = await daily.BackUpAsync(Stop);

        Assert.EndsWith("metaprompt-20261123T120000Z.dump", first, StringComparison.Ordinal);
        Assert.Equal(
            [Path.GetFileName(second), Path.GetFileName(third), "metaprompt-notes.dump"],
            _folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    private Task<IReadOnlyList<string>> GrantsAsync() => Scene.ListAsync(
        _database,
        """
        select format('%s %s %s %s', table_schema, table_name, grantee, privilege_type) from information_schema.role_table_grants
        where grantee in ('anon', 'authenticated', 'metaprompt_app')
        union all
        select format('%s %s', p.oid::regprocedure, r.rolname) from pg_proc p cross join pg_roles r
        where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace) and r.rolname in ('anon', 'authenticated', 'metaprompt_app')
          and has_function_privilege(r.oid, p.oid, 'execute')
        union all
        select format('%s %s %s', tablename, policyname, cmd) from pg_policies
        """);
}
