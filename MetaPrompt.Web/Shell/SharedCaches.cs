using System.Net.Sockets;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Asks Redis, and does without where it is away: that is said once, and for some seconds nobody asks again, so that no page
/// waits for it.
/// </summary>
public sealed partial class RedisGuard(TimeProvider time, ILogger<RedisGuard> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long? _silentSince;
    private bool _away;

    /// <summary>What Redis answers, or default where it does not.</summary>
    public async Task<T?> AskAsync<T>(Func<Task<T?>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        lock (_lock)
        {
            if (_silentSince is { } since && time.GetElapsedTime(since) < Pause)
                return default;
        }

        try
        {
            var answer = await ask();
            Say(away: false, null);
            return answer;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or SocketException)
        {
            Say(away: true, failure);
            return default;
        }
    }

    private void Say(bool away, Exception? failure)
    {
        lock (_lock)
        {
            _silentSince = away ? time.GetTimestamp() : null;
            if (away == _away)
                return;
            _away = away;
        }

        if (away)
            LogAway(failure);
        else
            LogBack();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Redis is away. Pages are rendered for every visit until it is back.")]
    private partial void LogAway(Exception? failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back.")]
    private partial void LogBack();
}

/// <summary>Rendered pages in Redis, while it is there.</summary>
internal sealed class SharedPages(IOutputCacheStore redis, RedisGuard guard) : IOutputCacheStore
{
    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        new(guard.AskAsync(() => redis.GetAsync(key, cancellationToken).AsTask()));

    public async ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) =>
        await guard.AskAsync(async () =>
        {
            await redis.SetAsync(key, value, tags, validFor, cancellationToken);
            return true;
        });

    public async ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) =>
        await guard.AskAsync(async () =>
        {
            await redis.EvictByTagAsync(tag, cancellationToken);
            return true;
        });
}

/// <summary>Counts and popular templates in Redis, while it is there.</summary>
internal sealed class SharedValues(IDistributedCache redis, RedisGuard guard) : IDistributedCache
{
    public byte[]? Get(string key) => throw Late();

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => guard.AskAsync(() => redis.GetAsync(key, token));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw Late();

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        DoAsync(() => redis.SetAsync(key, value, options, token));

    public void Refresh(string key) => throw Late();

    public Task RefreshAsync(string key, CancellationToken token = default) => DoAsync(() => redis.RefreshAsync(key, token));

    public void Remove(string key) => throw Late();

    public Task RemoveAsync(string key, CancellationToken token = default) => DoAsync(() => redis.RemoveAsync(key, token));

    private Task<bool> DoAsync(Func<Task> act) => guard.AskAsync(async () =>
    {
        await act();
        return true;
    });

    private static NotSupportedException Late() => new("A page does not wait for Redis with a thread in its hand.");
}
