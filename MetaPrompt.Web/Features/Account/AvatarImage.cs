namespace MetaPrompt.Web.Features.Account;

/// <summary>Reads what kind of picture bytes are from the bytes themselves; a file's name and its sender's word are nothing.</summary>
internal static class AvatarImage
{
    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>The media type; null for anything that is no PNG, JPEG or WebP.</summary>
    public static string? MediaType(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Png) && bytes.Length > 24 && bytes.Slice(12, 4).SequenceEqual("IHDR"u8) ? "image/png"
        : bytes.StartsWith(Jpeg) && bytes.Length > 24 ? "image/jpeg"
        : bytes.Length > 24 && bytes.StartsWith("RIFF"u8) && bytes.Slice(8, 4).SequenceEqual("WEBP"u8) ? "image/webp"
        : null;
}
