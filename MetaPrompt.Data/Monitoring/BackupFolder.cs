using System.Globalization;

namespace MetaPrompt.Data.Monitoring;

/// <summary>The folder of the daily backups: which files in it are backups, and of when.</summary>
/// <param name="path">It need not exist yet.</param>
public sealed class BackupFolder(string path)
{
    private const string Prefix = "metaprompt-";
    private const string Suffix = ".dump";
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>The file of a backup made at that time.</summary>
    public string FileFor(DateTimeOffset time) =>
        System.IO.Path.Combine(Path, Prefix + time.ToString(Format, CultureInfo.InvariantCulture) + Suffix);

    /// <summary>The backups, the oldest first. Whatever else lies there is left alone.</summary>
    public string[] Files() => Directory.Exists(Path)
        ? [.. Directory.EnumerateFiles(Path, Prefix + "*" + Suffix).Where(file => Time(file) != default).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The time in a file's name: copying a file must not make it young. Default where the name has none.</summary>
    public static DateTimeOffset Time(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        return name.Length > Prefix.Length + Suffix.Length && DateTimeOffset.TryParseExact(
            name[Prefix.Length..^Suffix.Length], Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : default;
    }

    /// <summary>The latest backup; null where there is none yet.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public BackupFile? Latest() => Files() is [.., var latest] files
        ? new BackupFile(System.IO.Path.GetFileName(latest), Time(latest), new FileInfo(latest).Length, files.Length)
        : null;
}

/// <summary>The latest backup.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="At">When it was begun.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Count">How many there are.</param>
public sealed record BackupFile(string Name, DateTimeOffset At, long Bytes, int Count);
