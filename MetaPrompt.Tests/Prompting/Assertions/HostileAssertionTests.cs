using System.Diagnostics;
using System.Text;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Prompting.Assertions;

/// <summary>Whatever somebody types as an assertion, or a model answers, the check ends soon and says why.</summary>
public sealed class HostileAssertionTests
{
    // Generous for a busy machine; each of these would otherwise take from minutes to for ever.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    // By number: a test's arguments are part of its name, and these are long.
    private static readonly (string Pattern, string Answer)[] Searches =
    [
        ("(a+)+$", new string('a', 50_000) + "!"),
        ("(a|a)*$", new string('a', 50_000) + "!"),
        (@"(?=(a+)+$)", new string('a', 50) + "!"),
        (@"^(.*?,){40}\1x$", string.Concat(Enumerable.Repeat("a,", 2_000))),
        ("(((x{1,900}){1,900}){1,900}){1,900}y", new string('x', 5_000)),
        ("((a{0,1000}){0,1000}b?){0,1000}c", new string('a', 100_000)),
        (new string('(', 900) + "a" + new string(')', 900), new string('a', 1_000)),
        (@"(.+)+\1\2", new string('a', 5_000)),
        (string.Concat(Enumerable.Repeat("a*", 900)) + "b", new string('a', 100_000)),
    ];

    private static readonly string ManyFields = string.Join(',', Enumerable.Range(0, 1_500).Select(number => $"\"f{number}\""));

    private static readonly (string Schema, string Answer)[] Rules =
    [
        ("""{"$ref": "#"}""", "1"),
        ("""{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}""", "1"),
        ("""{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}""", "1"),
        ("""{"not": {"$ref": "#"}}""", "1"),
        (Doubling(60), "1"),
        ("""{"uniqueItems": true}""", $"[{string.Join(',', Enumerable.Range(0, 100_000))}]"),
        ("""{"additionalProperties": {"pattern": "(?=(a+)+$)"}}""", $"{{\"x\": \"{new string('a', 60)}!\"}}"),
        ($"{{\"items\": {{\"required\": [{ManyFields}]}}}}", $"[{string.Join(',', Enumerable.Repeat("{}", 200_000))}]"),
        ($"{{\"items\": {{\"enum\": [{string.Join(',', Enumerable.Range(0, 2_000))}]}}}}", $"[{string.Join(',', Enumerable.Repeat("7e3", 100_000))}]"),
        ("""{"multipleOf": 1e-300, "maximum": 1e999}""", "1e308"),
        ("""{"const": 1e999999999}""", "1e999999998"),
    ];

    public static TheoryData<int> Patterns => [.. Enumerable.Range(0, Searches.Length)];

    public static TheoryData<int> Schemas => [.. Enumerable.Range(0, Rules.Length)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_pattern_that_would_never_end_is_ended(int number) => EndsSoon(new Assertion { Type = AssertionType.Regex, Value = Searches[number].Pattern }, Searches[number].Answer);

    [Fact]
    public void A_pattern_that_was_ended_is_broken_and_says_so()
    {
        var outcome = AssertionCheck.Of(new Assertion { Type = AssertionType.Regex, Value = @"(?=(a+)+$)" }, new string('a', 60) + "!", new AnswerFacts());

        Assert.False(outcome.Passed);
        Assert.Contains("took too long", outcome.Why, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void A_schema_that_would_never_end_is_ended(int number) => EndsSoon(new Assertion { Type = AssertionType.JsonSchema, Value = Rules[number].Schema }, Rules[number].Answer);

    [Fact]
    public void A_schema_that_asks_for_too_much_is_broken_and_says_so()
    {
        foreach (var (schema, answer) in new[] { (Doubling(60), "1"), ("""{"$ref": "#"}""", "1"), ("""{"not": {"$ref": "#"}}""", "1") })
        {
            var outcome = AssertionCheck.Of(new Assertion { Type = AssertionType.JsonSchema, Value = schema }, answer, new AnswerFacts());

            Assert.False(outcome.Passed);
            Assert.Contains("more work than is done", outcome.Why, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("$..*..*..*..*..*..*..*..*")]
    [InlineData("$..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]")]
    [InlineData("$..[::-1]..[::-1]..[::-1]")]
    public void A_path_that_goes_everywhere_is_ended(string path)
    {
        var nested = new StringBuilder();
        for (var depth = 0; depth < 90; depth++)
            nested.Append("[1,2,3,{\"a\":1},");
        var answer = nested.Append('1').Append(']', 90).ToString();
        EndsSoon(new Assertion { Type = AssertionType.JsonPathEquals, Path = path, Value = "no" }, answer);
        EndsSoon(new Assertion { Type = AssertionType.JsonPathEquals, Path = $"{path}{path[1..]}", Value = "no" }, answer, "took too long");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void JSON_as_deep_as_a_well_is_refused_and_not_fallen_into(string open, string close)
    {
        var answer = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
        foreach (var type in new[] { AssertionType.IsJson, AssertionType.JsonSchema, AssertionType.JsonPathEquals })
            EndsSoon(new Assertion { Type = type, Value = "{}", Path = "$..a" }, answer);
        EndsSoon(new Assertion { Type = AssertionType.JsonSchema, Value = answer }, "{}");
    }

    [Fact]
    public void An_answer_full_of_fences_is_read_in_no_time() =>
        EndsSoon(new Assertion { Type = AssertionType.IsJson }, string.Concat(Enumerable.Repeat("```json\n", 100_000)));

    [Theory]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\udfff": 1}""")]
    public void Half_a_character_is_no_JSON_anybody_can_use(string answer)
    {
        foreach (var type in new[] { AssertionType.IsJson, AssertionType.JsonSchema, AssertionType.JsonPathEquals })
            Assert.False(AssertionCheck.Of(new Assertion { Type = type, Value = "{}", Path = "$..a" }, answer, new AnswerFacts()).Passed);
    }

    private static void EndsSoon(Assertion assertion, string answer, string words = "")
    {
        var watch = Stopwatch.StartNew();

        var outcome = AssertionCheck.Of(assertion, answer, new AnswerFacts());

        Assert.NotEmpty(outcome.Why);
        Assert.Contains(words, outcome.Why, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < Soon, $"It took {watch.Elapsed}: {outcome.Why}");
    }

    // Each part asks for the next twice: 2^60 ways through fifty lines.
    private static string Doubling(int parts) =>
        $"{{\"$ref\": \"#/$defs/p0\", \"$defs\": {{{string.Join(',', Enumerable.Range(0, parts).Select(part => $"\"p{part}\": {{\"allOf\": [{{\"$ref\": \"#/$defs/p{part + 1}\"}}, {{\"$ref\": \"#/$defs/p{part + 1}\"}}]}}"))}, \"p{parts}\": {{\"type\": \"number\"}}}}}}";
}
