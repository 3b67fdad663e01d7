using System.Globalization;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// The settings <c>Limits</c>: how much one client address, page or person may ask of this node, and how much all together. A client address is
/// an IPv4 address or an IPv6 network (/64); a whole office may come from one, so the numbers are for many people.
/// 0 stands for no limit.
/// </summary>
public sealed record RequestLimits
{
    /// <summary>Requests of any kind a minute, those answered from a cache included.</summary>
    public int RequestsPerMinute { get; init; } = 3000;

    /// <summary>Searches and suggestions a minute that no cache answered.</summary>
    public int SearchesPerMinute { get; init; } = 300;

    /// <summary>
    /// Searches that this node asks the database for at the same time, of all people; the others wait in the order they came. As many as
    /// keep its processors busy: usually twice this node's, more where the database has more or is far away.
    /// </summary>
    public int SearchesAtOnce { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Sent forms a minute. Passwords, sign-ups and mails have tighter limits of their own besides.</summary>
    public int FormsPerMinute { get; init; } = 240;

    /// <summary>Files made for one request a minute: exports and preview pictures.</summary>
    public int FilesPerMinute { get; init; } = 120;

    /// <summary>Interactive pages that are open at the same time from one client address.</summary>
    public int CircuitsPerAddress { get; init; } = 100;

    /// <summary>Interactive pages that are open at the same time on this node.</summary>
    public int Circuits { get; init; } = 2000;

    /// <summary>What one open page may send in a minute: clicks, keys, parts of files.</summary>
    public int PageActionsPerMinute { get; init; } = 3000;

    /// <summary>How often a signed-in person may ask models for something in a minute: the wizard's, starts of runs, tests of keys.</summary>
    public int ModelRequestsPerMinute { get; init; } = 60;

    /// <summary>Connections that are open at the same time on this node, those of interactive pages included.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Reads them; what is empty is as above.</summary>
    /// <exception cref="SettingsException">One is no whole number, or negative.</exception>
    public static RequestLimits Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var usual = new RequestLimits();
        return new RequestLimits
        {
            RequestsPerMinute = Number(nameof(RequestsPerMinute), usual.RequestsPerMinute),
            SearchesPerMinute = Number(nameof(SearchesPerMinute), usual.SearchesPerMinute),
            SearchesAtOnce = Number(nameof(SearchesAtOnce), usual.SearchesAtOnce),
            FormsPerMinute = Number(nameof(FormsPerMinute), usual.FormsPerMinute),
            FilesPerMinute = Number(nameof(FilesPerMinute), usual.FilesPerMinute),
            CircuitsPerAddress = Number(nameof(CircuitsPerAddress), usual.CircuitsPerAddress),
            Circuits = Number(nameof(Circuits), usual.Circuits),
            PageActionsPerMinute = Number(nameof(PageActionsPerMinute), usual.PageActionsPerMinute),
            ModelRequestsPerMinute = Number(nameof(ModelRequestsPerMinute), usual.ModelRequestsPerMinute),
            Connections = Number(nameof(Connections), usual.Connections),
        };

        int Number(string name, int usually) =>
            configuration[$"Limits:{name}"] is not { } text || string.IsNullOrWhiteSpace(text) ? usually
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new SettingsException($"Limits:{name}", $"\"{text}\" is no limit. Write a whole number, 0 for no limit, or leave it empty for {usually}.");
    }
}
