using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// The pages that are the same for every visitor, and the parameters each of them knows. Whatever else an address carries
/// (campaign marks, a crawler's inventions) is taken away before the page sees it: it can neither change what is rendered
/// nor make a second copy of it in the cache. A page that wants a new parameter names it here.
/// </summary>
public static class PublicPages
{
    private static readonly (string Key, int Longest)[] Nothing = [];
    private static readonly (string Key, int Longest)[] List = [("q", 200), ("category", 100), ("tag", 60), ("sort", 20), ("after", 120)];
    private static readonly (string Key, int Longest)[] Version = [("view", 10)];
    private static readonly (string Key, int Longest)[] AuthorList = [("sort", 20), ("after", 120), ("problem", 40)];

    private static readonly (string Key, int Longest)[] Suggestions = [("q", 200)];

    /// <summary>Whether the address is one of these pages.</summary>
    public static bool Includes(PathString path) => Known(path) is not null;

    /// <summary>The address as it is kept and linked: known parameters, in one order, none of them empty or too long.</summary>
    /// <param name="path">Of one of these pages; another address keeps its query.</param>
    /// <param name="query">With its question mark, or nothing.</param>
    public static string Query(PathString path, string? query)
    {
        if (string.IsNullOrEmpty(query) || query == "?" || Known(path) is not { } known)
            return query is "?" or null ? "" : query;

        var given = QueryHelpers.ParseQuery(query);
        var kept = new StringBuilder();
        foreach (var (key, longest) in known)
        {
            // Of a repeated parameter the pages would see all values, joined; nobody means that.
            if (given.TryGetValue(key, out var values) && values is [{ Length: > 0 } value, ..])
                Append(kept, key, Cut(value, longest));
        }

        if (IsTemplate(path))
            AppendVariables(kept, given);
        return kept.ToString();
    }

    /// <summary>Whether a visitor's own words are in the address: the values of a template's variables.</summary>
    public static bool HasFilledVariables(IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Keys.Any(IsVariable);
    }

    private static (string Key, int Longest)[]? Known(PathString path)
    {
        var parts = (path.Value ?? "").Split('/');
        return parts switch
        {
            ["", ""] => Nothing,
            ["", "templates"] => List,
            ["", "templates", "suggest"] => Suggestions,
            ["", "templates", var id] when Guid.TryParse(id, out _) => Nothing,
            ["", "templates", var id, "versions", var number] when Guid.TryParse(id, out _) && int.TryParse(number, out _) => Version,
            ["", "authors", var id] when Guid.TryParse(id, out _) => AuthorList,
            _ => null,
        };
    }

    private static bool IsTemplate(PathString path) => (path.Value ?? "").Split('/') is ["", "templates", not "suggest"];

    private static bool IsVariable(string key) => key.StartsWith("v.", StringComparison.Ordinal);

    private static void AppendVariables(StringBuilder kept, Dictionary<string, StringValues> given)
    {
        foreach (var (key, values) in given)
        {
            if (IsVariable(key) && values is [{ Length: > 0 } value, ..])
                Append(kept, key, value);
        }
    }

    private static void Append(StringBuilder query, string key, string value) =>
        query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));

    private static string Cut(string value, int longest) => value.Length <= longest ? value : value[..longest];
}
