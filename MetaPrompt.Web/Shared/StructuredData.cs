using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using MetaPrompt.Data.Templates;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// What a page says of itself to machines (schema.org, as JSON-LD). Addresses are written from the site's root;
/// <see cref="Write"/> makes them whole.
/// </summary>
public static class StructuredData
{
    private const string UnnamedAuthor = "Unnamed author";

    // The page's text may end no script element and begin no comment: every <, > and & is written as its number.
    private static readonly JsonSerializerOptions Safe = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly HashSet<string> Addresses = ["@id", "url", "item", "image", "urlTemplate", "mainEntityOfPage"];

    /// <summary>The site with its search, for the front page.</summary>
    public static JsonObject WebSite() => new()
    {
        ["@type"] = "WebSite",
        ["@id"] = "/#site",
        ["name"] = "MetaPrompt",
        ["url"] = "/",
        ["potentialAction"] = new JsonObject
        {
            ["@type"] = "SearchAction",
            ["target"] = new JsonObject { ["@type"] = "EntryPoint", ["urlTemplate"] = "/templates?q={search_term_string}" },
            ["query-input"] = "required name=search_term_string",
        },
    };

    /// <summary>A list of templates.</summary>
    /// <param name="name">What the list is called.</param>
    /// <param name="path">Its address.</param>
    /// <param name="cards">What it shows, in order.</param>
    public static JsonObject Collection(string name, string path, IEnumerable<TemplateCard> cards) => new()
    {
        ["@type"] = "CollectionPage",
        ["name"] = name,
        ["url"] = path,
        ["isPartOf"] = Reference("/#site"),
        ["mainEntity"] = Items(cards),
    };

    /// <summary>The templates themselves, where the page is already something else: the front page, an author's.</summary>
    public static JsonObject Items(IEnumerable<TemplateCard> cards) => new()
    {
        ["@type"] = "ItemList",
        ["itemListElement"] = List(cards.Select((card, index) => new JsonObject
        {
            ["@type"] = "ListItem",
            ["position"] = index + 1,
            ["name"] = card.Title,
            ["url"] = string.Create(CultureInfo.InvariantCulture, $"/templates/{card.TemplateId}"),
        })),
    };

    /// <summary>One template.</summary>
    public static JsonObject Work(Template template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var path = string.Create(CultureInfo.InvariantCulture, $"/templates/{template.Id}");
        var work = new JsonObject
        {
            ["@type"] = "CreativeWork",
            ["@id"] = path,
            ["url"] = path,
            ["name"] = template.Title,
            ["description"] = CleanText.Cut(template.Goal, 500),
            ["image"] = path + "/picture.png",
            ["author"] = Person(template.AuthorId, template.AuthorName),
            ["datePublished"] = Time(template.PublishedAt),
            ["dateModified"] = Time(template.UpdatedAt),
            ["isPartOf"] = Reference("/#site"),
            ["interactionStatistic"] = new JsonArray(Count("LikeAction", template.LikesCount), Count("UseAction", template.UsesCount)),
        };
        if (template.Category is not null)
            work["genre"] = template.Category;
        if (template.Tags.Length > 0)
            work["keywords"] = string.Join(", ", template.Tags);
        return work;
    }

    /// <summary>An author's page.</summary>
    public static JsonObject Profile(Author author)
    {
        ArgumentNullException.ThrowIfNull(author);
        var person = Person(author.Id, author.FullName);
        person["interactionStatistic"] = new JsonArray(Count("LikeAction", author.Likes));
        person["agentInteractionStatistic"] = Count("WriteAction", author.Templates);
        return new JsonObject
        {
            ["@type"] = "ProfilePage",
            ["url"] = person["url"]!.DeepClone(),
            ["dateCreated"] = Time(author.JoinedAt),
            ["mainEntity"] = person,
        };
    }

    /// <summary>The way to a page, from the outermost step to the page itself.</summary>
    public static JsonObject Breadcrumbs(params ReadOnlySpan<(string Name, string Path)> steps)
    {
        var items = new JsonArray();
        foreach (var (name, path) in steps)
            items.Add(new JsonObject { ["@type"] = "ListItem", ["position"] = items.Count + 1, ["name"] = name, ["item"] = path });
        return new JsonObject { ["@type"] = "BreadcrumbList", ["itemListElement"] = items };
    }

    /// <summary>The JSON for a script element: nothing in it can end that element, whatever a title says.</summary>
    /// <param name="data">One thing, or several.</param>
    /// <param name="absolute">Makes an address from the site's root whole.</param>
    internal static string Write(IReadOnlyList<JsonObject> data, Func<string, string> absolute)
    {
        // Not in place: a page may render twice.
        var graph = List(data.Select(thing => (JsonObject)thing.DeepClone()));
        MakeAbsolute(graph, absolute);
        return new JsonObject { ["@context"] = "https://schema.org", ["@graph"] = graph }.ToJsonString(Safe);
    }

    private static void MakeAbsolute(JsonNode? node, Func<string, string> absolute)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                MakeAbsolute(item, absolute);
        }
        else if (node is JsonObject thing)
        {
            foreach (var (key, value) in thing.ToArray())
            {
                if (value is JsonValue && Addresses.Contains(key) && value.GetValue<string>() is ['/', ..] path)
                    thing[key] = absolute(path);
                else
                    MakeAbsolute(value, absolute);
            }
        }
    }

    private static JsonObject Person(Guid id, string? name) => new()
    {
        ["@type"] = "Person",
        ["name"] = name ?? UnnamedAuthor,
        ["url"] = string.Create(CultureInfo.InvariantCulture, $"/authors/{id}"),
    };

    private static JsonObject Count(string action, long count) => new()
    {
        ["@type"] = "InteractionCounter",
        ["interactionType"] = "https://schema.org/" + action,
        ["userInteractionCount"] = count,
    };

    private static JsonObject Reference(string id) => new() { ["@id"] = id };

    private static JsonArray List(IEnumerable<JsonObject> items) => new([.. items]);

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
