using CsCheck;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>Variables as JSON and beside a template.</summary>
public sealed class PromptVariablesTests
{
    [Fact]
    public void The_documented_plain_list_of_names_is_read() =>
        Assert.Equal(["topic", "audience"], PromptVariables.FromJson("""["topic", "audience"]""").Select(variable => variable.Name));

    [Fact]
    public void Every_detail_survives_the_way_to_json_and_back()
    {
        var variable = new PromptVariable { Name = "tone", Label = "Tone “x”", Help = "How?", Type = VariableType.Choice, Default = "a", Example = "b", Choices = ["a", "b"], Required = false, MaxLength = 9 };

        var read = Assert.Single(PromptVariables.FromJson(PromptVariables.ToJson([variable])));

        Assert.Equal(variable with { Choices = read.Choices }, read);
        Assert.Equal(variable.Choices, read.Choices);
    }

    [Theory]
    [InlineData("""{"topic": {"type": "number", "default": 3}}""", "topic", VariableType.Number, "3")]
    [InlineData("""{"variables": [{"NAME": "a", "options": ["x", "y"]}]}""", "a", VariableType.Choice, null)]
    [InlineData("""[{"name": "My Topic!", "description": "d"}]""", "my_topic", VariableType.Text, null)]
    [InlineData("""{"city": "Rome"}""", "city", VariableType.Text, "Rome")]
    public void Odd_shapes_are_understood(string json, string name, VariableType type, string? given)
    {
        var variable = Assert.Single(PromptVariables.FromJson(json));
        Assert.Equal((name, type, given), (variable.Name, variable.Type, variable.Default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[[[[1]]]]")]
    [InlineData("""["\ud800", {"name": "\udfff"}, {"\ud800": 1}]""")]
    [InlineData("""[{"name": 5}, {"name": null}, {}, 1e999, true, ""]""")]
    public void Senseless_json_gives_nothing_illegal(string? json) =>
        Assert.All(PromptVariables.FromJson(json), variable => Assert.True(PromptTemplate.IsName(variable.Name)));

    [Fact]
    public void No_json_text_is_too_deep_or_too_long()
    {
        Assert.Empty(PromptVariables.FromJson(new string('[', 100_000)));
        Assert.Empty(PromptVariables.FromJson(new string(' ', 2_000_000) + "[]"));
        Assert.Equal(PromptVariables.MaxCount, PromptVariables.FromJson("[" + string.Join(',', Enumerable.Range(0, 5_000).Select(number => $"\"v{number}\"")) + "]").Count);
    }

    [Fact]
    public void Any_text_is_read_without_failing() =>
        Gen.Char["[]{}\",:\\ud8namet01 \n"].Array[0, 60].Select(letters => new string(letters)).Sample(text => PromptVariables.FromJson(text) is not null);

    [Fact]
    public void Nothing_that_PostgreSQL_refuses_gets_into_the_json()
    {
        var json = PromptVariables.ToJson([new PromptVariable { Name = "a", Default = "x\0y\ud800z" }]);
        Assert.Equal("xy\ufffdz", Assert.Single(PromptVariables.FromJson(json)).Default);
    }

    [Fact]
    public void Reconciling_keeps_what_is_used_in_the_order_of_use_and_guesses_the_rest()
    {
        var variables = PromptVariables.Reconcile("Use {{b}} for\n<article>\n{{article}}\n</article>\n{{max_items}} {{deadline}}", [new PromptVariable { Name = "gone" }, new PromptVariable { Name = "b", Label = "Bee" }]);

        Assert.Equal(["b", "article", "max_items", "deadline"], variables.Select(variable => variable.Name));
        Assert.Equal("Bee", variables[0].DisplayName);
        Assert.Equal([VariableType.Text, VariableType.LongText, VariableType.Number, VariableType.Date], variables.Select(variable => variable.Type));
    }
}
