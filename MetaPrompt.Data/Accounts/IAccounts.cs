namespace MetaPrompt.Data.Accounts;

/// <summary>
/// Who may sign in, and with which password. Two implementations: <see cref="LocalAccounts"/> keeps the passwords in this
/// program's own database, <see cref="SupabaseAccounts"/> asks Supabase Auth. Which one is chosen by the settings; pages
/// never know which.
/// </summary>
/// <remarks>
/// A refusal is an answer, not an exception: see <see cref="Refused"/>. An exception is the database or the program failing.
/// No answer tells whether an address has an account, as far as that can be hidden (docs/adr says where it cannot).
/// </remarks>
public interface IAccounts
{
    /// <summary>
    /// Makes an account. <see cref="SignedIn"/> where the account is usable at once, <see cref="CheckMail"/> where the address
    /// must be confirmed first (and, with the same words, where it has an account already).
    /// </summary>
    /// <param name="account">What the person typed; the password has passed <see cref="PasswordRules"/>.</param>
    /// <param name="site">The site's own root, for links in mails.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<AccountOutcome> SignUpAsync(NewAccount account, Uri site, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="SignedIn"/> where address and password belong together. Attempts count per address, known or not; too many
    /// are <see cref="Refusal.TooManyAttempts"/> with the time to wait, even with the right password.
    /// </summary>
    Task<AccountOutcome> SignInAsync(string email, string password, CancellationToken cancellationToken);

    /// <summary>Follows the link of a confirmation mail: <see cref="SignedIn"/>, or why not.</summary>
    /// <param name="link">What the link carried.</param>
    /// <param name="password">The password chosen at sign-up, where this store asks for it again; null where not asked.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<AccountOutcome> ConfirmAsync(MailedLink link, string? password, CancellationToken cancellationToken);

    /// <summary>Sends a link to choose a new password, where the address has an account; says the same where it has none.</summary>
    Task<AccountOutcome> SendResetLinkAsync(string email, Uri site, CancellationToken cancellationToken);

    /// <summary>Whether the link of a reset mail can still be used, without using it up; true where only using it can tell.</summary>
    Task<bool> MayResetAsync(MailedLink link, CancellationToken cancellationToken);

    /// <summary>Sets a new password by the link of a reset mail, once; every session of the account ends with it.</summary>
    Task<AccountOutcome> ResetPasswordAsync(MailedLink link, string newPassword, CancellationToken cancellationToken);

    /// <summary>
    /// Sets a new password for someone who knows the old one. <see cref="SignedIn"/> carries what the one new session needs;
    /// all earlier sessions are to end.
    /// </summary>
    Task<AccountOutcome> ChangePasswordAsync(
        string email, string currentPassword, string newPassword, CancellationToken cancellationToken);
}

/// <summary>Sessions that live at another service beside our own cookie: kept fresh and ended there too.</summary>
public interface IRemoteSessions
{
    /// <summary>Trades a refresh token for the next one. Never call it twice at once for one session: tokens rotate.</summary>
    /// <returns>
    /// <see cref="SignedIn"/> with the next tokens; <see cref="Refusal.SessionEnded"/> where the session or the account is
    /// gone; any other refusal says nothing about the session.
    /// </returns>
    Task<AccountOutcome> RefreshAsync(string refreshToken, CancellationToken cancellationToken);

    /// <summary>Ends the session at the service, as well as can be; a failure there does not keep anybody signed in here.</summary>
    Task EndAsync(string refreshToken, CancellationToken cancellationToken);
}

/// <summary>What a person gives to get an account.</summary>
public sealed record NewAccount
{
    /// <summary>The address as <see cref="EmailAddress.TryNormalise"/> left it.</summary>
    public required string Email { get; init; }

    /// <summary>Not empty, at most 255 characters.</summary>
    public required string FullName { get; init; }

    /// <summary>As typed: never trimmed, never logged.</summary>
    public required string Password { get; init; }
}

/// <summary>What the link of one of our mails, or of Supabase's, carried back.</summary>
public sealed record MailedLink
{
    /// <summary>Our own one-time token (<c>?token=</c>).</summary>
    public string? Token { get; init; }

