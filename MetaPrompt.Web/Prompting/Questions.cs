using MetaPrompt.Web.Prompting.Composing;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting;

/// <summary>The clarifying questions, by rules.</summary>
public static class Questions
{
    /// <summary>
    /// Two to six questions for a goal, the one that changes the template most first; none about what the goal says already.
    /// Answered questions stay in the list; an answer can bring a further question or take one away.
    /// </summary>
    public static IReadOnlyList<Question> For(GoalReading goal, IReadOnlyList<QuestionAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        return KindRules.For(goal.Kind).Asked(GoalAnatomy.Of(goal), new AnswerBook(answers))
            .Select(topic => new Question
            {
                Id = topic.Id,
                Text = topic.Ask,
                Why = topic.Why,
                Slot = topic.Slot,
                Suggestions = topic.Options.Select(option => option.Label).Take(5).ToList(),
                AssumptionIfSkipped = topic.Assume,
            }).ToList();
    }
}
