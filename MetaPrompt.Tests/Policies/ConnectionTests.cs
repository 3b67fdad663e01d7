using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>What <see cref="Db"/> promises: one round trip, and nothing of a caller left for the next one on the connection.</summary>
public sealed class ConnectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string WhoAmI =
        "select current_user::text || ' ' || coalesce(nullif(current_setting('request.jwt.claims', true), ''), '-') || ' ' || pg_backend_pid()";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_one_round_trip()
    {
        var person = Caller.User(await database.CreateUserAsync());
        await using var proxy = new RoundTrips(database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var db = new Db(source);
        // The first call opens the connection and loads its types.
        await db.QueryAsync<string>(person, WhoAmI, null, _ct);

        async Task<int> CountAsync(Func<Task> query)
        {
            var before = proxy.Count;
            await query();
            return proxy.Count - before;
        }

        var prompts = new PromptQueries(db);
        var gallery = new GalleryQueries(db);
        var counts = new List<int>();
        var id = Guid.Empty;
        counts.Add(await CountAsync(() => db.QueryAsync<string>(person, WhoAmI, null, _ct)));
        counts.Add(await CountAsync(async () => id = await prompts.CreateAsync(person, Prompt("Title", 3), _ct)));
        counts.Add(await CountAsync(() => prompts.FindAsync(person, id, _ct)));
        counts.Add(await CountAsync(() => new PromptListQueries(db).PageAsync(person, new PromptFilter { Search = "title" }, PromptSort.Newest, null, 20, _ct)));
        counts.Add(await CountAsync(() => prompts.DuplicateAsync(person, id, Guid.NewGuid(), _ct)));
        counts.Add(await CountAsync(() => new PublishQueries(db).PublishAsync(person, id, "Writing", ["a"], _ct)));
        counts.Add(await CountAsync(() => gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "title" }, _ct)));
        counts.Add(await CountAsync(() => prompts.DeleteAsync(person, id, _ct)));
        counts.Add(await CountAsync(() => new CounterQueries(db).FoldAsync(_ct)));
        Assert.Equal(Enumerable.Repeat(1, counts.Count), counts);
    }

    [Fact]
    public async Task The_next_one_on_the_same_connection_is_nobody_after_a_query()
    {
        await using var source = OneConnection();
        var db = new Db(source);
        var person = await database.CreateUserAsync();
        var first = await OneAsync(db, Caller.User(person));
        Assert.StartsWith($$"""authenticated {"sub":"{{person}}","role":"authenticated"}""", first, StringComparison.Ordinal);

        var second = await OneAsync(db, Caller.App);

        Assert.StartsWith("metaprompt_app - ", second, StringComparison.Ordinal);
        Assert.Equal(first.Split(' ')[^1], second.Split(' ')[^1]);
        Assert.StartsWith("anon {\"role\":\"anon\"} ", await OneAsync(db, Caller.Anonymous), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("select 1 / 0")]
    [InlineData("insert into public.prompts (user_id, title, goal, template) values (gen_random_uuid(), 't', 'g', 't')")]
    [InlineData("syntax error here")]
    [InlineData("select 1 / (3 - n) from generate_series(1, 3) n")]
    [InlineData("set role postgres")]
    public async Task The_next_one_on_the_same_connection_is_nobody_after_an_error(string failing)
    {
        await using var source = OneConnection();
        var db = new Db(source);
        var person = Caller.User(await database.CreateUserAsync());
        var before = await OneAsync(db, Caller.App);

        await Assert.ThrowsAsync<PostgresException>(() => db.QueryAsync<int>(person, failing, null, _ct));
        Assert.Equal(before, await OneAsync(db, Caller.App));

        await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(person, failing, null, _ct));
        Assert.Equal(before, await OneAsync(db, Caller.App));
    }

    [Fact]
    public async Task The_next_one_on_the_same_connection_is_nobody_after_a_cancellation()
    {
        await using var source = OneConnection();
        var db = new Db(source);
        var person = Caller.User(await database.CreateUserAsync());
        var before = await OneAsync(db, Caller.App);
        var backend = int.Parse(before.Split(' ')[^1], CultureInfo.InvariantCulture);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var waiting = db.QueryAsync<string>(person, "select pg_sleep(60)::text", null, patience.Token);
        while (!await database.OwnerScalarAsync<bool>("select exists (select from pg_stat_activity where pid = @pid and wait_event = 'PgSleep')", ("pid", backend)))
            await Task.Yield();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var after = await OneAsync(db, Caller.App);
        Assert.StartsWith("metaprompt_app - ", after, StringComparison.Ordinal);
        Assert.False(await database.OwnerScalarAsync<bool>("select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())"));
    }

    // Values decide while they are bound whether this fails: the planner works the division out with them.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_statement_that_failed_with_one_value_answers_with_the_next(int uses)
    {
        await using var source = OneConnection(address => address.MaxAutoPrepare = 10);
        var db = new Db(source);
        Task<IReadOnlyList<int>> DivideAsync(int by) => db.QueryAsync<int>(Caller.Anonymous, "select 6 / @By", new { By = by }, _ct);
        async Task<List<int>> StreamAsync(int by) => await db.StreamAsync<int>(Caller.Anonymous, "select 8 / @By", new { By = by }, _ct).ToListAsync(_ct);
        foreach (var _ in Enumerable.Range(1, uses - 1))
        {
            Assert.Equal([3], await DivideAsync(2));
            Assert.Equal([4], await StreamAsync(2));
        }

        await Assert.ThrowsAsync<PostgresException>(() => DivideAsync(0));
        Assert.Equal([2], await DivideAsync(3));
        await Assert.ThrowsAsync<PostgresException>(() => StreamAsync(0));
        Assert.Equal([2], await StreamAsync(4));
        await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(Caller.Anonymous, "select 6 / @By", new { By = 0 }, _ct));
        Assert.Equal([2], await DivideAsync(3));
    }

    [Fact]
    public async Task Statements_stay_prepared_where_one_breaks_a_rule_of_a_table()
    {
        await using var source = OneConnection(address => address.MaxAutoPrepare = 10);
        var db = new Db(source);
        var person = Caller.User(await database.CreateUserAsync());
        async Task<long> PreparedAsync() => (await db.QueryAsync<long>(Caller.App, "select count(*) from pg_prepared_statements where statement like '%whoami%'", null, _ct))[0];
        for (var i = 0; i < 6; i++)
            await db.QueryAsync<string>(person, "select 'whoami' || @I", new { I = i }, _ct);

        var prepared = await PreparedAsync();
        await Assert.ThrowsAsync<PostgresException>(() => new PromptQueries(db).CreateAsync(person, Prompt("", 0), _ct));

        Assert.Equal((1L, 1L), (prepared, await PreparedAsync()));
    }

    [Fact]
    public async Task What_a_query_sets_for_itself_ends_with_it()
    {
        await using var source = OneConnection();
        var db = new Db(source);
        var person = Caller.User(await database.CreateUserAsync());
        await db.QueryAsync<string>(person, "select set_config('request.jwt.claims', '{\"sub\":\"x\"}', true)", null, _ct);
        await db.QueryAsync<string>(person, "select set_config('role', 'anon', true)", null, _ct);

        Assert.StartsWith("metaprompt_app - ", await OneAsync(db, Caller.App), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_people_at_once_on_few_connections_each_see_their_own()
    {
        var address = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxPoolSize = 4, NoResetOnClose = true };
        await using var source = NpgsqlDataSource.Create(address.ConnectionString);
        var prompts = new PromptQueries(new Db(source));
        var lists = new PromptListQueries(new Db(source));
        var people = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => database.CreateUserAsync()));
        foreach (var person in people)
            await database.CreatePromptAsync(person, person.ToString());

        await Parallel.ForAsync(0, 400, _ct, async (i, ct) =>
        {
            var person = people[i % people.Length];
            if (i % 7 == 0)
            {
                await Assert.ThrowsAsync<PostgresException>(() => prompts.DuplicateAsync(Caller.User(person), Guid.NewGuid(), Guid.NewGuid(), ct));
                return;
            }

            var seen = await lists.PageAsync(Caller.User(person), PromptFilter.None, PromptSort.Newest, null, 10, ct);
            Assert.Equal([person.ToString()], seen.Select(prompt => prompt.Title));
        });
    }

    [Fact]
    public async Task An_error_after_the_first_rows_is_not_swallowed()
    {
        var failure = await Assert.ThrowsAsync<PostgresException>(() => database.Db.QueryAsync<int>(
            Caller.Anonymous, "select 1 / (2000 - n) from generate_series(1, 2000) n", null, _ct));
        Assert.Equal(PostgresErrorCodes.DivisionByZero, failure.SqlState);
    }

    [Fact]
    public async Task A_database_that_is_away_is_an_error_and_never_no_rows()
    {
        var address = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { Host = "127.0.0.1", Port = 1, Timeout = 5 };
        await using var source = NpgsqlDataSource.Create(address.ConnectionString);
        var prompts = new PromptQueries(new Db(source));

        await Assert.ThrowsAsync<NpgsqlException>(() => new PromptListQueries(new Db(source)).PageAsync(Caller.Anonymous, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
        await Assert.ThrowsAsync<NpgsqlException>(() => prompts.DeleteAsync(Caller.Anonymous, Guid.NewGuid(), _ct));
    }

    [Fact]
    public async Task A_cancelled_call_never_reaches_the_server()
    {
        var person = Caller.User(await database.CreateUserAsync());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new PromptQueries(database.Db).CreateAsync(person, Prompt("Never", 0), cancelled.Token));
        Assert.Empty(await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
    }

    private static NewPrompt Prompt(string title, int answers) => new()
    {
        Title = title,
        Goal = "A goal",
        Template = "A text",
        Variables = "[]",
        Answers = [.. Enumerable.Range(0, answers).Select(i => new PromptAnswer { QuestionId = $"q{i}", QuestionText = "Why?", Answer = "Because." })],
    };

    private static async Task<string> OneAsync(Db db, Caller caller) =>
        (await db.FirstOrDefaultAsync<string>(caller, WhoAmI, null, TestContext.Current.CancellationToken))!;

    // Npgsql would clean a connection up by itself before the next one has it; behind a pooler it does not.
    private NpgsqlDataSource OneConnection(Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var address = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxPoolSize = 1, NoResetOnClose = true };
        change?.Invoke(address);
        return NpgsqlDataSource.Create(address.ConnectionString);
    }
}
