using System.Text.Json;
using CsCheck;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class RunParametersTests
{
    private static readonly RunParameters Whole = new()
    {
        MaxTokens = 500, TopP = 0.9m, Seed = -7, Stop = ["\n\n", "END"], System = "Be brief.", Json = true,
    };

    [Fact]
    public void What_is_not_asked_for_is_not_in_the_JSON()
    {
        Assert.Equal("{}", RunParameters.None.ToJson());
        Assert.Equal("""{"max_tokens":500,"top_p":0.9,"seed":-7,"stop":["\n\n","END"],"system":"Be brief.","json":true}""", Whole.ToJson());
        Assert.True(new RunParameters { System = "", Stop = [] }.IsEmpty);
        Assert.False(Whole.IsEmpty);
    }

    [Fact]
    public void What_went_into_JSON_comes_out_of_it_and_equals()
    {
        var parameters = Gen.Select(Gen.Int[1, 1_000_000].Nullable(), Gen.Int[0, 100].Select(cent => cent / 100m).Nullable(), Gen.Long.Nullable(),
            Gen.String[1, 5].Array[0, 4], Gen.String[0, 20], Gen.Bool,
            (tokens, share, seed, stop, system, json) => new RunParameters { MaxTokens = tokens, TopP = share, Seed = seed, Stop = stop, System = system, Json = json });
        parameters.Sample(one =>
        {
            // What no JSON can hold (halves of pairs) is replaced on the way, so equality is asked of what was kept.
            var kept = RunParameters.FromJson(one.ToJson());
            var again = RunParameters.FromJson(kept.ToJson());
            return kept == again && kept.GetHashCode() == again.GetHashCode() && kept.ToJson() == one.ToJson();
        }, iter: 200);
    }

    [Fact]
    public void Lists_of_equal_texts_are_equal_and_others_are_not()
    {
        Assert.Equal(Whole, Whole with { Stop = ["\n\n", "END"] });
        Assert.NotEqual(Whole, Whole with { Stop = ["END", "\n\n"] });
        Assert.Equal(new RunParameters { System = "" }, new RunParameters { System = null });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"later":1,"stop":null,"system":""}""")]
    public void Nothing_and_what_is_unknown_ask_for_nothing(string? json) => Assert.Equal(RunParameters.None, RunParameters.FromJson(json));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"max_tokens":"many"}""")]
    [InlineData("{")]
    public void What_is_no_such_object_is_refused(string json) => Assert.Throws<JsonException>(() => RunParameters.FromJson(json));

    [Fact]
    public void Each_field_out_of_its_bounds_is_told_once_and_kindly()
    {
        Assert.Empty(Whole.Problems());
        Assert.Empty(RunParameters.None.Problems());
        Assert.Equal("MaxTokens", Assert.Single(new RunParameters { MaxTokens = 0 }.Problems()).Field);
        Assert.Equal("MaxTokens", Assert.Single(new RunParameters { MaxTokens = 1_000_001 }.Problems()).Field);
        Assert.Equal("TopP", Assert.Single(new RunParameters { TopP = 1.01m }.Problems()).Field);
        Assert.Equal("TopP", Assert.Single(new RunParameters { TopP = -0.01m }.Problems()).Field);
        Assert.Equal("Stop", Assert.Single(new RunParameters { Stop = ["a", "b", "c", "d", "e"] }.Problems()).Field);
        Assert.Equal("Stop", Assert.Single(new RunParameters { Stop = [""] }.Problems()).Field);
        Assert.Equal("Stop", Assert.Single(new RunParameters { Stop = [new string('x', 101)] }.Problems()).Field);
        Assert.Equal("System", Assert.Single(new RunParameters { System = new string('x', 100_001) }.Problems()).Field);
    }
}
