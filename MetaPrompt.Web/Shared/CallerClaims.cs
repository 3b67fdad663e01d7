using System.Security.Claims;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Shared;

/// <summary>From the signed-in cookie to the caller a query runs as.</summary>
public static class CallerClaims
{
    /// <summary>The person's caller; <see cref="Caller.Anonymous"/> where nobody is signed in.</summary>
    public static Caller Caller(this ClaimsPrincipal? principal) =>
        principal?.UserId() is { } id ? Data.Caller.User(id) : Data.Caller.Anonymous;

    /// <summary>The person's id from the cookie's <see cref="ClaimTypes.NameIdentifier"/>; null where nobody is signed in.</summary>
    public static Guid? UserId(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true
        && Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)
            ? id
            : null;
}
