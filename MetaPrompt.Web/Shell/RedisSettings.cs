using MetaPrompt.Data;
using StackExchange.Redis;

namespace MetaPrompt.Web.Shell;

/// <summary>The setting <c>Redis:Connection</c>: where several nodes keep pages and counts together.</summary>
public static class RedisSettings
{
    private const string Setting = "Redis:Connection";

    /// <summary>Reads it; null where each node keeps its own.</summary>
    /// <exception cref="SettingsException">It is no address of a Redis. One that is away is no wrong setting: pages are served without it.</exception>
    public static ConfigurationOptions? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[Setting] is not { } given || string.IsNullOrWhiteSpace(given))
            return null;
        if (given.Contains("://", StringComparison.Ordinal))
            throw new SettingsException(Setting, "is a URL. Write it as host:port, with options after commas: redis.example.org:6379,password=...,ssl=true");

        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(given.Trim());
        }
        catch (ArgumentException wrong)
        {
            throw new SettingsException(Setting, $"is no Redis address ({wrong.Message}). Write host:port, with options after commas.", wrong);
        }

        if (options.EndPoints.Count == 0)
            throw new SettingsException(Setting, "names no server. Write host:port, with options after commas.");

        // A page never waits for a Redis that is away: it is asked again later, and the page is rendered.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, 1500);
        options.AsyncTimeout = Math.Min(options.AsyncTimeout, 1000);
        options.ClientName ??= "MetaPrompt";
        return options;
    }
}
