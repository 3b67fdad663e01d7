using System.Diagnostics.Metrics;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Counts passwords that were checked, as the metric <c>metaprompt.sign_ins</c> by what came of it. Neither whose they were
/// nor from where: that is no number.
/// </summary>
public sealed class SignInMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MetaPrompt.Accounts";

    private readonly DurationWindow _recentFailures;
    private long _succeeded;
    private long _failed;
    private long _locked;

    /// <param name="meters">Makes the instrument.</param>
    /// <param name="time">The clock.</param>
    public SignInMeter(IMeterFactory meters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _recentFailures = new DurationWindow(time);
        meters.Create(Name).CreateObservableCounter(
            "metaprompt.sign_ins",
            () => new Measurement<long>[]
            {
                new(SucceededCount, new KeyValuePair<string, object?>("outcome", "succeeded")),
                new(FailedCount, new KeyValuePair<string, object?>("outcome", "failed")),
                new(LockedCount, new KeyValuePair<string, object?>("outcome", "locked")),
            },
            "{attempt}", "Passwords that were checked, by what came of it.");
    }

    /// <summary>Right ones, since the start.</summary>
    public long SucceededCount => Volatile.Read(ref _succeeded);

    /// <summary>Wrong ones, since the start.</summary>
    public long FailedCount => Volatile.Read(ref _failed);

    /// <summary>Those that were not looked at, because too many wrong ones had come before, since the start.</summary>
    public long LockedCount => Volatile.Read(ref _locked);

    /// <summary>Wrong ones and those not looked at, of the last five minutes: what a guesser leaves.</summary>
    public long RecentFailures => _recentFailures.Recent().Calls;

    internal void Succeeded() => Interlocked.Increment(ref _succeeded);

    internal void Failed()
    {
        Interlocked.Increment(ref _failed);
        _recentFailures.Note(null, failed: true);
    }

    internal void Locked()
    {
        Interlocked.Increment(ref _locked);
        _recentFailures.Note(null, failed: true);
    }
}
