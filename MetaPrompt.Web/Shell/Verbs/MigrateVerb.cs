using MetaPrompt.Data.Database;

namespace MetaPrompt.Web.Shell.Verbs;

/// <summary><c>-- migrate [CONNECTION]</c>: applies the migrations and says which.</summary>
internal static class MigrateVerb
{
    public static async Task<int> RunAsync(string? connection, TextWriter output, CancellationToken cancellationToken)
    {
        var (settings, loggers) = Verbs.Read();
        using (loggers)
        {
            var logger = loggers.CreateLogger<Migrator>();
            var named = connection is null ? settings.MigratorConnectionString : DatabaseSettings.ForMigrator(connection, "CONNECTION");
            if (named is null && settings.AppConnectionString is not null)
                throw Verbs.OwnerNeeded();

            await using var embedded = named is null
                ? await EmbeddedServer.StartAsync(settings.Embedded, logger, cancellationToken).ConfigureAwait(false)
                : null;
            var migrator = new Migrator(
                named ?? embedded!.OwnerConnectionString, Migration.All, settings.IsSupabase ? null : Migration.LocalSupabase, logger);
            var applied = await migrator.MigrateAsync(cancellationToken).ConfigureAwait(false);

            foreach (var file in applied)
                await output.WriteLineAsync($"Applied {file}").ConfigureAwait(false);
            await output.WriteLineAsync(applied.Count == 0 ? "Nothing to apply: the database is up to date." : $"Done: {applied.Count} applied.").ConfigureAwait(false);
            if (named is not null && applied.Count == Migration.All.Count)
                await output.WriteLineAsync($"The app signs in as {EmbeddedServer.AppLogin}. Give it a password: alter role {EmbeddedServer.AppLogin} password '...'").ConfigureAwait(false);
            return 0;
        }
    }
}
