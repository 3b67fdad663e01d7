using System.Net;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>Counts failed sign-ins for administrators to see, by account and network address. Never what was typed as the password.</summary>
public sealed class SignInFailures(Db db)
{
    private const string NoteSql =
        """
        -- SignInFailures.Note
        select internal.note_sign_in_failure(@Email, @EmailHash, @Address, @Reason)
        """;

    /// <summary>Counts a refusal; those that say nothing about a password are left out.</summary>
    /// <param name="email">As <see cref="EmailAddress.TryNormalise"/> left it.</param>
    /// <param name="address">Where it came from; null where unknown.</param>
    /// <param name="refusal">Why it was refused.</param>
    /// <param name="throttled">Whether the network address had too many tries, not the account.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task NoteAsync(string email, IPAddress? address, Refusal refusal, bool throttled, CancellationToken cancellationToken)
    {
        var reason = refusal switch
        {
            Refusal.WrongCredentials or Refusal.NotCreated => "password",
            Refusal.TooManyAttempts => throttled ? "throttled" : "locked",
            Refusal.Banned or Refusal.NotConfirmed => "closed",
            _ => null,
        };
        if (reason is null)
            return;
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        await db.ExecuteAsync(
            Caller.App, NoteSql,
            new { Email = email, EmailHash = EmailAddress.Hash(email), Address = new Npgsql.NpgsqlParameter { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Inet }, Reason = reason },
            cancellationToken).ConfigureAwait(false);
    }
}
