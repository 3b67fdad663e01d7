using System.Globalization;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>A run's parameters as fields of text, and what they are called.</summary>
public static class ParameterText
{
    /// <summary>The names of the fields, also in the browser's memory.</summary>
    public const string MaxTokens = "p:max_tokens", TopP = "p:top_p", Seed = "p:seed", Stop = "p:stop", System = "p:system";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Fields { get; } = [MaxTokens, TopP, Seed, Stop, System];

    /// <summary>The parameters with one field as it was typed; empty is nothing asked for, nonsense changes nothing.</summary>
    public static RunParameters Set(RunParameters parameters, string field, string? typed)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var text = CleanText.Of(typed);
        var trimmed = text.Trim();
        return field switch
        {
            MaxTokens => trimmed.Length == 0 ? parameters with { MaxTokens = null }
                : long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? parameters with { MaxTokens = (int)Math.Clamp(most, 1, RunParameters.MostTokens) } : parameters,
            TopP => trimmed.Length == 0 ? parameters with { TopP = null }
                : decimal.TryParse(trimmed.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? parameters with { TopP = Math.Clamp(share, 0, 1) } : parameters,
            Seed => trimmed.Length == 0 ? parameters with { Seed = null }
                : long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) ? parameters with { Seed = seed } : parameters,
            Stop => parameters with { Stop = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => CleanText.Cut(line.Replace(@"\n", "\n", StringComparison.Ordinal), RunParameters.LongestStop)).Distinct().Take(RunParameters.MostStops)] },
            System => parameters with { System = string.IsNullOrWhiteSpace(text) ? null : text },
            _ => parameters,
        };
    }

    /// <summary>What stands in a field.</summary>
    public static string Text(RunParameters parameters, string field)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return field switch
        {
            MaxTokens => parameters.MaxTokens?.ToString(CultureInfo.InvariantCulture) ?? "",
            TopP => parameters.TopP?.ToString("0.####", CultureInfo.InvariantCulture) ?? "",
            Seed => parameters.Seed?.ToString(CultureInfo.InvariantCulture) ?? "",
            Stop => string.Join('\n', parameters.Stop.Select(stop => stop.Replace("\n", @"\n", StringComparison.Ordinal))),
            System => parameters.System ?? "",
            _ => "",
        };
    }

    /// <summary>What is asked for, by what people call it; nothing where nothing is.</summary>
    public static IEnumerable<(string Name, string Value)> Words(RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.MaxTokens is { } most)
            yield return ("Longest answer", string.Create(CultureInfo.InvariantCulture, $"{most:N0} tokens"));
        if (parameters.TopP is not null)
            yield return ("Top-p", Text(parameters, TopP));
        if (parameters.Seed is not null)
            yield return ("Seed", Text(parameters, Seed));
        if (parameters.Stop.Count > 0)
            yield return ("Ends at", string.Join(" or ", parameters.Stop.Select(stop => "“" + stop.Replace("\n", @"\n", StringComparison.Ordinal) + "”")));
        if (parameters.System is { } system)
            yield return ("System message", system);
        if (parameters.Json)
            yield return ("Output", "JSON");
    }
}
