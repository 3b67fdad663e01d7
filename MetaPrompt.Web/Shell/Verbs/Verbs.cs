using MetaPrompt.Data.Database;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Features.Library;
using Npgsql;

namespace MetaPrompt.Web.Shell.Verbs;

/// <summary>What the program can do besides serving: its first argument names it.</summary>
public static class Verbs
{
    private const string Usage =
        $"""
        MetaPrompt serves its pages when it is started without a verb. Verbs:
          migrate [CONNECTION]      apply the migrations to a database; without one, to the database of the settings
          psql [ARGUMENTS]          PostgreSQL's own prompt on the database of the settings, as its owner
          admin EMAIL               make an account an administrator
          sign-out EMAIL|everyone   end the sessions of an account, or of all, within a minute
          backup FILE               write the database of the settings into a file
          restore FILE              bring such a file back; what is there now is kept under another name
          {ImportArguments.Usage}
                                    put the prompts of a file (CSV, YAML, JSON, Markdown …) into somebody's library
        """;

    /// <summary>Runs the verb that the arguments begin with.</summary>
    /// <returns>The program's exit code; null where there is no verb and the program is to serve.</returns>
    /// <exception cref="Data.SettingsException">A setting is wrong or half given.</exception>
    /// <exception cref="MigrationException">The migrations and the database do not fit together.</exception>
    /// <exception cref="BackupException">A backup could not be made or brought back.</exception>
    /// <exception cref="EmbeddedServerException">The embedded server does not start.</exception>
    public static async Task<int?> RunAsync(string[] args, CancellationToken cancellationToken = default) => args switch
    {
        [] or [['-', ..], ..] => null,
        ["migrate"] => await MigrateVerb.RunAsync(null, Console.Out, cancellationToken).ConfigureAwait(false),
        ["migrate", var connection] => await MigrateVerb.RunAsync(connection, Console.Out, cancellationToken).ConfigureAwait(false),
        ["psql", .. var rest] => await PsqlVerb.RunAsync(rest, cancellationToken).ConfigureAwait(false),
        ["admin", var email] => await AsOwnerAsync(owner => AdminVerb.RunAsync(owner, email, cancellationToken), cancellationToken).ConfigureAwait(false),
        ["sign-out", var whom] => await AsOwnerAsync(owner => SignOutVerb.RunAsync(owner, whom, Console.Out, cancellationToken), cancellationToken).ConfigureAwait(false),
        ["backup", var file] => await BackupVerbs.BackUpAsync(InCallersFolder(file), Console.Out, cancellationToken).ConfigureAwait(false),
        ["restore", var file] => await BackupVerbs.RestoreAsync(InCallersFolder(file), Console.Out, cancellationToken).ConfigureAwait(false),
        ["import", .. var rest] => await ImportAsync(rest, cancellationToken).ConfigureAwait(false),
        _ => await ExplainAsync(args[0]).ConfigureAwait(false),
    };

    /// <summary>The settings of a verb: the same as the pages', from file and environment.</summary>
    internal static (DatabaseSettings Settings, ILoggerFactory Loggers) Read()
    {
        var builder = WebApplication.CreateBuilder();
        TopLevelSettings.Add(builder);

        // What is asked for goes to the console; what the database does along the way only where something is wrong.
        builder.Configuration["Logging:LogLevel:MetaPrompt"] ??= nameof(LogLevel.Warning);
        return (
            DatabaseSettings.Read(builder.Configuration, builder.Environment.ContentRootPath),
            DatabaseServices.StartLoggers(builder.Configuration));
    }

    private static async Task<int> ImportAsync(string[] arguments, CancellationToken cancellationToken)
    {
        ImportArguments import;
        try
        {
            import = ImportArguments.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
            return ImportVerb.Refused;
        }

        return await AsOwnerAsync(
            owner => ImportVerb.RunAsync(owner, FromCallersFolder(import.File), import.Owner, import.Publish, import.Category, Console.Out, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    // Written to and read from where it was typed, as FromCallersFolder has it.
    private static string InCallersFolder(string file) =>
        Environment.GetEnvironmentVariable("PWD") is { } folder && Path.IsPathFullyQualified(folder) ? Path.Combine(folder, file) : Path.GetFullPath(file);

    // `dotnet run` starts the program in the project's folder; the shell's own folder is still in PWD.
    private static string FromCallersFolder(string file) =>
        Environment.GetEnvironmentVariable("PWD") is { } folder && Path.IsPathFullyQualified(folder) && File.Exists(Path.Combine(folder, file))
            ? Path.Combine(folder, file)
            : file;

    private static async Task<int> AsOwnerAsync(Func<NpgsqlDataSource, Task<int>> work, CancellationToken cancellationToken)
    {
        var (settings, loggers) = Read();
        using (loggers)
        {
            await using var database = await RunningDatabase.StartAsync(settings, loggers, cancellationToken).ConfigureAwait(false);
            await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString ?? throw OwnerNeeded());
            return await work(owner).ConfigureAwait(false);
        }
    }

    /// <summary>The complaint of a verb that works with the owner's rights where the settings do not give them.</summary>
    internal static Data.SettingsException OwnerNeeded() => new(
        "ConnectionStrings:Migrator", "is empty. This needs the owner's login: give it in the settings, or in the environment as ConnectionStrings__Migrator.");

    private static async Task<int> ExplainAsync(string verb)
    {
        await Console.Error.WriteLineAsync($"\"{verb}\" is no verb, or not used like this.\n{Usage}").ConfigureAwait(false);
        return 2;
    }
}
