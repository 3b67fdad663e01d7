namespace MetaPrompt.Web.Shared;

/// <summary>Addresses to return to come from the address bar, so anybody can write them: only our own are followed.</summary>
public static class LocalUrl
{
    /// <summary>The path where it leads into this site; otherwise <c>/</c>.</summary>
    public static string OrHome(string? url) => IsLocal(url) ? url! : "/";

    /// <summary>Whether it is a path of this site: begins with one slash, and neither browser nor server can read a host into it.</summary>
    public static bool IsLocal(string? url)
    {
        if (string.IsNullOrEmpty(url) || url[0] != '/' || (url.Length > 1 && url[1] is '/' or '\\'))
            return false;
        foreach (var c in url)
        {
            // What is no ASCII fits in no header; our own addresses have it percent-encoded.
            if (char.IsControl(c) || !char.IsAscii(c))
                return false;
        }

        return true;
    }
}
