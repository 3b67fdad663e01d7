namespace MetaPrompt.Data;

/// <summary>
/// On whose behalf a query runs. PostgreSQL decides by it which rows exist: every query names one, there is no default.
/// </summary>
public readonly record struct Caller
{
    private readonly bool _isApp;

    private Caller(Guid? userId, bool isApp)
    {
        UserId = userId;
        _isApp = isApp;
    }

    /// <summary>A visitor: role <c>anon</c>, sees the gallery and nothing else.</summary>
    public static Caller Anonymous { get; } = new(null, isApp: false);

    /// <summary>
    /// The program itself, in the app login's own role. That role owns nothing and may only execute the functions granted
    /// to it by name (accounts, sessions, the key ring, background folding); every table is denied.
    /// </summary>
    public static Caller App { get; } = new(null, isApp: true);

    /// <summary>A signed-in person: role <c>authenticated</c> with their id as <c>auth.uid()</c>.</summary>
    public static Caller User(Guid id) => new(id, isApp: false);

    /// <summary>The signed-in person's id; null for a visitor and for the program.</summary>
    public Guid? UserId { get; }

    /// <summary>The database role to switch to; null to stay the app login.</summary>
    internal string? Role => _isApp ? null : UserId is null ? "anon" : "authenticated";

    /// <summary>The claims PostgreSQL's <c>auth.uid()</c> reads, as Supabase's own API sets them.</summary>
    internal string Claims => UserId is { } id
        ? $$"""{"sub":"{{id}}","role":"authenticated"}"""
        : """{"role":"anon"}""";
}
