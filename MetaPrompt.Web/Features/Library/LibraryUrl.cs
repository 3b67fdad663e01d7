using System.Globalization;
using MetaPrompt.Data.Prompts;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Addresses of the library's pages and of those they lead to.</summary>
public static class LibraryUrl
{
    /// <summary>The list, with what is searched for.</summary>
    public static string List(string? query = null) =>
        string.IsNullOrWhiteSpace(query) ? "/prompts" : "/prompts?q=" + Uri.EscapeDataString(query.Trim());

    /// <summary>The list with its filters and its order; the same list has one address only.</summary>
    public static string List(PromptFilter filter, PromptSort sort)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var parts = new List<string>();
        if (!string.IsNullOrWhiteSpace(filter.Search))
            parts.Add("q=" + Uri.EscapeDataString(filter.Search.Trim()));
        if (filter.Unlabelled)
            parts.Add("label=none");
        else
            parts.AddRange(filter.Labels.Distinct().Order().Select(label => string.Create(CultureInfo.InvariantCulture, $"label={label}")));
        if (filter.Visibility is { } visibility)
            parts.Add("show=" + Word(visibility));
        if (sort != PromptSort.Newest)
            parts.Add("sort=" + Word(sort));
        return parts.Count == 0 ? "/prompts" : "/prompts?" + string.Join('&', parts);
    }

    /// <summary>What the list's address asks for; what makes no sense in it is left out.</summary>
    public static (PromptFilter Filter, PromptSort Sort) Read(string? query, IEnumerable<string>? labels, string? show, string? sort)
    {
        var words = labels?.ToList() ?? [];
        var search = query?.Trim();
        var unlabelled = words.Contains("none");
        return (new PromptFilter
        {
            Search = string.IsNullOrEmpty(search) ? null : search.Length > 200 ? search[..200] : search,
            Unlabelled = unlabelled,
            Labels = unlabelled ? [] : [.. words.Select(word => Guid.TryParse(word, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().Order().Take(20)],
            Visibility = Enum.GetValues<PromptVisibility>().Where(visibility => Word(visibility) == show).Select(visibility => (PromptVisibility?)visibility).FirstOrDefault(),
        }, Enum.GetValues<PromptSort>().FirstOrDefault(one => Word(one) == sort));
    }

    /// <summary>A prompt.</summary>
    public static string Prompt(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}");

    /// <summary>Where it is published, unlisted, or made private again.</summary>
    public static string Publish(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/publish");

    /// <summary>Where several are published.</summary>
    public static string PublishMany(IEnumerable<Guid> ids) => "/prompts/publish?ids=" + string.Join(',', ids);

    /// <summary>Where several are taken away as files.</summary>
    public static string Export(IEnumerable<Guid> ids) => "/prompts/export?ids=" + string.Join(',', ids);

    /// <summary>The test page of a prompt.</summary>
    public static string Test(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/test");

    /// <summary>How many of a prompt's test results pass, by version and model.</summary>
    public static string Results(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/results");

    /// <summary>The versions of a prompt: one of them, or what changed from one to another.</summary>
    public static string Versions(Guid id, int? from = null, int? to = null, bool sideBySide = false)
    {
        var query = (from, to) switch
        {
            (null, null) => "",
            (null, _) => $"?to={to}",
            _ => $"?from={from}&to={to}" + (sideBySide ? "&view=side" : ""),
        };
        return string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/versions{query}");
    }

    /// <summary>What whoever has a prompt's secret link opens.</summary>
    public static string Shared(string token) => "/s/" + token;

    /// <summary>A template in the gallery.</summary>
    public static string Template(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/templates/{id}");

    /// <summary>The word for an order, in addresses.</summary>
    public static string Word(PromptSort sort) => sort switch
    {
        PromptSort.Changed => "changed",
        PromptSort.Title => "title",
        PromptSort.Tested => "tested",
        _ => "newest",
    };

    /// <summary>The word for who sees a prompt, in addresses.</summary>
    public static string Word(PromptVisibility visibility) => visibility switch
    {
        PromptVisibility.Public => "public",
        PromptVisibility.Unlisted => "unlisted",
        _ => "private",
    };
}
