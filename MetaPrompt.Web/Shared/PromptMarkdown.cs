using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;
using Markdig;
using MetaPrompt.Web.Prompting;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// Text of other people (templates, models' answers) as safe HTML. Markdown is rendered, markup in it is shown as the
/// characters it is made of, and what comes out is sanitised once more against a short list of elements.
/// </summary>
public static class PromptMarkdown
{
    /// <summary>Longer texts are shown as they are: nobody reads that much as a page, and rendering it costs everybody.</summary>
    public const int MaxRenderedLength = 60_000;

    // Two private-use characters around a number stand for a placeholder while Markdown is at work, so that Markdown
    // neither eats its escapes nor cuts its name. They are removed from the input first.
    private const char Open = '\uE000';
    private const char Close = '\uE001';

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    private static readonly HtmlSanitizer Sanitizer = new(new HtmlSanitizerOptions
    {
        AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a",
            "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
        },
        AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "start" },
        AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
        UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
    });

    /// <summary>A template: its variables become pills that name themselves in <c>data-v</c>, and values given stand in their place.</summary>
    public static MarkupString Template(string template, IReadOnlyDictionary<string, string>? values = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (template.Length > MaxRenderedLength)
            return Plain(template);

        var names = new List<string>();
        var markdown = new StringBuilder(template.Length);
        foreach (var part in PromptTemplate.Parse(template).Parts)
        {
            if (part is VariablePart variable)
            {
                markdown.Append(Open).Append(names.Count.ToString(CultureInfo.InvariantCulture)).Append(Close);
                names.Add(variable.Name);
            }
            else
            {
                foreach (var c in ((TextPart)part).Text)
                {
                    if (c is not (Open or Close))
                        markdown.Append(c);
                }
            }
        }

        return Render(markdown.ToString()) is { } html ? new MarkupString(Pills(html, names, values)) : Plain(template);
    }

    /// <summary>A model's answer or another text without variables.</summary>
    public static MarkupString Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxRenderedLength && Render(text) is { } html ? new MarkupString(html) : Plain(text);
    }

    private static MarkupString Plain(string text) => new($"<pre class=\"text\">{Html(text)}</pre>");

    // Null where it is nested deeper than Markdig goes, a hundred levels and more: shown as it is, like what is too long.
    private static string? Render(string markdown)
    {
        string html;
        try
        {
            html = Markdown.ToHtml(markdown, Pipeline);
        }
        catch (ArgumentException)
        {
            return null;
        }

        using var document = (IHtmlDocument)Sanitizer.SanitizeDom(html);
        var body = document.Body!;

        // A heading inside a stranger's text must not break the outline of the page it stands on.
        foreach (var heading in body.QuerySelectorAll("h1,h2,h3,h4,h5,h6").ToArray())
        {
            var paragraph = document.CreateElement("p");
            paragraph.ClassName = "heading";
            while (heading.FirstChild is { } child)
                paragraph.AppendChild(child);
            heading.Replace(paragraph);
        }

        foreach (var link in body.QuerySelectorAll("a"))
        {
            // A placeholder in an address is text in the wrong place: keep the words, drop the address.
            if (link.GetAttribute("href") is not { } href || href.Contains("%EE%80%80", StringComparison.OrdinalIgnoreCase) || href.Contains(Open, StringComparison.Ordinal))
                link.RemoveAttribute("href");
            else
                link.SetAttribute("rel", "nofollow ugc noopener noreferrer");
        }

        // A region that scrolls has to be reachable by keyboard.
        foreach (var block in body.QuerySelectorAll("pre,table"))
            block.SetAttribute("tabindex", "0");

        return body.InnerHtml;
    }

    private static string Pills(string html, List<string> names, IReadOnlyDictionary<string, string>? values)
    {
        if (names.Count == 0)
            return html;
        var result = new StringBuilder(html.Length + (names.Count * 48));
        var at = 0;
        while (html.IndexOf(Open, at) is var start && start >= 0)
        {
            result.Append(html, at, start - at);
            var end = html.IndexOf(Close, start);
            var name = names[int.Parse(html.AsSpan(start + 1, end - start - 1), CultureInfo.InvariantCulture)];
            var value = values is not null && values.TryGetValue(name, out var given) && given.Length > 0 ? given : null;
            result.Append("<span class=\"v").Append(value is null ? "" : " filled").Append("\" data-v=\"").Append(Html(name)).Append("\">")
                .Append(Html(value ?? "{{" + name + "}}")).Append("</span>");
            at = end + 1;
        }

        return result.Append(html, at, html.Length - at).ToString();
    }

    private static string Html(string text) => System.Text.Encodings.Web.HtmlEncoder.Default.Encode(text);
}
