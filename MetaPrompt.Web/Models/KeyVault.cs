using System.Security.Cryptography;
using MetaPrompt.Data;
using Microsoft.AspNetCore.DataProtection;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Encrypts people's keys with the ring that protects cookies, which all nodes share. Each person has a purpose of their own:
/// a row that is moved to somebody else decrypts to nothing.
/// </summary>
/// <param name="protection">The key ring.</param>
/// <param name="outside">
/// The setting <c>OwnKeys:Secret</c>, which is in no database: with it, a copy of the database opens no key though the key
/// ring is in it. Null for none.
/// </param>
public sealed class KeyVault(IDataProtectionProvider protection, string? outside = null)
{
    private const string Setting = "OwnKeys:Secret";
    private const int Shortest = 16;

    /// <summary>Reads <c>OwnKeys:Secret</c>.</summary>
    /// <exception cref="SettingsException">It is too short to keep anything secret.</exception>
    public static string? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[Setting]?.Trim() is not { Length: > 0 } secret ? null
            : secret.Length >= Shortest ? secret
            : throw new SettingsException(Setting, $"is shorter than {Shortest} characters. Use a long random text, or leave it out.");
    }

    /// <summary>The key encrypted; null for none.</summary>
    public string? Protect(Guid userId, string? key) => key is null ? null : Protector(userId).Protect(key);

    /// <summary>The key again; null for none.</summary>
    /// <exception cref="CryptographicException">
    /// It was encrypted for somebody else, with another ring or another <c>OwnKeys:Secret</c>.
    /// </exception>
    public string? Unprotect(Guid userId, string? kept) => kept is null ? null : Protector(userId).Unprotect(kept);

    /// <summary>Whether <see cref="Unprotect"/> succeeds.</summary>
    public bool CanRead(Guid userId, string? kept)
    {
        try
        {
            Unprotect(userId, kept);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private IDataProtector Protector(Guid userId)
    {
        var protector = protection.CreateProtector("MetaPrompt.Models.ProviderKey", userId.ToString("N"));
        return outside is null ? protector : protector.CreateProtector(outside);
    }
}
