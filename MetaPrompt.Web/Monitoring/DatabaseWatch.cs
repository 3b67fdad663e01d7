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
    private const string Telling = "tell of storage";

    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2.5);

    private readonly HealthQueries _health;
    private readonly StorageFigures _figures;
    private readonly NodeLease _lease;
    private readonly EmbeddedServer? _embedded;
    private readonly Vitals _vitals;
    private readonly SiteMeter _meter;
    private readonly AlertThresholds _thresholds;
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseWatch> _log;
    // Ticks, because another thread reads it; 0 while the database answers.
    private long _awaySince;
    private DateTimeOffset? _measured;
    private bool _measuredTables;

    public DatabaseWatch(RunningDatabase database, Vitals vitals, SiteMeter meter, Alerts alerts, TimeProvider time, ILogger<DatabaseWatch> log)
    {
        // Not measured itself: what nobody waits for would blur what people wait for.
        var db = new Db(database.Monitor);
        (_health, _figures, _lease, _embedded) = (new HealthQueries(db), new StorageFigures(db), new NodeLease(db), database.Embedded);
        (_vitals, _meter, _thresholds, _time, _log) = (vitals, meter, alerts.Thresholds, time, log);
    }

    /// <summary>For how long the database has not answered; nothing while it does.</summary>
    public TimeSpan Away => Volatile.Read(ref _awaySince) is > 0 and var since ? TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks - since) : TimeSpan.Zero;

    /// <summary>Whether this node is the one that tells of what all nodes measure alike.</summary>
    public bool TellsOfStorage { get; private set; }

    /// <summary>Asks, and measures where a minute has passed.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetUtcNow();
        try
        {
            await _health.PingAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _awaySince, 0);
            _vitals.DatabaseAnswers = true;
        }
        catch (DbException problem)
        {
            if (_awaySince == 0)
                Volatile.Write(ref _awaySince, asked.UtcTicks);
            _vitals.DatabaseAnswers = false;
            _log.LogDebug(problem, "The database did not answer");
            return;
        }

        if (_measured is null || asked - _measured >= Slow || (_meter.WantsTables && !_measuredTables))
        {
            // Whatever comes of it, the next one is a minute later.
            _measured = asked;
            await MeasureAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Vitals.Step, _time);
        try
        {
            do
                await TryLookAsync(stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends, or did not get as far as to begin.
        }
    }

    private async Task TryLookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LookAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
        {
            _log.LogError(problem, "The database could not be measured; trying again.");
        }
        catch (DbException problem)
        {
            _log.LogDebug(problem, "The database was not measured to the end");
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var size = await _figures.SizeAsync(cancellationToken).ConfigureAwait(false);
        _vitals.Storage = Storage(size);
        TellsOfStorage = await _lease.TakeAsync(Telling, Lease, cancellationToken).ConfigureAwait(false);
        _measuredTables = _meter.WantsTables;
        if (!_measuredTables)
            return;
        _meter.Tables = await _figures.TablesAsync(cancellationToken).ConfigureAwait(false);
        _meter.Indexes = await _figures.IndexesAsync(cancellationToken).ConfigureAwait(false);
        _meter.Statements = await _figures.StatementsAsync(cancellationToken).ConfigureAwait(false);
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
