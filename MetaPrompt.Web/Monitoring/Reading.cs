using System.Globalization;

namespace MetaPrompt.Web.Monitoring;

/// <summary>One thing as it was measured, against its threshold.</summary>
/// <remarks>
/// An incident begins when it was over the threshold for <c>Hold</c> and ends when it was back, which is well below the
/// threshold, for <c>Quiet</c>: what hovers about its threshold is one incident and not a hundred.
/// </remarks>
internal readonly record struct Reading(
    AlertKind Kind, string Subject, double Value, double Threshold, string Unit, bool IsOver, bool IsBack, TimeSpan Hold, TimeSpan Quiet, string Words)
{
    /// <summary>A query is back when for five minutes, the span the longest is taken of, none took too long.</summary>
    public static Reading Query(string name, double longestMs, AlertThresholds thresholds) => new(
        AlertKind.SlowQuery, name, longestMs, thresholds.SlowQueryMs, "ms",
        longestMs > thresholds.SlowQueryMs, longestMs <= thresholds.SlowQueryMs, TimeSpan.Zero, TimeSpan.Zero,
        string.Create(CultureInfo.InvariantCulture, $"The query {name} took {longestMs:N0} ms; more than {thresholds.SlowQueryMs:N0} ms is too long."));

    public static Reading Pool(PoolNow pool, AlertThresholds thresholds)
    {
        var isOver = pool.Waiting > 0 || (pool.Max > 0 && pool.InUse >= pool.Max);
        return new(
            AlertKind.PoolExhausted, "connections", pool.InUse + pool.Waiting, pool.Max, "connections",
            isOver, !isOver, TimeSpan.FromSeconds(thresholds.PoolSeconds), TimeSpan.FromSeconds(30),
            string.Create(CultureInfo.InvariantCulture, $"{pool.InUse} of {pool.Max} connections to the database are in use and {pool.Waiting} queries wait for one."));
    }

    public static Reading? Storage(StorageNow storage, AlertThresholds thresholds)
    {
        if (storage.LimitBytes is not { } limit)
            return null;
        var percent = 100.0 * storage.UsedBytes / limit;
        var room = storage.IsDisk ? "The disk that the database lies on" : "The database's room";
        return new(
            AlertKind.StorageFull, "storage", percent, thresholds.StoragePercent, "%",
            percent >= thresholds.StoragePercent, percent < thresholds.StoragePercent - 5, TimeSpan.Zero, TimeSpan.Zero,
            string.Create(CultureInfo.InvariantCulture, $"{room} ({limit / 1048576.0:N0} MB) is {percent:N0}% full; {thresholds.StoragePercent:N0}% is too much."));
    }

    public static Reading SignIns(long failures, AlertThresholds thresholds) => new(
        AlertKind.SignInFailures, "sign-ins", failures, thresholds.SignInFailures, "sign-ins",
        failures >= thresholds.SignInFailures, failures < thresholds.SignInFailures / 2, TimeSpan.Zero, TimeSpan.Zero,
        string.Create(CultureInfo.InvariantCulture, $"{failures:N0} sign-ins failed within five minutes; {thresholds.SignInFailures:N0} or more may be somebody guessing passwords."));

    public static Reading Database(TimeSpan away, AlertThresholds thresholds) => new(
        AlertKind.DatabaseAway, "database", away.TotalSeconds, thresholds.DatabaseAwaySeconds, "s",
        away > TimeSpan.Zero, away == TimeSpan.Zero, TimeSpan.FromSeconds(thresholds.DatabaseAwaySeconds), TimeSpan.FromSeconds(10),
        string.Create(CultureInfo.InvariantCulture, $"The database has not answered for {away.TotalSeconds:N0} s."));
}
