using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>From the settings to a database that queries run on.</summary>
public sealed class RunningDatabaseTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_no_database_named_the_program_has_its_own_migrated_one()
    {
        await using var place = new EmbeddedPlace();
        int process;
        await using (var first = await StartAsync(("Embedded:DataFolder", place.Folder)))
        {
            process = first.Embedded!.ProcessId;
            await Migrator.VerifyAsync(first.App, Migration.All, _ct);
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => new Db(first.App).ExecuteAsync(Caller.App, "select from public.users", null, _ct));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }

        Assert.False(EmbeddedPlace.Runs(process));
        await using var second = await StartAsync(("Embedded:DataFolder", place.Folder));
        await Migrator.VerifyAsync(second.App, Migration.All, _ct);
    }

    [Fact]
    public async Task A_named_database_is_migrated_with_the_owners_login()
    {
        var server = await TestServer.SharedAsync();
        await server.CreateEmptyDatabaseAsync("named");
        await using (var database = await StartAsync(("ConnectionStrings:MetaPrompt", server.App("named")), ("ConnectionStrings:Migrator", server.Owner("named"))))
            await Migrator.VerifyAsync(database.App, Migration.All, _ct);
        NpgsqlConnection.ClearAllPools();
        await server.DropDatabaseAsync("named");
    }

    [Fact]
    public async Task Without_the_owners_login_an_up_to_date_database_is_fine()
    {
        await using var test = await TestDatabase.CreateAsync();
        await using var database = await StartAsync(("ConnectionStrings:MetaPrompt", test.AppConnectionString));

        Assert.Null(database.Embedded);
        Assert.Null(database.OwnerConnectionString);
    }

    [Theory]
    [InlineData("delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations)")]
    [InlineData("drop function internal.applied_migrations()")]
    [InlineData("insert into supabase_migrations.schema_migrations (version, name) values ('99990101000000', 'from_the_future')")]
    public async Task Without_the_owners_login_a_database_of_another_version_stops_the_start(string change)
    {
        await using var test = await TestDatabase.CreateAsync();
        await test.OwnerAsync(change);

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(("ConnectionStrings:MetaPrompt", test.AppConnectionString)));

        Assert.Equal("ConnectionStrings:Migrator", refusal.Setting);
        Assert.Contains(".sql", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_sees_everything_is_refused()
    {
        await using var test = await TestDatabase.CreateAsync();

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(("ConnectionStrings:MetaPrompt", test.OwnerConnectionString)));

        Assert.Equal("ConnectionStrings:MetaPrompt", refusal.Setting);
        Assert.Contains("everybody would see everything", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_names_the_setting_and_not_the_password()
    {
        await using var test = await TestDatabase.CreateAsync();
        var wrong = new NpgsqlConnectionStringBuilder(test.AppConnectionString) { Password = "not-this-one" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(("ConnectionStrings:MetaPrompt", wrong)));

        Assert.Equal("ConnectionStrings:MetaPrompt", refusal.Setting);
        Assert.DoesNotContain("not-this-one", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_gets_its_queries_from_the_services()
    {
        await using var test = await TestDatabase.CreateAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ConnectionStrings:MetaPrompt"] = test.AppConnectionString;
        await using var database = await builder.AddDatabaseAsync(_ct);
        await using var app = builder.Build();

        Assert.Same(database.App, app.Services.GetRequiredService<NpgsqlDataSource>());
        Assert.NotNull(app.Services.GetRequiredService<Db>());
    }

    private Task<RunningDatabase> StartAsync(params (string Key, string? Value)[] settings) => RunningDatabase.StartAsync(
        DatabaseSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build(),
            AppContext.BaseDirectory),
        NullLoggerFactory.Instance,
        _ct);
}
