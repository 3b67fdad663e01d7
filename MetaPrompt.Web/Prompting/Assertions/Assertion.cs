namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>What is asked of an answer.</summary>
public enum AssertionType
{
    /// <summary>The text stands somewhere in the answer.</summary>
    Contains,

    /// <summary>The text stands nowhere in the answer.</summary>
    NotContains,

    /// <summary>The answer is the text; white space around either does not count.</summary>
    EqualTo,

    /// <summary>A regular expression finds something in the answer.</summary>
    Regex,

    /// <summary>The answer begins with the text.</summary>
    StartsWith,

    /// <summary>The answer ends with the text.</summary>
    EndsWith,

    /// <summary>The answer is JSON.</summary>
    IsJson,

    /// <summary>The answer is JSON that follows a JSON Schema.</summary>
    JsonSchema,

    /// <summary>The answer is JSON that has the value at a place.</summary>
    JsonPathEquals,

    /// <summary>The answer has at most so many words.</summary>
    WordsAtMost,

    /// <summary>The answer has at least so many words.</summary>
    WordsAtLeast,

    /// <summary>The answer has at most so many tokens.</summary>
    TokensAtMost,

    /// <summary>The answer has at least so many tokens.</summary>
    TokensAtLeast,

    /// <summary>The answer was complete within so many milliseconds.</summary>
    LatencyAtMost,

    /// <summary>The answer cost at most so many US dollars.</summary>
    CostAtMost,

    /// <summary>A model judges the answer by a rubric.</summary>
    Judge,
}

/// <summary>A rule that an answer keeps or breaks. It may be incomplete or wrong: what is typed is kept as it is typed.</summary>
public sealed record Assertion
{
    /// <summary>The most assertions in a list.</summary>
    public const int MaxCount = 50;

    /// <summary>The most assertions of an answer: its test case's and those for all.</summary>
    public const int MaxTogether = 2 * MaxCount;

    /// <summary>The most characters of <see cref="Value"/>.</summary>
    public const int MaxValue = 20_000;

    /// <summary>The most characters of <see cref="Path"/>.</summary>
    public const int MaxPath = 1_000;

    /// <summary>The most characters of <see cref="Model"/>.</summary>
    public const int MaxModel = 50;

    /// <summary>What is asked.</summary>
    public required AssertionType Type { get; init; }

    /// <summary>The text, pattern, schema, number or rubric that is looked for; empty where the type needs none.</summary>
    public string Value { get; init; } = "";

    /// <summary>Where in the JSON, for <see cref="AssertionType.JsonPathEquals"/>: <c>$.items[0].name</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Whether capital and small letters are the same, where the type compares text.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The name of the model that judges; null for the one that is used where nobody chose.</summary>
    public string? Model { get; init; }
}

/// <summary>What became of an assertion.</summary>
/// <param name="Assertion">The rule.</param>
/// <param name="Passed">Whether it was kept; null where that could not be found out.</param>
/// <param name="Why">What was expected and what came, as a sentence for a person.</param>
public sealed record AssertionOutcome(Assertion Assertion, bool? Passed, string Why);

/// <summary>What was measured of an answer; null is unknown, never 0.</summary>
public sealed record AnswerFacts
{
    /// <summary>Tokens of the answer, as the provider counted them.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>From sending the request to the end of the answer.</summary>
    public int? ElapsedMs { get; init; }

    /// <summary>US dollars.</summary>
    public decimal? Cost { get; init; }
}
