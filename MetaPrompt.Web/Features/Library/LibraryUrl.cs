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

    /// <summary>A template in the gallery.</summary>
    public static string Template(Guid id) => string.Create(CultureInfo.InvariantCulture, $"/templates/{id}");
}
