using MetaPrompt.Data.Accounts;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Once an hour removes sessions, links and counters that are over. Any node may; doing it twice does no harm.</summary>
internal sealed class AccountHousekeeping(SessionQueries sessions, TimeProvider time, ILogger<AccountHousekeeping> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await sessions.PurgeAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "What is over could not be removed; it is tried again in an hour");
            }
        }
    }
}
