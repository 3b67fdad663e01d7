using System.Globalization;
using System.Text;

namespace MetaPrompt.Tests.Abuse;

/// <summary>Characters and lengths that texts do not expect.</summary>
internal static class CorpusOfText
{
    // Written as numbers: in a source file most of them would be invisible, or turn it around.
    private static readonly int[] Bidirectional = [0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x200E, 0x200F, 0x061C];
    private static readonly int[] Invisible =
        [0x00A0, 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x206A, 0x206F,
            0x3000, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0xFFFD, 0x1D173, 0xE0001, 0xE0020, 0xE007F, 0xE0100];
    private static readonly int[] NoCharacters = [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0x2FFFE, 0x10FFFE, 0x10FFFF, 0xE000, 0xE001, 0xE002, 0xF8FF, 0xF0000, 0x10FFFD];

    public static IEnumerable<HostileInput> All =>
    [
        .. Of("control", Controls()), .. Of("surrogate", Surrogates()), .. Of("bidi", Bidi()), .. Of("invisible", Hidden()), .. Of("unicode", Odd()), .. Of("long", Long()),
    ];

    private static IEnumerable<HostileInput> Of(string kind, IEnumerable<string> texts) => texts.Select(text => new HostileInput(kind, text));

    private static IEnumerable<string> Controls()
    {
        foreach (var code in Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)))
        {
            yield return $"a{(char)code}b";
            if (code % 8 == 0)
                yield return new string((char)code, 64);
        }

        yield return "\0";
        yield return "evil\0<b>";
        yield return "\u001b[2J\u001b[31mevil\u001b[0m";
        yield return "\r\n\r\nHTTP/1.1 200 OK\r\n\r\nevil";
        yield return "evil\r\nSet-Cookie: metaprompt.session=evil";
        yield return "info: MetaPrompt[0]\n      evil signed in\nwarn: forged";
        yield return "\u0085\u2028\u2029";
        yield return "\b\b\b\b\b\b evil";
    }

    private static IEnumerable<string> Surrogates() =>
    [
        "\ud800", "a\ud800", "\ud800a", "\udc00", "a\udc00b", "\udfff", "\udbff", "\udc00\ud800", "\ud83d", "\ude00", "\ud83d\ud83d\ude00", "\ud83d\ude00\ude00", "evil\ud83d<b>", "\ud800\0", "\ud800\ud800\udc00", "{{na\ud800me}}",
        new string('\ud83d', 500), new string('x', 254) + "\ud83d\ude00", new string('x', 59) + "\ud83d\ude00", new string('x', 99) + "\ud83d\ude00",
    ];

    private static IEnumerable<string> Bidi()
    {
        foreach (var code in Bidirectional)
        {
            yield return $"gpj.{char.ConvertFromUtf32(code)}evil";
            yield return string.Concat(Enumerable.Repeat(char.ConvertFromUtf32(code), 200));
            yield return $"{char.ConvertFromUtf32(code)}<b>evil</b>{char.ConvertFromUtf32(code)}";
        }

        yield return "/*\u202e } \u2066if (evil)\u2069 \u2066 begin admins only */";
    }

    private static IEnumerable<string> Hidden()
    {
        foreach (var code in Invisible)
        {
            yield return char.ConvertFromUtf32(code);
            yield return $"ev{char.ConvertFromUtf32(code)}il";
        }

        yield return string.Concat("evil".Select(sign => char.ConvertFromUtf32(0xE0000 + sign)));
        yield return string.Concat(Enumerable.Repeat("\u200b", 10_000));
    }

    private static IEnumerable<string> Odd()
    {
        foreach (var code in NoCharacters)
            yield return $"a{char.ConvertFromUtf32(code)}b";
        foreach (var height in (int[])[10, 100, 1000, 20_000])
        {
            yield return "Z" + string.Concat(Enumerable.Repeat("\u0300\u0489\u20dd", height));
            yield return string.Concat(Enumerable.Repeat("e\u0301\u0327", height));
        }

        // One of each becomes eighteen letters, or three, or loses its case, or grows when it is lowered.
        foreach (var sign in (string[])["\ufdfa", "\ufb03", "\u0130", "\u0131", "\u1e9e", "\u00df", "\u017f", "\u212a", "\u0390", "\u1fb7", "\ua727", "\u3300", "\u33ff", "\u01c4", "\ufe64script\ufe65", "\uff1cscript\uff1e", "\u2039b\u203a", "\u02bcor\u02bc1"])
        {
            yield return sign;
            yield return string.Concat(Enumerable.Repeat(sign, 500));
        }

        foreach (var family in (string[])["\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66", "\ud83c\uddec\ud83c\udde7", "\ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f", "\u0627\u0644\u0644\u0647", "\u0e01\u0e33", "\u1112\u1161\u11ab", "\u0915\u094d\u0937\u093f", "\u4f60\u597d"])
            yield return string.Concat(Enumerable.Repeat(family, 20));
        yield return "\ufeffevil";
        yield return "ＳＥＬＥＣＴ * ＦＲＯＭ ｕｓｅｒｓ";
    }

    private static IEnumerable<string> Long()
    {
        yield return new string('a', 1024 * 1024);
        yield return new string('a', 255) + "b";
        yield return new string('a', 256);
        yield return new string('a', 500_001);
        yield return string.Concat(Enumerable.Repeat("word ", 20_000));
        yield return string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture) + " "));
        yield return new string('\n', 100_000);
        yield return new string(' ', 100_000) + "a";
        yield return string.Concat(Enumerable.Repeat("\u4e00", 100_000));
        yield return string.Concat(Enumerable.Repeat("a,", 5_000));
        yield return new StringBuilder().Insert(0, "-", 70_000).ToString();
    }
}
