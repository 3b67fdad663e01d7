using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>What is the matter with the database when a statement fails through no fault of its own.</summary>
public enum TroubleKind
{
    /// <summary>It does not answer, is being started, or broke off.</summary>
    Away,

    /// <summary>It answers, but has no connection, memory or turn to give just now.</summary>
    Busy,

    /// <summary>The statement was ended because it took too long, or waited too long for somebody else's.</summary>
    TooLong,

    /// <summary>Its disk is full: it reads, and writes nothing.</summary>
    Full,
}

/// <summary>
/// Tells trouble that passes, after which the same statement succeeds, from refusals (a missing right, a broken rule) that
/// would come again.
/// </summary>
public static class DatabaseTrouble
{
    private const string PoolExhausted = "The connection pool has been exhausted";

    /// <summary>What is the matter; null where the failure is a refusal or has nothing to do with the database.</summary>
    public static TroubleKind? Of(Exception? failure) => failure switch
    {
        PostgresException refusal => OfState(refusal.SqlState),
        NpgsqlException { InnerException: PostgresException inner } => OfState(inner.SqlState),
        // Npgsql says it no other way.
        NpgsqlException full when full.Message.StartsWith(PoolExhausted, StringComparison.Ordinal) => TroubleKind.Busy,
        NpgsqlException => TroubleKind.Away,
        TimeoutException => TroubleKind.TooLong,
        AggregateException { InnerExceptions: [var only] } => Of(only),
        _ => null,
    };

    private static TroubleKind? OfState(string state) => state switch
    {
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => TroubleKind.TooLong,
        PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError => TroubleKind.Full,
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => TroubleKind.Busy,
        // Shut down, crashed, starting, or a standby that has not taken over yet.
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ReadOnlySqlTransaction => TroubleKind.Away,
        _ when state.StartsWith("53", StringComparison.Ordinal) => TroubleKind.Busy,
        _ when state.StartsWith("08", StringComparison.Ordinal) => TroubleKind.Away,
        _ => null,
    };
}
