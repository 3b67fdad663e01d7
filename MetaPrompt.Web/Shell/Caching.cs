using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Shell;

/// <summary>Registers what is kept for many: rendered pages, and what the gallery's pages are made of.</summary>
public static class Caching
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Adds the output cache, the hybrid cache and what empties them.</summary>
    /// <exception cref="SettingsException"><c>Site:PublicUrl</c> is wrong.</exception>
    public static void AddCaching(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(SiteAddress.Read(builder.Configuration));
        services.AddOutputCache(cache =>
        {
            // Whoever asks for a million pages fills this and no more.
            cache.SizeLimit = 128 * Megabyte;
            cache.MaximumBodySize = 4 * Megabyte;
            cache.AddPolicy(VisitorPages.Policy, policy => policy.AddPolicy<VisitorPages>(), excludeDefaultPolicy: true);
            cache.AddPolicy(PublicFiles.Policy, policy => policy.AddPolicy<PublicFiles>(), excludeDefaultPolicy: true);
        });
        services.AddHybridCache(cache => cache.MaximumPayloadBytes = 4 * Megabyte);
        services.AddSingleton<GalleryCache>();
        services.AddSingleton<GalleryNotices>();
        services.AddSingleton<GalleryChanged>();
        services.AddHostedService(provider => provider.GetRequiredService<GalleryChanged>());
    }
}
