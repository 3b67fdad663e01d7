using System.Diagnostics;
using MetaPrompt.Data.Monitoring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Data.Database;

/// <summary>
/// The streaming replicas, and whether they may be asked. Npgsql finds one that answers; how far behind they are is measured
/// here every second, by the primary's own positions in its log: what it had written at a known time and a replica has not
/// replayed yet is that old. So neither clocks nor a silent primary nor a cut connection between the two mislead it.
/// </summary>
public sealed partial class Replicas : BackgroundService, IAsyncDisposable
{
    private const string WrittenSql =
        """
        -- replicas.written
        select pg_catalog.pg_current_wal_lsn()
        """;

    private const string ReplayedSql =
        """
        -- replicas.replayed
        select pg_catalog.pg_last_wal_replay_lsn() where pg_catalog.pg_is_in_recovery()
        """;

    private const int MostPositions = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly List<(NpgsqlLogSequenceNumber Position, long At)> _written = [];
    private readonly NpgsqlDataSource _primary;
    private readonly NpgsqlMultiHostDataSource _all;
    private readonly NpgsqlDataSource[] _each;
    private readonly Db _reads;
    private readonly TimeSpan _maxLag;
    private readonly ILogger<Replicas> _logger;
    private Db? _upToDate;
    private NpgsqlLogSequenceNumber _needed;
    private long _changes;
    private long _caughtUp;
    private bool _said = true;

    /// <param name="settings">Where they are.</param>
    /// <param name="primary">The app's login at the primary, which is measured against.</param>
    /// <param name="logger">Hears when questions go to the primary for long, and when they do no more.</param>
    /// <param name="meter">What measures each query; null measures nothing.</param>
    public Replicas(ReplicaSettings settings, NpgsqlDataSource primary, ILogger<Replicas> logger, QueryMeter? meter = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _primary = primary;
        _logger = logger;
        _maxLag = settings.MaxLag;
        _all = new NpgsqlDataSourceBuilder(settings.Together).BuildMultiHost();
        // A replica before the primary, and the primary where none answers.
        _reads = new Db(_all.WithTargetSession(TargetSessionAttributes.PreferStandby), meter);
        _each = [.. settings.Each.Select(NpgsqlDataSource.Create)];
    }

    /// <summary>For questions that a replica may answer now; null where the primary has to.</summary>
    public Db? UpToDate => Volatile.Read(ref _upToDate);

    /// <summary>Something has changed that visitors are to see: the primary answers until the replicas have replayed it.</summary>
    public void CatchUp()
    {
        lock (_lock)
        {
            _changes++;
            Volatile.Write(ref _upToDate, null);
        }

        Wake();
    }

    /// <summary>A replica failed to answer: the primary does until they have been looked at anew.</summary>
    public void Doubt(NpgsqlException failure)
    {
        lock (_lock)
            Volatile.Write(ref _upToDate, null);
        LogDoubt(failure);
        Wake();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _all.DisposeAsync().ConfigureAwait(false);
        foreach (var replica in _each)
            await replica.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                await _wake.WaitAsync(_caughtUp == Interlocked.Read(ref _changes) ? Interval : Soon, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var changes = Interlocked.Read(ref _changes);
        // What has changed can only be waited for once the primary has said where it stands.
        if (!await NoteWrittenAsync(changes, cancellationToken).ConfigureAwait(false) && changes != _caughtUp)
            return;
        var replayed = await Task.WhenAll(_each.Select(replica => ReplayedAsync(replica, cancellationToken))).ConfigureAwait(false);

        // One that refuses connections is passed over by Npgsql; one that hangs or lags would be asked all the same.
        var answering = replayed.Where(one => one is { Dead: false }).ToArray();
        var why = answering.Length == 0 ? "none answers" : null;
        if (answering.Any(one => one.Position is null))
            why = "one of them does not answer in time, or is no replica";
        if (why is null)
        {
            var least = answering.Min(one => one.Position!.Value);
            while (_written.Count > 0 && _written[0].Position <= least)
                _written.RemoveAt(0);
            var lag = _written.Count > 0 ? Stopwatch.GetElapsedTime(_written[0].At) : TimeSpan.Zero;
            if (lag > _maxLag)
                why = $"one of them is {lag.TotalSeconds:0.0} s behind";
            else if (least < _needed)
                return;
        }

        lock (_lock)
        {
            // What changed while this was measured has to be looked for anew.
            if (_changes == changes)
                Volatile.Write(ref _upToDate, why is null ? _reads : null);
        }

        _caughtUp = changes;
        Say(why);
    }

    private async Task<bool> NoteWrittenAsync(long changes, CancellationToken cancellationToken)
    {
        try
        {
            // The time before the question: what is in the answer is at least that old.
            var at = Stopwatch.GetTimestamp();
            await using var command = _primary.CreateCommand(WrittenSql);
            command.CommandTimeout = 2;
            var position = (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            if (changes != _caughtUp)
                _needed = position;
            if ((_written.Count == 0 || _written[^1].Position < position) && _written.Count < MostPositions)
                _written.Add((position, at));
            return true;
        }
        catch (NpgsqlException)
        {
            // Without a primary nothing is written: the replicas are as far as they were, and may go on answering visitors.
            return false;
        }
    }

    private static async Task<Replayed> ReplayedAsync(NpgsqlDataSource replica, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = replica.CreateCommand(ReplayedSql);
            return new Replayed(false, await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as NpgsqlLogSequenceNumber?);
        }
        catch (NpgsqlException failure)
        {
            return new Replayed(failure.InnerException is not TimeoutException, null);
        }
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two at once: it is awake.
        }
    }

    private void Say(string? why)
    {
        if (why is null == _said)
            return;
        _said = why is null;
        if (why is null)
            LogAsked();
        else
            LogNotAsked(why);
    }

    private sealed record Replayed(bool Dead, NpgsqlLogSequenceNumber? Position);

    [LoggerMessage(Level = LogLevel.Information, Message = "The replicas answer visitors' questions again.")]
    private partial void LogAsked();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The primary answers visitors' questions too: of the replicas, {Why}.")]
    private partial void LogNotAsked(string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "A replica did not answer a question; the primary is asked.")]
    private partial void LogDoubt(Exception failure);
}
