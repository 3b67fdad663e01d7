using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

/// <summary>Questions that follow the answers, and sections that remember them.</summary>
public sealed class AdaptTests
{
    private readonly WizardState _state = new() { Goal = "Turn merged pull requests into release notes" };

    [Fact]
    public void What_is_answered_or_begun_stays_and_the_rest_follows_the_model()
    {
        Asked("a", "b", "c", "d");
        _state.Questions[1].Toggle("one");
        _state.Questions[2].Write("in my own wor");

        _state.Adapt([Some("d"), Some("e")], "M", at: null);

        Assert.Equal(["b", "c", "d", "e"], Ids());
        Assert.Equal(("one", "in my own wor"), (_state.Questions[0].Answer, _state.Questions[1].Own));
    }

    [Fact]
    public void Nothing_above_the_question_a_person_is_at_goes()
    {
        Asked("a", "b", "c");

        _state.Adapt([Some("e")], "M", at: "b");

        Assert.Equal(["a", "b", "e"], Ids());
    }

    [Fact]
    public void An_answered_question_keeps_its_words_whatever_the_model_calls_it_now()
    {
        Asked("a");
        _state.Questions[0].Toggle("one");

        _state.Adapt([Some("a") with { Text = "Something else?" }, Some("b")], "M", null);

        Assert.Equal("What about a?", _state.Questions[0].Question.Text);
    }

    [Fact]
    public void At_most_six_are_asked_and_none_that_is_answered_makes_room()
    {
        Asked("a", "b", "c", "d");
        foreach (var asked in _state.Questions)
            asked.ToggleSkip();

        _state.Adapt([Some("e"), Some("f"), Some("g"), Some("h")], "M", null);

        Assert.Equal(["a", "b", "c", "d", "e", "f"], Ids());
    }

    [Fact]
    public void Questions_come_one_by_one_and_are_asked_for_again_after_a_reload_in_between()
    {
        _state.Adapt([Some("a")], "M", null, inPart: true);
        Assert.Equal((1, false), (_state.Questions.Count, _state.IsAsked));
        _state.Questions[0].Toggle("one");

        var reloaded = WizardDraft.Read(WizardDraft.Write(_state))!;
        Assert.False(reloaded.IsAsked);
        reloaded.Adapt([Some("b")], "M", null);

        Assert.Equal(["a", "b"], reloaded.Questions.Select(asked => asked.Question.Id));
        Assert.True(reloaded.IsAsked);
        Assert.Equal("M", reloaded.Questions[0].By);
    }

    [Fact]
    public void The_rules_that_take_over_keep_what_a_model_asked_and_a_person_answered()
    {
        Asked("a", "b");
        _state.Questions[0].Toggle("one");

        _state.AskByRules();

        Assert.Equal("a", _state.Questions[0].Question.Id);
        Assert.DoesNotContain("b", Ids());
        Assert.InRange(_state.Questions.Count, 3, 6);
        _state.AskByRules();
        Assert.Equal("a", _state.Questions[0].Question.Id);
    }

    [Fact]
    public void By_the_rules_an_answer_closes_a_slot_it_fills_in_passing_and_opens_what_follows()
    {
        _state.Goal = "Write a blog post about bicycles";
        _state.AskByRules();
        Assert.Contains("length", Ids());

        _state.Questions.First(asked => asked.Question.Id == "audience").Write("commuters, in at most 300 words");
        _state.AskByRules();
        Assert.DoesNotContain("length", Ids());
        Assert.Contains("300 words", _state.Preview().Template, StringComparison.Ordinal);

        _state.Questions.First(asked => asked.Question.Id == "purpose").Toggle("Change their mind");
        _state.AskByRules();
        Assert.Contains("objection", Ids());

        _state.Questions.First(asked => asked.Question.Id == "audience").Write("commuters");
        _state.AskByRules();
        Assert.Contains("length", Ids());
    }

    [Fact]
    public void Sections_remember_their_answers_through_the_draft_an_edit_a_rename_and_an_undo()
    {
        _state.AskByRules();
        foreach (var asked in _state.Questions.ToList())
            asked.ToggleSkip();
        _state.Take(_state.Preview(), null);
        var known = From(_state);
        Assert.Contains(known, from => from.Length > 0);

        _state.Edit(_state.Template + "\n\nMy own words.");
        var reloaded = WizardDraft.Read(WizardDraft.Write(_state))!;
        Assert.Equal([.. known, ""], From(reloaded));

        reloaded.Edit(reloaded.Edited!.Change(reloaded.Variables[0].Name, reloaded.Variables[0] with { Name = "renamed" }, out var problem));
        Assert.Null(problem);
        Assert.Equal([.. known, ""], From(reloaded));
        Assert.All(reloaded.Sections.SkipLast(1), section => Assert.False(section.IsEdited));

        var proposal = new Proposal(reloaded.Template!, reloaded.Sections[^1].Text, new ComposedPrompt { Title = "", Template = "Your words.", Variables = [], Assumptions = [], Sections = [new("Your words.", ["audience"])] }, "x", null);
        proposal.DecideAll(true);
        reloaded.Accept(proposal.Result, proposal.Variables, proposal.Origins);
        Assert.Equal([.. known, "audience"], From(reloaded));
        reloaded.Undo();
        Assert.Equal([.. known, ""], From(reloaded));
    }

    private static Question Some(string id) => new() { Id = id, Text = $"What about {id}?", Why = "w", Slot = Slots.Scope, Suggestions = ["one", "two"], AssumptionIfSkipped = $"Assume {id}." };

    private static string[] From(WizardState state) => [.. state.Sections.Select(section => string.Join(' ', section.QuestionIds))];

    private IEnumerable<string> Ids() => _state.Questions.Select(asked => asked.Question.Id);

    private void Asked(params string[] ids) => _state.Adapt([.. ids.Select(Some)], "M", null);
}
