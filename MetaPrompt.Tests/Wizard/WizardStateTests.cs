using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class WizardStateTests
{
    private const string ReleaseNotes = "Write release notes from merged pull requests";

    [Fact]
    public void A_skipped_question_becomes_an_assumption_that_the_template_states()
    {
        var state = Asked();
        var question = state.Questions.First(asked => asked.Question.AssumptionIfSkipped is not null);

        question.ToggleSkip();
        state.Take(state.Preview(), null);

        Assert.Contains(question.Assumption, state.Template, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_changes_the_preview_and_taking_it_back_restores_it()
    {
        var state = Asked();
        var before = state.Preview().Template;

        state.Questions[0].Toggle(state.Questions[0].Question.Suggestions[0]);
        var answered = state.Preview().Template;
        state.Questions[0].Toggle(state.Questions[0].Question.Suggestions[0]);

        Assert.NotEqual(before, answered);
        Assert.Equal(before, state.Preview().Template);
    }

    [Fact]
    public void A_chosen_suggestion_counts_before_own_words_and_does_not_lose_them()
    {
        var asked = new AskedQuestion(Some("q"));
        asked.Write("my words");

        asked.Toggle("one");
        Assert.Equal("one", asked.Answer);

        asked.Toggle("one");
        Assert.Equal("my words", asked.Answer);
    }

    [Fact]
    public void Skipping_keeps_the_words_that_were_there()
    {
        var asked = new AskedQuestion(Some("q"));
        asked.Write("my words");

        asked.ToggleSkip();
        Assert.Null(asked.Answer);

        asked.ToggleSkip();
        Assert.Equal("my words", asked.Answer);
    }

    [Fact]
    public void Own_words_replace_a_suggestion_and_a_skip()
    {
        var asked = new AskedQuestion(Some("q"));
        asked.Toggle("one");

        asked.Write("mine");

        Assert.Equal("mine", asked.Answer);
        Assert.Null(asked.Picked);
    }

    [Fact]
    public void A_question_that_goes_and_comes_back_has_its_answer_again()
    {
        var state = new WizardState { Goal = ReleaseNotes };
        state.Ask([Some("a"), Some("b")], null);
        state.Questions[1].Write("kept");

        state.Ask([Some("a")], null);
        Assert.Empty(state.Answers);

        state.Ask([Some("a"), Some("b")], null);
        Assert.Equal("kept", Assert.Single(state.Answers).Answer);
    }

    [Fact]
    public void Questions_that_stay_keep_their_place_when_others_come()
    {
        var state = new WizardState { Goal = ReleaseNotes };
        state.Ask([Some("a"), Some("b")], null);

        state.Ask([Some("c"), Some("b"), Some("a")], null);

        Assert.Equal(["a", "b", "c"], state.Questions.Select(asked => asked.Question.Id));
    }

    [Fact]
    public void A_hand_edited_template_is_stale_but_not_overwritten_when_an_answer_changes()
    {
        var state = Composed();
        state.Edit(state.Template + "\nSign with {{name}}.");

        state.Questions[0].Write("Astronauts on the far side of the moon");

        Assert.True(state.IsStale);
        Assert.True(state.IsEdited);
        Assert.EndsWith("Sign with {{name}}.", state.Template, StringComparison.Ordinal);
    }

    [Fact]
    public void Composing_anew_can_be_undone_to_the_letter()
    {
        var state = Composed();
        state.Edit("Mine: {{x}}");
        state.Title = "My title";

        state.Take(state.Preview(), null);
        Assert.NotEqual("Mine: {{x}}", state.Template);
        state.Undo();

        Assert.Equal("Mine: {{x}}", state.Template);
        Assert.Equal("My title", state.Title);
        Assert.Equal("x", Assert.Single(state.Variables).Name);
        Assert.Null(state.Replaced);
    }

    [Fact]
    public void Keeping_ones_own_settles_the_question()
    {
        var state = Composed();
        state.Edit("Mine");
        state.Questions[0].Write("Something else entirely");

        state.KeepMine();

        Assert.False(state.IsStale);
        Assert.Equal("Mine", state.Template);
    }

    [Fact]
    public void An_untouched_template_has_nothing_to_undo()
    {
        var state = Composed();

        state.Take(state.Preview(), null);

        Assert.Null(state.Replaced);
    }

    [Fact]
    public void What_is_dismissed_is_kept_once_and_can_be_shown_again()
    {
        var state = Composed();

        state.Dismiss("no-length");
        state.Dismiss("no-length");
        Assert.Equal(["no-length"], state.Dismissed);

        state.ShowAll();
        Assert.Empty(state.Dismissed);
    }

    [Fact]
    public void What_is_saved_has_the_answers_and_says_what_a_skip_assumed()
    {
        var state = Asked();
        state.Questions[0].Write("Customers");
        state.Questions[1].ToggleSkip();
        state.Questions[1].Assume("Assume one page.");
        state.Take(state.Preview(), null);

        var prompt = state.ToPrompt();

        Assert.Equal(ReleaseNotes, prompt.Goal);
        Assert.Equal(["Customers", "Skipped. Assume one page."], prompt.Answers.Select(answer => answer.Answer));
        Assert.Equal(state.Variables.Select(variable => variable.Name), PromptVariables.FromJson(prompt.Variables).Select(variable => variable.Name));
    }

    [Fact]
    public void A_goal_of_blanks_or_beyond_measure_is_refused_in_words()
    {
        Assert.NotNull(new WizardState { Goal = "  \n" }.GoalProblem());
        Assert.NotNull(new WizardState { Goal = new string('x', WizardState.MaxGoal + 1) }.GoalProblem());
        Assert.Null(new WizardState { Goal = new string('x', WizardState.MaxGoal) }.GoalProblem());
    }

    [Fact]
    public void Signs_that_no_database_can_hold_are_left_out()
    {
        var state = new WizardState { Goal = "a\0b\ud800c\r\nd" };

        Assert.Equal("ab\ufffdc\nd", state.Goal);
    }

    [Fact]
    public void A_prompt_without_title_or_template_cannot_be_saved()
    {
        var state = Composed();
        state.Title = " ";
        Assert.NotNull(state.Problem());

        state.Title = "A title";
        Assert.Null(state.Problem());

        state.Edit(" ");
        Assert.NotNull(state.Problem());
    }

    internal static WizardState Asked()
    {
        var state = new WizardState { Goal = ReleaseNotes };
        state.AskByRules();
        Assert.True(state.Questions.Count >= 2);
        return state;
    }

    internal static WizardState Composed()
    {
        var state = Asked();
        state.Questions[0].Toggle(state.Questions[0].Question.Suggestions[0]);
        state.Take(state.Preview(), null);
        state.Step = WizardStep.Template;
        return state;
    }

    internal static Question Some(string id) => new()
    {
        Id = id,
        Text = $"What about {id}?",
        Why = $"It decides {id}.",
        Slot = Slots.Scope,
        Suggestions = ["one", "two", "three"],
        AssumptionIfSkipped = $"Assume nothing about {id}.",
    };
}
