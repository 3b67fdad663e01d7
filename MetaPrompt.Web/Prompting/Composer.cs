using MetaPrompt.Web.Prompting.Composing;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting;

/// <summary>Writes the template from a goal and the answers, by rules and without a model.</summary>
public static class Composer
{
    /// <summary>
    /// The template as it is so far. Each answer becomes an instruction, each skip an assumption that the template states;
    /// a question without an entry in <paramref name="answers"/> is still open and says nothing.
    /// </summary>
    public static ComposedPrompt Compose(GoalReading goal, IReadOnlyList<QuestionAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        var anatomy = GoalAnatomy.Of(goal);
        var book = new AnswerBook(answers);
        var rules = KindRules.For(goal.Kind);
        var brief = new Brief(anatomy, book, rules.Asked(anatomy, book));
        rules.Compose(brief);
        return new ComposedPrompt
        {
            Title = TitleMaker.Of(anatomy),
            Template = brief.Text,
            Variables = brief.Variables,
            Assumptions = brief.Assumptions,
        };
    }
}
