using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace MetaPrompt.Tests.Abuse;

/// <summary>
/// What in a page would run, fetch or lead somewhere that the site did not write: its own pages have no handler, no script in
/// the page, no frame and no address but http, https and mailto. So there is nothing to know about who wrote what.
/// </summary>
internal static class LiveMarkup
{
    private static readonly HtmlParser Parser = new();
    private static readonly string[] Forbidden = ["iframe", "frame", "frameset", "object", "embed", "applet", "portal", "fencedframe", "foreignobject", "animate", "set", "math", "marquee", "plaintext", "xmp", "video", "audio", "isindex", "keygen", "layer", "bgsound"];
    private static readonly string[] Addresses = ["href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "srcset", "srcdoc", "codebase", "cite", "ping", "manifest"];

    /// <summary>Everything live in the page; nothing where it is as it should be.</summary>
    public static IEnumerable<string> In(string html)
    {
        using var page = Parser.ParseDocument(html);
        return [.. page.All.SelectMany(Of)];
    }

    private static IEnumerable<string> Of(IElement element)
    {
        var name = element.LocalName.ToLowerInvariant();
        if (Forbidden.Contains(name))
            yield return $"<{name}>: {Cut(element.OuterHtml)}";
        if (name == "script" && !IsOwnScript(element))
            yield return $"script: {Cut(element.OuterHtml)}";
        // MudBlazor writes some, of colours and sizes.
        if (name == "style" && element.TextContent.Contains(Corpus.Mark, StringComparison.Ordinal))
            yield return $"<style>: {Cut(element.OuterHtml)}";
        // Blazor's own way to go on to another page where the answer had begun.
        if (name == "template" && element.GetAttribute("type") != "redirection")
            yield return $"<template>: {Cut(element.OuterHtml)}";
        if (name == "base" && element.GetAttribute("href") != "/")
            yield return $"base: {Cut(element.OuterHtml)}";
        if (name == "meta" && element.HasAttribute("http-equiv"))
            yield return $"meta: {Cut(element.OuterHtml)}";
        // Others only tell an address, a canonical one for instance.
        if (name == "link" && element.GetAttribute("rel")?.ToLowerInvariant() is "stylesheet" or "import" or "preload" or "modulepreload" or "icon" or "manifest" && !IsLocal(element.GetAttribute("href") ?? "//"))
            yield return $"link: {Cut(element.OuterHtml)}";
        foreach (var attribute in element.Attributes)
        {
            var key = attribute.Name.ToLowerInvariant();
            if (key.StartsWith("on", StringComparison.Ordinal))
                yield return $"{key}: {Cut(element.OuterHtml)}";
            else if (Addresses.Contains(key) && !IsHarmless(attribute.Value, element))
                yield return $"{key}={Cut(attribute.Value)}: {Cut(element.OuterHtml)}";
            else if (key == "style" && attribute.Value.Contains(Corpus.Mark, StringComparison.Ordinal))
                yield return $"style: {Cut(element.OuterHtml)}";
        }
    }

    private static bool IsOwnScript(IElement script)
    {
        if (script.GetAttribute("type") == "application/ld+json")
        {
            using var json = JsonDocument.Parse(script.TextContent);
            return json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }

        return script.GetAttribute("src") is { } source && !source.Contains("//", StringComparison.Ordinal) && script.TextContent.Length == 0;
    }

    // As a browser reads it: blanks and control characters around and line ends within do not count.
    private static bool IsHarmless(string address, IElement element)
    {
        var read = new string([.. address.Where(sign => sign is not ('\t' or '\n' or '\r'))]).Trim([.. Enumerable.Range(0, 0x21).Select(code => (char)code)]);
        var end = read.IndexOfAny([':', '/', '?', '#']);
        if (end < 0 || read[end] != ':')
        {
            // A form must not send anything to another site.
            return element.LocalName is not ("form" or "button" or "input") || IsLocal(read);
        }

        return read[..end].ToLowerInvariant() is "http" or "https" or "mailto" || (read.StartsWith("data:image/png", StringComparison.Ordinal) && element.LocalName == "img");
    }

    private static bool IsLocal(string address) => !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal) && !address.Contains("://", StringComparison.Ordinal);

    private static string Cut(string text) => text.Length <= 160 ? text : text[..160] + "…";
}
