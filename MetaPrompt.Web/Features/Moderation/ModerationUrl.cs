using System.Globalization;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>Addresses of moderation, and of what it is about.</summary>
public static class ModerationUrl
{
    /// <summary>What waits for a decision.</summary>
    public const string Queue = "/moderation";

    /// <summary>What is hidden, the latest first.</summary>
    public const string Hidden = "/moderation?show=hidden";

    /// <summary>The log.</summary>
    public static string Log(string? action = null, Guid? by = null, Guid? template = null, long? before = null)
    {
        var parts = new List<string>();
        if (!string.IsNullOrEmpty(action))
            parts.Add("action=" + Uri.EscapeDataString(action));
        if (by is { } person)
            parts.Add($"by={person}");
        if (template is { } about)
            parts.Add($"template={about}");
        if (before is { } line)
            parts.Add("before=" + line.ToString(CultureInfo.InvariantCulture));
        return "/moderation/log" + (parts.Count == 0 ? "" : "?" + string.Join('&', parts));
    }

    /// <summary>A template in the gallery.</summary>
    public static string Template(Guid id) => $"/templates/{id}";

    /// <summary>The form that reports it.</summary>
    public static string Report(Guid id) => $"/templates/{id}/report";

    /// <summary>An author in the gallery.</summary>
    public static string Author(Guid id) => $"/authors/{id}";
}
