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

        step.WaitForAssertion(() => Assert.Equal(["{{first}}", "{{second}}"], step.FindAll(".variable .v").Select(pill => pill.TextContent)));
    }

    [Fact]
    public void Tokens_are_counted_as_one_types()
    {
        var step = Show();

        step.Find("#template").Change("One two three.");

        step.WaitForAssertion(() => Assert.Contains("About 4 tokens", step.Find(".facts").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_finding_can_be_dismissed()
    {
        var step = Show();
        step.Find("#template").Change("Summarise [TEXT] and {{text}}.");
        WaitUntilLooked(step);
        var before = step.FindAll(".finding").Count;

        step.FindAll(".finding button").First(button => button.TextContent == "Dismiss").Click();

        step.WaitForAssertion(() => Assert.Equal(before - 1, step.FindAll(".finding").Count));
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
    public void Tools_stand_above_the_template()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var step = Render<TemplateStep>(parameters => parameters.Add(one => one.State, _state).Add(one => one.Tools, "<p id=\"tools\">Refine</p>"));

        Assert.Equal("Refine", step.Find("#tools").TextContent);
    }

    private static void WaitUntilLooked(IRenderedComponent<TemplateStep> step) =>
        step.WaitForAssertion(() => Assert.Empty(step.FindAll("[aria-busy]")));

    private IRenderedComponent<TemplateStep> Show()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var step = Render<TemplateStep>(parameters => parameters
            .Add(one => one.State, _state)
            .Add(one => one.OnComposeAnew, () => _anew++));
        WaitUntilLooked(step);
        return step;
    }
}
