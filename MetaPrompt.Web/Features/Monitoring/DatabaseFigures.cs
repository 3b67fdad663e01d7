using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>The parts of the page that are read from the database, each by itself.</summary>
public enum DatabasePart
{
    Server,
    Sessions,
    Runs,
    RunFailures,
    Nodes,
    SignIns,
    Statements,
    Tables,
    Indexes,
    Migrations,
}

/// <summary>When a part was last read, and why it could not be since; null where nothing stands against it.</summary>
/// <param name="At">Null: never yet.</param>
/// <param name="Problem">A sentence for the page.</param>
public sealed record PartStatus(DateTimeOffset? At, string? Problem);

/// <summary>What was last read of the database. What could not be read again keeps its last figures and their time.</summary>
public sealed record DatabaseFigures
{
    public ServerFacts? Server { get; init; }
    public IReadOnlyList<SessionFacts>? Sessions { get; init; }
    public RunFacts? Runs { get; init; }
    public IReadOnlyList<RunFailure>? RunFailures { get; init; }
    public IReadOnlyList<NodeFacts>? Nodes { get; init; }
    public IReadOnlyList<SignInFailure>? SignIns { get; init; }
    public IReadOnlyList<StatementFacts>? Statements { get; init; }
    public IReadOnlyList<TableFacts>? Tables { get; init; }
    public IReadOnlyList<IndexFacts>? Indexes { get; init; }
    public IReadOnlyList<AppliedFile>? Migrations { get; init; }

    /// <summary>How each part stands; one that is not in it was not asked for yet.</summary>
    public IReadOnlyDictionary<DatabasePart, PartStatus> Parts { get; init; } = new Dictionary<DatabasePart, PartStatus>();

    /// <summary>Since when the database does not answer; null where it does.</summary>
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>How a part stands.</summary>
    public PartStatus StatusOf(DatabasePart part) => Parts.GetValueOrDefault(part) ?? new PartStatus(null, null);
}
