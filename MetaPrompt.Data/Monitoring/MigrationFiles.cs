using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Monitoring;

/// <summary>The migrations this program was built with, against those of a database.</summary>
public static class MigrationFiles
{
    /// <summary>The files that are not applied, in order.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<AppliedFile> applied)
    {
        var versions = applied.Select(file => file.Version).ToHashSet(StringComparer.Ordinal);
        return [.. Migration.All.Where(file => !versions.Contains(file.Version)).Select(file => file.FileName)];
    }
}
