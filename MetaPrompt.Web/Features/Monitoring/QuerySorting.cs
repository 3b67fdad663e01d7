using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>The columns that queries are sorted by.</summary>
public enum QuerySort
{
    Name,
    Calls,
    Errors,
    P50,
    P95,
    P99,
    Max,
    Share,
}

/// <summary>The order of the table of queries.</summary>
public static class QuerySorting
{
    /// <summary>The column's heading.</summary>
    public static string Title(QuerySort column) => column switch
    {
        QuerySort.Name => "Query",
        QuerySort.Calls => "Calls",
        QuerySort.Errors => "Errors",
        QuerySort.P50 => "Half within",
        QuerySort.P95 => "95% within",
        QuerySort.P99 => "99% within",
        QuerySort.Max => "Longest",
        _ => "Share of time",
    };

    /// <summary>The rows in order; those that are equal by their names.</summary>
    public static IReadOnlyList<(string Name, DurationFigures Figures)> Sorted(
        IEnumerable<(string Name, DurationFigures Figures)> rows, QuerySort column, bool descending)
    {
        if (column == QuerySort.Name)
            return [.. descending ? rows.OrderByDescending(row => row.Name, StringComparer.Ordinal) : rows.OrderBy(row => row.Name, StringComparer.Ordinal)];
        double Key((string Name, DurationFigures Figures) row) => column switch
        {
            QuerySort.Calls => row.Figures.Calls,
            QuerySort.Errors => row.Figures.Errors,
            QuerySort.P50 => row.Figures.P50Ms ?? -1,
            QuerySort.P95 => row.Figures.P95Ms ?? -1,
            QuerySort.P99 => row.Figures.P99Ms ?? -1,
            QuerySort.Max => row.Figures.MaxMs ?? -1,
            _ => row.Figures.TotalMs,
        };
        var ordered = descending ? rows.OrderByDescending(Key) : rows.OrderBy(Key);
        return [.. ordered.ThenBy(row => row.Name, StringComparer.Ordinal)];
    }
}
