using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// Counts tries at an address's password, whether it has an account or not. After five in a row that failed, each further
/// one has to wait: half a minute at first, doubling up to a quarter of an hour. The right password ends the count.
/// </summary>
/// <remarks>
/// A try is counted before the password is looked at, in one statement: a thousand guesses sent at once are a thousand tries.
/// </remarks>
/// <param name="db">The database.</param>
/// <param name="meter">Counts what came of each try; null counts nothing.</param>
public sealed class SignInAttempts(Db db, SignInMeter? meter = null)
{
    private const string BeginSql =
        """
        -- SignInAttempts.Begin
        select internal.begin_sign_in(@EmailHash)
        """;

    private const string ClearSql =
        """
        -- SignInAttempts.Clear
        select internal.clear_sign_ins(@EmailHash)
        """;

    private const string ForgetLastSql =
        """
        -- SignInAttempts.ForgetLast
        select internal.forget_last_sign_in(@EmailHash)
        """;

    /// <summary>Checks a password, unless the address has to wait; keeps the count by what came of it.</summary>
    /// <param name="email">As <see cref="EmailAddress.TryNormalise"/> left it.</param>
    /// <param name="check">Runs only where the address need not wait.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<AccountOutcome> GuardAsync(
        string email, Func<Task<AccountOutcome>> check, CancellationToken cancellationToken)
    {
        if (await BeginAsync(email, cancellationToken).ConfigureAwait(false) is { } wait)
        {
            meter?.Locked();
            return new Refused(Refusal.TooManyAttempts, wait);
        }

        var outcome = await check().ConfigureAwait(false);
        switch (outcome)
        {
            case Refused { Reason: Refusal.WrongCredentials or Refusal.NotCreated }:
                meter?.Failed();
                break;

            // Nobody looked at the password: that was no guess.
            case Refused { Reason: Refusal.Unavailable or Refusal.TooManyAttempts }:
                await db.ExecuteAsync(Caller.App, ForgetLastSql, new { EmailHash = EmailAddress.Hash(email) }, cancellationToken)
                    .ConfigureAwait(false);
                break;

            default:
                meter?.Succeeded();
                await ClearAsync(email, cancellationToken).ConfigureAwait(false);
                break;
        }

        return outcome;
    }

    /// <summary>Counts a try; how long to wait before the next, where this one is not allowed.</summary>
    public async Task<TimeSpan?> BeginAsync(string email, CancellationToken cancellationToken) =>
        await db.FirstOrDefaultAsync<TimeSpan?>(
            Caller.App, BeginSql, new { EmailHash = EmailAddress.Hash(email) }, cancellationToken).ConfigureAwait(false);

    /// <summary>Forgets all tries at the address: its owner has shown who they are.</summary>
    public Task ClearAsync(string email, CancellationToken cancellationToken) =>
        db.ExecuteAsync(Caller.App, ClearSql, new { EmailHash = EmailAddress.Hash(email) }, cancellationToken);
}
