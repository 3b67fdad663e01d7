using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What functions do, asked of a real PostgreSQL: seen where it may be run, and only there.</summary>
public sealed class PlanInsideTests : IAsyncLifetime
{
    // What calls functions, runs, and yet has nothing to show: no run is there whose cells it would ask for.
    private static readonly string[] WithoutInside = ["test_runs.find Nothing"];

    private readonly WatchedDatabase _watched = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TestDatabase Database => _watched.Database;

    public ValueTask InitializeAsync() => _watched.InitializeAsync();

    public ValueTask DisposeAsync() => _watched.DisposeAsync();

    [Fact]
    public async Task Every_read_shows_what_is_inside_of_its_functions_and_nothing_that_may_write_is_run()
    {
        var writers = new List<string>();
        var without = new List<string>();
        var seen = 0;
        foreach (var name in KnownStatements.Names)
        {
            var (plan, _) = await LookAsync(name);
            if (plan?.InsideProblem is InsideProblem.Writes)
                writers.Add(name);
            else if (plan?.InsideProblem is { } problem)
                without.Add($"{name} {problem}");
            else if (plan?.Inside.Count > 0)
                seen++;
            else
                Assert.True(plan is null || plan.Notes.All(note => note.Kind != PlanNoteKind.Function), name);
        }

        Assert.True(seen >= 50, $"{seen}");
        Assert.Equal(WithoutInside, without);
        string[] known = ["templates.use", "templates.publish", "Sessions.Open", "counters.fold", "LocalAccounts.SetPassword", "results.delete"];
        Assert.Empty(known.Except(writers));
    }

    [Fact]
    public async Task A_search_is_seen_down_to_the_tables_each_statement_with_its_function_and_place()
    {
        var (plan, problem) = await LookAsync("templates.search");

        Assert.Null(problem);
        Assert.Null(plan!.InsideProblem);
        Assert.Equal("authenticated", plan.Role);
        Assert.Contains(plan.Inside, inner => inner is { Function: "public.search_templates()", Line: "statement 1" });
        Assert.Contains(plan.Inside, inner => inner.Function == "internal.search_gallery()" && inner.Line!.StartsWith("line ", StringComparison.Ordinal));
        Assert.Contains(plan.Inside.SelectMany(inner => inner.Plan.Steps), step => step.On?.Contains("gallery", StringComparison.Ordinal) is true && step.Kind.Contains("Scan", StringComparison.Ordinal));
        Assert.All(plan.Inside, inner => Assert.True(inner is { Times: > 0, Ms: >= 0, Plan.Steps.Count: > 0 }));
        Assert.Equal(plan.Inside.OrderByDescending(inner => inner.Ms), plan.Inside);
        // The call's own plan is the same as without.
        var (call, _) = await new PlanQueries(Database.AppDataSource).ExplainAsync(_watched.Administrator, "templates.search", Stop);
        Assert.Equal(call!.Steps, plan.Steps);
        Assert.Empty(call.Inside);
    }

