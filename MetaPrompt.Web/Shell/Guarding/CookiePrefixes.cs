using System.Text;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// Over HTTPS the cookies that carry a right are called <c>__Host-</c>…, which a browser takes from this very host alone, or
/// <c>__Secure-</c>… where they belong to one path. So neither plain http nor a neighbouring subdomain can plant one. Inside the
/// program they keep their plain names, which is what they are called over plain http, where browsers refuse these prefixes.
/// </summary>
internal sealed class CookiePrefixes(RequestDelegate next)
{
    private const string Host = "__Host-";
    private const string Secure = "__Secure-";

    /// <summary>Takes the prefixes off what comes and puts them on what goes.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.IsHttps)
            return next(context);
        if (context.Request.Headers.Cookie.Count > 0)
            context.Request.Headers.Cookie = Plain(context.Request.Cookies);
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            if (headers.SetCookie.Count > 0)
                headers.SetCookie = headers.SetCookie.Select(Prefixed).ToArray();
            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    }

    private static bool CarriesARight(string name) =>
        name.StartsWith("metaprompt.", StringComparison.Ordinal) || name.StartsWith(".AspNetCore.", StringComparison.Ordinal);

    private static string Plain(IRequestCookieCollection cookies)
    {
        var plain = new StringBuilder();
        foreach (var (name, value) in cookies)
        {
            var own = name.StartsWith(Host, StringComparison.Ordinal) ? name[Host.Length..]
                : name.StartsWith(Secure, StringComparison.Ordinal) ? name[Secure.Length..]
                : null;
            // Under its plain name anybody may have planted it.
            if (own is null ? CarriesARight(name) : !CarriesARight(own))
                continue;
            plain.Append(plain.Length == 0 ? "" : "; ").Append(own ?? name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return plain.ToString();
    }

    private static string? Prefixed(string? header)
    {
        if (header is null || !SetCookieHeaderValue.TryParse(header, out var cookie) || !CarriesARight(cookie.Name.ToString()))
            return header;
        return (cookie.Path == "/" && !cookie.Domain.HasValue ? Host : Secure) + header;
    }
}
