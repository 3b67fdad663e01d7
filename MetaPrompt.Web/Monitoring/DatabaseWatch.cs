using System.Data.Common;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// Asks the database every five seconds whether it answers and every minute what it takes, over a connection of its own: an
/// exhausted pool is another thing than a database that is away.
/// </summary>
internal sealed class DatabaseWatch : BackgroundService
{
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(1);

    private readonly HealthQueries _health;
    private readonly StorageFigures _figures;
    private readonly EmbeddedServer? _embedded;
    private readonly Vitals _vitals;
    private readonly SiteMeter _meter;
    private readonly AlertThresholds _thresholds;
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseWatch> _log;
    private DateTimeOffset? _awaySince;
    private DateTimeOffset? _measured;
    private bool _measuredTables;

    public DatabaseWatch(RunningDatabase database, Vitals vitals, SiteMeter meter, Alerts alerts, TimeProvider time, ILogger<DatabaseWatch> log)
    {
        // Not measured itself: what nobody waits for would blur what people wait for.
        var db = new Db(database.Monitor);
        (_health, _figures, _embedded) = (new HealthQueries(db), new StorageFigures(db), database.Embedded);
        (_vitals, _meter, _thresholds, _time, _log) = (vitals, meter, alerts.Thresholds, time, log);
    }

    /// <summary>For how long the database has not answered; nothing while it does.</summary>
    public TimeSpan Away => _awaySince is { } since ? _time.GetUtcNow() - since : TimeSpan.Zero;

    /// <summary>Asks, and measures where a minute has passed.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetUtcNow();
        try
        {
            await _health.PingAsync(cancellationToken).ConfigureAwait(false);
            (_awaySince, _vitals.DatabaseAnswers) = (null, true);
            if (_measured is null || asked - _measured >= Slow || (_meter.WantsTables && !_measuredTables))
                await MeasureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException problem)
        {
            _awaySince ??= asked;
            _vitals.DatabaseAnswers = false;
            _log.LogDebug(problem, "The database did not answer");
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Vitals.Step, _time);
        do
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                _log.LogError(problem, "The database could not be measured; trying again.");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var size = await _figures.SizeAsync(cancellationToken).ConfigureAwait(false);
        _vitals.Storage = Storage(size);
        _measured = _time.GetUtcNow();
        if (!_meter.WantsTables)
            return;
        _meter.Tables = await _figures.TablesAsync(cancellationToken).ConfigureAwait(false);
        _meter.Indexes = await _figures.IndexesAsync(cancellationToken).ConfigureAwait(false);
        _measuredTables = true;
    }

    private StorageNow Storage(long bytes)
    {
        var now = _time.GetUtcNow();
        if (_thresholds.StorageLimitBytes is { } limit)
            return new StorageNow(bytes, bytes, limit, IsDisk: false, now);
        if (_embedded is null)
            return new StorageNow(bytes, bytes, null, IsDisk: false, now);
        var disk = new DriveInfo(_embedded.Folder);
        return new StorageNow(bytes, disk.TotalSize - disk.AvailableFreeSpace, disk.TotalSize, IsDisk: true, now);
    }
}
