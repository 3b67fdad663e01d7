using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>Sends the mails of <see cref="LocalAccounts"/>; returns at once, delivery is the mailer's business.</summary>
public interface IAccountMail
{
    /// <summary>
    /// Whether mails reach people. Where they do not (no mail server is set), links go to the server's log, and a new
    /// account's address cannot be asked to be confirmed.
    /// </summary>
    bool ReachesPeople { get; }

    /// <summary>A link that lets its reader choose a new password.</summary>
    void SendReset(string email, string? fullName, Uri link);

    /// <summary>A link that makes the account its reader asked for.</summary>
    void SendConfirmation(string email, string fullName, Uri link);

    /// <summary>To somebody who has an account and for whose address another was asked.</summary>
    void SendTaken(string email, Uri signIn, Uri forgotten);
}

/// <summary>Accounts in this program's own database: <c>auth.users</c> in Supabase's shape, passwords hashed with bcrypt.</summary>
/// <remarks>
/// Every query runs as the program (<see cref="Caller.App"/>), through functions that only it may execute. With mail an
/// account comes to be only when its address is confirmed, with the password of that sign-up typed again: nobody can take an
/// address they do not read, nor plant a password in an account that somebody else confirms.
/// </remarks>
public sealed class LocalAccounts(Db db, Passwords passwords, SignInAttempts attempts, IAccountMail mail) : IAccounts
{
    private const string FindSql =
        """
        -- LocalAccounts.Find
        select id, email, full_name, password_hash, is_banned from internal.find_local_account(@Email)
        """;

    private const string CreateSql =
        """
        -- LocalAccounts.Create
        select internal.create_local_account(@Email, @FullName, @PasswordHash)
        """;

    private const string RecordSignInSql =
        """
        -- LocalAccounts.RecordSignIn
        select internal.record_local_sign_in(@UserId, @BetterHash)
        """;

    private const string SetPasswordSql =
        """
        -- LocalAccounts.SetPassword
        select internal.set_local_password(@UserId, @PasswordHash)
        """;

    private const string CreateResetLinkSql =
        """
        -- LocalAccounts.CreateResetLink
        select full_name from internal.create_reset_link(@Email, @TokenHash)
        """;

    private const string MayResetSql =
        """
        -- LocalAccounts.MayReset
        select internal.may_reset(@TokenHash)
        """;

    private const string FindResetLinkSql =
        """
        -- LocalAccounts.FindResetLink
        select email, full_name from internal.find_reset_link(@TokenHash)
        """;

    private const string UseResetLinkSql =
        """
        -- LocalAccounts.UseResetLink
        select user_id, email from internal.use_reset_link(@TokenHash, @PasswordHash)
        """;

    private const string CreatePendingSql =
        """
        -- LocalAccounts.CreatePending
        select internal.create_pending_sign_up(@Email, @FullName, @PasswordHash, @TokenHash) as state
        """;

    private const string FindPendingSql =
        """
        -- LocalAccounts.FindPending
        select email, password_hash from internal.find_pending_sign_up(@TokenHash)
        """;

    private const string ConfirmSql =
        """
        -- LocalAccounts.Confirm
        select id, email, full_name from internal.confirm_sign_up(@TokenHash)
        """;

