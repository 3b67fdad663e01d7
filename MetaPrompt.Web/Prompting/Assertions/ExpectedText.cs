using System.Globalization;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>An assertion as one text, the way promptfoo's column <c>__expected</c> has it: <c>contains:tea</c>, <c>cost(0.01)</c>.</summary>
public static partial class ExpectedText
{
    /// <summary>The assertion; a text without a known type is what the answer has to be. Null for a type that is not known here.</summary>
    public static Assertion? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Form().Match(text);
        if (!match.Success)
            return new Assertion { Type = AssertionType.EqualTo, Value = text };
        var (type, threshold, value) = (match.Groups["type"].Value, match.Groups["threshold"].Value, match.Groups["value"].Value);
        return type switch
        {
            "equals" => Of(AssertionType.EqualTo),
            "contains" => Of(AssertionType.Contains),
            "icontains" => Of(AssertionType.Contains) with { IgnoreCase = true },
            "not-contains" => Of(AssertionType.NotContains),
            "not-icontains" => Of(AssertionType.NotContains) with { IgnoreCase = true },
            "regex" => Of(AssertionType.Regex),
            "starts-with" => Of(AssertionType.StartsWith),
            "is-json" => value.Length > 0 ? Of(AssertionType.JsonSchema) : Of(AssertionType.IsJson),
            "llm-rubric" or "grade" => Of(AssertionType.Judge),
            "latency" => Of(AssertionType.LatencyAtMost) with { Value = threshold.Length > 0 ? threshold : value },
            "cost" => Of(AssertionType.CostAtMost) with { Value = threshold.Length > 0 ? threshold : value },
            _ => null,
        };

        Assertion Of(AssertionType known) => new() { Type = known, Value = value };
    }

    /// <summary>The text that <see cref="Read"/> reads as this assertion; null where promptfoo has no such text.</summary>
    public static string? Write(Assertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var text = assertion switch
        {
            { Model: not null } => null,
            { Value: "", Type: not AssertionType.IsJson } => null,
            { Type: AssertionType.Contains, IgnoreCase: true } => $"icontains:{assertion.Value}",
            { Type: AssertionType.NotContains, IgnoreCase: true } => $"not-icontains:{assertion.Value}",
            { IgnoreCase: true } => null,
            { Type: AssertionType.EqualTo } => Form().IsMatch(assertion.Value) ? $"equals:{assertion.Value}" : assertion.Value,
            { Type: AssertionType.Contains } => $"contains:{assertion.Value}",
            { Type: AssertionType.NotContains } => $"not-contains:{assertion.Value}",
            { Type: AssertionType.Regex } => $"regex:{assertion.Value}",
            { Type: AssertionType.StartsWith } => $"starts-with:{assertion.Value}",
            { Type: AssertionType.IsJson, Value: "" } => "is-json",
            { Type: AssertionType.JsonSchema } => $"is-json:{assertion.Value}",
            { Type: AssertionType.Judge } => $"llm-rubric:{assertion.Value}",
            { Type: AssertionType.LatencyAtMost } when IsNumber(assertion.Value) => $"latency({assertion.Value})",
            { Type: AssertionType.CostAtMost } when IsNumber(assertion.Value) => $"cost({assertion.Value})",
            _ => null,
        };
        // An empty cell is no assertion.
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static bool IsNumber(string text) => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) && text.All(sign => char.IsAsciiDigit(sign) || sign == '.');

    // Types of promptfoo's that are not known here are named too: what they ask for is left out, not taken for the answer itself.
    [GeneratedRegex(@"^(?<type>(?:not-)?(?:equals|i?contains(?:-any|-all|-json|-sql|-xml|-html)?|regex|starts-with|is-json|is-xml|is-sql|is-html|llm-rubric|grade|latency|cost|javascript|fn|eval|python|file|webhook|similar|levenshtein|rouge-n|bleu|perplexity|perplexity-score|classifier|moderation|factuality|model-graded-closedqa|answer-relevance|context-recall|context-relevance|context-faithfulness|is-valid-openai-function-call|is-valid-openai-tools-call|is-refusal|select-best|word-count|g-eval))(?:\((?<threshold>[0-9]+(?:\.[0-9]+)?)\))?(?::(?<value>.*))?$", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
