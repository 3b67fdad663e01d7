using CsCheck;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Prompting.Assertions;

public sealed class ExpectedTextTests
{
    private static readonly string[] Traps = ["contains:x", "is-json", "cost(1)", "latency", "0.5"];

    private static readonly Gen<Assertion> AnyAssertion = Gen.Select(Gen.Enum<AssertionType>(), Gen.OneOf(Gen.Char["ab: ()0.\n-"].Array[0, 12].Select(signs => new string(signs)), Gen.Int[0, 4].Select(place => Traps[place])), Gen.Bool)
        .Select(all => new Assertion { Type = all.Item1, Value = all.Item2, IgnoreCase = all.Item3 });

    [Theory]
    [InlineData("yes", AssertionType.EqualTo, "yes", false)]
    [InlineData("equals:yes", AssertionType.EqualTo, "yes", false)]
    [InlineData("containsx", AssertionType.EqualTo, "containsx", false)]
    [InlineData("contains:a:b", AssertionType.Contains, "a:b", false)]
    [InlineData("icontains:Tea", AssertionType.Contains, "Tea", true)]
    [InlineData("not-icontains:Tea", AssertionType.NotContains, "Tea", true)]
    [InlineData("is-json", AssertionType.IsJson, "", false)]
    [InlineData("is-json:{\"type\": \"object\"}", AssertionType.JsonSchema, "{\"type\": \"object\"}", false)]
    [InlineData("llm-rubric:Is kind\nand short", AssertionType.Judge, "Is kind\nand short", false)]
    [InlineData("latency(1000)", AssertionType.LatencyAtMost, "1000", false)]
    [InlineData("cost(0.01)", AssertionType.CostAtMost, "0.01", false)]
    [InlineData("regex:^a", AssertionType.Regex, "^a", false)]
    public void What_promptfoo_writes_is_read(string text, AssertionType type, string value, bool ignoreCase) =>
        Assert.Equal(new Assertion { Type = type, Value = value, IgnoreCase = ignoreCase }, ExpectedText.Read(text));

    [Theory]
    [InlineData("javascript:output.length > 3")]
    [InlineData("python:file.py")]
    [InlineData("similar(0.8):hello")]
    [InlineData("not-is-json")]
    [InlineData("contains-any:a,b")]
    public void What_is_not_known_here_is_not_taken_for_the_answer(string text) => Assert.Null(ExpectedText.Read(text));

    [Fact]
    public void What_is_written_is_read_as_the_same() => AnyAssertion.Sample(assertion =>
    {
        if (ExpectedText.Write(assertion) is { } text)
            Assert.Equal(assertion, ExpectedText.Read(text));
    });
}
