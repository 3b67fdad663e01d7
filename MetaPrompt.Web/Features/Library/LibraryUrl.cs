using System.Globalization;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Addresses of the library's pages and of those they lead to.</summary>
public static class LibraryUrl
{
    /// <summary>The list, with what is searched for.</summary>
    public static string List(string? query = null) =>
        string.IsNullOrWhiteSpace(query) ? "/prompts" : "/prompts?q=" + Uri.EscapeDataString(query.Trim());

    /// <summary>A prompt.</summary>
    public static string Prompt(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}");

    /// <summary>Where it is published, unlisted, or made private again.</summary>
    public static string Publish(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/publish");

    /// <summary>The test page of a prompt.</summary>
    public static string Test(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/prompts/{id}/test");

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
}
