namespace MetaPrompt.Data.Monitoring;

/// <summary>How PostgreSQL would run a statement, whatever its parameters are.</summary>
/// <param name="Steps">From the last step (depth 0) to those that read the tables.</param>
/// <param name="Notes">What is noteworthy in it, the worst first.</param>
/// <param name="Role">As whom it was planned: authenticated, anon, or the program itself.</param>
public sealed record QueryPlan(IReadOnlyList<PlanStep> Steps, IReadOnlyList<PlanNote> Notes, string Role)
{
    /// <summary>The statements inside of the functions it calls, those that took longest first.</summary>
    public IReadOnlyList<InnerPlan> Inside { get; init; } = [];

    /// <summary>Why <see cref="Inside"/> is empty or not all; null where it is all, or was not asked for, or no function is called.</summary>
    public InsideProblem? InsideProblem { get; init; }
}

/// <summary>The plan of a statement inside of a function.</summary>
/// <param name="Function">The function, as <c>schema.name()</c>.</param>
/// <param name="Line">Where in it: "line 12", or of functions in SQL "statement 1"; null where PostgreSQL does not say.</param>
/// <param name="Times">How often it was run in one call of the query.</param>
/// <param name="Ms">How long all of that took, with what it calls in turn.</param>
/// <param name="Plan">Its plan.</param>
public sealed record InnerPlan(string Function, string? Line, int Times, double Ms, QueryPlan Plan);

/// <summary>A step of a plan.</summary>
/// <param name="Depth">0 is the last step; deeper ones feed it.</param>
/// <param name="Kind">PostgreSQL's word: Seq Scan, Index Scan, Sort, …</param>
/// <param name="On">The table, index or function it reads; null where it reads other steps only.</param>
/// <param name="Condition">What rows have to fulfil, how they are ordered or joined; null where there is nothing.</param>
/// <param name="Rows">How many rows PostgreSQL expects.</param>
/// <param name="Cost">PostgreSQL's estimate up to here, in its own unit: reading one block in order is 1.</param>
public sealed record PlanStep(int Depth, string Kind, string? On, string? Condition, double Rows, double Cost);

/// <summary>Something in a plan that explains why it may be slow.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">The table or function; null for sorts and hashes.</param>
/// <param name="Amount">Rows of the table; bytes of a sort or hash; 0 for functions.</param>
public sealed record PlanNote(PlanNoteKind Kind, string? Subject, double Amount);

/// <summary>What may be noteworthy in a plan, the worst first.</summary>
public enum PlanNoteKind
{
    /// <summary>A whole table is walked once for every row of something else.</summary>
    RepeatedWholeTable,

    /// <summary>A whole table with many rows is walked.</summary>
    WholeTable,

    /// <summary>A sort of more than fits into the memory of a query goes to disk.</summary>
    SortOnDisk,

    /// <summary>A hash of more than fits into the memory of a query goes to disk.</summary>
    HashOnDisk,

    /// <summary>A function is called, whose statements are planned by themselves and are not seen here.</summary>
    Function,
}

/// <summary>Why there is no plan.</summary>
public enum PlanProblem
{
    /// <summary>No statement has that name, or it is put together while the program runs.</summary>
    Unknown,

    /// <summary>The one who asks is no administrator.</summary>
    NotAllowed,

    /// <summary>It runs with rights that pages do not have: the owner's, at the start.</summary>
    OtherRights,

    /// <summary>PostgreSQL took too long, or waited for a lock.</summary>
    TooLong,

    /// <summary>PostgreSQL cannot plan it without values.</summary>
    NeedsValues,
}

/// <summary>Why the plans inside of functions are not seen, or not all of them.</summary>
public enum InsideProblem
{
    /// <summary>It may write, and is not run for that.</summary>
    Writes,

    /// <summary>The server has no auto_explain.</summary>
    Missing,

    /// <summary>The owner of the database may not load it, or not set it.</summary>
    Denied,

    /// <summary>It ran longer than it may, or waited for a lock.</summary>
    TooLong,

    /// <summary>There are more than are read.</summary>
    TooMany,

    /// <summary>A function turned the made-up values down.</summary>
    Refused,

    /// <summary>With made-up values nothing inside was run.</summary>
    Nothing,
}
