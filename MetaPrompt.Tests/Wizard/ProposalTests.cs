using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

/// <summary>A proposal is decided upon change by change, and no variable goes or comes without a word.</summary>
public sealed class ProposalTests
{
    private const string Now = "Write notes.\n\n{{notes}}\n\nAt most {{max}} items.";
    private const string Then = "Write letters.\n\n{{notes}}\n\nAt most five items by {{author}}.";

    [Fact]
    public void Nothing_changes_before_it_is_accepted()
    {
        var proposal = Of(Then);

        Assert.Equal((Now, 2, 0), (proposal.Result, proposal.Open, proposal.Accepted));
        proposal.Decide(0, true);
        Assert.Equal(Now.Replace("notes.", "letters.", StringComparison.Ordinal), proposal.Result);
        proposal.Decide(0, true);
        Assert.Null(proposal.Decision(0));
        proposal.DecideAll(false);
        Assert.Equal((Now, 0), (proposal.Result, proposal.Open));
        proposal.DecideAll(true);
        Assert.Equal(Then, proposal.Result);
    }

    [Fact]
    public void A_lost_and_a_new_variable_each_need_a_word()
    {
        var proposal = Of(Then);
        proposal.DecideAll(true);

        Assert.Equal(["max"], proposal.Losing);
        Assert.Equal(["author"], proposal.Bringing);
        proposal.LetGo("max");
        proposal.Welcome("author");
        Assert.Empty(proposal.Losing.Concat(proposal.Bringing));
        Assert.Equal(Then, proposal.Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keeping_or_turning_away_a_variable_refuses_what_would_lose_or_bring_it(bool keep)
    {
        var proposal = Of(Then);
        proposal.DecideAll(true);

        if (keep)
            proposal.Keep("max");
        else
            proposal.TurnAway("author");

        Assert.Equal((true, false), (proposal.Decision(0), proposal.Decision(1)));
        Assert.Empty(proposal.Losing.Concat(proposal.Bringing));
        Assert.Contains("{{max}}", proposal.Result, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_typed_while_it_is_open_are_not_lost_and_decisions_stay()
    {
        var proposal = Of(Then);
        proposal.Decide(0, true);

        proposal.Follow(Now + " Typed meanwhile.");

        Assert.True(proposal.Decision(0));
        Assert.Equal(Now.Replace("notes.", "letters.", StringComparison.Ordinal) + " Typed meanwhile.", proposal.Result);
    }

    [Fact]
    public void A_section_is_replaced_where_it_stands_or_not_at_all()
    {
        var proposal = new Proposal(Now, "Write notes.", Composed("Write a letter."), "what", null);

        Assert.Equal("Write notes.", Assert.Single(proposal.Hunks.Changes).Old);
        proposal.Follow("Before. " + Now);
        Assert.Single(proposal.Hunks.Changes);
        proposal.Follow("Something else.");
        Assert.Empty(proposal.Hunks.Changes);
    }

    private static Proposal Of(string text) => new(Now, null, Composed(text), "what", "Scripted");

    private static ComposedPrompt Composed(string template) => new() { Title = "t", Template = template, Variables = [], Assumptions = [] };
}
