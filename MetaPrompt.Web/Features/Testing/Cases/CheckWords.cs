using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>What people read about the kinds of checks. "Check" is the page's word for an assertion.</summary>
public static class CheckWords
{
    /// <summary>The kinds in the order they are offered, in groups.</summary>
    public static IReadOnlyList<(string Group, IReadOnlyList<AssertionType> Types)> Groups { get; } =
    [
        ("The text", [AssertionType.Contains, AssertionType.NotContains, AssertionType.EqualTo, AssertionType.StartsWith, AssertionType.EndsWith, AssertionType.Regex]),
        ("The length", [AssertionType.WordsAtMost, AssertionType.WordsAtLeast, AssertionType.TokensAtMost, AssertionType.TokensAtLeast]),
        ("Data", [AssertionType.IsJson, AssertionType.JsonPathEquals, AssertionType.JsonSchema]),
        ("Time and money", [AssertionType.LatencyAtMost, AssertionType.CostAtMost]),
        ("By judgement", [AssertionType.Judge]),
    ];

    /// <summary>What follows "The answer".</summary>
    public static string Verb(AssertionType type) => type switch
    {
        AssertionType.Contains => "contains",
        AssertionType.NotContains => "does not contain",
        AssertionType.EqualTo => "is exactly",
        AssertionType.StartsWith => "begins with",
        AssertionType.EndsWith => "ends with",
        AssertionType.Regex => "fits a pattern",
        AssertionType.WordsAtMost => "has at most … words",
        AssertionType.WordsAtLeast => "has at least … words",
        AssertionType.TokensAtMost => "has at most … tokens",
        AssertionType.TokensAtLeast => "has at least … tokens",
        AssertionType.IsJson => "is JSON",
        AssertionType.JsonPathEquals => "has a value in its JSON",
        AssertionType.JsonSchema => "is JSON that follows a schema",
        AssertionType.LatencyAtMost => "takes at most … milliseconds",
        AssertionType.CostAtMost => "costs at most … US dollars",
        _ => "convinces a model",
    };

    /// <summary>One line that helps to fill the fields in.</summary>
    public static string Help(AssertionType type) => type switch
    {
        AssertionType.EqualTo => "White space before and after does not count.",
        AssertionType.Regex => "A regular expression: \\d{4} finds four digits, ^Dear a beginning.",
        AssertionType.WordsAtMost or AssertionType.WordsAtLeast => "In scripts without spaces each character counts as a word.",
        AssertionType.TokensAtMost or AssertionType.TokensAtLeast => "As the provider counts them, else estimated.",
        AssertionType.IsJson => "Also inside one ```json fence, with nothing around it.",
        AssertionType.JsonPathEquals => "Where: $.items[0].name is the name of the first of the items.",
        AssertionType.JsonSchema => "Draft 2020-12 or older. Nothing is fetched from elsewhere.",
        AssertionType.LatencyAtMost => "From sending the request to the end of the answer.",
        AssertionType.CostAtMost => "Open where the model's price is unknown.",
        AssertionType.Judge => "Say what a good answer is like. A model reads it with the answer; that call costs tokens too.",
        _ => "",
    };

    /// <summary>An example of what may stand in the field.</summary>
    public static string Example(AssertionType type) => type switch
    {
        AssertionType.Contains => "thank you",
        AssertionType.NotContains => "As an AI",
        AssertionType.EqualTo => "yes",
        AssertionType.StartsWith => "Dear",
        AssertionType.EndsWith => "Kind regards",
        AssertionType.Regex => "\\d{4}-\\d{2}-\\d{2}",
        AssertionType.JsonPathEquals => "Tea",
        AssertionType.JsonSchema => """{"type": "object", "required": ["name"]}""",
        AssertionType.Judge => "Answers the question in the reader's words, is friendly, and invents nothing.",
        AssertionType.WordsAtMost or AssertionType.WordsAtLeast => "150",
        AssertionType.TokensAtMost or AssertionType.TokensAtLeast => "300",
        AssertionType.LatencyAtMost => "5000",
        AssertionType.CostAtMost => "0.01",
        _ => "",
    };

    /// <summary>A check in a few words, for a row: <c>contains “thank you”</c>.</summary>
    public static string Brief(Assertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var value = assertion.Value.ReplaceLineEndings(" ").Trim();
        return assertion.Type switch
        {
            AssertionType.IsJson or AssertionType.JsonSchema => Verb(assertion.Type),
            AssertionType.JsonPathEquals => $"{Shared.CleanText.Cut(assertion.Path ?? "…", 30)} is “{Shared.CleanText.Cut(value, 30)}”",
            AssertionType.Judge => $"a model judges: {Shared.CleanText.Cut(value.Length > 0 ? value : "…", 40)}",
            AssertionType.LatencyAtMost => $"at most {value} ms",
            AssertionType.CostAtMost => $"at most ${value}",
            _ when AssertionCheck.IsNumeric(assertion.Type) => Verb(assertion.Type).Replace("has ", "", StringComparison.Ordinal).Replace("…", value, StringComparison.Ordinal),
            _ => $"{Verb(assertion.Type)} “{Shared.CleanText.Cut(value, 40)}”",
        };
    }
}
