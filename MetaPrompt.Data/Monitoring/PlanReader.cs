using System.Text.Json;
using System.Text.RegularExpressions;

namespace MetaPrompt.Data.Monitoring;

/// <summary>From what EXPLAIN (VERBOSE, FORMAT JSON) says to steps and what is noteworthy about them. Pure.</summary>
internal static partial class PlanReader
{
    /// <summary>Below this many rows a walk over the whole table is what PostgreSQL does best.</summary>
    public const double ManyRows = 10_000;

    // One walk over a thousand rows is nothing; a thousand such walks are a million rows.
    private const double ManyRowsAgain = 1_000;

    private static readonly string[] Conditions =
        ["Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "One-Time Filter"];

    /// <summary>The tables that are walked whole, as <c>schema.name</c>.</summary>
    public static IReadOnlyList<string> WholeTables(JsonElement plan)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Walk(plan, 0, repeated: false, (node, _, _) =>
        {
            if (Text(node, "Node Type") == "Seq Scan")
                found.Add(Name(node)!);
        });
        return [.. found];
    }

    /// <summary>Whether the statement itself writes or locks rows, whatever the functions do that it calls.</summary>
    public static bool Writes(JsonElement plan)
    {
        var writes = false;
        Walk(plan, 0, repeated: false, (node, _, _) => writes |= Text(node, "Node Type") is "ModifyTable" or "LockRows");
        return writes;
    }

    /// <summary>The names, without schema, of whatever may be a function that is called anywhere in it.</summary>
    /// <remarks>PostgreSQL leaves away a schema that is in the search path, as <c>public</c> is.</remarks>
    public static IReadOnlyList<string> MayCall(JsonElement plan)
    {
        var found = Call().Matches(plan.GetRawText()).Select(call => call.Groups[2].Value).ToHashSet(StringComparer.Ordinal);
        Walk(plan, 0, repeated: false, (node, _, _) =>
        {
            if (Text(node, "Function Name") is { } scanned)
                found.Add(scanned);
        });
        return [.. found];
    }

    /// <summary>The condition without any text that is not in the statement itself: a value that a function worked out, and that may be somebody's.</summary>
    public static string? WithoutValues(string? condition, string statement) =>
        condition is null ? null : Literal().Replace(condition, text => statement.Contains(text.Value, StringComparison.Ordinal) ? text.Value : "'…'");

    /// <summary>The plan.</summary>
    /// <param name="plan">The object below "Plan".</param>
    /// <param name="role">As whom it was made.</param>
    /// <param name="rows">How many rows each of <see cref="WholeTables"/> has.</param>
    /// <param name="sortMemory">Bytes a sort may take.</param>
    /// <param name="hashMemory">Bytes a hash may take.</param>
    /// <param name="functions">Functions of ours, as <c>schema.name()</c>.</param>
    public static QueryPlan Read(
        JsonElement plan, string role, IReadOnlyDictionary<string, double> rows, double sortMemory, double hashMemory, IReadOnlyCollection<string> functions)
    {
        var steps = new List<PlanStep>();
        var notes = new HashSet<PlanNote>();
        Walk(plan, 0, repeated: false, (node, depth, repeated) =>
        {
            var kind = Text(node, "Node Type")!;
            steps.Add(new PlanStep(depth, kind, Name(node), Condition(node), Number(node, "Plan Rows"), Number(node, "Total Cost")));
            var bytes = Number(node, "Plan Rows") * Number(node, "Plan Width");
            switch (kind)
            {
                case "Seq Scan" when rows.GetValueOrDefault(Name(node)!) is var many && many >= (repeated ? ManyRowsAgain : ManyRows):
                    notes.Add(new PlanNote(repeated ? PlanNoteKind.RepeatedWholeTable : PlanNoteKind.WholeTable, Name(node), many));
                    break;
                case "Sort" when bytes > sortMemory:
                    notes.Add(new PlanNote(PlanNoteKind.SortOnDisk, null, bytes));
                    break;
                case "Hash" when bytes > hashMemory:
                    notes.Add(new PlanNote(PlanNoteKind.HashOnDisk, null, bytes));
                    break;
            }

            foreach (var function in Functions(node, functions))
                notes.Add(new PlanNote(PlanNoteKind.Function, function, 0));
        });
        return new QueryPlan(steps, [.. notes.OrderBy(note => note.Kind).ThenByDescending(note => note.Amount).ThenBy(note => note.Subject, StringComparer.Ordinal)], role);
    }

    private static void Walk(JsonElement node, int depth, bool repeated, Action<JsonElement, int, bool> see)
    {
        see(node, depth, repeated);
        if (!node.TryGetProperty("Plans", out var children))
            return;
        foreach (var child in children.EnumerateArray())
        {
            // The inner side of a nested loop begins anew for every row of the outer one; what is kept of it does not.
            var again = Text(node, "Node Type") switch
            {
                "Nested Loop" => repeated || (Text(child, "Parent Relationship") == "Inner" && OuterRows(node) > 1),
                "Materialize" or "Memoize" or "Hash" => false,
                _ => repeated || Text(child, "Parent Relationship") == "SubPlan",
            };
            Walk(child, depth + 1, again, see);
        }
    }

    private static double OuterRows(JsonElement loop) =>
        loop.GetProperty("Plans").EnumerateArray().Where(child => Text(child, "Parent Relationship") == "Outer").Select(child => Number(child, "Plan Rows")).FirstOrDefault();

    private static string? Name(JsonElement node) =>
        Text(node, "Relation Name") is { } table ? Text(node, "Schema") is { } schema ? $"{schema}.{table}" : table
        : Text(node, "Index Name") ?? (Text(node, "Function Name") is { } function ? $"{Text(node, "Schema")}.{function}()" : Text(node, "CTE Name"));

    private static string? Condition(JsonElement node)
    {
        var parts = Conditions.Select(name => Text(node, name)).OfType<string>().ToList();
        if (node.TryGetProperty("Sort Key", out var keys))
            parts.Add("by " + string.Join(", ", keys.EnumerateArray().Select(key => key.GetString())));
        if (Text(node, "Index Name") is { } index && Text(node, "Relation Name") is not null)
            parts.Insert(0, "with " + index);
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    private static IEnumerable<string> Functions(JsonElement node, IReadOnlyCollection<string> ours)
    {
        if (Text(node, "Function Name") is { } scanned && Full(Text(node, "Schema"), scanned, ours) is { } function)
            yield return function;
        if (!node.TryGetProperty("Output", out var output))
            yield break;
        foreach (var column in output.EnumerateArray())
        {
            foreach (Match call in Call().Matches(column.GetString() ?? ""))
            {
                if (Full(call.Groups[1].Success ? call.Groups[1].Value : "public", call.Groups[2].Value, ours) is { } called)
                    yield return called;
            }
        }
    }

    private static string? Full(string? schema, string name, IReadOnlyCollection<string> ours) =>
        ours.Contains($"{schema}.{name}()") ? $"{schema}.{name}()" : null;

    private static string? Text(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double Number(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    [GeneratedRegex(@"(?:\b(\w+)\.)?\b(\w+)\(")]
    private static partial Regex Call();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Literal();
}
