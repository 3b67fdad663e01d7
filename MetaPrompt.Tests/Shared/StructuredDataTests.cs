using System.Text.Json;
using Bunit;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>What a public page says of itself in its head.</summary>
public sealed class StructuredDataTests : BunitContext
{
    private const string Hostile = "</script><script>alert(1)</script><!-- \u2028 \"quoted\" & 'so' \uD800";

    private static readonly Guid Id = Guid.NewGuid();

    [Fact]
    public void No_title_ends_the_script_element_and_machines_still_read_it()
    {
        var json = StructuredData.Write([StructuredData.Work(Template(Hostile))], path => "https://prompts.example" + path);

        Assert.DoesNotContain('<', json);
        Assert.DoesNotContain('>', json);
        using var read = JsonDocument.Parse(json);
        var work = read.RootElement.GetProperty("@graph")[0];
        Assert.StartsWith("</script><script>alert(1)</script><!--", work.GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal($"https://prompts.example/templates/{Id}", work.GetProperty("url").GetString());
        Assert.Equal("a, b", work.GetProperty("keywords").GetString());
        Assert.Equal(7, work.GetProperty("interactionStatistic")[0].GetProperty("userInteractionCount").GetInt64());
    }

    [Fact]
    public void A_title_that_looks_like_an_address_stays_a_title()
    {
        var json = StructuredData.Write([StructuredData.Work(Template("/etc/passwd"))], path => "https://prompts.example" + path);

        using var read = JsonDocument.Parse(json);
        Assert.Equal("/etc/passwd", read.RootElement.GetProperty("@graph")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void The_canonical_address_is_the_public_one_without_marks_of_campaigns()
    {
        var head = Head(parameters => parameters.Add(p => p.Title, "A title").Add(p => p.Description, "What it is.").Add(p => p.Path, "/templates?utm_source=x&category=Writing&q=&fbclid=1"), ("Site:PublicUrl", "https://prompts.example/"));

        Assert.Equal("https://prompts.example/templates?category=Writing", head.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal("https://prompts.example/templates?category=Writing", head.QuerySelector("meta[property='og:url']")!.GetAttribute("content"));
        Assert.Equal("https://prompts.example/picture.png", head.QuerySelector("meta[property='og:image']")!.GetAttribute("content"));
    }

    [Fact]
    public void What_is_not_for_search_engines_has_no_canonical_address()
    {
        var head = Head(parameters => parameters.Add(p => p.Title, "A title").Add(p => p.Description, "What it is.").Add(p => p.Path, "/templates?q=x").Add(p => p.NoIndex, true));

        Assert.Null(head.QuerySelector("link[rel=canonical]"));
        Assert.Equal("noindex,follow", head.QuerySelector("meta[name=robots]")!.GetAttribute("content"));
    }

    [Fact]
    public void Long_and_broken_titles_are_cut_to_one_line()
    {
        var head = Head(parameters => parameters.Add(p => p.Title, string.Concat(Enumerable.Repeat("word\n\u0007 ", 50))).Add(p => p.Description, new string('d', 500)));

        Assert.Equal(160, head.QuerySelector("meta[name=description]")!.GetAttribute("content")!.Length);
        var title = head.QuerySelector("meta[property='og:title']")!.GetAttribute("content")!;
        Assert.InRange(title.Length, 50, 110);
        Assert.DoesNotContain('\n', title);
        Assert.DoesNotContain('\u0007', title);
    }

    private AngleSharp.Html.Dom.IHtmlDocument Head(Action<ComponentParameterCollectionBuilder<PageHead>> parameters, params (string, string)[] settings)
    {
        Services.AddSingleton(SiteAddress.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2))).Build()));
        JSInterop.Mode = JSRuntimeMode.Loose;
        var outlet = Render<HeadOutlet>();
        Render<PageHead>(parameters);
        return new AngleSharp.Html.Parser.HtmlParser().ParseDocument($"<head>{outlet.Markup}</head>");
    }

    private static Template Template(string title) => new()
    {
        Id = Id,
        PromptId = Guid.NewGuid(),
        Title = title,
        Goal = "A goal",
        TemplateText = "Text",
        Variables = "[]",
        Tags = ["a", "b"],
        LikesCount = 7,
        UsesCount = 1,
        AuthorId = Guid.NewGuid(),
        PublishedAt = DateTime.UtcNow,
        UpdatedAt = DateTime.UtcNow,
        IsFavorite = false,
    };
}
