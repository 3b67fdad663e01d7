using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Backs the embedded database up once a day, into files that <c>-- restore</c> reads, and keeps the latest ones. Nobody else
/// looks after that database; one that the settings name has an administrator of its own.
/// </summary>
internal sealed class DailyBackup(DatabaseBackup backup, BackupFolder folder, int keep, TimeProvider time, ILogger<DailyBackup> log) : BackgroundService
{
    private const int DefaultKeep = 7;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    /// <summary>Adds it where the database is the embedded one, unless <c>Backup:Keep</c> is 0.</summary>
    /// <exception cref="SettingsException"><c>Backup:Keep</c> is no number of days.</exception>
    public static void Add(WebApplicationBuilder builder, RunningDatabase database)
    {
        var text = builder.Configuration["Backup:Keep"]?.Trim();
        var keep = DefaultKeep;
        if (!string.IsNullOrEmpty(text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out keep) || keep > 1000))
            throw new SettingsException("Backup:Keep", $"'{text}' is no number of backups. Write 7 for a week's, or 0 for none.");
        if (database.Embedded is not { } server || keep == 0)
            return;

        var data = DatabaseSettings.Read(builder.Configuration, builder.Environment.ContentRootPath).Embedded.DataFolder;
        var folder = builder.Configuration["Backup:Folder"]?.Trim() is { Length: > 0 } named
            ? Path.Combine(builder.Environment.ContentRootPath, named)
            : Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(data)) ?? data, "backups");
        builder.Services.AddSingleton(new BackupFolder(folder));
        builder.Services.AddHostedService(services => new DailyBackup(
            new DatabaseBackup(server.OwnerConnectionString, server.Binaries.Folder, services.GetRequiredService<ILogger<DatabaseBackup>>()),
            services.GetRequiredService<BackupFolder>(), keep, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<DailyBackup>>()));
    }

    /// <summary>Makes a backup where the latest is a day old, and drops those that are too many. Returns the new file; null where none was due.</summary>
    /// <exception cref="BackupException">It could not be made; the ones there are stay.</exception>
    internal async Task<string?> BackUpAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.Path);
        var now = time.GetUtcNow();
        // A file from a time still to come was made before the clock was stepped back, nobody knows when.
        if (folder.Files().LastOrDefault(made => BackupFolder.Time(made) <= now) is { } latest && now - BackupFolder.Time(latest) < Day)
            return null;

        var file = folder.FileFor(now);
        await backup.BackUpAsync(file, cancellationToken).ConfigureAwait(false);
        foreach (var old in folder.Files().OrderBy(made => BackupFolder.Time(made) <= now).ThenBy(made => made, StringComparer.Ordinal).SkipLast(keep).ToArray())
            File.Delete(old);
        return file;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not at the very start, which has enough to do.
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                if (await BackUpAsync(stoppingToken).ConfigureAwait(false) is { } file)
                    log.LogInformation("Backed up to {File}", file);
            }
            catch (Exception problem) when (problem is BackupException or IOException or UnauthorizedAccessException)
            {
                log.LogError(problem, "Today's backup could not be made; trying again in ten minutes");
            }
        }
    }
}
