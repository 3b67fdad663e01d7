using System.Text;
using System.Text.Unicode;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>A file's bytes as text, or the reason why they are none.</summary>
internal static class FileText
{
    /// <summary>UTF-8, or UTF-16 with a byte order mark; line ends are <c>\n</c>.</summary>
    /// <exception cref="FormatException">It is no text; the message says what it is instead.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ImportLimits.FileBytes)
            throw new FormatException($"It is larger than {ImportLimits.FileBytes / 1024 / 1024} MB.");
        if (bytes.StartsWith("PK\u0003\u0004"u8))
            throw new FormatException("It is a zip archive. Unpack it first and choose the files in it.");
        if (bytes.StartsWith("%PDF-"u8) || bytes.StartsWith(new byte[] { 0x1F, 0x8B }) || bytes.StartsWith(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }))
            throw new FormatException("It is not a text file. Prompts travel as text: Markdown, YAML, JSON or CSV.");
        var text = bytes switch
        {
            [0xFF, 0xFE, ..] => Utf16(bytes[2..], bigEndian: false),
            [0xFE, 0xFF, ..] => Utf16(bytes[2..], bigEndian: true),
            [0xEF, 0xBB, 0xBF, ..] => Utf8Text(bytes[3..]),
            _ => Utf8Text(bytes),
        };
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new FormatException("It contains NUL characters, so it is not a text file, or a broken one.");
        return LineEnds(text);
    }

    /// <summary>The text with <c>\n</c> line ends. Other separators of Unicode are characters of the text and stay.</summary>
    public static string LineEnds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>The text without control characters, tab and line end aside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="removed">How many there were.</param>
    public static string WithoutControls(string text, out int removed)
    {
        removed = text.Count(c => char.IsControl(c) && c is not ('\n' or '\t'));
        text = VariableNames.Whole(text);
        return removed == 0 ? text : new string([.. text.Where(c => !char.IsControl(c) || c is '\n' or '\t')]);
    }

    private static string Utf8Text(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes)
        ? Encoding.UTF8.GetString(bytes)
        : throw new FormatException("It contains bytes that are not UTF-8. Save it as UTF-8 and try again.");

    private static string Utf16(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        try
        {
            return new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            throw new FormatException("It begins like UTF-16, but is not valid. Save it as UTF-8 and try again.", problem);
        }
    }
}
