using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace MetaPrompt.Web.Shell;

/// <summary>Registers what is kept for many: rendered pages, and what the gallery's pages are made of.</summary>
public static class Caching
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Adds the output cache, the hybrid cache and what empties them; with <c>Redis:Connection</c> all nodes share both.</summary>
    /// <exception cref="SettingsException"><c>Site:PublicUrl</c> or <c>Redis:Connection</c> is wrong.</exception>
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
        if (RedisSettings.Read(builder.Configuration) is { } redis)
            AddRedis(services, redis);
        services.AddHybridCache(cache => cache.MaximumPayloadBytes = 4 * Megabyte);
        services.AddSingleton<LastPages>();
        services.AddSingleton<GalleryCache>();
        services.AddSingleton<SearchTurns>();
        services.AddSingleton(provider => new GalleryNotices(provider.GetRequiredService<Db>(), provider.GetRequiredService<RunningDatabase>().Sessions));
        services.AddSingleton<GalleryChanged>();
        services.AddHostedService(provider => provider.GetRequiredService<GalleryChanged>());
    }

    private static void AddRedis(IServiceCollection services, ConfigurationOptions redis)
    {
        // A page names its style sheet by what is in it: another build of the program must not serve this one's pages.
        var prefix = $"metaprompt:{typeof(Caching).Module.ModuleVersionId:N}:";
        var connection = new Lazy<Task<IConnectionMultiplexer>>(async () => await ConnectionMultiplexer.ConnectAsync(redis));
        services.AddSingleton<RedisGuard>();
        services.AddStackExchangeRedisOutputCache(options =>
        {
            options.InstanceName = prefix;
            options.ConnectionMultiplexerFactory = () => connection.Value;
        });
        Wrap<IOutputCacheStore>(services, (inner, guard) => new SharedPages(inner, guard));
        services.AddStackExchangeRedisCache(options =>
        {
            options.InstanceName = prefix;
            options.ConnectionMultiplexerFactory = () => connection.Value;
        });
        Wrap<IDistributedCache>(services, (inner, guard) => new SharedValues(inner, guard));
    }

    private static void Wrap<T>(IServiceCollection services, Func<T, RedisGuard, T> wrap)
        where T : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => wrap(
            (T)(inner.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!)),
            provider.GetRequiredService<RedisGuard>()));
    }
}
