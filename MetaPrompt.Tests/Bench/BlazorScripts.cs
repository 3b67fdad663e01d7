using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// What a browser answers when a circuit calls its scripts: Blazor's own, MudBlazor's and this program's. A browser with an empty
/// memory: no draft, nothing kept.
/// </summary>
internal static class BlazorScripts
{
    private const int ObjectReference = 1;
    private const int Nothing = 3;

    /// <summary>The calls that were answered with null though they asked for a value, by name: nobody has looked at these yet.</summary>
    public static ConcurrentDictionary<string, bool> Unknown { get; } = new();

    /// <summary>The answer as JSON.</summary>
    /// <param name="function">What is called.</param>
    /// <param name="arguments">With what, as JSON; null for nothing.</param>
    /// <param name="kind">What kind of result is wanted, as Blazor numbers them.</param>
    /// <param name="call">The number of the call, which names an object that is asked for.</param>
    public static string Answer(string function, string? arguments, int kind, long call) => kind switch
    {
        Nothing => "null",
        ObjectReference => string.Create(CultureInfo.InvariantCulture, $"{{\"__jsObjectId\":{call}}}"),
        _ => Value(function, arguments),
    };

    private static string Value(string function, string? arguments)
    {
        switch (function)
        {
            // The wizard's script.
            case "load":
                return JsonSerializer.Serialize("""{"tab":null,"drafts":[],"early":{}}""");
            case "store":
                using (var given = JsonDocument.Parse(arguments!))
                    return given.RootElement[0].GetRawText();
            case "putAside":
            case "window.hasOwnProperty":
                return "true";
            // MudBlazor asks whether its providers stand on the page once.
            case "mudpopoverHelper.countProviders":
                return "1";
            case "questionAt":
            case "read":
            case "Blazor._internal.navigationManager.enableNavigationInterception":
            case "Blazor._internal.PageTitle.getAndRemoveExistingTitle":
                return "null";
            default:
                Unknown.TryAdd(function, true);
                return "null";
        }
    }
}
