using AngleSharp.Dom;
using Bunit;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class VariableFieldsTests : BunitContext
{
    [Fact]
    public void Without_a_label_the_field_is_called_exactly_as_the_variable()
    {
        var fields = Show(new PromptVariable { Name = "pull_requests" });

        Assert.Equal("pull_requests", fields.Find("label").TextContent.Trim());
    }

    [Fact]
    public void With_a_label_the_name_of_the_field_still_contains_the_variable()
    {
        var fields = Show(new PromptVariable { Name = "prs", Label = "Merged pull requests" });

        Assert.Equal("Merged pull requests prs", fields.Find("label").TextContent.Trim());
    }

    [Theory]
    [InlineData(VariableType.Text, "input[type=text]")]
    [InlineData(VariableType.LongText, "textarea")]
    [InlineData(VariableType.Number, "input[type=number]")]
    [InlineData(VariableType.Choice, "select")]
    [InlineData(VariableType.YesNo, "select")]
    [InlineData(VariableType.Date, "input[type=date]")]
    [InlineData(VariableType.Json, "textarea")]
    public void Each_type_has_the_field_that_fits_it(VariableType type, string selector) =>
        Assert.NotNull(Show(new PromptVariable { Name = "x", Type = type, Choices = ["a", "b"] }).Find(selector));

    [Fact]
    public void A_default_that_is_no_number_is_shown_and_not_lost() =>
        Assert.Equal("five", Show(new PromptVariable { Name = "x", Type = VariableType.Number, Default = "five" }).Find("input[type=text]").GetAttribute("value"));

    [Fact]
    public void A_default_that_is_not_on_the_list_can_still_be_chosen() =>
        Assert.Contains("c", Show(new PromptVariable { Name = "x", Type = VariableType.Choice, Choices = ["a", "b"], Default = "c" }).FindAll("option").Select(option => option.TextContent));

    [Fact]
    public void Broken_JSON_is_pointed_out_and_may_be_sent()
    {
        var form = new TestForm([new PromptVariable { Name = "x", Type = VariableType.Json }]);
        var fields = Show(form);

        fields.Find("textarea").Change("{ not json");
        fields.Render();

        Assert.Contains("no valid JSON", fields.Find(".error").TextContent, StringComparison.Ordinal);
        Assert.Equal("{ not json", form.Values()["x"]);
    }

    [Fact]
    public void A_field_that_was_asked_for_in_vain_says_so()
    {
        var variable = new PromptVariable { Name = "x" };
        var fields = Render<VariableFields>(parameters => parameters.Add(it => it.Form, new TestForm([variable])).Add(it => it.Missing, [variable]));

        Assert.Equal("true", fields.Find("input").GetAttribute("aria-invalid"));
        Assert.Equal("Nothing here yet.", fields.Find("#" + fields.Find("input").GetAttribute("aria-describedby")).TextContent.Trim());
    }

    private IRenderedComponent<VariableFields> Show(PromptVariable variable) => Show(new TestForm([variable]));

    private IRenderedComponent<VariableFields> Show(TestForm form) => Render<VariableFields>(parameters => parameters.Add(it => it.Form, form));
}
