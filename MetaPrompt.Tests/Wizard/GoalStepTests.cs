using Bunit;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class GoalStepTests : BunitContext
{
    private readonly WizardState _state = new();

    [Fact]
    public void An_empty_goal_is_taught_by_examples_that_fill_it()
    {
        var step = Show();

        var example = step.FindAll(".chip")[2];
        example.Click();

        Assert.Equal(example.TextContent, _state.Goal);
        Assert.Equal(_state.Goal, step.Find("textarea").GetAttribute("value"));
    }

    [Fact]
    public void Ones_own_goal_is_never_replaced_by_an_example()
    {
        var step = Show();

        step.Find("textarea").Change("Summarise my notes for my boss");

        Assert.Empty(step.FindAll(".chip"));
        Assert.Equal("Summarise my notes for my boss", _state.Goal);
    }

    [Fact]
    public void What_the_goal_says_already_is_shown_beside_it()
    {
        var step = Show();

        step.Find("textarea").Change("Summarise meeting notes in two sentences");

        var card = step.Find("aside");
        Assert.Contains("Summarise", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("{{", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("length", card.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_is_said_at_the_field()
    {
        var step = Render<GoalStep>(parameters => parameters.Add(one => one.State, _state).Add(one => one.Problem, "Say more."));

        Assert.Equal("true", step.Find("textarea").GetAttribute("aria-invalid"));
        Assert.Equal("Say more.", step.Find("[role=alert]").TextContent);
    }

    private IRenderedComponent<GoalStep> Show() => Render<GoalStep>(parameters => parameters.Add(step => step.State, _state));
}
