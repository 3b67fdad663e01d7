using MetaPrompt.Data.Prompts;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Registers what the pages of one's own prompts need.</summary>
public static class LibraryServices
{
    /// <summary>Adds it; wants the query classes, the gallery's caches and MudBlazor's services registered.</summary>
    public static void AddLibrary(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<TransferQueries>();
        builder.Services.AddScoped<PromptDeletion>();
        builder.Services.AddScoped<PromptBatch>();
        builder.Services.AddScoped<PublishActions>();
        builder.Services.AddSingleton<PromptVersionQueries>();
        builder.Services.AddSingleton<PromptLinkQueries>();
        builder.Services.AddScoped<VersionActions>();
        builder.Services.AddScoped<LinkActions>();
    }
}
