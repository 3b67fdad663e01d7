using Microsoft.AspNetCore.WebUtilities;

namespace MetaPrompt.Web.Shared;

/// <summary>Where a form leads back to, with what the page there has to say.</summary>
public static class BackUrl
{
    /// <summary>The address with the given parts of its query set and those that are null taken out; <paramref name="fallback"/> where it is not of this site.</summary>
    public static string With(string? url, string fallback, params (string Name, string? Value)[] parts)
    {
        url = LocalUrl.IsLocal(url) ? url! : fallback;
        var cut = url.IndexOf('?', StringComparison.Ordinal);
        var query = cut < 0 ? [] : QueryHelpers.ParseQuery(url[cut..]);
        foreach (var (name, value) in parts)
        {
            query.Remove(name);
            if (value is not null)
                query[name] = value;
        }

        return QueryHelpers.AddQueryString(cut < 0 ? url : url[..cut], query);
    }
}
