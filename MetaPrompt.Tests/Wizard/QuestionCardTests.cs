using Bunit;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class QuestionCardTests : BunitContext
{
    private readonly AskedQuestion _asked = new(WizardStateTests.Some("readers"));
    private int _changes;

    [Fact]
    public void A_pressed_suggestion_says_that_it_is_pressed()
    {
        var card = Show();

        card.FindAll(".chip")[1].Click();

        Assert.Equal(["false", "true", "false", "false"], card.FindAll(".chip").Select(chip => chip.GetAttribute("aria-pressed")));
        Assert.Equal("two", _asked.Answer);
        Assert.Equal(1, _changes);
    }

    [Fact]
    public void Skipping_shows_the_assumption_to_be_changed()
    {
        var card = Show();

        Chip(card, "Skip").Click();
        card.Find("textarea").Change("Assume children.");

        Assert.Equal("Assume children.", _asked.Assumption);
        Assert.True(_asked.Skipped);
        Assert.Equal("true", Chip(card, "Skip").GetAttribute("aria-pressed"));
    }

    [Fact]
    public void Own_words_answer_the_question()
    {
        var card = Show();

        card.Find("textarea").Change("people on a train");

        Assert.Equal("people on a train", _asked.Answer);
    }

    [Fact]
    public void It_says_which_counts_when_both_are_there()
    {
        var card = Show();

        card.Find("textarea").Change("mine");
        card.FindAll(".chip")[0].Click();

        Assert.Contains("The suggestion counts", card.Markup, StringComparison.Ordinal);
        Assert.Equal("mine", card.Find("textarea").GetAttribute("value"));
    }

    [Fact]
    public void It_is_drawn_again_with_the_page_only_where_it_has_changed()
    {
        var card = Show();
        card.Render();
        card.Render();
        Assert.Equal(1, card.RenderCount);

        _asked.Write("typed elsewhere");
        card.Render();
        Assert.Equal("typed elsewhere", card.Find("textarea").GetAttribute("value"));
        Assert.Equal(2, card.RenderCount);
        card.Render(parameters => parameters.Add(it => it.Number, 7));
        Assert.Equal("question-7", card.Find("h2").Id);
        Assert.Equal(3, card.RenderCount);
    }

    [Fact]
    public void It_tells_why_it_asks() =>
        Assert.Contains("It decides readers.", Show().Find("details").TextContent, StringComparison.Ordinal);

    private static AngleSharp.Dom.IElement Chip(IRenderedComponent<QuestionCard> card, string text) =>
        card.FindAll("button").Single(button => button.TextContent == text);

    private IRenderedComponent<QuestionCard> Show() => Render<QuestionCard>(parameters => parameters
        .Add(card => card.Asked, _asked)
        .Add(card => card.Number, 1)
        .Add(card => card.OnChanged, _ => _changes++));
}
