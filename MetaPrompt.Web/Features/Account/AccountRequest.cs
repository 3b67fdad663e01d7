using System.Security.Cryptography;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.DataProtection;

namespace MetaPrompt.Web.Features.Account;

/// <summary>What the account pages share about the request they answer: who asks, how often, and what the browser keeps.</summary>
internal sealed class AccountRequest(
    IHttpContextAccessor accessor, ClientThrottle throttle, MailLinks links, AccountTimes times, TimeProvider time,
    IDataProtectionProvider protection, SignInFailures failures, SecurityLog security, ILogger<AccountRequest> log)
{
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    private readonly ITimeLimitedDataProtector _protector =
        protection.CreateProtector("MetaPrompt.Accounts.Verifier").ToTimeLimitedDataProtector();

    /// <summary>The request.</summary>
    public HttpContext Http => accessor.HttpContext
        ?? throw new InvalidOperationException("Account pages are rendered by a request, never by a circuit.");

    /// <summary>The site's root, for links in mails.</summary>
    public Uri Site => links.Site(Http.Request);

    /// <summary>No copy of these pages is kept anywhere, and no other site learns their addresses: links hold secrets.</summary>
    public void KeepPrivate()
    {
        Http.Response.Headers.CacheControl = "no-store";
        Http.Response.Headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>A refusal where this client address has to wait; null where it may go on.</summary>
    public Refused? Throttled(Gate gate) =>
        throttle.Wait(Http, gate) is { } wait ? new Refused(Refusal.TooManyAttempts, wait) : null;

    /// <summary>Counts a refused password for administrators to see. Never stands in the way of the answer.</summary>
    /// <param name="email">As <see cref="EmailAddress.TryNormalise"/> left it.</param>
    /// <param name="refused">Why.</param>
    /// <param name="throttled">Whether it was <see cref="Throttled"/> that refused.</param>
    public async Task NoteFailureAsync(string email, Refused refused, bool throttled = false)
    {
        security.SignInFailed(throttled ? "too many tries from one client" : refused.Reason.ToString());
        try
        {
            // Whoever hangs up is counted too.
            await failures.NoteAsync(email, Http.Connection.RemoteIpAddress, refused.Reason, throttled, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A failed sign-in could not be counted");
        }
    }

    /// <summary>The answer, after the same least time whatever it is.</summary>
    public async Task<T> EvenlyAsync<T>(Func<Task<T>> answer, CancellationToken cancellationToken)
    {
        var floor = Task.Delay(times.AnswerFloor, time, cancellationToken);
        var result = await answer().ConfigureAwait(false);
        await floor.ConfigureAwait(false);
        return result;
    }

    /// <summary>The words for a refusal; tells the browser to wait, where that helps.</summary>
    public string Words(Refused refused)
    {
        if (refused.Reason == Refusal.TooManyAttempts && !Http.Response.HasStarted)
        {
            Http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            if (refused.RetryAfter is { } wait)
                Http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return RefusalWords.For(refused);
    }

    /// <summary>Keeps the secret half of a PKCE pair in this browser until its link comes back to the page.</summary>
    public void KeepVerifier(string page, string? verifier)
    {
        if (verifier is null)
            return;
        Http.Response.Cookies.Append(CookieName(page), _protector.Protect(verifier, LinkLifetime), Options(page));
    }

    /// <summary>The verifier kept for the page; null where this browser has none.</summary>
    public string? Verifier(string page) => Unprotect(Http.Request.Cookies[CookieName(page)]);

    /// <summary>Forgets the verifier: it has been used.</summary>
    public void DropVerifier(string page)
    {
        if (Http.Request.Cookies.ContainsKey(CookieName(page)))
            Http.Response.Cookies.Delete(CookieName(page), Options(page));
    }

    /// <summary>A right to hand to the page's next form, unreadable and for a few minutes.</summary>
    public string Protect(string continuation) => _protector.Protect(continuation, TimeSpan.FromMinutes(30));

    /// <summary>What <see cref="Protect"/> hid; null where it is too old or was never ours.</summary>
    public string? Unprotect(string? hidden)
    {
        if (string.IsNullOrEmpty(hidden))
            return null;
        try
        {
            return _protector.Unprotect(hidden);
        }
        catch (CryptographicException)
        {
            // Too old, or somebody else's invention: as good as none, and the page says so.
            return null;
        }
    }

    private static string CookieName(string page) => $"metaprompt.{page}";

    private CookieOptions Options(string page) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Http.Request.IsHttps,
        Path = $"{Http.Request.PathBase}/{page}",
        MaxAge = LinkLifetime,
        IsEssential = true,
    };
}
