using System.Globalization;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Features.Models;

/// <summary>Prices, abilities and providers as people read them.</summary>
internal static class ModelWords
{
    /// <summary>"$0.40 in, $1.60 out per million tokens (20 November 2026)", "free", "unknown".</summary>
    public static string Price(decimal? input, decimal? output, DateOnly? day) => (input, output) switch
    {
        (null, _) or (_, null) => "Price unknown",
        (0, 0) => "Free" + Day(day),
        ({ } read, { } written) => $"{Dollars(read)} in, {Dollars(written)} out per million tokens{Day(day)}",
    };

    /// <summary>What a model does not take, in a few words.</summary>
    public static string Missing(ModelAbilities abilities)
    {
        var missing = All(abilities).Where(one => !one.Ability.Takes).Select(one => one.Name.ToLower(CultureInfo.InvariantCulture)).ToList();
        return missing.Count == 0 ? "Takes all parameters" : "Takes all parameters but " + (missing.Count == 1 ? missing[0] : string.Join(", ", missing[..^1]) + " and " + missing[^1]);
    }

    /// <summary>Each parameter's name and whether the model takes it.</summary>
    public static IReadOnlyList<(string Name, Ability Ability)> All(ModelAbilities abilities) =>
    [
        ("Temperature", abilities.Temperature), ("Top-p", abilities.TopP), ("Seed", abilities.Seed), ("Stop", abilities.Stop),
        ("System message", abilities.System), ("JSON output", abilities.Json), ("Longest answer", abilities.MaxTokens),
    ];

    /// <summary>Whose API it is.</summary>
    public static string Provider(string provider) => provider == ModelSettings.Anthropic ? "Anthropic’s API" : "OpenAI’s API";

    /// <summary>Dollars with as many digits as a price has.</summary>
    public static string Dollars(decimal price) => "$" + price.ToString(price < 1 ? "0.00####" : "#,0.00##", CultureInfo.InvariantCulture);

    /// <summary>A number for a field; empty for none.</summary>
    public static string Field(decimal? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";

    private static string Day(DateOnly? day) => day is { } known ? string.Create(CultureInfo.InvariantCulture, $" ({known:d MMMM yyyy})") : "";
}
