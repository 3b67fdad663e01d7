using System.Globalization;
using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.History;

/// <summary>What is said of a result; what is unknown is said to be, never 0.</summary>
public static class ResultWords
{
    /// <summary>What a status is called.</summary>
    public static string Name(ResultStatus status) => status switch
    {
        ResultStatus.Done => "Done",
        ResultStatus.Stopped => "Stopped",
        ResultStatus.Failed => "Failed",
        ResultStatus.Passed => "Passed its checks",
        ResultStatus.Broken => "Failed a check",
        _ => "Not checked",
    };

    /// <summary>A temperature: "0.7".</summary>
    public static string Temperature(decimal temperature) => temperature.ToString("0.0#", CultureInfo.InvariantCulture);

    /// <summary>"$0.0016", or "cost unknown".</summary>
    public static string Cost(decimal? cost) => cost is { } known ? Money.Text(known) : "cost unknown";

    /// <summary>"1,234 tokens", or that they were not reported.</summary>
    public static string Tokens(int? tokens, string what = "tokens") => tokens is { } known ? $"{Number(known)} {what}" : $"{what} not reported";

    /// <summary>"1,234 ms", or "time unknown".</summary>
    public static string Time(int? milliseconds) => milliseconds is { } known ? $"{Number(known)} ms" : "time unknown";

    /// <summary>"1,234".</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A whole pass rate: "100%" and "0%" only where it is that.</summary>
    public static string Percent(int passed, int of) =>
        of == 0 ? "–" : (passed == of ? 100 : Math.Min(99, Math.Max(passed == 0 ? 0 : 1, (int)Math.Round(100.0 * passed / of)))).ToString(CultureInfo.InvariantCulture) + "%";

    /// <summary>The members of a JSON object as people read them, in their order; empty where it is none.</summary>
    public static IReadOnlyList<(string Name, string Value)> Members(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object ? []
            : [.. document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()))];
    }

    /// <summary>What a parameter is called.</summary>
    public static string Parameter(string name) => name switch
    {
        "max_tokens" => "Longest answer (tokens)",
        "top_p" => "Top-p",
        "seed" => "Seed",
        "stop" => "Ends at",
        "system" => "System message",
        "json" => "JSON answer",
        _ => name,
    };
}
