using System.Collections.Concurrent;

namespace MetaPrompt.Data.Monitoring;

/// <summary>How long each named query takes, in this program: what <see cref="Database.Db"/> noted.</summary>
public sealed class QueryTimes(TimeProvider time)
{
    /// <summary>What a statement without a name, or one name too many, is counted as.</summary>
    public const string Unnamed = "unnamed";

    // There are some two hundred statements. Whoever makes names by the request is not to fill the memory.
    private const int MostNames = 1000;
    private const string Comment = "-- ";

    private readonly ConcurrentDictionary<string, DurationWindow> _queries = new(StringComparer.Ordinal);

    /// <summary>Every query that has run, by name.</summary>
    public IReadOnlyList<QuerySummary> Read() =>
        [.. _queries.Select(query => new QuerySummary(query.Key, query.Value.Recent(), query.Value.SinceStart()))
            .OrderBy(query => query.Name, StringComparer.Ordinal)];

    /// <summary>All queries together.</summary>
    public DurationWindow All { get; } = new(time);

    internal (string Name, DurationWindow Times) Of(string sql)
    {
        var name = NameOf(sql);
        if (_queries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known, out var times))
            return (known, times);

        var made = _queries.Count < MostNames ? name.ToString() : Unnamed;
        return (made, _queries.GetOrAdd(made, static (_, time) => new DurationWindow(time), time));
    }

    /// <summary>The name that a statement's first line gives it.</summary>
    internal static ReadOnlySpan<char> NameOf(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        if (!text.StartsWith(Comment, StringComparison.Ordinal))
            return Unnamed;
        var end = text.IndexOfAny('\r', '\n');
        var name = (end < 0 ? text : text[..end])[Comment.Length..].Trim();
        return name.IsEmpty || name.Length > 100 ? Unnamed : name;
    }
}
