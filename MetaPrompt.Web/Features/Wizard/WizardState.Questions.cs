using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The part that asks, and follows the answers with what it asks.</summary>
public sealed partial class WizardState
{
    /// <summary>Asks by the wizard's own rules; answers given so far stay.</summary>
    public void AskByRules() => Ask(Prompting.Questions.For(Reading, Answers), null);

    /// <summary>
    /// Shows these questions. One that is shown already stays where it is, with its answer; one that is no longer asked is
    /// put aside with its answer and comes back with it. What a model asked and the person answered stays, whoever asks next.
    /// </summary>
    /// <param name="questions">What to ask.</param>
    /// <param name="by">The model that asks; null for the rules.</param>
    public void Ask(IReadOnlyList<Question> questions, string? by)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var sameGoal = AskedFor == Goal.Trim();
        Arrange(questions, by, (asked, _) => sameGoal && asked.By is not null && asked.IsTouched);
        (AskedFor, AskedBy, IsAskedInPart) = (Goal.Trim(), by, false);
    }

    /// <summary>
    /// Takes what a model asks, at first or after an answer. What the person has answered or begun stays as it is and where it
    /// is; so does everything above the question they are at, which would otherwise move under their hands. Of the others, those
    /// the model no longer asks go, and new ones come at the end; at most six in all.
    /// </summary>
    /// <param name="questions">What is still to be asked.</param>
    /// <param name="by">The model.</param>
    /// <param name="at">The question the person is at; null for none.</param>
    /// <param name="inPart">Whether more of them are on their way: then nothing goes yet.</param>
    public void Adapt(IReadOnlyList<Question> questions, string by, string? at, bool inPart = false)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var sameGoal = AskedFor == Goal.Trim();
        var place = at is null ? -1 : _questions.FindIndex(asked => asked.Question.Id == at);
        Arrange(questions, by, (asked, index) => sameGoal && (inPart || asked.IsTouched || index <= place));
        (AskedFor, AskedBy, IsAskedInPart) = (Goal.Trim(), by, inPart);
    }

    /// <summary>The questions there are will do: no more are awaited.</summary>
    public void EndAsking() => IsAskedInPart = false;

    private void Arrange(IReadOnlyList<Question> questions, string? by, Func<AskedQuestion, int, bool> stays)
    {
        var wanted = new Dictionary<string, Question>(StringComparer.Ordinal);
        foreach (var question in questions)
            wanted.TryAdd(question.Id, question);

        var kept = new HashSet<string>(StringComparer.Ordinal);
        var before = _questions.ToList();
        _questions.Clear();
        foreach (var (index, asked) in before.Index())
        {
            var id = asked.Question.Id;
            if (stays(asked, index))
            {
                _questions.Add(asked);
                kept.Add(id);
                wanted.Remove(id);
            }
            else if (wanted.Remove(id, out var again))
            {
                _questions.Add(With(asked, again, by));
            }
            else if (asked.IsTouched)
            {
                _parked[id] = asked;
            }
        }

        foreach (var (id, question) in wanted)
            _questions.Add(_parked.Remove(id, out var known) ? With(known, question, by) : new AskedQuestion(question, by));
        while (_questions.Count > MaxQuestions && _questions.FindLastIndex(asked => !kept.Contains(asked.Question.Id) && !asked.IsTouched) is >= 0 and var last)
            _questions.RemoveAt(last);
    }

    private static AskedQuestion With(AskedQuestion known, Question question, string? by)
    {
        if (known.Question == question && known.By == by)
            return known;

        // An assumption nobody touched follows the question's new words.
        var again = new AskedQuestion(question, by);
        var assumption = known.Assumption == (known.Question.AssumptionIfSkipped ?? "") ? null : known.Assumption;
        again.Restore(known.Picked, known.Own, known.Skipped, assumption);
        return again;
    }
}
