using CsCheck;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Prompting.Assertions;

public sealed class AssertionJsonTests
{
    private static readonly Gen<string> AnyText = Gen.Char["ab \n\t\"'\\日é😀{}[]:,0\u2028"].Array[0, 20].Select(signs => new string(signs.Where(sign => !char.IsSurrogate(sign)).ToArray()));

    private static readonly Gen<Assertion> AnyAssertion = Gen.Select(Gen.Enum<AssertionType>(), AnyText, AnyText, Gen.Bool, AnyText).Select(all => new Assertion
    {
        Type = all.Item1, Value = all.Item2, Path = all.Item3.Length == 0 ? null : all.Item3, IgnoreCase = all.Item4, Model = all.Item5.Length == 0 ? null : all.Item5,
    });

    [Fact]
    public void What_is_written_is_read_again_as_it_was() => AnyAssertion.Array[0, Assertion.MaxCount].Sample(assertions =>
        Assert.Equal(assertions, AssertionJson.Read(AssertionJson.Write(assertions))));

    [Fact]
    public void Outcomes_are_read_again_as_they_were() => Gen.Select(AnyAssertion, Gen.Int[0, 2], AnyText).Array[0, 5].Sample(outcomes =>
    {
        AssertionOutcome[] given = [.. outcomes.Select(all => new AssertionOutcome(all.Item1, all.Item2 switch { 0 => true, 1 => false, _ => null }, all.Item3))];
        Assert.Equal(given, AssertionJson.ReadOutcomes(AssertionJson.WriteOutcomes(given)));
    });

    [Fact]
    public void The_form_is_the_documented_one() => Assert.Equal(
        """[{"type":"contains","value":"x","ignoreCase":true},{"type":"json-path-equals","value":"1","path":"$.a"},{"type":"judge","value":"Kind?","model":"m"},{"type":"is-json"}]""",
        AssertionJson.Write(
        [
            new Assertion { Type = AssertionType.Contains, Value = "x", IgnoreCase = true },
            new Assertion { Type = AssertionType.JsonPathEquals, Value = "1", Path = "$.a" },
            new Assertion { Type = AssertionType.Judge, Value = "Kind?", Model = "m" },
            new Assertion { Type = AssertionType.IsJson },
        ]));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1, null, {}, [], {\"type\": \"unheard-of\"}, {\"type\": 5}, {\"type\": \"\\ud800\"}]")]
    public void What_cannot_be_read_asks_nothing(string? json) => Assert.Empty(AssertionJson.Read(json));

    [Fact]
    public void Others_way_of_writing_it_is_read()
    {
        var assertions = AssertionJson.Read("""[{"type": " Contains ", "value": 12}, {"type": "json-schema", "value": {"type": "object"}, "ignoreCase": "yes"}]""");

        Assert.Equal(new Assertion { Type = AssertionType.Contains, Value = "12" }, assertions[0]);
        Assert.Equal(new Assertion { Type = AssertionType.JsonSchema, Value = """{"type": "object"}""" }, assertions[1]);
    }

    [Fact]
    public void What_is_beyond_the_limits_is_left_out()
    {
        var written = AssertionJson.Write(Enumerable.Repeat(new Assertion { Type = AssertionType.Contains, Value = new string('x', 30_000) + "\0\ud83d" }, 110));

        var read = AssertionJson.Read(written);

        Assert.Equal(Assertion.MaxTogether, read.Count);
        Assert.All(read, assertion => Assert.Equal(Assertion.MaxValue, assertion.Value.Length));
        Assert.DoesNotContain("\\u0000", written, StringComparison.Ordinal);
    }
}
