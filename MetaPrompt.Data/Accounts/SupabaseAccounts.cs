using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// Accounts at Supabase Auth (GoTrue), over its documented HTTP interface. Passwords pass through and are never kept.
/// </summary>
/// <remarks>
/// The <see cref="HttpClient"/> comes with its base address (<c>https://…/auth/v1/</c>), the <c>apikey</c> header and a
/// time-out: see <see cref="Configure"/>. Errors are told apart by code, never by text. All our visitors share this server's
/// address at Supabase, whose rate limits count by address: our own counters come first.
/// </remarks>
public sealed class SupabaseAccounts(
    HttpClient http, SignInAttempts attempts, TimeProvider time, ILogger<SupabaseAccounts> log) : IAccounts, IRemoteSessions
{
    // Sent with no Retry-After; its limits are per minute or per hour.
    private static readonly TimeSpan UsualWait = TimeSpan.FromMinutes(1);

    /// <summary>Sets what every call needs.</summary>
    /// <param name="http">A client of its own: nothing else may be sent with these headers.</param>
    /// <param name="url">The project's address, <c>https://ref.supabase.co</c>.</param>
    /// <param name="publishableKey">The publishable (or the older anon) key; never a secret one.</param>
    public static void Configure(HttpClient http, Uri url, string publishableKey)
    {
        http.BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/auth/v1/");
        http.DefaultRequestHeaders.Add("apikey", publishableKey);
        http.DefaultRequestHeaders.Add("X-Supabase-Api-Version", "2024-01-01");
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.MaxResponseContentBufferSize = 1024 * 1024;
        http.Timeout = TimeSpan.FromSeconds(10);
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> SignUpAsync(NewAccount account, Uri site, CancellationToken cancellationToken)
    {
        var pkce = Pkce.New();
        var answer = await SendAsync(HttpMethod.Post, $"signup?redirect_to={Escaped(site, "confirm-email")}", new
        {
            email = account.Email,
            password = account.Password,
            data = new { full_name = account.FullName },
            code_challenge = pkce.Challenge,
            code_challenge_method = "s256",
        }, bearer: null, cancellationToken).ConfigureAwait(false);

        return answer switch
        {
            // A session: no confirmation wanted. Anything else that succeeds is a user, a made-up one where the address
            // has an account already; both are told the same.
            { Session.AccessToken: not null } => Open(answer.Session),
            { Error: null } => new CheckMail(pkce.Verifier),
            { Error.Code: "user_already_exists" or "email_exists" } => new CheckMail(pkce.Verifier),
            { Error.Code: "signup_disabled" or "email_provider_disabled" } => new Refused(Refusal.SignUpClosed),
            { Error.Code: "validation_failed" or "email_address_invalid" or "email_address_not_authorized" } =>
                new Refused(Refusal.InvalidDetails),
            _ => Refuse(answer.Error, "sign-up"),
        };
    }

    /// <inheritdoc/>
    public Task<AccountOutcome> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        attempts.GuardAsync(email, () => PasswordGrantAsync(email, password, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<AccountOutcome> ConfirmAsync(MailedLink link, string? password, CancellationToken cancellationToken)
    {
        var (session, refused) = await FollowAsync(link, "email", cancellationToken).ConfigureAwait(false);
        return session is null ? refused! : Open(session);
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> SendResetLinkAsync(string email, Uri site, CancellationToken cancellationToken)
    {
        var pkce = Pkce.New();
        var answer = await SendAsync(HttpMethod.Post, $"recover?redirect_to={Escaped(site, "reset-password")}", new
        {
            email,
            code_challenge = pkce.Challenge,
            code_challenge_method = "s256",
        }, bearer: null, cancellationToken).ConfigureAwait(false);

        // The limit on mails to one address is met only where there is an account to send them to: no answer may show it.
        return answer.Error is null or { Code: "over_email_send_rate_limit" or "user_not_found" }
            ? new CheckMail(pkce.Verifier)
            : Refuse(answer.Error, "recover");
    }

    /// <inheritdoc/>
    public Task<bool> MayResetAsync(MailedLink link, CancellationToken cancellationToken) => Task.FromResult(!link.IsEmpty);

    /// <inheritdoc/>
    public async Task<AccountOutcome> ResetPasswordAsync(
        MailedLink link, string newPassword, CancellationToken cancellationToken)
    {
        var access = link.Continuation;
        if (access is null)
        {
            var (session, refused) = await FollowAsync(link, "recovery", cancellationToken).ConfigureAwait(false);
            if (session is null)
                return refused!;
            access = session.AccessToken!;
        }

        var answer = await SendAsync(HttpMethod.Put, "user", new { password = newPassword }, access, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            return Refuse(error, "reset password") switch
            {
                Refused { Reason: Refusal.WrongCredentials or Refusal.SessionEnded } => new Refused(Refusal.LinkExpired),
                // The link is used up; the right it gave is not.
                Refused refusal => refusal with { Continuation = access },
                var other => other,
            };
        }

        if (answer.Session?.User is not { } user)
            return Nonsense("reset password");

        await LogOutAsync(access, "global", cancellationToken).ConfigureAwait(false);
        if (user.Email is { } email)
            await attempts.ClearAsync(email, cancellationToken).ConfigureAwait(false);
        return new PasswordSet(user.Id);
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> ChangePasswordAsync(
        string email, string currentPassword, string newPassword, CancellationToken cancellationToken)
    {
        // A session just opened with the password is what Supabase asks of a change where it is set to be strict.
        SupabaseSession? session = null;
        var outcome = await attempts.GuardAsync(email, async () =>
        {
            var grant = await GrantAsync(email, currentPassword, cancellationToken).ConfigureAwait(false);
            session = grant.Session;
            return GrantOutcome(grant);
        }, cancellationToken).ConfigureAwait(false);
        if (outcome is not SignedIn || session is null)
            return outcome;

        var change = await SendAsync(
            HttpMethod.Put, "user", new { password = newPassword, current_password = currentPassword }, session.AccessToken,
            cancellationToken).ConfigureAwait(false);
        if (change.Error is { } error)
        {
            await LogOutAsync(session.AccessToken!, "local", cancellationToken).ConfigureAwait(false);
            return Refuse(error, "change password");
        }

        await LogOutAsync(session.AccessToken!, "others", cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Post, "token?grant_type=refresh_token", new { refresh_token = refreshToken }, bearer: null,
            cancellationToken).ConfigureAwait(false);
        if (answer.Error is null)
            return Open(answer.Session);

        var refused = Refuse(answer.Error, "refresh");
        return refused.Reason is Refusal.Unavailable or Refusal.TooManyAttempts ? refused : new Refused(Refusal.SessionEnded);
    }

    /// <inheritdoc/>
    public async Task EndAsync(string refreshToken, CancellationToken cancellationToken)
    {
        // Only an access token may log out, and the one we had may be too old: the refresh token buys another.
        var answer = await SendAsync(
            HttpMethod.Post, "token?grant_type=refresh_token", new { refresh_token = refreshToken }, bearer: null,
            cancellationToken).ConfigureAwait(false);
        if (answer.Session?.AccessToken is { } access)
            await LogOutAsync(access, "local", cancellationToken).ConfigureAwait(false);
    }

    private async Task<AccountOutcome> PasswordGrantAsync(string email, string password, CancellationToken cancellationToken) =>
        GrantOutcome(await GrantAsync(email, password, cancellationToken).ConfigureAwait(false));

    private Task<Answer> GrantAsync(string email, string password, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "token?grant_type=password", new { email, password }, bearer: null, cancellationToken);

    private AccountOutcome GrantOutcome(Answer grant) => grant.Error?.Code switch
    {
        null => Open(grant.Session),
        "email_not_confirmed" => new Refused(Refusal.NotConfirmed),
        // Supabase says "banned" before it looks at the password: passing that on would show who has an account.
        "user_banned" or "validation_failed" => new Refused(Refusal.WrongCredentials),
        _ => Refuse(grant.Error, "sign-in"),
    };

    private async Task<(SupabaseSession? Session, Refused? Refused)> FollowAsync(
        MailedLink link, string type, CancellationToken cancellationToken)
    {
        if (link.TokenHash is null && link.Code is null)
            return (null, new Refused(Refusal.LinkExpired));
        if (link.TokenHash is null && link.Verifier is null)
            return (null, new Refused(Refusal.OtherBrowser));

        var answer = link.TokenHash is { } tokenHash
            ? await SendAsync(HttpMethod.Post, "verify", new { type, token_hash = tokenHash }, bearer: null, cancellationToken)
                .ConfigureAwait(false)
            : await SendAsync(
                HttpMethod.Post, "token?grant_type=pkce", new { auth_code = link.Code, code_verifier = link.Verifier },
                bearer: null, cancellationToken).ConfigureAwait(false);

        return answer switch
        {
            { Error: null, Session.AccessToken: not null } => (answer.Session, null),
            { Error: null } => (null, Nonsense("link")),
            { Error.Code: "bad_code_verifier" } => (null, new Refused(Refusal.OtherBrowser)),
            _ => (null, Refuse(answer.Error, "link") is Refused { Reason: Refusal.Unavailable or Refusal.TooManyAttempts } refused
                ? refused
                : new Refused(Refusal.LinkExpired)),
        };
    }

    private async Task LogOutAsync(string accessToken, string scope, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Post, $"logout?scope={scope}", body: null, accessToken, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Error is { } error)
            log.LogWarning("Supabase Auth did not end the sessions ({Scope}): {Status} {Code}", scope, (int)error.Status, error.Code);
    }

    private AccountOutcome Open(SupabaseSession? session) =>
        session is { AccessToken: not null, RefreshToken: { } refresh, User: { Email: { Length: > 0 } email } user } && user.Id != Guid.Empty
            ? new SignedIn(
                new Account { Id = user.Id, Email = email, FullName = user.FullName },
                new RemoteTokens(refresh, time.GetUtcNow().AddSeconds(Math.Clamp(session.ExpiresIn ?? 3600, 60, 86_400))))
            : Nonsense("session");

    private Refused Nonsense(string call)
    {
        log.LogWarning("Supabase Auth answered {Call} with something that is no session or user", call);
        return new Refused(Refusal.Unavailable);
    }

    private Refused Refuse(SupabaseError error, string call)
    {
        switch (error)
        {
            case { Code: "over_request_rate_limit" or "over_email_send_rate_limit" } or { Status: HttpStatusCode.TooManyRequests }:
                log.LogWarning("Supabase Auth's rate limit refused {Call}: {Code}", call, error.Code);
                return new Refused(
                    Refusal.TooManyAttempts, error.RetryAfter is { } wait && wait > TimeSpan.Zero ? wait : UsualWait);
            case { Code: "invalid_credentials" or "invalid_grant" or "user_not_found" or "current_password_mismatch" or "current_password_invalid" }:
                return new Refused(Refusal.WrongCredentials);
            case { Code: "weak_password" }:
                return new Refused(Refusal.WeakPassword);
            case { Code: "same_password" }:
                return new Refused(Refusal.SamePassword);
            case { Code: "otp_expired" or "flow_state_not_found" or "flow_state_expired" }:
                return new Refused(Refusal.LinkExpired);
            case { Code: "refresh_token_not_found" or "refresh_token_already_used" or "session_expired" or "session_not_found" or "bad_jwt" or "no_authorization" or "user_banned" }:
                return new Refused(Refusal.SessionEnded);
            default:
                log.LogWarning(
                    "Supabase Auth refused {Call}: {Status} {Code} {Message}", call, (int)error.Status, error.Code, error.Message);
                return new Refused(Refusal.Unavailable);
        }
    }

    private async Task<Answer> SendAsync(
        HttpMethod method, string path, object? body, string? bearer, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);

        try
        {
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? Read(response, text)
                : new Answer(null, SupabaseError.Read(response, text, time));
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "Supabase Auth could not be reached");
            return new Answer(null, new SupabaseError(HttpStatusCode.BadGateway, "", e.Message, null));
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning("Supabase Auth did not answer within {Seconds} seconds", http.Timeout.TotalSeconds);
            return new Answer(null, new SupabaseError(HttpStatusCode.GatewayTimeout, "", e.Message, null));
        }
    }

    private static Answer Read(HttpResponseMessage response, string text)
    {
        // 204, or the empty object that says "perhaps a mail was sent".
        if (string.IsNullOrWhiteSpace(text))
            return new Answer(null, null);

        try
        {
            var session = JsonSerializer.Deserialize<SupabaseSession>(text);
            // PUT /user and a sign-up to be confirmed send the user itself at top level.
            return session is { AccessToken: null, User: null }
                ? new Answer(session with { User = JsonSerializer.Deserialize<SupabaseUser>(text) }, null)
                : new Answer(session, null);
        }
        catch (JsonException)
        {
            return new Answer(null, new SupabaseError(response.StatusCode, "", "no JSON in a success", null));
        }
    }

    private static string Escaped(Uri site, string page) => Uri.EscapeDataString(new Uri(site, page).AbsoluteUri);

    private sealed record Answer(SupabaseSession? Session, SupabaseError? Error);

    private readonly record struct Pkce(string Verifier, string Challenge)
    {
        // 32 random bytes are 43 characters, the least that is allowed and more than can be guessed.
        public static Pkce New()
        {
            var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            return new Pkce(verifier, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
        }
    }
}
