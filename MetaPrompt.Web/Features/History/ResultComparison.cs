using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.History;

/// <summary>A setting or measure of results that stand beside each other.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">One for each result, in their order.</param>
public sealed record ComparedSetting(string Name, IReadOnlyList<string> Values)
{
    /// <summary>Whether they are not all the same.</summary>
    public bool Differs => Values.Distinct(StringComparer.Ordinal).Count() > 1;
}

/// <summary>Results beside each other: what was asked of each, what was measured, and what is different in their texts.</summary>
public static class ResultComparison
{
    private const string None = "–";

    /// <summary>What was asked.</summary>
    public static IReadOnlyList<ComparedSetting> Asked(IReadOnlyList<ResultDetails> results)
    {
        var settings = new List<ComparedSetting>
        {
            Of("Prompt", result => result.PromptTitle),
            Of("Version", result => result.PromptVersion is { } version ? $"{version}" : "unknown"),
            Of("Model", result => result.Model),
            Of("Temperature", result => ResultWords.Temperature(result.Temperature)),
            Of("Test case", result => result.CaseName is { Length: > 0 } name ? name : None),
        };
        settings.AddRange(Members(result => ResultWords.Members(result.Parameters), ResultWords.Parameter));
        settings.AddRange(Members(result => ResultWords.Members(result.VariableValues), name => $"{{{{{name}}}}}"));
        return settings;

        ComparedSetting Of(string name, Func<ResultDetails, string> value) => new(name, [.. results.Select(value)]);

        IEnumerable<ComparedSetting> Members(Func<ResultDetails, IReadOnlyList<(string Name, string Value)>> read, Func<string, string> name)
        {
            var members = results.Select(result => read(result).GroupBy(member => member.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal)).ToList();
            return members.SelectMany(one => one.Keys).Distinct(StringComparer.Ordinal)
                .Select(key => new ComparedSetting(name(key), [.. members.Select(one => one.TryGetValue(key, out var value) ? CleanText.Cut(value, 400) : None)]));
        }
    }

    /// <summary>What was measured.</summary>
    public static IReadOnlyList<ComparedSetting> Measured(IReadOnlyList<ResultDetails> results) =>
    [
        new("Checks", [.. results.Select(result => result.Passed switch { true => "passed", false => "failed", _ => "not checked" })]),
        new("Tokens in", [.. results.Select(result => Number(result.InputTokens))]),
        new("Tokens out", [.. results.Select(result => Number(result.OutputTokens))]),
        new("Cost", [.. results.Select(result => result.Cost is { } cost ? Money.Text(cost) : "unknown")]),
        new("First words after", [.. results.Select(result => Time(result.FirstTokenMs))]),
        new("All of it after", [.. results.Select(result => Time(result.ResponseTimeMs))]),
        new("Ended because", [.. results.Select(result => result.FinishReason ?? "not reported")]),
    ];

    /// <summary>What is different in the answer, and in the prompt as it was sent. Takes a moment where they are long.</summary>
    public static Difference Texts(ResultDetails first, ResultDetails other) => Difference.Of(
        new ComparedText("Answer", first.Result ?? "", other.Result ?? ""),
        new ComparedText("Prompt as it was sent", first.ResolvedPrompt, other.ResolvedPrompt));

    private static string Number(int? number) => number is { } known ? ResultWords.Number(known) : "not reported";

    private static string Time(int? milliseconds) => milliseconds is { } known ? $"{ResultWords.Number(known)} ms" : "unknown";
}
