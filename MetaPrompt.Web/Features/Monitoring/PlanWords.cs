using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>Plans in plain words.</summary>
public static class PlanWords
{
    /// <summary>What is noteworthy, and what to do about it.</summary>
    public static string Note(PlanNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return note.Kind switch
        {
            PlanNoteKind.RepeatedWholeTable => $"Walks the whole table {note.Subject} ({Rows(note.Amount)}) again for every row of another step. That grows with both: an index on what they are joined by ends it.",
            PlanNoteKind.WholeTable => $"Walks the whole table {note.Subject} ({Rows(note.Amount)}). That takes longer as the table grows; an index on what is asked for would help, unless most rows are wanted anyway.",
            PlanNoteKind.SortOnDisk => $"Sorts about {MonitoringWords.Bytes(note.Amount)}, more than a query may keep in memory (work_mem), so it sorts on disk.",
            PlanNoteKind.HashOnDisk => $"Hashes about {MonitoringWords.Bytes(note.Amount)}, more than a query may keep in memory (work_mem), so it goes to disk.",
            _ => $"Calls {note.Subject}. What happens inside of it PostgreSQL plans when it runs, so this plan shows the call alone. Which tables are walked whole is in the list of tables below.",
        };
    }

    /// <summary>The same for the sentence at the top: "walking the whole table x (1.2M rows)"; null where nothing is known.</summary>
    public static string? InShort(QueryPlan? plan) => plan?.Notes is [var worst, ..] ? worst.Kind switch
    {
        PlanNoteKind.RepeatedWholeTable => $"reading by walking the whole table {worst.Subject} ({Rows(worst.Amount)}) again and again",
        PlanNoteKind.WholeTable => $"reading by walking the whole table {worst.Subject} ({Rows(worst.Amount)})",
        PlanNoteKind.SortOnDisk => $"sorting about {MonitoringWords.Bytes(worst.Amount)} on disk",
        PlanNoteKind.HashOnDisk => $"joining about {MonitoringWords.Bytes(worst.Amount)} on disk",
        _ => $"most of it inside the function {worst.Subject}",
    } : null;

    /// <summary>What a step does; PostgreSQL's own word where there is no plainer one.</summary>
    public static string Step(string kind) => kind switch
    {
        "Seq Scan" => "walks the whole of",
        "Index Scan" or "Index Only Scan" or "Bitmap Heap Scan" => "looks up in",
        "Bitmap Index Scan" => "finds places in",
        "Function Scan" => "calls",
        "CTE Scan" => "reads the step",
        "Sort" or "Incremental Sort" => "sorts",
        "Limit" => "takes the first rows",
        "Aggregate" or "HashAggregate" or "GroupAggregate" => "counts or sums",
        "Nested Loop" => "looks up for each row",
        "Hash Join" or "Merge Join" => "joins",
        "Result" => "answers",
        _ => "",
    };

    /// <summary>Why what functions do is not seen, or not all of it, and what to do about that.</summary>
    public static string Inside(InsideProblem problem) => problem switch
    {
        InsideProblem.Writes => "What its functions do is not shown: that is seen only by running it, and it may write.",
        InsideProblem.Missing => "What its functions do is not shown: this server has no auto_explain. It is one of PostgreSQL’s own modules; install them (most systems call the package postgresql-contrib) and ask again.",
        InsideProblem.Denied => "What its functions do is not shown: the owner of the database may not use auto_explain. Whoever runs the server can allow it; docs/monitoring.md has the statements.",
        InsideProblem.TooLong => "It was ended after five seconds, or a table was locked: what its functions do is shown as far as they came.",
        InsideProblem.TooMany => "Its functions run more statements than are read here: the first are shown.",
        InsideProblem.Refused => "A function turned the made-up values down: what it did until then is shown.",
        _ => "With made-up values its functions ran no statement of their own.",
    };

    /// <summary>How long a statement inside took: "0.3 ms", "12 ms in 40 calls".</summary>
    public static string Took(InnerPlan inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.Times == 1 ? MonitoringWords.Ms(inner.Ms) : $"{MonitoringWords.Ms(inner.Ms)} in {MonitoringWords.Count(inner.Times)} calls";
    }

    /// <summary>What was run for the plan.</summary>
    public static string Run(QueryPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Inside.Count == 0 && plan.InsideProblem is null or InsideProblem.Writes or InsideProblem.Missing or InsideProblem.Denied
            ? "Nothing was run and nobody’s values were used."
            : "To see inside it was run once, read-only, with made-up values and nobody’s own; the times are of that.";
    }

    /// <summary>Why there is no plan.</summary>
    public static string Problem(PlanProblem problem) => problem switch
    {
        PlanProblem.Unknown => "This statement is put together while the program runs, so there is no one plan of it.",
        PlanProblem.NotAllowed => "Plans are for administrators.",
        PlanProblem.OtherRights => "This statement runs with rights that no page has, so its plan cannot be asked for here.",
        PlanProblem.TooLong => "PostgreSQL did not plan it within five seconds: it is busy, or a table is locked. Try again.",
        _ => "PostgreSQL cannot plan this statement without values, and nobody’s are used here.",
    };

    private static string Rows(double rows) => Numbers.Of((long)rows, "row", "rows");
}
