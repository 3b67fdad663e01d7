using System.Text;
using B = BCrypt.Net.BCrypt;

namespace MetaPrompt.Data.Accounts;

/// <summary>What a password has to be; the same rules wherever it is stored.</summary>
public static class PasswordRules
{
    /// <summary>Characters, as people count them (an emoji is one).</summary>
    public const int MinLength = 8;

    /// <summary>UTF-8 bytes: bcrypt reads no further, and what it does not read protects nobody.</summary>
    public const int MaxBytes = 72;

    /// <summary>
    /// Words that everybody thinks of here first: the program's name, what it has, and who uses it. docs/security.md has the same list.
    /// </summary>
    public static IReadOnlyList<string> ObviousWords { get; } =
    [
        "administrator", "moderator", "metaprompt", "password", "passwort", "template", "welcome", "gallery", "prompts", "secret",
        "wizard", "prompt", "admin", "login", "guest", "user", "meta",
    ];

    /// <summary>What is wrong with it and what to do, as a sentence; null where it is fine.</summary>
    /// <param name="password">As it was typed.</param>
    /// <param name="own">What is known of the person, their mail address and name: no password is made of it alone.</param>
    public static string? Problem(string? password, params ReadOnlySpan<string?> own)
    {
        if (string.IsNullOrEmpty(password))
            return "Choose a password.";
        if (password.Contains('\0', StringComparison.Ordinal))
            return "A password cannot hold the character NUL. Type another one.";

        var length = new System.Globalization.StringInfo(password).LengthInTextElements;
        if (length < MinLength)
            return $"That password has {length} {(length == 1 ? "character" : "characters")}. Use {MinLength} or more; a few words in a row are easy to keep in mind.";

        var bytes = Encoding.UTF8.GetByteCount(password);
        if (bytes > MaxBytes)
            return $"That password is {bytes} bytes long, and only {MaxBytes} can be kept safely (a plain letter is one byte, others are two to four). Make it shorter.";
        return IsObvious(password, own)
            ? "That password is too easy to guess: it is made of your own name or address, or of words that everybody tries first here. Add words that have to do with neither."
            : null;
    }

    /// <summary>Whether it is made of <see cref="ObviousWords"/> or the person's own alone.</summary>
    // What is left of the letters without those words: with fewer than four, digits and signs are all that was added.
    internal static bool IsObvious(string password, ReadOnlySpan<string?> own)
    {
        var words = new List<string>(ObviousWords);
        foreach (var text in own)
            words.AddRange((text ?? "").Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length >= 3));
        var rest = password.ToLowerInvariant();
        foreach (var word in words.Select(word => word.ToLowerInvariant()).OrderByDescending(word => word.Length))
            rest = rest.Replace(word, " ", StringComparison.Ordinal);
        return rest.Length < password.ToLowerInvariant().Length && rest.Count(char.IsLetter) < 4;
    }

    /// <summary>Whether any account can have this password at all.</summary>
    internal static bool CanExist(string password) =>
        password.Length > 0 && !password.Contains('\0', StringComparison.Ordinal)
        && Encoding.UTF8.GetByteCount(password) <= MaxBytes;
}

/// <summary>
/// bcrypt, in the form Supabase Auth stores it (<c>$2a$</c>), so that accounts can move there. Hashing costs a core tens of
/// milliseconds on purpose: no more run at once than there are cores, so that a crowd at the door does not stop the house.
/// </summary>
public sealed class Passwords : IDisposable
{
    /// <summary>2^11 rounds; Supabase Auth uses 10, and verifies any.</summary>
    public const int Cost = 11;

    // The hash of a random password nobody has: a check against it takes as long as a real one.
    private static readonly string Dummy = NewDummy(Cost);

    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly int _cost;
    private readonly string _dummy;

    /// <summary>Hashes with <see cref="Cost"/>.</summary>
    public Passwords()
        : this(Cost)
    {
    }

    // Tests of what comes of a password, not of how dear it is to guess, hash cheaply.
    internal Passwords(int cost)
    {
        _cost = cost;
        _dummy = cost == Cost ? Dummy : NewDummy(cost);
    }

    /// <summary>A new salted hash. The password must have passed <see cref="PasswordRules.Problem"/>.</summary>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        OnACoreAsync(() => B.HashPassword(password, _cost), cancellationToken);

    /// <summary>
    /// Whether the password is the hash's. With no hash (no such account, or one without a password) it is false after the
    /// same time, so that the clock does not tell who has an account.
    /// </summary>
    public Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        OnACoreAsync(() => Verify(password, hash), cancellationToken);

    /// <summary>Whether the hash is weaker than those made today (accounts that came from elsewhere).</summary>
    public bool IsWeak(string hash) => IsBcrypt(hash) && B.PasswordNeedsRehash(hash, _cost);

    public void Dispose() => _cores.Dispose();

    private static string NewDummy(int cost) => B.HashPassword(Guid.NewGuid().ToString(), cost);

    private bool Verify(string password, string? hash)
    {
        var real = hash is not null && IsBcrypt(hash) && PasswordRules.CanExist(password);
        return B.Verify(real ? password : "x", real ? hash! : _dummy) && real;
    }

    private static bool IsBcrypt(string hash) =>
        hash.Length == 60 && hash.StartsWith("$2", StringComparison.Ordinal) && hash[3] == '$' && hash[6] == '$'
        && int.TryParse(hash.AsSpan(4, 2), out var cost) && cost is >= 4 and <= 15;

    private async Task<T> OnACoreAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _cores.Release();
        }
    }
}
