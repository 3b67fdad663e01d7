using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>
/// Folds pending likes and uses into the counters every second and keeps the gallery's counts, words and tiers; once an hour
/// ends prompts deleted long ago and forgets old uses. Every node
/// runs it; PostgreSQL lets one at a time through.
/// </summary>
public sealed partial class CounterFolding(CounterQueries counters, TimeProvider time, ILogger<CounterFolding> logger) : BackgroundService
{
    private static readonly TimeSpan PurgeEvery = TimeSpan.FromHours(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        long? purged = null;
        var failing = false;
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await counters.FoldAsync(stoppingToken);
                await counters.KeepGalleryAsync(500, stoppingToken);
                // By the time that passes, not by the clock, which may be stepped back.
                if (purged is not { } then || time.GetElapsedTime(then) >= PurgeEvery)
                {
                    await counters.PurgeDeletedPromptsAsync(stoppingToken);
                    await counters.PurgeUsesAsync(stoppingToken);
                    purged = time.GetTimestamp();
                }

                failing = false;
            }
            catch (NpgsqlException exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away: said once, tried again every second; nothing is lost, the deltas wait in it.
                if (!failing)
                    LogFailed(exception);
                failing = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Likes and uses could not be folded; trying again every second.")]
    private partial void LogFailed(Exception exception);
}
