using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Where to go after signing in: always on this site, whatever the address in the link says.</summary>
internal static class ReturnAddress
{
    /// <summary>Where people land who were on their way nowhere.</summary>
    public const string Usual = "/prompts";

    private static readonly string[] Doors = ["/login", "/logout", "/signup", "/forgot-password", "/reset-password", "/confirm-email"];

    /// <summary>The address if it leads to a page of this site other than the doors themselves; else <see cref="Usual"/>.</summary>
    public static string Or(string? url) => Read(url) ?? Usual;

    /// <summary>The address if it leads to a page of this site other than the doors themselves; else null.</summary>
    public static string? Read(string? url) =>
        // Browsers read "\" as "/": none of our own addresses has one.
        LocalUrl.IsLocal(url) && url!.Length <= 2000 && !url.Contains('\\', StringComparison.Ordinal)
        && !Doors.Any(door => new PathString(url.Split('?', '#')[0]).StartsWithSegments(door, StringComparison.OrdinalIgnoreCase))
            ? url
            : null;

    /// <summary>A link to another of these pages that keeps the address.</summary>
    public static string On(string page, string? url) =>
        Read(url) is { } local ? $"{page}?returnUrl={Uri.EscapeDataString(local)}" : page;
}
