namespace MetaPrompt.Data.Database;

/// <summary>Where the embedded PostgreSQL lives and with which program files it runs.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>
    /// The folder that belongs to the embedded server alone: the cluster in <c>data</c>, its log, its socket, its passwords.
    /// Created where missing. Everything worth backing up is in it.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null to look in the usual places.</summary>
    public string? BinFolder { get; init; }

    /// <summary>Whether PostgreSQL may be downloaded where this machine has none.</summary>
    public bool AllowDownload { get; init; }

    /// <summary>The setting that an error about the data folder names.</summary>
    public string DataFolderSetting { get; init; } = "Embedded:DataFolder";

    /// <summary>
    /// Only for tests that care about speed more than about a power cut: initdb and the server never wait for the disk.
    /// </summary>
    internal bool Volatile { get; init; }
}