    /// <summary>Supabase's, where the mail template carries it (<c>?token_hash=</c>): works in any browser.</summary>
    public string? TokenHash { get; init; }

    /// <summary>Supabase's PKCE code (<c>?code=</c>): works only with the <see cref="Verifier"/> of the browser that asked.</summary>
    public string? Code { get; init; }

    /// <summary>The secret half of the PKCE pair, from this browser's cookie.</summary>
    public string? Verifier { get; init; }

    /// <summary>From <see cref="Refused.Continuation"/>: the link was good and is used up, only the password was not.</summary>
    public string? Continuation { get; init; }

    /// <summary>Whether the link carried nothing at all.</summary>
    public bool IsEmpty => Token is null && TokenHash is null && Code is null && Continuation is null;
}

/// <summary>Somebody with an account.</summary>
public sealed record Account
{
    public required Guid Id { get; init; }
    public required string Email { get; init; }
    public string? FullName { get; init; }
}

/// <summary>A session at Supabase: what is needed to keep it fresh.</summary>
/// <param name="RefreshToken">Used once; the answer brings the next.</param>
/// <param name="AccessExpiresAt">When the access token ends, and with it what we know of the session being alive.</param>
public sealed record RemoteTokens(string RefreshToken, DateTimeOffset AccessExpiresAt);

/// <summary>How a request about an account ended: one of the cases below.</summary>
public abstract record AccountOutcome;

/// <summary>The person is who they say; a session may be opened.</summary>
/// <param name="Account">Who.</param>
/// <param name="Tokens">The session at the other service; null for the local store.</param>
public sealed record SignedIn(Account Account, RemoteTokens? Tokens = null) : AccountOutcome;

/// <summary>The rest happens in the person's mail, if the address is what they say.</summary>
/// <param name="Verifier">Keep it in this browser, unreadable to others, until the link comes back; null where not needed.</param>
public sealed record CheckMail(string? Verifier = null) : AccountOutcome;

/// <summary>The password is changed and every session of the account is to end.</summary>
public sealed record PasswordSet(Guid UserId) : AccountOutcome;

/// <summary>It did not happen, and why.</summary>
/// <param name="Reason">Pages turn it into words.</param>
/// <param name="RetryAfter">How long to wait, where waiting helps.</param>
/// <param name="Continuation">Hand it back in <see cref="MailedLink.Continuation"/> with a better password.</param>
public sealed record Refused(Refusal Reason, TimeSpan? RetryAfter = null, string? Continuation = null) : AccountOutcome;

/// <summary>Why something about an account did not happen.</summary>
public enum Refusal
{
    /// <summary>Address and password do not belong together, or there is no such account.</summary>
    WrongCredentials,

    /// <summary>The password is right; the address has not been confirmed.</summary>
    NotConfirmed,

    /// <summary>The password is right; the account is closed for now.</summary>
    Banned,

    /// <summary>Wait: for this address, or at the service, there have been too many tries.</summary>
    TooManyAttempts,

    /// <summary>The account could not be made with these details (it may exist; the answer does not say).</summary>
    NotCreated,

    /// <summary>No new accounts are taken.</summary>
    SignUpClosed,

    /// <summary>The service finds the details not acceptable, an address it does not take for instance.</summary>
    InvalidDetails,

    /// <summary>The service's own rules for passwords want a better one.</summary>
    WeakPassword,

    /// <summary>The password is one of those that people choose most, or is made of the person's own name or address.</summary>
    CommonPassword,

    /// <summary>The new password is the old one.</summary>
    SamePassword,

    /// <summary>The link is used, too old, or was never one of ours.</summary>
    LinkExpired,

    /// <summary>The link works only in the browser that asked for it.</summary>
    OtherBrowser,

    /// <summary>The session or the account behind it is gone.</summary>
    SessionEnded,

    /// <summary>The service did not answer, or not in a way that can be understood; nothing has changed.</summary>
    Unavailable,
}