    [Fact]
    public async Task It_is_for_administrators_and_leaves_the_connection_as_it_was()
    {
        Assert.Equal(PlanProblem.NotAllowed, (await new PlanQueries(Database.AppDataSource).LookInsideAsync(_watched.Person, "templates.search", Stop)).Problem);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Database.Db.FirstOrDefaultAsync<string>(_watched.Person, "select internal.watch_plans()", null, Stop));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);

        await using var one = Source("Maximum Pool Size=1");
        Assert.NotEmpty((await new PlanQueries(one).LookInsideAsync(_watched.Administrator, "templates.search", Stop)).Plan!.Inside);
        await using var command = one.CreateCommand(
            """
            select current_user || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('auto_explain.log_min_duration')
              || ' ' || current_setting('auto_explain.log_nested_statements') || ' ' || current_setting('client_min_messages')
              || ' ' || (select count(*) from pg_prepared_statements where from_sql)
            """);
        Assert.Equal("metaprompt_app off -1 off notice 0", await command.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public async Task Who_says_to_only_read_and_writes_all_the_same_is_stopped_by_the_database()
    {
        await Database.OwnerAsync(
            """
            create function internal.write_down() returns integer language sql volatile security definer as
              'insert into internal.administrators (user_id) select id from auth.users on conflict do nothing returning 1';
            create or replace function public.moderation_count() returns integer language plpgsql stable as
              $$ declare found integer; begin select internal.write_down() into found; return found; end $$
            """);

        var (plan, _) = await LookAsync("moderation.count");

        Assert.Equal((InsideProblem.Writes, 0), (plan!.InsideProblem!.Value, plan.Inside.Count));
        Assert.Equal(1L, await Database.OwnerScalarAsync<long>("select count(*) from internal.administrators"));

        // And who may write by its declaration is not even called.
        await Database.OwnerAsync(
            "create or replace function public.moderation_count() returns integer language plpgsql volatile as $$ begin perform pg_sleep(60); return 1; end $$");
        Assert.Equal(InsideProblem.Writes, (await LookAsync("moderation.count")).Plan!.InsideProblem);
    }

    [Fact]
    public async Task What_takes_too_long_is_ended_and_seen_as_far_as_it_came()
    {
        await Database.OwnerAsync(
            """
            create or replace function public.moderation_count() returns integer language plpgsql stable as
              $$ begin perform 1 from public.users; perform pg_sleep(60); return 1; end $$
            """);

        var (plan, _) = await LookAsync("moderation.count");

        Assert.Equal(InsideProblem.TooLong, plan!.InsideProblem);
        Assert.Contains(plan.Inside, inner => inner.Plan.Steps.Any(step => step.On == "public.users"));
    }

    [Fact]
    public async Task What_is_run_for_every_row_is_counted_and_what_never_ends_to_tell_is_cut_off()
    {
        await Database.OwnerAsync(
            """
            create function internal.look_up(n integer) returns integer language plpgsql stable as
              $$ declare found integer; begin select count(*) into found from public.users u where u.full_name = n::text; return found; end $$;
            create or replace function public.moderation_count() returns integer language plpgsql stable as
              $$ begin return (select sum(internal.look_up(n)) from generate_series(1, 40) n); end $$
            """);
        var few = (await LookAsync("moderation.count")).Plan!;
        Assert.Null(few.InsideProblem);
        Assert.Equal(40, Assert.Single(few.Inside, inner => inner.Function == "internal.look_up()").Times);

        await Database.OwnerAsync(
            """
            create or replace function public.moderation_count() returns integer language plpgsql stable as
              $$ begin return (select sum(internal.look_up(n)) from (select generate_series(1, 100000000) n) r); end $$
            """);
        var many = (await LookAsync("moderation.count")).Plan!;
        Assert.Equal(InsideProblem.TooMany, many.InsideProblem);
        Assert.Equal(5_000, Assert.Single(many.Inside).Times);
    }

    [Fact]
    public async Task A_value_that_a_function_worked_out_is_not_shown_and_the_statements_own_words_are()
    {
        await Database.OwnerAsync(
            """
            create or replace function public.moderation_count() returns integer language plpgsql stable security definer set search_path = '' as $$
            declare
              address text := (select u.email from public.users u where u.full_name = 'Per Son');
              found integer;
            begin
              execute 'select count(*) from public.users u where u.email = $1 and u.full_name <> ''Nobody''' into found using address;
              return found;
            end $$
            """);

        var (plan, _) = await LookAsync("moderation.count");

        var conditions = string.Join('\n', plan!.Inside.SelectMany(inner => inner.Plan.Steps).Select(step => step.Condition));
        Assert.Contains("'…'", conditions, StringComparison.Ordinal);
        Assert.Contains("'Nobody'", conditions, StringComparison.Ordinal);
        Assert.DoesNotContain("example.test", conditions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_talkative_server_writes_no_plans_into_its_log()
    {
        await using var talkative = Source("Options=-c client_min_messages=error");
        await Database.OwnerAsync($"alter database {Database.Name} set log_min_messages = notice");
        await using var connection = await talkative.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var command = new NpgsqlCommand(
            $$"""
            select set_config('role', 'authenticated', true), set_config('request.jwt.claims', '{"sub":"{{_watched.Administrator.UserId}}"}', true);
            select internal.watch_plans() || ' ' || current_setting('log_min_messages') || ' ' || current_setting('client_min_messages');
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        await reader.NextResultAsync(Stop);
        await reader.ReadAsync(Stop);
        Assert.Equal("on warning notice", reader.GetString(0));
    }

    [Fact]
    public async Task A_server_without_the_module_and_an_owner_without_the_right_leave_the_calls_plan_and_say_why()
    {
        await Database.OwnerAsync("alter function internal.watch_plans() set dynamic_library_path = '/nowhere'");
        var missing = (await LookAsync("templates.search")).Plan!;
        Assert.Equal((InsideProblem.Missing, 0), (missing.InsideProblem!.Value, missing.Inside.Count));
        Assert.NotEmpty(missing.Steps);

        var owner = $"plain_{Guid.NewGuid():N}";
        await Database.OwnerAsync(
            $"""
            create role {owner};
            grant usage, create on schema internal to {owner};
            grant execute on function internal.require_administrator() to {owner};
            alter function internal.watch_plans() reset dynamic_library_path;
            alter function internal.watch_plans() owner to {owner};
            """);
        try
        {
            var denied = (await LookAsync("templates.search")).Plan!;
            Assert.Equal((InsideProblem.Denied, 0), (denied.InsideProblem!.Value, denied.Inside.Count));
            Assert.NotEmpty(denied.Steps);

            // The way that docs/monitoring.md shows.
            var names = "log_level, log_format, log_verbose, log_analyze, log_triggers, log_settings, sample_rate, log_nested_statements, log_min_duration";
            var parameters = string.Join(", ", names.Split(", ").Select(name => $"auto_explain.{name}"));
            await Database.OwnerAsync($"load 'auto_explain'; grant set on parameter {parameters} to {owner}");
            await Database.OwnerAsync($"alter role metaprompt_app in database {Database.Name} set session_preload_libraries = 'auto_explain'");
            var granted = (await LookAsync("templates.search")).Plan!;
            Assert.Null(granted.InsideProblem);
            Assert.NotEmpty(granted.Inside);
        }
        finally
        {
            await Database.OwnerAsync($"reassign owned by {owner} to current_user; drop owned by {owner}; drop role {owner}");
        }
    }

    [Theory]
    [InlineData("(a = 'x'::text)", "select where a = 'x'", "(a = 'x'::text)")]
    [InlineData("(a = 'x'::text)", "select where a = $1", "(a = '…'::text)")]
    [InlineData("((a = 'it''s'::text) AND (b = 'y'::text))", "b = 'y'", "((a = '…'::text) AND (b = 'y'::text))")]
    [InlineData("(n > $1)", "", "(n > $1)")]
    [InlineData(null, "", null)]
    public void A_text_is_shown_where_the_statement_has_it_itself(string? condition, string statement, string? shown) =>
        Assert.Equal(shown, PlanReader.WithoutValues(condition, statement));

    // A connection of its own each time: what a session has loaded it keeps.
    private async Task<(QueryPlan? Plan, PlanProblem? Problem)> LookAsync(string name)
    {
        await using var source = Source("Pooling=false");
        return await new PlanQueries(source).LookInsideAsync(_watched.Administrator, name, Stop);
    }

    private NpgsqlDataSource Source(string more) => NpgsqlDataSource.Create($"{Database.AppConnectionString};{more}");
}
