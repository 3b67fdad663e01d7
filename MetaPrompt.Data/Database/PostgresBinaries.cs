using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MysticMind.PostgresEmbed;

namespace MetaPrompt.Data.Database;

/// <summary>PostgreSQL's server programs on this machine.</summary>
/// <param name="Folder">The folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
/// <param name="Major">The major version, 15 for instance.</param>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest major version the migrations run on.</summary>
    public const int OldestSupported = 15;

    /// <summary>The major version that is fetched where none is installed.</summary>
    private const int Downloaded = 17;

    private static readonly string[] ModuleExtensions = [".so", ".dylib", ".dll"];
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>
    /// The programs to use: from <see cref="EmbeddedOptions.BinFolder"/> where it is set, else the newest supported ones in
    /// PATH and the usual folders of Debian, Fedora, Alpine, Homebrew and Windows, else downloaded ones where allowed.
    /// </summary>
    /// <param name="options">Folder settings.</param>
    /// <param name="requiredMajor">The version that made the data folder, which no other can open; null for a new one.</param>
    /// <param name="logger">Hears of a download before it begins.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="SettingsException">There are none, or none of the version needed; says what to install.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        EmbeddedOptions options, int? requiredMajor, ILogger logger, CancellationToken cancellationToken)
    {
        if (options.BinFolder is { } configured)
            return await ConfiguredAsync(configured, options, requiredMajor, cancellationToken).ConfigureAwait(false);

        var found = new List<PostgresBinaries>();
        foreach (var folder in Candidates(options).Where(IsComplete).Distinct(StringComparer.Ordinal))
        {
            if (await MajorOfAsync(folder, cancellationToken).ConfigureAwait(false) is { } major)
                found.Add(new PostgresBinaries(folder, major));
        }

        var usable = found
            .Where(binaries => requiredMajor is { } only ? binaries.Major == only : binaries.Major >= OldestSupported)
            .MaxBy(binaries => binaries.Major);
        if (usable is not null)
            return usable;

        if (options.AllowDownload)
            return await DownloadAsync(options, requiredMajor ?? Downloaded, logger, cancellationToken).ConfigureAwait(false);

        throw requiredMajor is { } needed
            ? OtherMajor(options, needed, found)
            : new SettingsException("Embedded:BinFolder", found.Count == 0
                ? $"no PostgreSQL server was found on this machine. {InstallHint()}"
                : $"PostgreSQL {OldestSupported} or newer is needed; this machine has {Describe(found)}. {InstallHint()}");
    }

    /// <summary>The full path of one of the programs.</summary>
    public string Program(string name) => ProgramIn(Folder, name);

    /// <summary>Whether the extension module can be preloaded; preloading a missing one would stop the server's start.</summary>
    internal bool HasModule(string name)
    {
        // What PATH leads to may be a link; the modules lie beside what it points at.
        var server = File.ResolveLinkTarget(Program("postgres"), returnFinalTarget: true)?.FullName ?? Program("postgres");
        var programs = Path.GetDirectoryName(server) ?? Folder;
        var parent = Path.GetDirectoryName(programs) ?? programs;
        string[] folders =
        [
            Path.Combine(parent, "lib"), Path.Combine(parent, "lib", "postgresql"), Path.Combine(parent, "lib64", "pgsql"),
            Path.Combine(parent, "lib", "pgsql"),
        ];
        return folders.Any(folder => ModuleExtensions
            .Any(extension => File.Exists(Path.Combine(folder, name + extension))));
    }

    /// <summary>What to do on this machine to have PostgreSQL, as a sentence.</summary>
    internal static string InstallHint()
    {
        if (OperatingSystem.IsWindows())
            return "Install it with `winget install PostgreSQL.PostgreSQL.17`, or give the folder of its programs in Embedded:BinFolder, or a database in ConnectionStrings:MetaPrompt.";

        var command = File.Exists("/usr/bin/apt-get") ? "apt-get install postgresql-common postgresql"
            : File.Exists("/usr/bin/dnf") ? "dnf install postgresql-server postgresql-contrib"
            : File.Exists("/sbin/apk") ? "apk add postgresql postgresql-contrib"
            : OperatingSystem.IsMacOS() ? "brew install postgresql@17"
            : "your system's package manager";
        return $"Run script/bootstrap, or install it yourself ({command}), or give the folder of its programs in Embedded:BinFolder, or a database in ConnectionStrings:MetaPrompt.";
    }

    private static async Task<PostgresBinaries> ConfiguredAsync(
        string folder, EmbeddedOptions options, int? requiredMajor, CancellationToken cancellationToken)
    {
        var missing = Programs.Where(program => !File.Exists(ProgramIn(folder, program))).ToArray();
        if (missing.Length > 0)
        {
            throw new SettingsException(
                "Embedded:BinFolder", $"{folder} has no {string.Join(", ", missing)}. Give the folder that holds PostgreSQL's server programs.");
        }

        var major = await MajorOfAsync(folder, cancellationToken).ConfigureAwait(false)
            ?? throw new SettingsException("Embedded:BinFolder", $"{ProgramIn(folder, "postgres")} does not tell its version.");
        if (major < OldestSupported)
            throw new SettingsException("Embedded:BinFolder", $"{folder} is PostgreSQL {major}; {OldestSupported} or newer is needed.");

        return requiredMajor is { } needed && needed != major
            ? throw OtherMajor(options, needed, [new PostgresBinaries(folder, major)])
            : new PostgresBinaries(folder, major);
    }

    private static SettingsException OtherMajor(EmbeddedOptions options, int needed, IReadOnlyCollection<PostgresBinaries> found) => new(
        options.DataFolderSetting,
        $"the database in {options.DataFolder} was made by PostgreSQL {needed}, and this machine has {Describe(found)}. "
        + $"Another version must not open it. Install PostgreSQL {needed} beside the other, or dump the database there with PostgreSQL {needed} "
        + "and restore it into a new folder. Nothing in the folder was touched.");

    private static string Describe(IReadOnlyCollection<PostgresBinaries> found) => found.Count == 0
        ? "no PostgreSQL server"
        : "PostgreSQL " + string.Join(" and ", found.Select(binaries => binaries.Major).Distinct().Order());

    private static IEnumerable<string> Candidates(EmbeddedOptions options)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;

        string[] patterns = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", "*", "bin")]
            :
            [
                "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*",
                "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/usr/local/pgsql/bin",
                "/Applications/Postgres.app/Contents/Versions/*/bin", "/Library/PostgreSQL/*/bin",
            ];
        foreach (var folder in patterns.Append(Path.Combine(DownloadFolder(options), "*", "bin")).SelectMany(Expand))
            yield return folder;
    }

    // One star in one part of the path is all the patterns above need.
    private static IEnumerable<string> Expand(string pattern)
    {
        var parts = pattern.Split(Path.DirectorySeparatorChar);
        var star = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        if (star < 0)
            return [pattern];

        var parent = string.Join(Path.DirectorySeparatorChar, parts[..star]);
        var rest = string.Join(Path.DirectorySeparatorChar, parts[(star + 1)..]);
        return Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, parts[star]).Select(folder => Path.Combine(folder, rest).TrimEnd(Path.DirectorySeparatorChar))
            : [];
    }

    private static bool IsComplete(string folder) => Programs.All(program => File.Exists(ProgramIn(folder, program)));

    private static string ProgramIn(string folder, string name) =>
        Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static async Task<int?> MajorOfAsync(string folder, CancellationToken cancellationToken)
    {
        var answer = await ServerUser.Current.RunAsync(ProgramIn(folder, "postgres"), ["--version"], cancellationToken).ConfigureAwait(false);
        var match = VersionNumber().Match(answer.Output);
        return answer.ExitCode == 0 && match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    private static string DownloadFolder(EmbeddedOptions options) => Path.Combine(options.DataFolder, "binaries");

    private static async Task<PostgresBinaries> DownloadAsync(
        EmbeddedOptions options, int major, ILogger logger, CancellationToken cancellationToken)
    {
        var server = new PgServer(new PgServerOptions
        {
            PgVersion = major.ToString(CultureInfo.InvariantCulture),
            BinariesDir = DownloadFolder(options),
            Logger = logger,
        });
        logger.LogWarning(
            "No PostgreSQL was found on this machine: downloading PostgreSQL {Major} from {Source} into {Folder}. Embedded:Download = false forbids it.",
            major, PgServerOptions.DefaultMavenRepo, DownloadFolder(options));
        try
        {
            await server.InstallAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is PostgresEmbedException or HttpRequestException or IOException)
        {
            throw new SettingsException(
                "Embedded:BinFolder", $"no PostgreSQL server was found on this machine and it could not be downloaded ({failure.Message}). {InstallHint()}", failure);
        }

        return new PostgresBinaries(Path.Combine(server.InstallDir, "bin"), major);
    }

    [GeneratedRegex(@"\(PostgreSQL\)\s+(\d+)")]
    private static partial Regex VersionNumber();
}
