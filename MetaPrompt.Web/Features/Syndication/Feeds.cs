using System.Globalization;
using System.ServiceModel.Syndication;
using System.Xml;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>The two formats every feed has.</summary>
internal enum FeedFormat
{
    Atom,
    Rss,
}

/// <summary>The newest templates of the gallery, of a category, of an author, for feed readers.</summary>
internal sealed class Feeds(GalleryQueries gallery, AuthorQueries authors, SiteAddress site)
{
    private const int Size = 30;

    /// <summary>Writes a feed, or 304 where the reader has seen the newest; 404 for an author or a category without templates.</summary>
    public async Task WriteAsync(HttpContext context, FeedFormat format, string? category, Guid? authorId)
    {
        var cancel = context.RequestAborted;
        // A slash in a name comes escaped: routing takes no part of a path apart into two.
        category = category?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var author = authorId is { } id ? await authors.FindAsync(Caller.Anonymous, id, cancel) : null;
        var search = new TemplateSearch { Category = category, AuthorId = authorId, Sort = TemplateSort.Newest, Size = Size };
        var cards = category?.Length > 100 ? [] : await gallery.SearchAsync(Caller.Anonymous, search, cancel);
        if (cards.Count == 0 && (category ?? author?.FullName ?? authorId?.ToString()) is not null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var changed = cards.Count > 0 ? cards.Max(card => card.PublishedAt.ToUniversalTime()) : DateTime.UnixEpoch;
        SyndicationEndpoints.Share(context, TimeSpan.FromMinutes(10));
        var headers = context.Response.GetTypedHeaders();
        headers.LastModified = changed;
        context.Response.ContentType = $"application/{(format == FeedFormat.Atom ? "atom" : "rss")}+xml; charset=utf-8";

        var (title, page) = (category, author) switch
        {
            (not null, _) => ($"{category} prompt templates", "/templates?category=" + Uri.EscapeDataString(category)),
            (_, not null) => ($"Prompt templates by {author.FullName ?? "an unnamed author"}", string.Create(CultureInfo.InvariantCulture, $"/authors/{author.Id}")),
            _ => ("New prompt templates", "/templates?sort=newest"),
        };
        await WriteAsync(context, format, Feed(context.Request, XmlText.Of(title), page, changed, cards));
    }

    private SyndicationFeed Feed(HttpRequest request, string title, string page, DateTime changed, IReadOnlyList<TemplateCard> cards)
    {
        var self = new Uri(site.Absolute(request, request.Path.ToUriComponent()));
        var feed = new SyndicationFeed(
            $"{title} · MetaPrompt", "Prompt templates with variables to fill in.", new Uri(site.Absolute(request, page)), self.ToString(), changed)
        {
            Items = [.. cards.Select(card => Item(request, card))],
            Language = "en",
        };
        feed.Links.Add(SyndicationLink.CreateSelfLink(self));
        // Atom wants an author of the feed or of every entry; a template without a name still comes from here.
        feed.Authors.Add(new SyndicationPerson { Name = "MetaPrompt" });
        return feed;
    }

    private SyndicationItem Item(HttpRequest request, TemplateCard card)
    {
        var published = card.PublishedAt.ToUniversalTime();
        var item = new SyndicationItem
        {
            Id = $"urn:uuid:{card.TemplateId}",
            Title = new TextSyndicationContent(XmlText.Of(card.Title)),
            Summary = new TextSyndicationContent(XmlText.Of(card.Goal)),
            PublishDate = published,
            LastUpdatedTime = published,
        };
        item.Links.Add(SyndicationLink.CreateAlternateLink(
            new Uri(site.Absolute(request, string.Create(CultureInfo.InvariantCulture, $"/templates/{card.TemplateId}"))), "text/html"));
        item.Authors.Add(new SyndicationPerson
        {
            Name = XmlText.Of(card.AuthorName) is { Length: > 0 } name ? name : "Unnamed author",
            Uri = site.Absolute(request, string.Create(CultureInfo.InvariantCulture, $"/authors/{card.AuthorId}")),
        });
        foreach (var label in (string?[])[card.Category, .. card.Tags])
        {
            if (XmlText.Of(label) is { Length: > 0 } text)
                item.Categories.Add(new SyndicationCategory(text));
        }

        return item;
    }

    private static async Task WriteAsync(HttpContext context, FeedFormat format, SyndicationFeed feed)
    {
        // The formatters write at once, which the server's own stream does not allow.
        using var text = new MemoryStream();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(false) }))
        {
            if (format == FeedFormat.Atom)
                feed.SaveAsAtom10(xml);
            else
                new Rss20FeedFormatter(feed, serializeExtensionsAsAtom: false).WriteTo(xml);
        }

        await context.Response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), context.RequestAborted);
    }
}
