using System.Security.Claims;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Signs browsers in and out: the session's row in the database and the cookie that names it.</summary>
public sealed class SessionCookie(SessionGuard guard, SecurityLog security)
{
    /// <summary>Opens a session for the person and ends the one this browser had; false where it cannot be opened.</summary>
    public async Task<bool> OpenAsync(HttpContext http, SignedIn signedIn, CancellationToken cancellationToken)
    {
        var userAgent = UserAgentWords.Short(http.Request.Headers.UserAgent.ToString());
        if (await guard.OpenAsync(signedIn, userAgent, cancellationToken).ConfigureAwait(false) is not { } secret)
            return false;

        await EndCurrentAsync(http.User, cancellationToken).ConfigureAwait(false);
        var live = await guard.FindAsync(signedIn.Account.Id, secret, cancellationToken).ConfigureAwait(false);
        if (live is null)
            return false;

        await http.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, AccountClaims.Principal(live, secret),
            new AuthenticationProperties { IsPersistent = true }).ConfigureAwait(false);
        security.Did("Signed in", live.UserId);
        return true;
    }

    /// <summary>Ends this browser's session and removes its cookie.</summary>
    public async Task CloseAsync(HttpContext http, CancellationToken cancellationToken)
    {
        await EndCurrentAsync(http.User, cancellationToken).ConfigureAwait(false);
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme).ConfigureAwait(false);
    }

    private async Task EndCurrentAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.UserId() is not { } id || user.FindFirstValue(AccountClaims.Session) is not { } secret)
            return;
        await guard.EndAsync(id, secret, cancellationToken).ConfigureAwait(false);
        security.Did("Signed out", id);
    }
}

/// <summary>Looks at each request's session: a revoked one signs nobody in, whatever its cookie says.</summary>
internal sealed class SessionCookieEvents(SessionGuard guard, ILogger<SessionCookieEvents> log) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var principal = context.Principal;
        try
        {
            var secret = principal?.FindFirstValue(AccountClaims.Session);
            var live = principal?.UserId() is { } id && secret is not null
                ? await guard.FindAsync(id, secret, context.HttpContext.RequestAborted).ConfigureAwait(false)
                : null;
            if (live is null)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(context.Scheme.Name).ConfigureAwait(false);
                return;
            }

            var now = AccountClaims.Principal(live, secret!);
            if (!principal!.Say(now))
                context.ReplacePrincipal(now);
        }
        catch (NpgsqlException e) when (SessionGuard.IsOutage(e))
        {
            // The cookie itself is genuine. Signing everybody out would not bring the database back, and without it the
            // session can reach nothing.
            log.LogWarning("Sessions are not checked: the database is away");
        }
    }
}

/// <summary>Looks at an open page's session again and again, so that a revocation reaches it within a minute.</summary>
internal sealed class CircuitSession(ILoggerFactory loggers, SessionGuard guard, AccountTimes times)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private readonly ILogger _log = loggers.CreateLogger<CircuitSession>();

    protected override TimeSpan RevalidationInterval => times.CircuitCheck;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return authenticationState.User.UserId() is { } id
                && authenticationState.User.FindFirstValue(AccountClaims.Session) is { } secret
                && await guard.FindAsync(id, secret, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (NpgsqlException e) when (SessionGuard.IsOutage(e))
        {
            _log.LogWarning("An open page's session is not checked: the database is away");
            return true;
        }
    }
}
