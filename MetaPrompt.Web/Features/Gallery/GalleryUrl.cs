using System.Globalization;
using System.Text;
using MetaPrompt.Data.Templates;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The gallery's state and its address are one: what can be seen can be linked.</summary>
public static class GalleryUrl
{
    /// <summary>The orders with the words for them, in the order the menu shows them.</summary>
    public static IReadOnlyList<(TemplateSort Sort, string Key, string Label)> Sorts { get; } =
    [
        (TemplateSort.Best, "best", "Best match"),
        (TemplateSort.Likes, "likes", "Most liked"),
        (TemplateSort.Uses, "uses", "Most used"),
        (TemplateSort.Newest, "newest", "Newest"),
        (TemplateSort.Trending, "trending", "Trending"),
    ];

    /// <summary>The order an address names; without one, or with nonsense, the best match for a query and else the most liked.</summary>
    public static TemplateSort ParseSort(string? key, bool hasQuery)
    {
        foreach (var (sort, name, _) in Sorts)
        {
            if (name == key && (hasQuery || sort != TemplateSort.Best))
                return sort;
        }

        return hasQuery ? TemplateSort.Best : TemplateSort.Likes;
    }

    /// <summary>The address of a list; parts that say nothing are left out.</summary>
    public static string List(string? query = null, string? category = null, string? tag = null, string? sort = null, string? after = null)
    {
        var url = new StringBuilder("/templates");
        var separator = '?';
        foreach (var (key, value) in new[] { ("q", query), ("category", category), ("tag", tag), ("sort", sort), ("after", after) })
        {
            if (string.IsNullOrEmpty(value))
                continue;
            url.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return url.ToString();
    }

    /// <summary>The address of a template.</summary>
    public static string Template(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/templates/{id}");

    /// <summary>The address of a version of a template; <paramref name="view"/> is what it is compared with.</summary>
    public static string Version(Guid id, int number, string? view = null) =>
        string.Create(CultureInfo.InvariantCulture, $"/templates/{id}/versions/{number}") + (view is null ? null : "?view=" + view);

    /// <summary>The address of an author.</summary>
    public static string Author(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/authors/{id}");
}
