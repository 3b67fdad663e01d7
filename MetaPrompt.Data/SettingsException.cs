namespace MetaPrompt.Data;

/// <summary>A setting is missing, half given or wrong. It stops the start; the message names it and says what to do.</summary>
public sealed class SettingsException : Exception
{
    /// <param name="setting">The setting's full name as in appsettings.json, <c>Supabase:Url</c> for instance.</param>
    /// <param name="problem">What is wrong and what to write instead, as a sentence.</param>
    /// <param name="inner">What the system said, where it said something.</param>
    public SettingsException(string setting, string problem, Exception? inner = null)
        : base($"Setting {setting}: {problem}", inner) => Setting = setting;

    /// <summary>The setting's full name.</summary>
    public string Setting { get; }
}
