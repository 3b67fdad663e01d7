using CsCheck;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Prompting.Assertions;

public sealed class AssertionCheckTests
{
    private static readonly AnswerFacts Nothing = new();

    private static readonly Gen<string> AnyText = Gen.Char["ab XY\n\r\t日é😀{}[]\"':,0\ud83d\0"].Array[0, 40].Select(signs => new string(signs));

    public static TheoryData<AssertionType, string, string, bool?, string> Texts => new()
    {
        { AssertionType.Contains, "blue", "The sky is blue.", true, "contains “blue”" },
        { AssertionType.Contains, "Blue", "The sky is blue.", false, "other capital letters: “The sky is blue.”" },
        { AssertionType.Contains, "green", "The sky is blue.", false, "“green” was expected and is not in the answer" },
        { AssertionType.Contains, "a\nb", "a\r\nb", true, "contains" },
        { AssertionType.NotContains, "As an AI", "It is blue.", true, "as it should be" },
        { AssertionType.NotContains, "sorry", "I am sorry, but no.", false, "and is: “I am sorry, but no.”" },
        { AssertionType.EqualTo, "yes", "yes\n", true, "is “yes”" },
        { AssertionType.EqualTo, "yes", "Yes, of course", false, "“yes” was expected; the answer is “Yes, of course”" },
        { AssertionType.EqualTo, "yes", "", false, "the answer is empty" },
        { AssertionType.StartsWith, "Dear", "\n Dear Ada,", true, "begins with" },
        { AssertionType.StartsWith, "Dear", "Hello Ada,", false, "it begins with “Hello Ada,”" },
        { AssertionType.EndsWith, "Bye.", "So long. Bye.\n", true, "ends with" },
        { AssertionType.EndsWith, "Bye.", "So long.", false, "it ends with “So long.”" },
        { AssertionType.Regex, @"\d{4}-\d\d", "On 2026-11-23.", true, "is found: “On 2026-11-23.”" },
        { AssertionType.Regex, @"^\d+$", "about 12", false, "is not found" },
        { AssertionType.Regex, @"(?<=€)\d+", "It costs €12", true, "is found" },
        { AssertionType.Regex, "(", "(", null, "cannot be used yet" },
        { AssertionType.IsJson, "", """{"a": 1}""", true, "JSON, an object with 1 field." },
        { AssertionType.IsJson, "", "Here:\n```json\n{\"a\": 1}\n```\n", false, "text around the fenced JSON" },
        { AssertionType.IsJson, "", "```json\n{\"a\": \"```\"}\n```\n", true, "in a ``` fence" },
        { AssertionType.IsJson, "", "~~~\n[1, 2]\n~~~", false, "line 1, character 1" },
        { AssertionType.IsJson, "", "  ", false, "it is empty" },
        { AssertionType.JsonSchema, """{"required": ["name"], "properties": {"price": {"type": "number"}}}""", """{"price": "12"}""", false, "The field “name” is missing." },
        { AssertionType.JsonSchema, """{"properties": {"items": {"items": {"type": "number"}}}}""", """{"items": [1, "2"]}""", false, "$.items[1]: a number is expected, found the text “2”." },
        { AssertionType.JsonSchema, """{"type": "array", "minItems": 1}""", "```\n[1]\n```", true, "follows the schema, in a ``` fence" },
        { AssertionType.JsonSchema, """{"type": "text"}""", "{}", null, "“text” is no type of JSON" },
        { AssertionType.JsonSchema, """{"$ref": "https://example.org/schema.json"}""", "{}", null, "nothing is fetched from elsewhere" },
        { AssertionType.WordsAtMost, "3", "One, two - three!", true, "has 3 words, at most 3 are allowed" },
        { AssertionType.WordsAtMost, "2", "One, two - three!", false, "At most 2 are allowed; the answer has 3 words" },
        { AssertionType.WordsAtLeast, "4", "日本語 ok", true, "has 4 words" },
        { AssertionType.WordsAtLeast, "1", "", false, "has 0 words" },
        { AssertionType.WordsAtMost, "many", "One", null, "“many” is no whole number" },
        { AssertionType.WordsAtMost, "2.5", "One", null, "no whole number" },
        { AssertionType.TokensAtMost, "10", "A few words", true, "has about 3 tokens" },
        { AssertionType.Contains, " ", "x", null, "Write the text to look for" },
        { AssertionType.Judge, "Is it kind?", "x", null, "No model has judged" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void An_answer_is_held_against_an_assertion_and_the_words_say_what_came(AssertionType type, string value, string answer, bool? passed, string words)
    {
        var outcome = AssertionCheck.Of(new Assertion { Type = type, Value = value }, answer, Nothing);

        Assert.Equal(passed, outcome.Passed);
        Assert.Contains(words, outcome.Why, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("$.items[0].name", "Tea", true, "$.items[0].name is the text “Tea”")]
    [InlineData("items[-1].price", "2.50", true, "is 2.5")]
    [InlineData("$..name", "Milk", true, "One of the 2 values")]
    [InlineData("$.items[0].name", "tea", false, "should be “tea”; it is the text “Tea”")]
    [InlineData("$.total", "12", false, "There is nothing at $.total. The answer is an object with 2 fields: items, open")]
    [InlineData("$.open", "true", true, "is true")]
    [InlineData("$.items", """[{"price":3,"name":"Tea"},{"name":"Milk","price":2.5}]""", true, "is a list")]
    [InlineData("$.items[?(@.price)]", "1", null, "filters like [?(…)] are not known here")]
    public void A_value_is_looked_up_by_its_place(string path, string value, bool? passed, string words)
    {
        var outcome = AssertionCheck.Of(
            new Assertion { Type = AssertionType.JsonPathEquals, Path = path, Value = value },
            """{"items": [{"name": "Tea", "price": 3}, {"name": "Milk", "price": 2.5}], "open": true}""", Nothing);

        Assert.Equal(passed, outcome.Passed);
        Assert.Contains(words, outcome.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AssertionType.LatencyAtMost, "2000", 1500, null, true)]
    [InlineData(AssertionType.LatencyAtMost, "2000", 2001, null, false)]
    [InlineData(AssertionType.LatencyAtMost, "2000", null, null, null)]
    [InlineData(AssertionType.CostAtMost, "0.01", null, 0.01, true)]
    [InlineData(AssertionType.CostAtMost, "0,01", null, 0.011, false)]
    [InlineData(AssertionType.CostAtMost, "0.01", null, null, null)]
    public void What_was_not_measured_is_neither_kept_nor_broken(AssertionType type, string limit, int? ms, double? cost, bool? passed)
    {
        var outcome = AssertionCheck.Of(new Assertion { Type = type, Value = limit }, "x", new AnswerFacts { ElapsedMs = ms, Cost = (decimal?)cost });

        Assert.Equal(passed, outcome.Passed);
        Assert.True(passed is not null || outcome.Why.Contains("could not be checked", StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_the_provider_counted_are_taken_rather_than_estimated() =>
        Assert.Equal((false, "At most 10 are allowed; the answer has 11 tokens."), Of(AssertionCheck.Of(new Assertion { Type = AssertionType.TokensAtMost, Value = "10" }, "x", new AnswerFacts { OutputTokens = 11 })));

    [Fact]
    public void Capital_letters_count_only_where_they_should()
    {
        foreach (var type in new[] { AssertionType.Contains, AssertionType.EqualTo, AssertionType.StartsWith, AssertionType.EndsWith, AssertionType.Regex })
        {
            Assert.False(AssertionCheck.Of(new Assertion { Type = type, Value = "ÉTÉ" }, "été", Nothing).Passed);
            Assert.True(AssertionCheck.Of(new Assertion { Type = type, Value = "ÉTÉ", IgnoreCase = true }, "été", Nothing).Passed);
        }
    }

    [Fact]
    public void A_verdict_passes_only_where_everything_was_kept()
    {
        var rule = new Assertion { Type = AssertionType.IsJson };
        AssertionOutcome Is(bool? passed) => new(rule, passed, "");

        Assert.Null(AssertionCheck.Verdict([]));
        Assert.True(AssertionCheck.Verdict([Is(true), Is(true)]));
        Assert.False(AssertionCheck.Verdict([Is(true), Is(null), Is(false)]));
        Assert.Null(AssertionCheck.Verdict([Is(true), Is(null)]));
    }

    [Fact]
    public void Whatever_is_typed_and_answered_there_is_an_outcome_with_words() =>
        Gen.Select(Gen.Enum<AssertionType>(), AnyText, AnyText, AnyText, Gen.Bool).Sample((type, value, path, answer, ignoreCase) =>
        {
            var outcome = AssertionCheck.Of(new Assertion { Type = type, Value = value, Path = path, IgnoreCase = ignoreCase }, answer, Nothing);
            Assert.NotEmpty(outcome.Why);
            Assert.DoesNotContain('\n', outcome.Why);
        });

    [Fact]
    public void What_stands_in_an_answer_is_contained_in_it_and_its_opposite_is_broken() =>
        Gen.Select(AnyText, AnyText, AnyText, Gen.Bool).Where(all => !string.IsNullOrWhiteSpace(all.Item2)).Sample((before, text, after, ignoreCase) =>
        {
            // A line end cut in two is another line end.
            var answer = $"{before.TrimEnd('\r')}|{text}|{after}";
            var rule = new Assertion { Type = AssertionType.Contains, Value = $"|{text}|", IgnoreCase = ignoreCase };
            Assert.True(AssertionCheck.Of(rule, answer, Nothing).Passed);
            Assert.False(AssertionCheck.Of(rule with { Type = AssertionType.NotContains }, answer, Nothing).Passed);
        });

    private static (bool?, string) Of(AssertionOutcome outcome) => (outcome.Passed, outcome.Why);
}
