using System.Globalization;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Web.Shell.Verbs;

/// <summary><c>-- backup FILE</c> and <c>-- restore FILE</c>: the database of the settings, in <c>pg_dump</c>'s custom format.</summary>
internal static class BackupVerbs
{
    public static Task<int> BackUpAsync(string file, TextWriter output, CancellationToken cancellationToken) => WithAsync(async backup =>
    {
        var began = TimeProvider.System.GetTimestamp();
        var bytes = await backup.BackUpAsync(file, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{file}: {bytes / 1024.0 / 1024.0:N1} MB in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:N1} s.")).ConfigureAwait(false);
    }, cancellationToken);

    public static Task<int> RestoreAsync(string file, TextWriter output, CancellationToken cancellationToken) => WithAsync(async backup =>
    {
        var before = await backup.RestoreAsync(file, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync($"{file} is the database now. What was there before is kept as {before}; drop it when you are sure.").ConfigureAwait(false);
    }, cancellationToken);

    private static async Task<int> WithAsync(Func<DatabaseBackup, Task> work, CancellationToken cancellationToken)
    {
        var (settings, loggers) = Verbs.Read();
        using (loggers)
        {
            if (settings.IsSupabase)
                throw new BackupException("This is a Supabase project: it makes its own backups and brings them back (Dashboard, Database, Backups). See docs/recovery.md.");
            if (settings.AppConnectionString is not null && settings.MigratorConnectionString is null)
                throw Verbs.OwnerNeeded();

            var logger = loggers.CreateLogger<DatabaseBackup>();
            await using var embedded = settings.MigratorConnectionString is null
                ? await EmbeddedServer.StartAsync(settings.Embedded, logger, cancellationToken).ConfigureAwait(false)
                : null;
            await work(new DatabaseBackup(settings.MigratorConnectionString ?? embedded!.OwnerConnectionString, embedded?.Binaries.Folder, logger)).ConfigureAwait(false);
            return 0;
        }
    }
}
