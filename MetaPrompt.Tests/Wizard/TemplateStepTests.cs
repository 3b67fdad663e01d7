using Bunit;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class TemplateStepTests : BunitContext
{
    private readonly WizardState _state = WizardStateTests.Composed();
    private int _anew;

    [Fact]
    public void Typing_shows_the_variables_the_template_uses()
    {
        var step = Show();

        step.Find("#template").Change("Compare {{first}} with {{second}}.");

        Assert.Equal(["{{first}}", "{{second}}"], step.FindAll(".variable .v").Select(pill => pill.TextContent));
    }

    [Fact]
    public void Tokens_are_counted_as_one_types()
    {
        var step = Show();

        step.Find("#template").Change("One two three.");

        step.WaitForAssertion(() => Assert.Contains("About 4 tokens", step.Find(".facts").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_finding_can_be_mended_and_the_mend_undone()
    {
        var step = Show();
        step.Find("#template").Change("Summarise [TEXT] and {{text}}.");
        WaitUntilLooked(step);

        step.Find(".finding .btn:not(.btn-quiet)").Click();

        Assert.NotEqual("Summarise [TEXT] and {{text}}.", _state.Template);
        Assert.NotNull(_state.Replaced);
        Assert.Contains(step.FindAll("button"), button => button.TextContent == "Undo");
    }

    [Fact]
    public void A_finding_can_be_dismissed()
    {
        var step = Show();
        step.Find("#template").Change("Summarise [TEXT] and {{text}}.");
        WaitUntilLooked(step);
        var before = step.FindAll(".finding").Count;

        step.FindAll(".finding button").First(button => button.TextContent == "Dismiss").Click();

        Assert.Equal(before - 1, step.FindAll(".finding").Count);
    }

    [Fact]
    public void An_edited_template_whose_answers_changed_asks_what_counts()
    {
        _state.Edit("Mine");
        _state.Questions[0].Write("Something else entirely");

        var step = Show();

        Assert.Contains(step.FindAll("button"), button => button.TextContent == "Keep mine");
        step.FindAll("button").Single(button => button.TextContent == "Compose anew").Click();
        Assert.Equal(1, _anew);
    }

    [Fact]
    public void The_preview_puts_examples_and_defaults_in_place_of_variables()
    {
        _state.Edit("Dear {{name}}, about {{topic}}: {{rest}}");
        _state.Change("name", _state.Variables[0] with { Example = "Ada" });
        _state.Change("topic", _state.Variables[1] with { Default = "engines" });
        var step = Show();

        step.FindAll("button").Single(button => button.TextContent == "Preview").Click();

        Assert.Equal("Dear Ada, about engines: {{rest}}", step.Find(".preview .text").TextContent);
    }

    [Fact]
    public void A_variable_is_renamed_everywhere_and_a_bad_name_is_refused()
    {
        _state.Edit("{{a}} then {{a}}");
        var step = Show();
        step.Find(".variable").Click();

        step.Find("#variable-name").Change("two words");
        Assert.NotEmpty(step.FindAll(".variables [role=alert]"));

        step.Find("#variable-name").Change("topic");
        Assert.Equal("{{topic}} then {{topic}}", _state.Template);
        Assert.Empty(step.FindAll(".variables [role=alert]"));
    }

    [Fact]
    public void Strangers_markup_in_a_template_is_text()
    {
        _state.Edit("<script>alert(1)</script> {{x}}");
        var step = Show();

        step.FindAll("button").Single(button => button.TextContent == "Preview").Click();

        Assert.Empty(step.FindAll("script"));
        Assert.Contains("<script>alert(1)</script>", step.Find(".preview .text").TextContent, StringComparison.Ordinal);
    }

    private static void WaitUntilLooked(IRenderedComponent<TemplateStep> step) =>
        step.WaitForAssertion(() => Assert.Empty(step.FindAll("[aria-busy]")));

    private IRenderedComponent<TemplateStep> Show()
    {
        var step = Render<TemplateStep>(parameters => parameters
            .Add(one => one.State, _state)
            .Add(one => one.OnComposeAnew, () => _anew++));
        WaitUntilLooked(step);
        return step;
    }
}
