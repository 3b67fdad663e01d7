using System.Globalization;

namespace MetaPrompt.Web.Shared;

/// <summary>US dollars as small as models cost them.</summary>
public static class Money
{
    /// <summary>"$1.20", "$0.0016", "under $0.0001", "nothing".</summary>
    public static string Text(decimal dollars) => dollars switch
    {
        <= 0 => "nothing",
        < 0.0001m => "under $0.0001",
        < 1 => "$" + dollars.ToString("0.00##", CultureInfo.InvariantCulture),
        _ => "$" + dollars.ToString("N2", CultureInfo.InvariantCulture),
    };
}
