using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MetaPrompt.Web.Starter;

/// <summary>Ids that follow from a name, so that every node and every installation gives a starter template the same one.</summary>
internal static class StarterIds
{
    // Drawn once at random. Another one would make every starter template a new one.
    private static readonly Guid Namespace = new("6d0e3f3a-52c1-4b7e-9a63-0c5f1f9b7d24");

    /// <summary>The version 5 UUID (RFC 9562) of a name in the starter gallery's namespace.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 wants SHA-1 for version 5; nothing secret depends on it.")]
    public static Guid Of(string name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData([.. Namespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)], hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
