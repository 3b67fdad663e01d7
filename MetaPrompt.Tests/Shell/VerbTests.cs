using System.Diagnostics;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Shell;

/// <summary>The program's verbs, each as a process of its own, as people start them.</summary>
public sealed class VerbTests
{
    [Fact]
    public async Task Migrate_applies_to_the_database_it_is_given_and_says_what()
    {
        var server = await TestServer.SharedAsync();
        await server.CreateEmptyDatabaseAsync("by_verb");

        var first = await RunAsync([], "migrate", server.Owner("by_verb"));
        var second = await RunAsync([], "migrate", server.Owner("by_verb"));

        Assert.Equal(0, first.ExitCode);
        Assert.All(Migration.All, file => Assert.Contains($"Applied {file.FileName}", first.Output, StringComparison.Ordinal));
        Assert.Equal((0, "Nothing to apply: the database is up to date."), (second.ExitCode, second.Output.Trim()));
        await server.DropDatabaseAsync("by_verb");
    }

    [Fact]
    public async Task Psql_is_the_owner_on_the_embedded_database_and_stops_it_afterwards()
    {
        await using var place = new EmbeddedPlace();
        await place.FillAsync();

        var answer = await RunAsync([("Embedded__DataFolder", place.Folder)], "psql", "-At", "-c", "select current_user, current_database(), id from kept");

        Assert.Equal("postgres|metaprompt|42", answer.Output.Trim());
        Assert.Null(PostmasterFile.Read(place.Cluster));
    }

    [Fact]
    public async Task Psql_needs_the_owners_login_where_a_database_is_named()
    {
        await using var database = await TestDatabase.CreateAsync();

        var refused = await RunAsync([("ConnectionStrings__MetaPrompt", database.AppConnectionString)], "psql", "-c", "select 1");
        var answer = await RunAsync(
            [("ConnectionStrings__MetaPrompt", database.AppConnectionString), ("ConnectionStrings__Migrator", database.OwnerConnectionString)],
            "psql", "-At", "-c", "select current_database()");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("ConnectionStrings:Migrator", refused.Output, StringComparison.Ordinal);
        Assert.Equal(database.Name, answer.Output.Trim());
    }

    [Fact]
    public async Task Psqls_own_exit_code_is_handed_on()
    {
        await using var database = await TestDatabase.CreateAsync();
        var answer = await RunAsync(
            [("ConnectionStrings__MetaPrompt", database.AppConnectionString), ("ConnectionStrings__Migrator", database.OwnerConnectionString)],
            "psql", "-v", "ON_ERROR_STOP=1", "-c", "select 1 / 0");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("division by zero", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_makes_an_administrator()
    {
        await using var database = await TestDatabase.CreateAsync();
        var id = await database.CreateUserAsync("chief@example.test");

        var answer = await RunAsync(
            [("ConnectionStrings__MetaPrompt", database.AppConnectionString), ("ConnectionStrings__Migrator", database.OwnerConnectionString)],
            "admin", "chief@example.test");

        Assert.Equal(0, answer.ExitCode);
        Assert.True(await database.OwnerScalarAsync<bool>("select exists (select from internal.administrators where user_id = @id)", ("id", id)));
    }

    [Fact]
    public async Task A_backup_is_written_where_it_was_asked_for_and_brought_back_from_there()
    {
        await using var database = await TestDatabase.CreateAsync();
        var id = await database.CreateUserAsync("kept@example.test");
        var folder = Directory.CreateTempSubdirectory("metaprompt-verb-");
        (string, string)[] settings =
            [("ConnectionStrings__MetaPrompt", database.AppConnectionString), ("ConnectionStrings__Migrator", database.OwnerConnectionString), ("PWD", folder.FullName)];

        var made = await RunAsync(settings, "backup", "all.dump");
        await database.OwnerAsync("delete from auth.users where id = @id", ("id", id));
        var back = await RunAsync(settings, "restore", "all.dump");

        Assert.Equal((0, 0), (made.ExitCode, back.ExitCode));
        Assert.True(File.Exists(Path.Combine(folder.FullName, "all.dump")));
        database.OwnerDataSource.Clear();
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from auth.users where id = @id", ("id", id)));
        var before = await database.OwnerScalarAsync<string>("select datname::text from pg_database where datname like @name", ("name", $"{database.Name}\\_before\\_%"));
        Assert.Contains(before, back.Output, StringComparison.Ordinal);
        await (await TestServer.SharedAsync()).DropDatabaseAsync(before);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("admin")]
    [InlineData("migrate", "one", "two")]
    public async Task What_is_no_verb_is_answered_with_those_there_are(params string[] arguments)
    {
        var answer = await RunAsync([], arguments);

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("psql [ARGUMENTS]", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_told_without_a_stack_trace()
    {
        var answer = await RunAsync([], "migrate", "postgres://somewhere");

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("MetaPrompt cannot start. Setting CONNECTION: is a URL.", answer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Libpq_is_told_what_the_connection_string_says()
    {
        var address = new NpgsqlConnectionStringBuilder("Host=db;Port=5433;Database=app;Username=me;Password=secret;SSL Mode=VerifyFull");

        Assert.Equal(
            [("PGHOST", "db"), ("PGPORT", "5433"), ("PGDATABASE", "app"), ("PGUSER", "me"), ("PGPASSWORD", "secret"), ("PGSSLMODE", "verify-full")],
            LibpqEnvironment.Of(address));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "MetaPrompt.Web.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // Only what the test says, whatever the developer's shell has set.
        foreach (var name in start.Environment.Keys.Where(name => name.Contains("__", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
