namespace MetaPrompt.Web.Shared;

/// <summary>
/// What happens to accounts and what is refused, a line each in the category <c>MetaPrompt.Security</c>: what, to whom (a
/// person's id, or nobody), and where (an address's pattern). Never an address of mail or network, a password, or anything typed.
/// </summary>
public sealed class SecurityLog(ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>The category: a setting <c>Logging:LogLevel:MetaPrompt.Security</c> turns it up or down.</summary>
    public const string Category = "MetaPrompt.Security";

    /// <summary>The most refusals a minute that have lines of their own; whoever fills the log by being refused fills it no further.</summary>
    internal const int MostRefusals = 60;

    private readonly ILogger _log = loggers.CreateLogger(Category);
    private readonly Lock _lock = new();
    private DateTimeOffset _minute;
    private int _refusals;

    /// <summary>Something happened to a person's account, by their own hand or an operator's.</summary>
    public void Did(string what, Guid person) => _log.LogInformation("{Event}, person {Person}", what, person);

    /// <summary>A password was refused, for this reason; nothing of the account it was for.</summary>
    public void SignInFailed(string why) => _log.LogWarning("Sign-in failed: {Reason}", why);

    /// <summary>A request was refused, or asked for something that is not there or not theirs.</summary>
    public void Refused(int status, string method, string where, Guid? person)
    {
        var (own, left) = Counts();
        if (left > 0)
            _log.LogWarning("{Count} more requests were refused in the minute before", left);
        if (own)
            _log.LogWarning("Refused with {Status}: {Method} {Route}, person {Person}", status, method, where, person?.ToString() ?? "nobody");
    }

    // Whether this one has a line, and how many of the minute before had none.
    private (bool Own, int Left) Counts()
    {
        lock (_lock)
        {
            var left = 0;
            if (time.GetUtcNow() is var now && now - _minute >= TimeSpan.FromMinutes(1))
                (left, _minute, _refusals) = (Math.Max(0, _refusals - MostRefusals), now, 0);
            return (++_refusals <= MostRefusals, left);
        }
    }
}