    /// <inheritdoc/>
    public async Task<AccountOutcome> SignUpAsync(NewAccount account, Uri site, CancellationToken cancellationToken)
    {
        // Before anything is looked up: the answer is the same whether there is such an account or not.
        if (IsCommon(account.Password, account.Email, account.FullName))
            return new Refused(Refusal.CommonPassword);
        return await (mail.ReachesPeople
            ? AskToConfirmAsync(account, site, cancellationToken)
            // Trying passwords through the sign-up page counts as trying them through the sign-in page.
            : attempts.GuardAsync(account.Email, () => CreateAsync(account, cancellationToken), cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<AccountOutcome> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        attempts.GuardAsync(email, () => CheckAsync(email, password, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<AccountOutcome> ConfirmAsync(MailedLink link, string? password, CancellationToken cancellationToken)
    {
        if (link.Token is not { } token)
            return new Refused(Refusal.LinkExpired);

        var pending = await db.FirstOrDefaultAsync<PendingRow>(
            Caller.App, FindPendingSql, new { TokenHash = OneTimeToken.Hash(token) }, cancellationToken).ConfigureAwait(false);
        if (pending is null)
            return new Refused(Refusal.LinkExpired);

        return await attempts.GuardAsync(pending.Email, async () =>
        {
            if (!await passwords.VerifyAsync(password ?? "", pending.PasswordHash, cancellationToken).ConfigureAwait(false))
                return new Refused(Refusal.WrongCredentials);
            var account = await db.FirstOrDefaultAsync<Account>(
                Caller.App, ConfirmSql, new { TokenHash = OneTimeToken.Hash(token) }, cancellationToken).ConfigureAwait(false);
            return account is null ? new Refused(Refusal.NotCreated) : new SignedIn(account);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> SendResetLinkAsync(string email, Uri site, CancellationToken cancellationToken)
    {
        var token = OneTimeToken.New();
        var row = await db.FirstOrDefaultAsync<ResetRow>(
            Caller.App, CreateResetLinkSql, new { Email = email, TokenHash = OneTimeToken.Hash(token) }, cancellationToken)
            .ConfigureAwait(false);
        if (row is not null)
            mail.SendReset(email, row.FullName, new Uri(site, $"reset-password?token={token}"));
        return new CheckMail();
    }

    /// <inheritdoc/>
    public async Task<bool> MayResetAsync(MailedLink link, CancellationToken cancellationToken) =>
        link.Token is { } token && await db.FirstOrDefaultAsync<bool>(
            Caller.App, MayResetSql, new { TokenHash = OneTimeToken.Hash(token) }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<AccountOutcome> ResetPasswordAsync(
        MailedLink link, string newPassword, CancellationToken cancellationToken)
    {
        // The hash costs time: only a link that works is worth it.
        if (link.Token is not { } token || await db.FirstOrDefaultAsync<LinkRow>(
            Caller.App, FindResetLinkSql, new { TokenHash = OneTimeToken.Hash(token) }, cancellationToken).ConfigureAwait(false) is not { } whose)
            return new Refused(Refusal.LinkExpired);
        if (IsCommon(newPassword, whose.Email, whose.FullName))
            return new Refused(Refusal.CommonPassword);

        var hash = await passwords.HashAsync(newPassword, cancellationToken).ConfigureAwait(false);
        var row = await db.FirstOrDefaultAsync<UsedLinkRow>(
            Caller.App, UseResetLinkSql, new { TokenHash = OneTimeToken.Hash(token), PasswordHash = hash }, cancellationToken)
            .ConfigureAwait(false);
        if (row is null)
            return new Refused(Refusal.LinkExpired);

        await attempts.ClearAsync(row.Email, cancellationToken).ConfigureAwait(false);
        return new PasswordSet(row.UserId);
    }

    /// <inheritdoc/>
    public async Task<AccountOutcome> ChangePasswordAsync(
        string email, string currentPassword, string newPassword, CancellationToken cancellationToken)
    {
        var outcome = await SignInAsync(email, currentPassword, cancellationToken).ConfigureAwait(false);
        if (outcome is not SignedIn signedIn)
            return outcome;
        if (currentPassword == newPassword)
            return new Refused(Refusal.SamePassword);
        if (IsCommon(newPassword, signedIn.Account.Email, signedIn.Account.FullName))
            return new Refused(Refusal.CommonPassword);

        var hash = await passwords.HashAsync(newPassword, cancellationToken).ConfigureAwait(false);
        await db.ExecuteAsync(
            Caller.App, SetPasswordSql, new { UserId = signedIn.Account.Id, PasswordHash = hash }, cancellationToken)
            .ConfigureAwait(false);
        return signedIn;
    }

    // A confirmation asks for the password of its sign-up again, and whoever has an account already is let in with what they have.
    private static bool IsCommon(string password, string email, string? fullName) =>
        CommonPasswords.Contains(password) || PasswordRules.IsObvious(password, [email, fullName]);

    private async Task<AccountOutcome> CheckAsync(string email, string password, CancellationToken cancellationToken)
    {
        var row = await db.FirstOrDefaultAsync<AccountRow>(Caller.App, FindSql, new { Email = email }, cancellationToken)
            .ConfigureAwait(false);
        if (!await passwords.VerifyAsync(password, row?.PasswordHash, cancellationToken).ConfigureAwait(false) || row is null)
            return new Refused(Refusal.WrongCredentials);
        if (row.IsBanned)
            return new Refused(Refusal.Banned);

        var better = passwords.IsWeak(row.PasswordHash!)
            ? await passwords.HashAsync(password, cancellationToken).ConfigureAwait(false)
            : null;
        await db.ExecuteAsync(Caller.App, RecordSignInSql, new RecordSignIn(row.Id, better), cancellationToken)
            .ConfigureAwait(false);
        return new SignedIn(new Account { Id = row.Id, Email = row.Email, FullName = row.FullName });
    }

    private async Task<AccountOutcome> CreateAsync(NewAccount account, CancellationToken cancellationToken)
    {
        var existing = await CheckAsync(account.Email, account.Password, cancellationToken).ConfigureAwait(false);
        if (existing is not Refused { Reason: Refusal.WrongCredentials })
            return existing;

        // Hashed even where the address turns out to be taken: both answers take the same time.
        var hash = await passwords.HashAsync(account.Password, cancellationToken).ConfigureAwait(false);
        var id = await db.FirstOrDefaultAsync<Guid?>(
            Caller.App, CreateSql, new { account.Email, account.FullName, PasswordHash = hash }, cancellationToken)
            .ConfigureAwait(false);
        return id is { } made
            ? new SignedIn(new Account { Id = made, Email = account.Email, FullName = account.FullName })
            : new Refused(Refusal.NotCreated);
    }

    private async Task<AccountOutcome> AskToConfirmAsync(NewAccount account, Uri site, CancellationToken cancellationToken)
    {
        var token = OneTimeToken.New();
        var hash = await passwords.HashAsync(account.Password, cancellationToken).ConfigureAwait(false);
        var row = await db.FirstOrDefaultAsync<StateRow>(
            Caller.App, CreatePendingSql,
            new { account.Email, account.FullName, PasswordHash = hash, TokenHash = OneTimeToken.Hash(token) }, cancellationToken)
            .ConfigureAwait(false);
        if (row?.State == "new")
            mail.SendConfirmation(account.Email, account.FullName, new Uri(site, $"confirm-email?token={token}"));
        else if (row?.State == "taken")
            mail.SendTaken(account.Email, new Uri(site, "login"), new Uri(site, "forgot-password"));
        return new CheckMail();
    }

    // A named type, not an anonymous one: a null hash has to reach the database as text.
    private sealed record RecordSignIn(Guid UserId, string? BetterHash);

    private sealed record AccountRow
    {
        public required Guid Id { get; init; }
        public required string Email { get; init; }
        public string? FullName { get; init; }
        public string? PasswordHash { get; init; }
        public required bool IsBanned { get; init; }
    }

    private sealed record PendingRow
    {
        public required string Email { get; init; }
        public required string PasswordHash { get; init; }
    }

    private sealed record StateRow
    {
        public required string State { get; init; }
    }

    private sealed record ResetRow
    {
        public string? FullName { get; init; }
    }

    private sealed record LinkRow
    {
        public required string Email { get; init; }
        public string? FullName { get; init; }
    }

    private sealed record UsedLinkRow
    {
        public required Guid UserId { get; init; }
        public required string Email { get; init; }
    }
}
