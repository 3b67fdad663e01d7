using System.Globalization;
using System.Xml;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>
/// The sitemap index and its files: pages and categories, templates by the time of publishing, authors by id. Where files
/// begin is read once an hour; what is published since goes into the last file.
/// </summary>
internal sealed class Sitemaps(SyndicationQueries queries, GalleryCache cache, SiteAddress site)
{
    /// <summary>Addresses per file; a file may have 50,000, but a crawler that wants one new address reads a whole file.</summary>
    public const int FileSize = 10_000;

    private const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    private static readonly XmlWriterSettings Settings = new() { Async = true, Encoding = new System.Text.UTF8Encoding(false) };

    /// <summary>The list of all files.</summary>
    public async Task WriteIndexAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var templates = await TemplateStartsAsync(cancel);
        var authors = await AuthorStartsAsync(cancel);
        await using var xml = await BeginAsync(context, "sitemapindex");
        await WriteAsync(xml, "sitemap", site.Absolute(context.Request, "/sitemaps/pages.xml"), null);
        for (var number = 1; number <= templates.Count; number++)
            await WriteAsync(xml, "sitemap", site.Absolute(context.Request, string.Create(CultureInfo.InvariantCulture, $"/sitemaps/{number}.xml")), null);
        for (var number = 1; number <= authors.Count; number++)
            await WriteAsync(xml, "sitemap", site.Absolute(context.Request, string.Create(CultureInfo.InvariantCulture, $"/sitemaps/authors-{number}.xml")), null);
        await xml.WriteEndDocumentAsync();
    }

    /// <summary>The front page, the list and its categories.</summary>
    public async Task WritePagesAsync(HttpContext context)
    {
        var categories = await cache.CategoriesAsync(context.RequestAborted);
        await using var xml = await BeginAsync(context, "urlset");
        foreach (var path in (string[])["/", "/templates", "/wizard"])
            await WriteAsync(xml, "url", site.Absolute(context.Request, path), null);
        foreach (var category in categories)
            await WriteAsync(xml, "url", site.Absolute(context.Request, "/templates?category=" + Uri.EscapeDataString(category.Category)), null);
        await xml.WriteEndDocumentAsync();
    }

    /// <summary>One file of templates; 404 where there is none of that number.</summary>
    public async Task WriteTemplatesAsync(HttpContext context, int number)
    {
        var starts = await TemplateStartsAsync(context.RequestAborted);
        if (number < 1 || number > starts.Count)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var entries = await queries.TemplatesAsync(starts[number - 1], FileSize, context.RequestAborted);
        await WriteEntriesAsync(context, "/templates/", entries);
    }

    /// <summary>One file of authors; 404 where there is none of that number.</summary>
    public async Task WriteAuthorsAsync(HttpContext context, int number)
    {
        var starts = await AuthorStartsAsync(context.RequestAborted);
        if (number < 1 || number > starts.Count)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var entries = await queries.AuthorsAsync(starts[number - 1], FileSize, context.RequestAborted);
        await WriteEntriesAsync(context, "/authors/", entries);
    }

    private Task<IReadOnlyList<SitemapStart>> TemplateStartsAsync(CancellationToken cancellationToken) =>
        cache.HourlyAsync("sitemap/templates", cancel => queries.TemplateStartsAsync(FileSize, cancel), cancellationToken);

    private Task<IReadOnlyList<Guid>> AuthorStartsAsync(CancellationToken cancellationToken) =>
        cache.HourlyAsync("sitemap/authors", cancel => queries.AuthorStartsAsync(FileSize, cancel), cancellationToken);

    private async Task WriteEntriesAsync(HttpContext context, string root, IReadOnlyList<SitemapEntry> entries)
    {
        await using var xml = await BeginAsync(context, "urlset");
        foreach (var entry in entries)
            await WriteAsync(xml, "url", site.Absolute(context.Request, string.Create(CultureInfo.InvariantCulture, $"{root}{entry.Id}")), entry.UpdatedAt);
        await xml.WriteEndDocumentAsync();
    }

    private static async Task<XmlWriter> BeginAsync(HttpContext context, string root)
    {
        SyndicationEndpoints.Share(context, TimeSpan.FromHours(1));
        context.Response.ContentType = "application/xml; charset=utf-8";
        var xml = XmlWriter.Create(context.Response.Body, Settings);
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, root, Namespace);
        return xml;
    }

    private static async Task WriteAsync(XmlWriter xml, string element, string address, DateTime? changed)
    {
        await xml.WriteStartElementAsync(null, element, Namespace);
        await xml.WriteElementStringAsync(null, "loc", Namespace, address);
        if (changed is { } time)
            await xml.WriteElementStringAsync(null, "lastmod", Namespace, time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        await xml.WriteEndElementAsync();
    }
}
