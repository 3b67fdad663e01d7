using System.Security.Claims;
using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace MetaPrompt.Web.Features.Account;

/// <summary>
/// What a signed-in request knows of its person without asking the database: <see cref="ClaimTypes.NameIdentifier"/> (the
/// user's id), <see cref="ClaimTypes.Email"/>, <see cref="ClaimTypes.Name"/> (the full name; the address where there is
/// none), <see cref="Picture"/> and, for administrators, the role <see cref="Administrator"/>. Brought up to date with every
/// check of the session.
/// </summary>
public static class AccountClaims
{
    /// <summary>The address of the person's picture; no claim where there is none.</summary>
    public const string Picture = "picture";

    /// <summary>The role of administrators.</summary>
    public const string Administrator = "administrator";

    /// <summary>The session's secret. It is in the protected cookie and nowhere else; never write it out.</summary>
    internal const string Session = "session";

    internal static ClaimsPrincipal Principal(LiveSession session, string secret)
    {
        var claims = new List<Claim>
        {
            new(ClaimTypes.NameIdentifier, session.UserId.ToString()),
            new(ClaimTypes.Email, session.Email),
            new(ClaimTypes.Name, string.IsNullOrWhiteSpace(session.FullName) ? session.Email : session.FullName),
            new(Session, secret),
        };
        if (session.AvatarUrl is { } picture)
            claims.Add(new(Picture, picture));
        if (session.IsAdministrator)
            claims.Add(new(ClaimTypes.Role, Administrator));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    internal static bool Say(this ClaimsPrincipal principal, ClaimsPrincipal other) =>
        principal.Claims.Select(c => (c.Type, c.Value)).SequenceEqual(other.Claims.Select(c => (c.Type, c.Value)));
}
