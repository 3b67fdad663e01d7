using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Monitoring;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>The one sentence at the top, and why it may be slow.</summary>
public static class StateWords
{
    // What people begin to notice.
    private const double SlowPageMs = 500;

    /// <summary>"All is well." or what is not.</summary>
    public static string State(IReadOnlyList<Alert> alerts, DatabaseFigures figures)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        ArgumentNullException.ThrowIfNull(figures);
        if (figures.AwaySince is not null)
            return "The database does not answer.";
        return alerts.Count == 0 ? "All is well." : $"{Numbers.Of(alerts.Count, "alert", "alerts")}: {string.Join("; ", alerts.Select(Kind).Distinct())}.";
    }

    /// <summary>What an alert is about, in a few words.</summary>
    public static string Kind(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Kind switch
        {
            AlertKind.SlowQuery => "slow queries",
            AlertKind.PoolExhausted => "no connection to the database is free",
            AlertKind.StorageFull => "the database is nearly full",
            AlertKind.SignInFailures => "many wrong passwords",
            AlertKind.DatabaseAway => "the database does not answer",
            _ => alert.Subject,
        };
    }

    /// <summary>Why it may be slow, or that it is not; the heaviest first. Never empty.</summary>
    /// <param name="now">This node.</param>
    /// <param name="figures">The database.</param>
    /// <param name="slowest">The slowest query's name and plan, where it is slow and was asked for.</param>
    /// <param name="slowMs">From where on a query is slow.</param>
    public static IReadOnlyList<string> Why(VitalsNow now, DatabaseFigures figures, (string Name, QueryPlan? Plan)? slowest, double slowMs)
    {
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(figures);
        var why = new List<string>();
        if (figures.AwaySince is not null)
        {
            why.Add("Pages that need it say so and try again by themselves. What the program measures of itself goes on below; the rest shows when it was last read.");
            return why;
        }

        if (now.Pool.Waiting > 0)
            why.Add($"{Numbers.Of(now.Pool.Waiting, "query waits", "queries wait")} for a connection: all {now.Pool.Max} are in use. Look which queries are slow, or allow more (Maximum Pool Size).");
        if (figures.Sessions?.Where(session => session.BlockedBy.Length > 0).ToArray() is { Length: > 0 } blocked)
            why.Add($"{Numbers.Of(blocked.Length, "session waits", "sessions wait")} for a lock that session {blocked[0].BlockedBy[0]}{Holder(figures, blocked[0].BlockedBy[0])} holds.");
        if (Slowest(now) is { } query && query.Recent.MaxMs >= slowMs)
        {
            var how = slowest is { } asked && asked.Name == query.Name ? PlanWords.InShort(asked.Plan) : null;
            why.Add($"The slowest: {query.Name} takes {MonitoringWords.Ms(query.Recent.P95Ms)} (95 in 100; at most {MonitoringWords.Ms(query.Recent.MaxMs)}){(how is null ? "" : ", " + how)}.");
        }

        if (why.Count == 0)
            why.Add(Usual(now));
        return why;
    }

    /// <summary>The query that took longest in the last five minutes; null where none ran.</summary>
    public static QuerySummary? Slowest(VitalsNow now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return now.Queries.Where(query => query.Recent.MaxMs is not null).MaxBy(query => query.Recent.P95Ms);
    }

    private static string Usual(VitalsNow now)
    {
        if (now.Http.Recent.P95Ms is not { } pages)
            return "Nobody has asked for a page in the last five minutes.";
        var queries = Slowest(now) is { } slowest ? $"; of the queries {slowest.Name} is the slowest with {MonitoringWords.Ms(slowest.Recent.P95Ms)}" : "";
        return pages >= SlowPageMs
            ? $"Pages take {MonitoringWords.Ms(pages)} (95 in 100), though no query is slow and none waits{queries}. Look at memory and processors of this machine."
            : $"{MonitoringWords.Rate(now.Http.PerSecond)} requests a second, 95 in 100 answered within {MonitoringWords.Ms(pages)}{queries}.";
    }

    private static string Holder(DatabaseFigures figures, int pid) =>
        figures.Sessions!.FirstOrDefault(session => session.Pid == pid) is { } holder ? $" ({holder.Statement ?? holder.Application}, {holder.State})" : "";
}
