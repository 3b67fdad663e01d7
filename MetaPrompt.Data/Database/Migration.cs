using System.Reflection;
using System.Text.RegularExpressions;

namespace MetaPrompt.Data.Database;

/// <summary>One migration file.</summary>
/// <param name="Version">Its first fourteen digits; versions are compared as text, as the Supabase CLI does.</param>
/// <param name="Name">What stands between the digits and <c>.sql</c>.</param>
/// <param name="Sql">Its text.</param>
public sealed partial record Migration(string Version, string Name, string Sql)
{
    private const string Folder = "migrations/";
    private const string Bootstrap = "bootstrap/local_supabase.sql";

    /// <summary>The file's name.</summary>
    public string FileName => $"{Version}_{Name}.sql";

    /// <summary>The migrations this program was built with, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Ordered(
        typeof(Migration).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => Parse(name[Folder.Length..], Resource(name)!)));

    /// <summary>What makes a plain PostgreSQL look like Supabase's: roles and schema <c>auth</c>. Never run on Supabase.</summary>
    public static string? LocalSupabase { get; } = Resource(Bootstrap);

    /// <summary>A migration from a file's name and text.</summary>
    /// <exception cref="MigrationException">The name is not fourteen digits, an underscore and a name.</exception>
    public static Migration Parse(string fileName, string sql) => FileNames().Match(fileName) is { Success: true } match
        ? new Migration(match.Groups[1].Value, match.Groups[2].Value, sql)
        : throw new MigrationException(fileName, "is not named <14 digits>_<name>.sql. Rename it.");

    /// <summary>Migrations in the order in which they are applied.</summary>
    /// <exception cref="MigrationException">Two of them have one version.</exception>
    public static IReadOnlyList<Migration> Ordered(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(migration => migration.Version, StringComparer.Ordinal).ToArray();
        return ordered.Zip(ordered.Skip(1)).FirstOrDefault(pair => pair.First.Version == pair.Second.Version) is { Second: { } second, First: { } first }
            ? throw new MigrationException(second.FileName, $"has the version of {first.FileName}. Give it a later one.")
            : ordered;
    }

    private static string? Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
            return null;

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(\d{14})_(.+)\.sql$")]
    private static partial Regex FileNames();
}

/// <summary>The migrations and the database do not fit together; the message names the file and says what to do.</summary>
public sealed class MigrationException : Exception
{
    /// <param name="file">The file's name.</param>
    /// <param name="problem">What is wrong with it, continuing the sentence that begins with its name.</param>
    /// <param name="inner">What the database said, where it said something.</param>
    public MigrationException(string file, string problem, Exception? inner = null)
        : base($"Migration {file} {problem}", inner) => File = file;

    /// <summary>The file's name.</summary>
    public string File { get; }
}
