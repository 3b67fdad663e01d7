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
            _ => $"Calls {note.Subject}. What happens inside of it PostgreSQL plans when it is called, so this plan shows the call alone. Which tables are walked whole is in the list of tables below.",
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
