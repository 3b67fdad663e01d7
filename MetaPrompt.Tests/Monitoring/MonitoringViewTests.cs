using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Features.Monitoring;
using MetaPrompt.Web.Monitoring;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What a person reads: the sentence at the top, why it is slow, old figures, the order of the table, the charts.</summary>
public sealed class MonitoringViewTests : BunitContext
{
    private static readonly DatabaseFigures Read = new()
    {
        Sessions = [],
        Parts = new Dictionary<DatabasePart, PartStatus> { [DatabasePart.Sessions] = new(WatchedNode.Noon.AddMinutes(-4), null) },
    };

    [Fact]
    public void All_is_well_in_one_sentence_with_how_quick_it_is()
    {
        var now = WatchedNode.Now(WatchedNode.Query("templates.search", 12), WatchedNode.Query("monitoring.tables", 90));

        var box = State(now, Read, []);

        Assert.Equal("All is well.", box.Find(".sentence").TextContent);
        Assert.Equal("12 requests a second, 95 in 100 answered within 40 ms; of the queries templates.search is the slowest with 12 ms.", box.Find(".why").TextContent);
        Assert.Empty(box.FindAll("table"));
        Assert.Contains("No incident", box.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_are_counted_and_the_slowest_query_is_explained_by_its_plan()
    {
        var now = WatchedNode.Now(WatchedNode.Query("templates.search", 1400), WatchedNode.Query("labels.list", 3));
        Alert[] alerts =
        [
            WatchedNode.Alert(AlertKind.SlowQuery, "templates.search", "templates.search took 1.4 s."),
            WatchedNode.Alert(AlertKind.SignInFailures, "sign-ins", "Thirty wrong passwords."),
        ];
        var plan = new QueryPlan([], [new PlanNote(PlanNoteKind.WholeTable, "internal.gallery", 1_200_000)], "anon");

        var box = State(now, Read, alerts, ("templates.search", plan));

        Assert.Equal("2 alerts: slow queries; many wrong passwords.", box.Find(".sentence").TextContent);
        Assert.Equal(
            "The slowest: templates.search takes 1.4 s (95 in 100; at most 1.4 s), reading by walking the whole table internal.gallery (1.2M rows).",
            box.Find(".why").TextContent);
        Assert.Equal(["templates.search took 1.4 s.", "1.4 s", "1 s", "11:57:00, 3 min"], box.FindAll("tbody tr:first-child > *").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void Waiting_for_connections_and_for_locks_is_said_with_who_holds_them()
    {
        var now = WatchedNode.Now() with { Pool = new PoolNow(100, 0, 7, 100) };
        var figures = Read with
        {
            Sessions =
            [
                new SessionFacts { Pid = 7, Application = "MetaPrompt", Login = "metaprompt_app", State = "idle in transaction", Statement = "prompts.update", BlockedBy = [] },
                new SessionFacts { Pid = 9, Application = "psql", Login = "owner", State = "active", WaitsFor = "Lock: relation", BlockedBy = [7] },
            ],
        };

        var why = StateWords.Why(now, figures, null, 1000);

        Assert.StartsWith("7 queries wait for a connection: all 100 are in use.", why[0], StringComparison.Ordinal);
        Assert.Equal("1 session waits for a lock that session 7 (prompts.update, idle in transaction) holds.", why[1]);
        var table = Render<SessionTable>(parameters => parameters.Add(view => view.Figures, figures).Add(view => view.Now, WatchedNode.Noon));
        Assert.Contains("Lock: relation, held by 7", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_is_away_is_said_and_its_last_figures_keep_their_time()
    {
        var away = Read with { AwaySince = WatchedNode.Noon.AddSeconds(-30) };

        var box = State(WatchedNode.Now(), away, []);
        var table = Render<SessionTable>(parameters => parameters.Add(view => view.Figures, away).Add(view => view.Now, WatchedNode.Noon));

        Assert.Equal("The database does not answer.", box.Find(".sentence").TextContent);
        Assert.Contains("It has not answered since 11:59:30.", box.Markup, StringComparison.Ordinal);
        Assert.Equal("The database does not answer. These figures are of 11:56:00.", table.Find(".stale").TextContent);
        Assert.Contains("none waits for a lock", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_cannot_be_had_says_why_and_a_part_that_is_empty_says_so()
    {
        var figures = new DatabaseFigures
        {
            SignIns = [],
            Parts = new Dictionary<DatabasePart, PartStatus>
            {
                [DatabasePart.Statements] = new(null, PartWords.Refusal(DatabasePart.Statements, "55000")),
                [DatabasePart.SignIns] = new(WatchedNode.Noon, null),
            },
        };

        var statements = Render<StatementTable>(parameters => parameters.Add(view => view.Figures, figures).Add(view => view.Now, WatchedNode.Noon));
        var signIns = Render<SignInTable>(parameters => parameters.Add(view => view.Figures, figures).Add(view => view.Now, WatchedNode.Noon));

        Assert.Contains("shared_preload_libraries", statements.Find(".stale").TextContent, StringComparison.Ordinal);
        Assert.Empty(statements.FindAll("table"));
        Assert.Equal("None in the last seven days.", signIns.Find("p").TextContent);
        // A database that takes no connections says 55000 too.
        Assert.Null(PartWords.Refusal(DatabasePart.Server, "55000"));
    }

    [Fact]
    public void Rows_keep_their_places_while_somebody_reads_and_are_sorted_by_what_is_asked()
    {
        var table = Render<QueryTable>(parameters => parameters
            .Add(view => view.Queries, [WatchedNode.Query("a.first", 30, calls: 1), WatchedNode.Query("b.second", 20, calls: 9, errors: 2)])
            .Add(view => view.Caller, Caller.Anonymous).Add(view => view.SlowMs, 1000));
        Assert.Equal(["a.first", "b.second"], Names());

        table.Find(".table-box").TriggerEvent("onmouseenter", new Microsoft.AspNetCore.Components.Web.MouseEventArgs());
        Again(WatchedNode.Query("a.first", 30), WatchedNode.Query("b.second", 900), WatchedNode.Query("c.third", 5000));
        Assert.Equal(["a.first", "b.second", "c.third"], Names());

        table.Find(".table-box").TriggerEvent("onmouseleave", new Microsoft.AspNetCore.Components.Web.MouseEventArgs());
        Again(WatchedNode.Query("a.first", 30, calls: 1), WatchedNode.Query("b.second", 900, calls: 5), WatchedNode.Query("c.third", 5000, calls: 3));
        Assert.Equal(["c.third", "b.second", "a.first"], Names());
        Assert.Contains("high", table.Find("tbody td:nth-of-type(4)").ClassList);

        table.FindAll(".sort").Single(button => button.TextContent.StartsWith("Calls", StringComparison.Ordinal)).Click();
        Assert.Equal(["b.second", "c.third", "a.first"], Names());
        Assert.Equal("descending", table.FindAll("thead th")[1].GetAttribute("aria-sort"));

        IEnumerable<string> Names() => table.FindAll("tbody th").Select(cell => cell.TextContent);
        void Again(params QuerySummary[] queries) => table.Render(parameters => parameters.Add(view => view.Queries, queries));
    }

    [Fact]
    public void A_chart_says_its_numbers_in_words_and_breaks_where_nothing_was_measured()
    {
        var chart = Render<LineChart>(parameters => parameters
            .Add(view => view.Id, "c").Add(view => view.Title, "Time").Add(view => view.Lines, [new ChartLine("Half", [10, null, 35, 20]), new ChartLine("None", [null])])
            .Add(view => view.Text, MonitoringWords.Ms).Add(view => view.Span, "15 min").Add(view => view.Step, Vitals.Step).Add(view => view.Now, WatchedNode.Noon));

        Assert.Equal("Half: now 20 ms, at most 35 ms. None: nothing measured.", chart.Find("desc").TextContent);
        Assert.Equal(2, chart.Find(".line-0").GetAttribute("d")!.Count(letter => letter == 'M'));
        Assert.Equal("40 ms", chart.Find(".top").TextContent);
        Assert.Empty(chart.FindAll("table"));
        chart.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal(["12:00:00", "35 ms", "–"], chart.FindAll("tbody tr:first-child > *").Select(cell => cell.TextContent));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    [InlineData(41, 50)]
    [InlineData(100, 100)]
    [InlineData(820, 1000)]
    [InlineData(0.03, 0.04)]
    public void An_axis_ends_at_a_round_number(double largest, double top) => Assert.Equal(top, ChartSeries.Top(largest), 6);

    private IRenderedComponent<StateBox> State(VitalsNow now, DatabaseFigures figures, IReadOnlyList<Alert> current, (string, QueryPlan?)? slowest = null) =>
        Render<StateBox>(parameters => parameters
            .Add(view => view.Now, now).Add(view => view.Figures, figures).Add(view => view.Current, current).Add(view => view.Recent, [])
            .Add(view => view.Why, StateWords.Why(now, figures, slowest, 1000)));
}
