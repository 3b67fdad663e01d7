using System.Data.Common;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.OutputCaching;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// What is in the gallery has changed: kept pages and counts go, here at once and on every other node as soon as PostgreSQL
/// has told it, so that who published something finds it there, whichever node answers (ADR 8).
/// </summary>
public sealed partial class GalleryChanged(
    IOutputCacheStore pages, GalleryCache cache, GalleryNotices notices, ILogger<GalleryChanged> logger, LastPages? lastPages = null,
    Replicas? replicas = null)
    : BackgroundService
{
    /// <summary>Throws away every kept page and count of the gallery, on all nodes.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        await ForgetAsync(cancellationToken);
        try
        {
            await notices.SendAsync(cancellationToken);
        }
        catch (DbException exception)
        {
            // The change itself is written; the other nodes find it when what they keep has expired.
            LogMute(exception);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.FromSeconds(1);
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What was said while nobody listened is unknown: listening begins with forgetting.
                await notices.ListenAsync(
                    async () =>
                    {
                        (failing, wait) = (false, TimeSpan.FromSeconds(1));
                        await ForgetAsync(stoppingToken);
                    },
                    stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbException exception)
            {
                // Meanwhile what is kept here grows at most a minute old.
                if (!failing)
                    LogDeaf(exception);
                failing = true;
            }

            await Task.Delay(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = TimeSpan.FromSeconds(Math.Min(30, wait.TotalSeconds * 2));
        }
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        // First: what is kept from now on is read where the change is.
        replicas?.CatchUp();
        lastPages?.Clear();
        await cache.ForgetAsync(cancellationToken);
        await pages.EvictByTagAsync(VisitorPages.GalleryTag, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot tell other nodes that the gallery changed.")]
    private partial void LogMute(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot hear from other nodes that the gallery changed; trying again.")]
    private partial void LogDeaf(Exception exception);
}
