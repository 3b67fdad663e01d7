using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Shell;

/// <summary>The theme a person chose, in a cookie, so that the first paint has it. No cookie: as the system is set.</summary>
public static class ThemeCookie
{
    private const string Name = "theme";

    /// <summary><c>light</c>, <c>dark</c>, or null where nothing was chosen.</summary>
    public static string? Read(HttpContext context) => context.Request.Cookies[Name] switch
    {
        "light" => "light",
        "dark" => "dark",
        _ => null,
    };

    /// <summary>Maps <c>GET /theme?to=dark&amp;returnUrl=/…</c>, for pages without JavaScript; the site's script sets the cookie itself.</summary>
    public static void MapTheme(this WebApplication app) =>
        app.MapGet("/theme", (HttpContext context, string? to, string? returnUrl) =>
        {
            if (to is "light" or "dark")
            {
                context.Response.Cookies.Append(Name, to, new CookieOptions
                {
                    MaxAge = TimeSpan.FromDays(365),
                    SameSite = SameSiteMode.Lax,
                    Secure = context.Request.IsHttps,
                    IsEssential = true,
                });
            }

            return Results.LocalRedirect(LocalUrl.OrHome(returnUrl));
        });
}
