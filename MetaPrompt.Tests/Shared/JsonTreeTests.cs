using Bunit;
using MetaPrompt.Web.Shared.Answers;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class JsonTreeTests : BunitContext
{
    [Theory]
    [InlineData(" {\"a\": 1} ", true)]
    [InlineData("[1, 2,]", true)]
    [InlineData("Here it is:\n```json\n{\"a\": 1}\n```\nThat is all.", true)]
    [InlineData("```\n{}\n```\n```\n{}\n```", false)]
    [InlineData("{\"a\": ", false)]
    [InlineData("{{topic}}", false)]
    [InlineData("Only words", false)]
    [InlineData("\"a text\"", false)]
    public void An_answer_is_JSON_where_it_is_that_or_has_one_block_of_it(string text, bool expected) =>
        Assert.Equal(expected, AnswerJson.Read(text) is not null);

    [Fact]
    public void What_is_closed_is_not_sent_and_of_a_long_list_the_first_part_only()
    {
        var json = AnswerJson.Read($$"""{"many": [{{string.Join(',', Enumerable.Range(0, 5_000))}}], "deep": {"deeper": {"deepest": "<b>here</b>"} } }""")!.Value;
        var tree = Render<JsonTree>(parameters => parameters.Add(it => it.Value, json));

        Assert.Equal(3, tree.FindAll("details").Count);
        Assert.Contains("[ 5,000 items ]", tree.Markup, StringComparison.Ordinal);
        Assert.Empty(tree.FindAll(".leaf"));

        tree.FindAll("details")[1].TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal(200, tree.FindAll(".leaf").Count);
        tree.Find("button").Click();
        Assert.Equal(400, tree.FindAll(".leaf").Count);
        Assert.DoesNotContain("<b>", tree.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_JSON_opens_as_a_tree_and_is_shown_raw_on_demand()
    {
        var box = Render<AnswerBox>(parameters => parameters.Add(it => it.Id, "a").Add(it => it.Text, """{"name": "Ada"}"""));
        Assert.Contains("“Ada”", box.Find(".json").TextContent, StringComparison.Ordinal);

        box.FindAll("button").Single(button => button.TextContent == "Raw").Click();
        Assert.Equal("""{"name": "Ada"}""", box.Find(".raw").TextContent.Trim());
        box.FindAll("button").Single(button => button.TextContent == "JSON tree").Click();
        Assert.NotNull(box.Find(".json"));
    }

    [Fact]
    public void An_answer_in_words_has_no_tree()
    {
        var box = Render<AnswerBox>(parameters => parameters.Add(it => it.Id, "a").Add(it => it.Text, "# Words"));
        Assert.DoesNotContain(box.FindAll("button"), button => button.TextContent == "JSON tree");
    }
}
