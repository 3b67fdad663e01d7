using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Every five seconds: takes a point of the charts, looks for incidents and says which began and ended.</summary>
internal sealed partial class VitalsWatch(
    Vitals vitals, Alerts alerts, DatabaseWatch database, AlertWebhook webhook, QueryTimes queries, SignInMeter signIns, TimeProvider time,
    ILogger<VitalsWatch> log) : BackgroundService
{
    /// <summary>One look, with what it found said.</summary>
    internal void Look()
    {
        vitals.TakePoint();
        var changes = alerts.Look(time.GetUtcNow(), Measure());
        webhook.Tell(changes);
        foreach (var change in changes)
        {
            if (change.Ended is { } ended)
                LogEnded(change.Kind, change.Subject, change.Words, Math.Round((ended - change.Began).TotalSeconds));
            else
                LogBegan(change.Kind, change.Subject, change.Words);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Vitals.Step, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                TryLook();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends, or did not get as far as to begin.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception problem)
        {
            // Whatever it was, the next look must come: this is what would tell of it.
            LogFailed(problem);
        }
    }

    private IEnumerable<Reading> Measure()
    {
        var thresholds = alerts.Thresholds;
        foreach (var query in queries.Read())
            yield return Reading.Query(query.Name, query.Recent.MaxMs ?? 0, thresholds);
        yield return Reading.Pool(vitals.Pool(), thresholds);
        yield return Reading.Database(database.Away, thresholds);
        yield return Reading.SignIns(signIns.RecentFailures, thresholds);
        if (vitals.Storage is { } storage && Reading.Storage(storage, thresholds) is { } room)
            yield return database.TellsOfStorage ? room : room with { IsOver = false, IsBack = true };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incident {Kind} of {Subject} began: {Words}")]
    private partial void LogBegan(AlertKind kind, string subject, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incident {Kind} of {Subject} is over after {Seconds} s: {Words}")]
    private partial void LogEnded(AlertKind kind, string subject, string words, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "What was measured could not be looked at; trying again.")]
    private partial void LogFailed(Exception problem);
}
