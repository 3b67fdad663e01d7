using System.Text.Json.Nodes;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class WizardDraftTests
{
    [Fact]
    public void Everything_comes_back_from_the_browser()
    {
        var state = WizardStateTests.Composed();
        state.Questions[1].ToggleSkip();
        state.Questions[1].Assume("Assume <b>this</b> & “that”.");
        state.Edit("Mine: {{topic}} \\{{ 🙂");
        state.Edit(state.Edited!.Change("topic", state.Variables[0] with { Label = "Thema", Default = "Blazor" }, out _));
        state.Title = "My title";
        state.Take(state.Preview(), null);

        var back = WizardDraft.Read(WizardDraft.Write(state));

        Assert.NotNull(back);
        Assert.Equal(WizardStep.Template, back.Step);
        Assert.Equal(state.Goal, back.Goal);
        Assert.Equal(state.Answers, back.Answers);
        Assert.Equal(state.Questions.Select(asked => asked.Question.Text), back.Questions.Select(asked => asked.Question.Text));
        Assert.Equal((state.Title, state.Template), (back.Title, back.Template));
        Assert.Equal((state.IsEdited, state.IsStale, state.IsAsked), (back.IsEdited, back.IsStale, back.IsAsked));
        back.Undo();
        Assert.Equal("Mine: {{topic}} \\{{ 🙂", back.Template);
        Assert.Equal("Blazor", back.Variables[0].Default);
    }

    [Fact]
    public void A_second_round_trip_changes_nothing()
    {
        var once = WizardDraft.Write(WizardStateTests.Composed());

        Assert.Equal(once, WizardDraft.Write(WizardDraft.Read(once)!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("""{"version":99,"goal":"from the future"}""")]
    [InlineData("""{"version":1,"goal":{"an":"object"}}""")]
    [InlineData("""{"version":1,"questions":"many"}""")]
    [InlineData("""{"version":1,"goal":"  "}""")]
    public void What_is_no_draft_is_no_draft(string? text) => Assert.Null(WizardDraft.Read(text));

    [Fact]
    public void Nesting_without_end_is_no_draft() =>
        Assert.Null(WizardDraft.Read("""{"version":1,"goal":""" + new string('[', 100_000)));

    [Theory]
    [InlineData("questions", "[null, {}, {\"id\":\"a\"}, {\"id\":\"b\",\"text\":\"T\",\"suggestions\":[null,\"\",\"x\",\"x\"]}, {\"id\":\"b\",\"text\":\"again\"}]")]
    [InlineData("dismissed", "[null, \"x\"]")]
    [InlineData("replaced", "{\"title\":null,\"template\":\"{{y}}\",\"variables\":\"{]\"}")]
    [InlineData("replaced", "{}")]
    [InlineData("variables", "\"no json\"")]
    [InlineData("step", "\"42\"")]
    [InlineData("step", "\"Template\"")]
    [InlineData("composedFrom", "\"nothing I know\"")]
    public void A_draft_with_broken_parts_gives_back_the_rest(string part, string json)
    {
        var draft = new JsonObject { ["version"] = 1, ["goal"] = "Summarise reports" };
        draft[part] = JsonNode.Parse(json);

        var state = WizardDraft.Read(draft.ToJsonString());

        Assert.NotNull(state);
        Assert.Equal("Summarise reports", state.Goal);
        Assert.True(state.Questions.All(asked => asked.Question.Suggestions.All(suggestion => suggestion.Length > 0)));
        Assert.True(state.Step == WizardStep.Goal || state.Questions.Count > 0 || state.Template is not null);
        Assert.NotNull(WizardDraft.Write(state));
    }

    [Fact]
    public void A_step_that_has_nothing_to_show_falls_back_to_one_that_has()
    {
        var state = WizardStateTests.Asked();
        state.Step = WizardStep.Template;

        Assert.Equal(WizardStep.Questions, WizardDraft.Read(WizardDraft.Write(state))!.Step);
    }
}
