using MetaPrompt.Data;
using MetaPrompt.Web.Shell;

try
{
    return await Startup.RunAsync(args);
}
catch (SettingsException wrong)
{
    await Console.Error.WriteLineAsync($"MetaPrompt cannot start. {wrong.Message}");
    return 1;
}

/// <summary>The program; public so that tests can start it.</summary>
public partial class Program;
