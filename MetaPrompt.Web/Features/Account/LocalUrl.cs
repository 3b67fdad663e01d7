namespace MetaPrompt.Web.Features.Account;

/// <summary>Where to go after signing in: always on this site, whatever the address in the link says.</summary>
public static class LocalUrl
{
    /// <summary>Where people land who were on their way nowhere.</summary>
    public const string Home = "/prompts";

    private static readonly Uri Here = new("https://here.invalid/");

    /// <summary>The address if it leads to a page of this site, and <see cref="Home"/> for everything else.</summary>
    public static string OrHome(string? url) => Read(url) ?? Home;

    /// <summary>The address if it leads to a page of this site; null for everything else.</summary>
    public static string? Read(string? url)
    {
        // Browsers read "\" as "/" and drop tabs and line ends, so "/\evil" and "/<tab>/evil" lead elsewhere.
        if (string.IsNullOrEmpty(url) || url[0] != '/' || url.Length > 2000 || url.StartsWith("//", StringComparison.Ordinal)
            || url.Contains('\\', StringComparison.Ordinal) || url.Any(char.IsControl))
            return null;

        return Uri.TryCreate(Here, url, out var resolved) && resolved.GetLeftPart(UriPartial.Authority) == "https://here.invalid"
            && !resolved.AbsolutePath.StartsWith("//", StringComparison.Ordinal)
            // Back to the door through which one came in.
            && resolved.AbsolutePath.ToUpperInvariant() is not ("/LOGIN" or "/LOGOUT" or "/SIGNUP")
            ? url
            : null;
    }
}
