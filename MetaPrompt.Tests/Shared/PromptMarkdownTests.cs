using AngleSharp.Html.Parser;
using CsCheck;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>Strangers' text as HTML: nothing in it may run, load or lead elsewhere unseen.</summary>
public sealed class PromptMarkdownTests
{
    private static readonly HashSet<string> Allowed =
    [
        "html", "head", "body", "p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a",
        "table", "thead", "tbody", "tr", "th", "td", "span",
    ];

    private static readonly string[] Pieces =
    [
        "<script>", "</p>", "<img src=x onerror=y>", "{{a}}", "\\{{", "](", "[", "javascript:", "`", "```\n", "# ", "\n", "\"", "'", "\uE000", "\uE001", "| a |\n|-|\n", "<!--", "&#x", "0",
    ];

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("![x](https://example.org/track.gif)")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">x</a>")]
    [InlineData("<style>body{display:none}</style>")]
    [InlineData("{{x}}<iframe src=//evil></iframe>")]
    [InlineData("[{{x}}](https://example.org/{{x}}?\"onmouseover=alert(1))")]
    [InlineData("| <b>a</b> | b |\n|---|---|\n| <img src=x> | `<i>` |")]
    [InlineData("\uE0000\uE001 \uE00099\uE001 {{a}}")]
    [InlineData("<math><mtext></p><style><!--</style><img title=\"--></style><img src=x onerror=alert(1)>\">")]
    public void Markup_of_a_stranger_is_only_text(string text) => AssertHarmless(PromptMarkdown.Template(text).Value);

    [Fact]
    public void Whatever_the_text_nothing_but_harmless_elements_comes_out() =>
        Gen.OneOf(
                Gen.Int[0, Pieces.Length - 1].Select(piece => Pieces[piece]),
                Gen.String[0, 6])
            .Array[0, 25].Select(string.Concat)
            .Sample(text => AssertHarmless(PromptMarkdown.Template(text, new Dictionary<string, string> { ["a"] = text }).Value), iter: 400);

    [Fact]
    public void A_variable_is_a_pill_that_names_itself_also_in_code_and_headings()
    {
        var html = PromptMarkdown.Template("# About {{topic}}\n\n```\nuse {{topic}}\n```").Value;

        Assert.Equal(2, html.Split("<span class=\"v\" data-v=\"topic\">{{topic}}</span>").Length - 1);
        Assert.DoesNotContain("<h1", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_stands_in_its_variables_place_as_text()
    {
        var html = PromptMarkdown.Template("Hello {{name}}", new Dictionary<string, string> { ["name"] = "<b>*Ann*</b>" }).Value;

        Assert.Contains("<span class=\"v filled\" data-v=\"name\">&lt;b&gt;*Ann*&lt;/b&gt;</span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_that_delimit_material_stay_visible_and_lines_stay_lines()
    {
        var html = PromptMarkdown.Template("<ticket>\n{{ticket}}\n</ticket>").Value;

        Assert.Contains("&lt;ticket&gt;<br", html, StringComparison.Ordinal);
        Assert.Contains("&lt;/ticket&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_escaped_placeholder_is_text_without_its_backslash() =>
        Assert.Equal("<p>Write {{name}} literally</p>", PromptMarkdown.Template("Write \\{{name}} literally").Value.Trim());

    [Fact]
    public void A_text_that_is_too_long_to_render_is_shown_as_it_is()
    {
        var html = PromptMarkdown.Template("<script>" + new string('a', PromptMarkdown.MaxRenderedLength)).Value;

        Assert.StartsWith("<pre class=\"text\">&lt;script&gt;aaa", html, StringComparison.Ordinal);
    }

    private static void AssertHarmless(string html)
    {
        var body = new HtmlParser().ParseDocument(html).Body!;
        foreach (var element in body.QuerySelectorAll("*"))
        {
            Assert.True(Allowed.Contains(element.LocalName), element.OuterHtml);
            foreach (var attribute in element.Attributes)
            {
                Assert.True(attribute.Name is "class" or "data-v" or "href" or "rel" or "tabindex" or "start", $"{attribute.Name} in {element.OuterHtml}");
                if (attribute.Name == "href")
                    Assert.Matches("^(https?:|mailto:|[^:]*$|[^:]*[/?#])", attribute.Value);
            }
        }
    }
}
