using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Web.Shell;
using MetaPrompt.Web.Shell.Verbs;

try
{
    return await Verbs.RunAsync(args) ?? await Startup.RunAsync(args);
}
catch (Exception wrong) when (wrong is SettingsException or MigrationException or EmbeddedServerException)
{
    await Console.Error.WriteLineAsync($"MetaPrompt cannot start. {wrong.Message}");
    return 1;
}
catch (BackupException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 1;
}

/// <summary>The program; public so that tests can start it.</summary>
public partial class Program;
