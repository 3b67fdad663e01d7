using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class PlanQueriesTests(WatchedDatabase watched) : IClassFixture<WatchedDatabase>
{
    // What has no plan, and why.
    private static readonly Dictionary<string, PlanProblem> WithoutPlan = new()
    {
        // With the owner's login.
        ["administrators.end_sessions"] = PlanProblem.OtherRights,
        ["administrators.make"] = PlanProblem.OtherRights,
        // No query.
        ["gallery.listen"] = PlanProblem.Unknown,
        // Lists side by side, of a type each: writes of many rows at once.
        ["import.insert_prompts"] = PlanProblem.NeedsValues,
        ["import.insert_templates"] = PlanProblem.NeedsValues,
        // The beginning of a statement.
        ["results.stream"] = PlanProblem.Unknown,
        ["results.templates"] = PlanProblem.NeedsValues,
        ["starter.fill"] = PlanProblem.OtherRights,
        ["starter.count_unchanged"] = PlanProblem.OtherRights,
        ["test_cases.save"] = PlanProblem.NeedsValues,
        ["test_runs.start"] = PlanProblem.NeedsValues,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PlanQueries Plans => new(watched.Database.AppDataSource);

    [Fact]
    public async Task Every_statement_of_the_program_has_a_plan_or_a_reason_for_none()
    {
        var without = new Dictionary<string, PlanProblem>();
        foreach (var name in KnownStatements.Names)
        {
            var (plan, problem) = await Plans.ExplainAsync(watched.Administrator, name, Stop);
            if (problem is { } reason)
                without.Add(name, reason);
            else
                Assert.NotEmpty(plan!.Steps);
        }

        Assert.True(KnownStatements.Names.Count() > 150);
        Assert.True(Tell(WithoutPlan) == Tell(without), Tell(without));
    }

    [Fact]
    public async Task Asking_for_a_plan_runs_nothing_leaves_nothing_and_is_for_administrators_and_names_alone()
    {
        var before = await watched.Database.OwnerScalarAsync<long>("select count(*) from public.labels");

        var (plan, _) = await Plans.ExplainAsync(watched.Administrator, "labels.add", Stop);
        Assert.Equal("authenticated", plan!.Role);
        Assert.Equal(before, await watched.Database.OwnerScalarAsync<long>("select count(*) from public.labels"));

        Assert.Equal(PlanProblem.NotAllowed, (await Plans.ExplainAsync(watched.Person, "labels.add", Stop)).Problem);
        Assert.Equal(PlanProblem.NotAllowed, (await Plans.ExplainAsync(Caller.Anonymous, "labels.add", Stop)).Problem);
        foreach (var typed in new[] { "", "select 1", "-- labels.add", "labels.add; drop table public.labels", "LABELS.ADD" })
            Assert.Equal(PlanProblem.Unknown, (await Plans.ExplainAsync(watched.Administrator, typed, Stop)).Problem);

        // Nothing is left on the connection for the next caller.
        await using var connection = await watched.Database.AppDataSource.OpenConnectionAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) || current_user || current_setting('transaction_read_only') || current_setting('plan_cache_mode') from pg_prepared_statements where from_sql";
        Assert.Equal("0metaprompt_appoffauto", await command.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public async Task A_walk_over_a_whole_table_is_told_once_the_table_is_large()
    {
        await watched.Database.OwnerAsync(
            "insert into public.prompts (user_id, title, goal, template) select @u, 'P', 'g' || n, 't' from generate_series(1, 12000) n", ("u", watched.Person.UserId));
        // What somebody forgot to make, or took for unused.
        await watched.Database.OwnerAsync(
            """
            do $$ declare i regclass; begin
              for i in select indexrelid from pg_index where indrelid = 'public.prompts'::regclass and not indisunique loop
                execute 'drop index ' || i;
              end loop;
            end $$;
            analyze public.prompts
            """);

        var (plan, _) = await Plans.ExplainAsync(watched.Administrator, "transfer.export", Stop);

        var note = plan!.Notes[0];
        Assert.Equal((PlanNoteKind.WholeTable, "public.prompts"), (note.Kind, note.Subject));
        Assert.InRange(note.Amount, 12_000, 13_000);
    }

    [Fact]
    public void Plans_are_read_with_what_is_noteworthy_in_them()
    {
        using var json = JsonDocument.Parse(
            """
            {"Node Type": "Sort", "Plan Rows": 100000, "Plan Width": 400, "Total Cost": 9, "Sort Key": ["a.x"], "Plans": [
              {"Node Type": "Nested Loop", "Plan Rows": 100000, "Plan Width": 400, "Total Cost": 8, "Plans": [
                {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "a", "Schema": "public", "Plan Rows": 20000, "Plan Width": 4, "Total Cost": 1, "Filter": "(x > $1)"},
                {"Node Type": "Seq Scan", "Parent Relationship": "Inner", "Relation Name": "b", "Schema": "public", "Plan Rows": 5, "Plan Width": 4, "Total Cost": 1},
                {"Node Type": "Function Scan", "Parent Relationship": "Inner", "Function Name": "search", "Schema": "public", "Plan Rows": 5, "Plan Width": 4, "Total Cost": 1}]}]}
            """);
        Assert.Equal(["public.a", "public.b"], PlanReader.WholeTables(json.RootElement));

        var plan = PlanReader.Read(json.RootElement, "anon", new Dictionary<string, double> { ["public.a"] = 20_000, ["public.b"] = 1_500 }, 16e6, 32e6, ["public.search()"]);

        Assert.Equal([(0, "Sort", null), (1, "Nested Loop", null), (2, "Seq Scan", "public.a"), (2, "Seq Scan", "public.b"), (2, "Function Scan", "public.search()")],
            plan.Steps.Select(step => (step.Depth, step.Kind, step.On)));
        Assert.Equal("by a.x", plan.Steps[0].Condition);
        Assert.Equal("(x > $1)", plan.Steps[2].Condition);
        Assert.Equal(
            [
                new(PlanNoteKind.RepeatedWholeTable, "public.b", 1_500), new(PlanNoteKind.WholeTable, "public.a", 20_000),
                new(PlanNoteKind.SortOnDisk, null, 40e6), new PlanNote(PlanNoteKind.Function, "public.search()", 0),
            ], plan.Notes);

        // Small tables are best read whole.
        var small = PlanReader.Read(json.RootElement, "anon", new Dictionary<string, double> { ["public.a"] = 500, ["public.b"] = 20 }, 64e6, 64e6, ["public.search()"]);
        Assert.Equal([PlanNoteKind.Function], small.Notes.Select(note => note.Kind));
    }

    private static string Tell(Dictionary<string, PlanProblem> without) =>
        string.Join('\n', without.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));
}
