namespace MetaPrompt.Tests.Abuse;

/// <summary>Ids, numbers, times, addresses and paths that are none, or somebody else's.</summary>
internal static class CorpusOfValues
{
    private static readonly string[] Ids =
    [
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-00000000000", "{00000000-0000-0000-0000-000000000001}", "(00000000-0000-0000-0000-000000000001)", "00000000000000000000000000000001", "00000000-0000-0000-0000-000000000001\0", "00000000-0000-0000-0000-000000000001'--", "{0x00000000,0x0000,0x0000,{0x00,0x00,0x00,0x00,0x00,0x00,0x00,0x01}}", "me", "self", "current", "admin", "new", "all", "null", "undefined", "0", "-1", "1", "[object Object]", "..", ".",
        "urn:uuid:00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002", "١٢٣", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmlsIn0.", "CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    private static readonly string[] Numbers =
    [
        "-1", "0", "-0", "1", "1.5", "1,5", "1e9", "1e309", "-1e309", "NaN", "Infinity", "-Infinity", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999", "0x7f", "0b1", "0o7", "1_000", "1 000", "1.000.000", "٣", "½", "²", "Ⅷ", "１", "+1", "--1", "1-1", "(1)", "$1", "1%", " 1 ", "1\n", "0.0000000000000000000000001", "true", "on", "1/0", "1e-400", "-0.01", "2.01", "79228162514264337593543950336",
    ];

    private static readonly string[] Dates =
    [
        "0000-00-00", "0001-01-01", "-0001-01-01", "9999-12-31", "10000-01-01", "99999-01-01", "2026-02-30", "2026-13-01", "2025-02-29", "2026-11-23T25:00:00", "2026-11-23T23:59:60Z", "2026-11-23T00:00:00+99:00", "infinity", "-infinity", "epoch", "now", "today", "tomorrow", "2026-11-23 BC", "294276-12-31", "294277-01-01", "4714-11-24 BC", "1970-01-01T00:00:00Z", "1e10", "63900000000000000", "-62135596801", "9223372036854775807", "2026-W48", "2026-327", "23/11/2026", "11/23/2026", "٢٠٢٦-١١-٢٣",
    ];

    private static readonly string[] Addresses =
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https://evil.example", "http:evil.example", "https:/evil.example", "/%2fevil.example", "/%5cevil.example", "/\tevil.example/", "/\n/evil.example", "\t//evil.example", " //evil.example", "/./\\evil.example", "/..//evil.example", "//evil.example@localhost", "https://localhost@evil.example", "https://localhost.evil.example", "javascript:alert('evil')", "data:text/html,evil",
        "/login\r\nLocation: https://evil.example", "~/evil", "~//evil.example", "./evil", "../evil", "?evil", "#evil", "/\u2028/evil.example", "/\u3002evil", "http://127.0.0.1:22/evil", "http://169.254.169.254/latest/evil", "http://[::1]/evil", "http://0x7f000001/evil", "http://2130706433/evil", "http://127.1/evil", "http://localhost:5432/evil", "gopher://evil.example", "ftp://evil.example", "file:///etc/evil", "dict://evil", "ldap://evil.example", "https://evil.example:99999", "https://evil.example:-1", "https://[evil", "https://evil..example", "https://.evil.example", "https://xn--evil-.example", "https://\u202eevil.example", "http://metadata.google.internal/evil",
        "evil@evil.example", "a@b", "@", "a@", "@b", "a@b@c", "\"a b\"@evil.example", "a@evil.example\r\nBcc: evil@evil.example", "<a@evil.example>", "a@[127.0.0.1]", "a@evil.example,b@evil.example", "a+evil@evil.example", "\u202ea@evil.example", "a@\u0435vil.example",
    ];

    private static readonly string[] Paths =
    [
        "../../../../etc/passwd", "..\\..\\..\\windows\\win.ini", "/etc/passwd", "C:\\windows\\win.ini", "....//....//etc/passwd", "..;/..;/etc/passwd", "/proc/self/environ", "/dev/null", "/dev/zero", "\\\\evil\\share", "file.txt\0.png", "evil.php", ".htaccess", "web.config", "appsettings.json", "../appsettings.json", ".git/config", ".env", ".metaprompt/postgres", "CON", "NUL", "COM1", "aux.txt", "a/../../b", "a//b", "./a", "a/.", "a.", "a ", " a", "a:b", "a::$DATA", "a|b", "a*b", "a?b", "a<b>", "a\"b", "~/.ssh/id_rsa", "evil.tar.gz", "evil;.jpg", "evil%00.jpg", "..%2f..%2f", "%2e%2e/",
        "evil\r\nContent-Type: text/html", "-evil", "--evil", "evil.\u202egpj.exe", "evil\u2215passwd", "evil\uff0fpasswd", "\u2024\u2024/evil",
    ];

    public static IEnumerable<HostileInput> All =>
    [
        .. Of("id", Ids), .. Of("number", Numbers), .. Of("date", Dates), .. Of("address", Addresses), .. Of("path", Paths),
    ];

    private static IEnumerable<HostileInput> Of(string kind, IEnumerable<string> texts) => texts.Select(text => new HostileInput(kind, text));
}
