using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// A secret that stands for something once: a mailed link, a session. The database holds only its hash, so that whoever
/// reads the database (a backup, a log of statements) can use none of them.
/// </summary>
public static class OneTimeToken
{
    /// <summary>256 random bits, in characters that need no escaping in a link.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the database holds. A plain hash does: nobody can guess 256 random bits.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
