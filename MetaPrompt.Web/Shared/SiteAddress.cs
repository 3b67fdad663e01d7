using MetaPrompt.Data;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// The site's own address, for whatever leaves it: canonical links, feeds, sitemaps, previews. The setting
/// <c>Site:PublicUrl</c>; without it the address that was asked for, so that a checkout works as it is.
/// </summary>
public sealed class SiteAddress
{
    private const string Setting = "Site:PublicUrl";

    private SiteAddress(string? publicUrl) => PublicUrl = publicUrl;

    /// <summary>The setting without a slash at its end; null where it is not given.</summary>
    public string? PublicUrl { get; }

    /// <summary>Reads <c>Site:PublicUrl</c>.</summary>
    /// <exception cref="SettingsException">It is no address of a site.</exception>
    public static SiteAddress Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[Setting] is not { } given || string.IsNullOrWhiteSpace(given))
            return new SiteAddress(null);
        return Uri.TryCreate(given.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            ? new SiteAddress(url.GetLeftPart(UriPartial.Authority))
            : throw new SettingsException(Setting, "is no address of a site. Write it as https://prompts.example.com, without a path, or leave it empty.");
    }

    /// <summary>A path of the site as others have to write it.</summary>
    /// <param name="baseUri">The address the page was asked for at, as <c>NavigationManager.BaseUri</c> has it.</param>
    /// <param name="path">From the site's root, with a slash at its beginning.</param>
    public string Absolute(string baseUri, string path)
    {
        ArgumentNullException.ThrowIfNull(baseUri);
        return (PublicUrl ?? baseUri.TrimEnd('/')) + path;
    }

    /// <inheritdoc cref="Absolute(string, string)"/>
    public string Absolute(HttpRequest request, string path)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (PublicUrl ?? $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}") + path;
    }
}
