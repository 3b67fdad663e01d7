using System.Text;

namespace MetaPrompt.Tests.Abuse;

/// <summary>Markdown and templates that would run, fetch, or take for ever.</summary>
internal static class CorpusOfMarkdown
{
    private static readonly string[] Addresses =
    [
        "javascript:alert('evil')", "JaVaScRiPt:alert('evil')", "java\tscript:alert('evil')", "javascript&colon;alert('evil')", "&#x6A;avascript:alert('evil')", "\u0001javascript:alert('evil')", "vbscript:evil", "data:text/html,<script>alert('evil')</script>", "data:image/svg+xml,<svg onload=alert('evil')>", "file:///etc/passwd#evil",
        "//evil.example", "\\\\evil.example", "https://evil.example/\"onmouseover=\"alert('evil')", "https://evil.example/' onclick='alert(1)", "blob:evil", "ms-word:evil", "intent://evil", "https://evil.example/%0d%0aX:y", "https://user:pass@evil.example", "evil:{{name}}", "https://{{evil}}", "x\u202eevil",
    ];

    private static readonly string[] Others =
    [
        "<https://evil.example/\"onclick=alert('evil')>", "<javascript:alert('evil')>", "[evil]: javascript:alert('evil')\n\n[evil]", "[a]: x \"evil\" onclick=alert(1)\n[a]", "![evil][a]\n\n[a]: javascript:alert('evil')", "```html onclick=alert('evil')\n<b>\n```", "```\"><script>alert('evil')</script>\nx\n```", "    <script>alert('evil')</script>", "`<script>alert('evil')</script>`",
        "# evil {onclick=alert(1)}", "evil {#id .class onclick=alert(1)}", ": evil\n: {onmouseover=alert(1)}", "| evil | <script> |\n|---|---|\n| <img src=x onerror=alert('evil')> | b |", "- [ ] <script>alert('evil')</script>", "[^evil]: <script>alert('evil')</script>\n\n[^evil]", "$$\\href{javascript:alert('evil')}{x}$$", ":::evil onclick=alert(1)\nx\n:::", "![](x){onerror=alert('evil')}",
        "[a](https://evil.example){target=_blank onclick=alert(1)}", "\\<script>alert('evil')\\</script>", "&lt;script&gt;alert('evil')&lt;/script&gt;", "&#60;script&#62;alert('evil')&#60;/script&#62;", "<div markdown=1>evil</div>", "[link](<javascript:alert('evil')>)", "[link](javascript:alert%28'evil'%29)", "[a]([b](javascript:alert('evil')))", "evil  \n<br onclick=alert(1)>", "<!-- --><script>alert('evil')</script>", "\ue0000\ue001evil\ue0001\ue001", "\ue00099999999999\ue001", "{{a}}\ue0000\ue001",
    ];

    private static readonly string[] Templates =
    [
        "{{", "}}", "{{}}", "{{ }}", "{{{", "{{{{", "{{a", "{{a}", "{a}}", "{{a}}}}", "{{{{a}}}}", "{{{a}}}", "{{a{{b}}c}}", "\\{{a}}", "\\\\{{a}}", "{{a b}}", "{{1}}", "{{_}}", "{{a\n}}", "{{\u202ea}}", "{{ａ}}", "{{evil<b>}}", "{{evil\"onclick=alert(1)}}", "{{__proto__}}", "{{constructor}}", "{{toString}}", "{{#if evil}}x{{/if}}", "{{> evil}}", "{{&evil}}", "{{!evil}}", "{{{evil}}}",
        "{% include '/etc/passwd' %}evil", "{{ config.items() }}", "{{ ''.__class__.__mro__ }}", "<%= system('evil') %>", "${evil}", "#set($x=evil)", "[[${evil}]]", "{{a}}{{A}}{{\u00e1}}", "{{a}}" + "{{b}}", "{{evil|safe}}", "{{evil | raw}}", "{{evil()}}", "{{evil.b}}", "{{evil[0]}}", "{{__dirname}}", "{{name}}\u0000{{name}}",
    ];

    public static IEnumerable<HostileInput> All =>
    [
        .. Addresses.SelectMany(address => new[] { $"[evil]({address})", $"![evil]({address})", $"[evil]: {address}\n\n[evil]" }).Concat(Others).Select(text => new HostileInput("markdown", text)),
        .. Templates.Select(text => new HostileInput("template", text)),
        .. Deep().Select(text => new HostileInput("deep", text)),
    ];

    private static IEnumerable<string> Deep()
    {
        foreach (var (sign, times) in ((string, int)[])[("> ", 5000), ("- ", 3000), ("1. ", 3000), ("* ", 3000), ("#", 10_000), ("[", 10_000), ("![", 5000), ("](", 5000), ("*", 10_000), ("**a ", 5000), ("_a ", 5000), ("`", 10_000), ("`a ", 5000), ("<", 10_000), ("<b>", 3000), ("&", 10_000), ("&#", 5000), ("\\", 10_000), ("|", 10_000), ("[a](", 3000), ("[^a", 3000), ("~", 10_000), ("{{", 5000), ("}}", 5000), ("{{a}}", 3000), ("{{a", 5000), ("\\{{", 5000), ("<!--", 3000), ("<![CDATA[", 2000), ("a**b", 5000), ("*a _b ", 3000)])
            yield return new StringBuilder().Insert(0, sign, times).ToString();
        yield return string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{{{v{i}}}}} "));
        yield return string.Concat(Enumerable.Range(0, 300).Select(i => new string(' ', i * 2) + "- evil\n"));
        yield return string.Concat(Enumerable.Range(0, 2000).Select(i => $"[a{i}]: https://evil.example/{i}\n"));
        yield return "|" + string.Concat(Enumerable.Repeat("a|", 3000)) + "\n|" + string.Concat(Enumerable.Repeat("-|", 3000)) + "\n";
        yield return string.Concat(Enumerable.Repeat("<evil>\n", 3000)) + string.Concat(Enumerable.Repeat("</evil>\n", 3000));
    }
}
