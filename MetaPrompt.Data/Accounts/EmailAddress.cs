using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;

namespace MetaPrompt.Data.Accounts;

/// <summary>One spelling for each address, so that an account is found however its address was typed.</summary>
public static class EmailAddress
{
    /// <summary>The longest address that <c>auth.users</c> holds.</summary>
    public const int MaxLength = 255;

    /// <summary>Trims and lower-cases; null where it is no address a mail could be sent to.</summary>
    public static string? TryNormalise(string? typed)
    {
        var email = typed?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(email) || email.Length > MaxLength
            || email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or '"' or ',' or ';'))
            return null;

        // The parser also reads "Name <address>"; only a bare address is one.
        return MailAddress.TryCreate(email, out var parsed) && parsed.Address == email
            && email.Count(c => c == '@') == 1 && !parsed.Host.StartsWith('.') && !parsed.Host.EndsWith('.')
            ? email
            : null;
    }

    /// <summary>What counters and logs hold in place of the address: attempts name people who never had an account.</summary>
    public static byte[] Hash(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant()));
}
