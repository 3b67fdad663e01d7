using System.Globalization;
using MetaPrompt.Data.Database;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// A migrated database of a test's own: <c>await using var database = await TestDatabase.CreateAsync();</c>, or as an
/// <c>IClassFixture</c> where the tests of a class do not disturb each other.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static int _count;

    private TestServer? _server;

    /// <summary>Its name on the run's server.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _count)}");

    /// <summary>Whether the starter templates are in it, which a program puts there at its first start.</summary>
    internal bool IsFilled { get; init; }

    /// <summary>For a program under test: <c>ConnectionStrings:MetaPrompt</c>.</summary>
    public string AppConnectionString { get; private set; } = "";

    /// <summary>For a program under test: <c>ConnectionStrings:Migrator</c>.</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>The login that owns everything and that row-level security does not hold for: to arrange and to look.</summary>
    public NpgsqlDataSource OwnerDataSource { get; private set; } = null!;

    /// <summary>The app's login.</summary>
    public NpgsqlDataSource AppDataSource { get; private set; } = null!;

    /// <summary>What query classes take.</summary>
    public Db Db { get; private set; } = null!;

    /// <summary>A new database, a copy of the migrated one.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <summary>A new database that has the starter templates already.</summary>
    public static async Task<TestDatabase> CreateFilledAsync()
    {
        var database = new TestDatabase { IsFilled = true };
        await database.InitializeAsync();
        return database;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.SharedAsync();
        await (IsFilled ? _server.CreateFilledDatabaseAsync(Name) : _server.CreateDatabaseAsync(Name));
        AppConnectionString = _server.App(Name);
        OwnerConnectionString = _server.Owner(Name);
        AppDataSource = NpgsqlDataSource.Create(AppConnectionString);
        OwnerDataSource = NpgsqlDataSource.Create(OwnerConnectionString);
        Db = new Db(AppDataSource);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is null || AppDataSource is null)
            return;

        await AppDataSource.DisposeAsync();
        await OwnerDataSource.DisposeAsync();
        await _server.DropDatabaseAsync(Name);
    }

    /// <summary>A new account, as the sign-up would make it: the row in <c>public.users</c> comes by the mirror's trigger.</summary>
    /// <returns>The account's id.</returns>
    public async Task<Guid> CreateUserAsync(string? email = null, string? name = null)
    {
        var id = Guid.NewGuid();
        await OwnerAsync(
            """
            insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
            values (@id, @email, now(), jsonb_strip_nulls(jsonb_build_object('full_name', @name::text)))
            """,
            ("id", id), ("email", email ?? $"{id:N}@example.test"), ("name", name));
        return id;
    }

    /// <summary>A new prompt of a user's, written past every policy.</summary>
    /// <returns>The prompt's id.</returns>
    public async Task<Guid> CreatePromptAsync(
        Guid userId, string title = "A prompt", string goal = "A goal", string template = "Write about {{topic}}.", string variables = """[{"name":"topic"}]""") =>
        await OwnerScalarAsync<Guid>(
            """
            insert into public.prompts (user_id, title, goal, template, variables)
            values (@user, @title, @goal, @template, @variables::jsonb) returning id
            """,
            ("user", userId), ("title", title), ("goal", goal), ("template", template), ("variables", variables));

    /// <summary>Runs a statement as the owner.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> OwnerAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first value of a query run as the owner.</summary>
    public async Task<T> OwnerScalarAsync<T>(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private NpgsqlCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = OwnerDataSource.CreateCommand(sql);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
