using System.Collections.Frozen;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// The passwords that people choose most, and that are therefore tried first. They were found in other sites' leaks, so each of
/// them is known to whoever wants to know (NIST SP 800-63B).
/// </summary>
public static class CommonPasswords
{
    private static readonly Lazy<FrozenSet<string>> List = new(Read);

    /// <summary>How many there are. All of them are long enough for <see cref="PasswordRules"/>.</summary>
    public static int Count => List.Value.Count;

    /// <summary>Whether it is one of them, in large letters or small.</summary>
    public static bool Contains(string password) => List.Value.Contains(password);

    private static FrozenSet<string> Read()
    {
        using var file = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream("CommonPasswords.txt")!);
        var passwords = new List<string>();
        while (file.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                passwords.Add(line);
        }

        return passwords.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
