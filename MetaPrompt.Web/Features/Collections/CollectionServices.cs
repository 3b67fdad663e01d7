using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Templates;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>What collections, following and one's published templates need.</summary>
public static class CollectionServices
{
    /// <summary>Registers the queries.</summary>
    public static void AddCollections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CollectionQueries>();
        builder.Services.AddSingleton<CollectingQueries>();
        builder.Services.AddSingleton<AuthorQueries>();
        builder.Services.AddSingleton<FollowQueries>();
        builder.Services.AddSingleton<StatisticsQueries>();
    }

    /// <summary>Maps the forms of their pages.</summary>
    public static void MapCollections(this WebApplication app)
    {
        app.MapCollectionForms();
        app.MapCollectingForms();
        app.MapFollowForms();
    }
}
