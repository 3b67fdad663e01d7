using System.Globalization;
using MetaPrompt.Data.Tests;
using Microsoft.AspNetCore.WebUtilities;

namespace MetaPrompt.Web.Features.History;

/// <summary>Addresses of the results' pages and of those they lead to. What the list is narrowed to is its address.</summary>
public static class ResultsUrl
{
    /// <summary>The most results that stand beside each other.</summary>
    public const int MostCompared = 6;

    private const int LongestSearch = 200;

    /// <summary>The list with its filters and its order; the same list has one address only.</summary>
    public static string List(ResultFilter filter, bool oldestFirst = false) => "/results" + Query(filter, oldestFirst);

    /// <summary>What stands behind the list's path: "" or "?…".</summary>
    public static string Query(ResultFilter filter, bool oldestFirst = false)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var parts = new List<string>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
                parts.Add($"{name}={Uri.EscapeDataString(value.Trim())}");
        }

        Add("q", filter.Search);
        Add("prompt", filter.PromptId?.ToString());
        Add("version", filter.Version?.ToString(CultureInfo.InvariantCulture));
        Add("model", filter.Model);
        Add("case", filter.CaseId?.ToString());
        Add("run", filter.RunId?.ToString());
        Add("from", filter.From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add("to", filter.To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add("status", filter.Status is { } status ? Word(status) : null);
        Add("starred", filter.Starred ? "1" : null);
        Add("sort", oldestFirst ? "oldest" : null);
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    /// <summary>What a query asks for; what makes no sense in it is left out.</summary>
    public static (ResultFilter Filter, bool OldestFirst) Read(string? query)
    {
        var parts = QueryHelpers.ParseQuery(query ?? "");
        string? Text(string name) => parts.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 } text ? text : null;
        Guid? Id(string name) => Guid.TryParse(Text(name), out var id) ? id : null;
        DateOnly? Day(string name) => DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 2000 ? day : null;
        var search = Text("q");
        return (new ResultFilter
        {
            Search = search?.Length > LongestSearch ? search[..LongestSearch] : search,
            PromptId = Id("prompt"),
            Version = int.TryParse(Text("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : null,
            Model = Text("model") is { Length: <= 50 } model ? model : null,
            CaseId = Id("case"),
            RunId = Id("run"),
            From = Day("from"),
            To = Day("to"),
            Status = Text("status") is { } word ? Enum.GetValues<ResultStatus>().Where(status => Word(status) == word).Select(status => (ResultStatus?)status).FirstOrDefault() : null,
            Starred = Text("starred") == "1",
        }, Text("sort") == "oldest");
    }

    /// <summary>A result; with what the list it was opened from is narrowed to, so that one comes back to it.</summary>
    public static string One(Guid id, string listQuery = "") => string.Create(CultureInfo.InvariantCulture, $"/results/{id}{listQuery}");

    /// <summary>Results beside each other.</summary>
    public static string Compare(IEnumerable<Guid> ids) => "/results/compare?ids=" + string.Join(',', ids.Take(MostCompared));

    /// <summary>Which results an address compares.</summary>
    public static IReadOnlyList<Guid> ReadIds(string? text) => string.IsNullOrWhiteSpace(text) ? []
        : [.. text.Split(',').Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().Take(MostCompared)];

    /// <summary>What whoever has a result's secret link opens.</summary>
    public static string Shared(string token) => "/r/" + token;

    /// <summary>Pass rates of a prompt.</summary>
    public static string Rates(Guid promptId) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/results");

    /// <summary>A prompt.</summary>
    public static string Prompt(Guid promptId) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}");

    /// <summary>What the prompt said in a version.</summary>
    public static string Version(Guid promptId, int number) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/versions?to={number}");

    /// <summary>The test page of a prompt, with a run where there is one.</summary>
    public static string Test(Guid promptId, Guid? runId = null) =>
        string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/test") + (runId is null ? "" : string.Create(CultureInfo.InvariantCulture, $"?run={runId}"));

    /// <summary>The word for a status, in addresses.</summary>
    public static string Word(ResultStatus status) => status switch
    {
        ResultStatus.Stopped => "stopped",
        ResultStatus.Failed => "failed",
        ResultStatus.Passed => "passed",
        ResultStatus.Broken => "failed-checks",
        ResultStatus.Unchecked => "not-checked",
        _ => "done",
    };
}
