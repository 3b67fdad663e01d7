namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// The limits that a program under test or a benchmark has: none, because all its people come from one address. A test of the
/// limits sets its own after these.
/// </summary>
public static class TestLimits
{
    /// <summary>As settings.</summary>
    public static IEnumerable<(string Name, string Value)> None =>
    [
        ("Limits:RequestsPerMinute", "0"), ("Limits:SearchesPerMinute", "0"), ("Limits:FormsPerMinute", "0"), ("Limits:FilesPerMinute", "0"),
        ("Limits:CircuitsPerAddress", "0"), ("Limits:Circuits", "0"), ("Limits:Connections", "0"), ("Limits:PageActionsPerMinute", "0"), ("Limits:ModelRequestsPerMinute", "0"),
    ];

    /// <summary>As arguments of the program.</summary>
    public static IEnumerable<string> Arguments => None.SelectMany(setting => new[] { "--" + setting.Name, setting.Value });
}
