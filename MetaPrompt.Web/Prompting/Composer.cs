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
        var brief = Write(goal, answers);
        return new ComposedPrompt
        {
            Title = TitleMaker.Of(brief.Goal),
            Template = brief.Text,
            Variables = brief.Variables,
            Assumptions = brief.Assumptions,
        };
    }

    /// <summary>
    /// The sections of what <see cref="Compose"/> writes, each with the questions it comes from: those whose answer stands in it,
    /// and those without whose answer it would read otherwise.
    /// </summary>
    public static IReadOnlyList<SectionOrigin> Sections(GoalReading goal, IReadOnlyList<QuestionAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        var brief = Write(goal, answers);
        var texts = Texts(brief).ToList();
        var from = texts.Distinct().ToDictionary(text => text, text => brief.SpeakingIn(text).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var answer in answers.DistinctBy(answer => answer.QuestionId))
        {
            var others = answers.Where(other => other.QuestionId != answer.QuestionId);
            Differing(others);

            // What stands there without an answer too comes from it all the same: another answer would change it.
            if (!from.Values.Any(ids => ids.Contains(answer.QuestionId)) && Another(answer) is { } another)
                Differing(others.Append(answer with { Answer = another }));

            void Differing(IEnumerable<QuestionAnswer> otherwise)
            {
                foreach (var text in texts.Except(Texts(Write(goal, [.. otherwise]))))
                    from[text].Add(answer.QuestionId);
            }
        }

        return [.. texts.Select(text => new SectionOrigin(text, [.. answers.Select(answer => answer.QuestionId).Where(from[text].Contains).Distinct()]))];

        string? Another(QuestionAnswer answer) => Questions.For(goal, answers).FirstOrDefault(question => question.Id == answer.QuestionId)?.Suggestions.LastOrDefault(label => label != answer.Answer);
    }

    private static Brief Write(GoalReading goal, IReadOnlyList<QuestionAnswer> answers)
    {
        var anatomy = GoalAnatomy.Of(goal);
        var book = new AnswerBook(answers);
        var rules = KindRules.For(goal.Kind);
        var brief = new Brief(anatomy, book, rules.Asked(anatomy, book));
        rules.Compose(brief);
        return brief;
    }

    private static IEnumerable<string> Texts(Brief brief) => TemplateSections.Of(brief.Text, []).Select(section => section.Text);
}
