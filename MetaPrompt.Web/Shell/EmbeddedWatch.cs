using MetaPrompt.Data;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Looks every second whether the embedded database still runs (one small file, no connection) and starts it again where it
/// was killed or gave up: after a failed attempt later and later, up to half a minute.
/// </summary>
internal sealed class EmbeddedWatch(EmbeddedServer server, TimeProvider time, ILogger<EmbeddedWatch> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Adds it where the database is the embedded one; others have a supervisor of their own.</summary>
    public static void Add(WebApplicationBuilder builder, RunningDatabase database)
    {
        if (database.Embedded is { } server)
        {
            builder.Services.AddHostedService(services => new EmbeddedWatch(
                server, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<EmbeddedWatch>>()));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = Look;
        while (true)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                if (await server.ReviveAsync(stoppingToken).ConfigureAwait(false))
                    log.LogWarning("The embedded PostgreSQL had ended and was started again; what was committed is there.");
                wait = Look;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem) when (problem is EmbeddedServerException or SettingsException or IOException or UnauthorizedAccessException)
            {
                wait = wait * 2 > Longest ? Longest : wait * 2;
                log.LogError(problem, "The embedded PostgreSQL has ended and does not start; trying again in {Seconds} s.", wait.TotalSeconds);
            }
        }
    }
}
