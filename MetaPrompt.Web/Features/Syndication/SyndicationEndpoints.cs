using System.Text;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Shell;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>What the site says to machines: robots.txt, sitemaps, feeds, pictures for link previews.</summary>
public static class SyndicationEndpoints
{
    // Accounts and forms are nobody's to find. A search may be read: it names the list without the words as its true address.
    private const string Robots =
        """
        User-agent: *
        Disallow: /account
        Disallow: /login
        Disallow: /signup
        Disallow: /logout
        Disallow: /theme
        Disallow: /wizard?
        Disallow: /prompts
        Disallow: /favorites
        Disallow: /collections/add/
        Disallow: /moderation
        Disallow: /templates/suggest
        Disallow: /*/report
        Disallow: /*?v.
        Disallow: /*&v.

        """;

    /// <summary>Registers what they need. Wants the gallery's queries and cache.</summary>
    public static void AddSyndication(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SyndicationQueries>();
        builder.Services.AddSingleton<Sitemaps>();
        builder.Services.AddSingleton<Feeds>();
        builder.Services.AddSingleton<Pictures>();
    }

    /// <summary>Maps their addresses; all are the same for everybody.</summary>
    public static void MapSyndication(this WebApplication app)
    {
        var files = app.MapGroup("").CacheOutput(PublicFiles.Policy);
        files.MapGet("/robots.txt", (HttpContext context, SiteAddress site) =>
        {
            Share(context, TimeSpan.FromHours(1));
            return Results.Text($"{Robots}Sitemap: {site.Absolute(context.Request, "/sitemap.xml")}\n", "text/plain", Encoding.UTF8);
        });
        files.MapGet("/sitemap.xml", (HttpContext context, Sitemaps sitemaps) => sitemaps.WriteIndexAsync(context));
        files.MapGet("/sitemaps/pages.xml", (HttpContext context, Sitemaps sitemaps) => sitemaps.WritePagesAsync(context));
        files.MapGet("/sitemaps/authors-{number:int}.xml", (HttpContext context, int number, Sitemaps sitemaps) => sitemaps.WriteAuthorsAsync(context, number));
        files.MapGet("/sitemaps/{number:int}.xml", (HttpContext context, int number, Sitemaps sitemaps) => sitemaps.WriteTemplatesAsync(context, number));
        app.MapGet("/picture.png", (HttpContext context, Pictures pictures) => pictures.OfSiteAsync(context));
        app.MapGet("/templates/{id:guid}/picture.png", (HttpContext context, Guid id, Pictures pictures) => pictures.OfTemplateAsync(context, id));
        foreach (var format in new[] { FeedFormat.Atom, FeedFormat.Rss })
        {
            var ending = format == FeedFormat.Atom ? "atom" : "rss";
            files.MapGet($"/feeds/templates.{ending}", (HttpContext context, Feeds feeds) => feeds.WriteAsync(context, format, null, null));
            files.MapGet($"/feeds/categories/{{category}}.{ending}", (HttpContext context, string category, Feeds feeds) => feeds.WriteAsync(context, format, category, null));
            files.MapGet($"/feeds/authors/{{author:guid}}.{ending}", (HttpContext context, Guid author, Feeds feeds) => feeds.WriteAsync(context, format, null, author));
        }
    }

    /// <summary>Lets every cache on the way keep an answer.</summary>
    internal static void Share(HttpContext context, TimeSpan age) =>
        context.Response.GetTypedHeaders().CacheControl = new() { Public = true, MaxAge = age };
}
