using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>An answer to pick, and the instruction it becomes.</summary>
internal sealed record Option(string Label, string Says);

/// <summary>Something a kind asks about: the question, and what each answer to it says in the template.</summary>
internal sealed record Topic
{
    public required string Id { get; init; }

    public required string Slot { get; init; }

    public required string Ask { get; init; }

    public required string Why { get; init; }

    public required IReadOnlyList<Option> Options { get; init; }

    /// <summary>The sentence a skip writes; begins with "Assume".</summary>
    public required string Assume { get; init; }

    /// <summary>The instruction made of a person's own words.</summary>
    public required Func<Reply, string> Own { get; init; }

    /// <summary>What stands in the template while the question is open; null for nothing.</summary>
    public string? Open { get; init; }

    /// <summary>Whether the question follows an answer to another: such a one is never dropped for a slot the goal fills.</summary>
    public bool FollowsUp { get; init; }
}

/// <summary>What one kind asks and how it composes. Stateless.</summary>
internal abstract class KindRules
{
    public const int Most = 6;

    /// <summary>What could be asked about this goal, most telling first.</summary>
    public abstract IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers);

    /// <summary>Writes the template.</summary>
    public abstract void Compose(Brief brief);

    public static KindRules For(TaskKind kind) => kind switch
    {
        TaskKind.Rewrite => new RewriteRules(),
        TaskKind.Summarise => new SummariseRules(),
        TaskKind.Extract => new ExtractRules(),
        TaskKind.Classify => new ClassifyRules(),
        TaskKind.Answer => new AnswerRules(),
        TaskKind.Translate => new TranslateRules(),
        TaskKind.Code => new CodeRules(),
        TaskKind.Analyse => new AnalyseRules(),
        TaskKind.Plan => new PlanRules(),
        TaskKind.Persona => new PersonaRules(),
        TaskKind.Image => new ImageRules(),
        _ => new WriteRules(),
    };

    /// <summary>The topics really asked: without what the goal says already, at most six, follow-ups in their places.</summary>
    public IReadOnlyList<Topic> Asked(GoalAnatomy goal, AnswerBook answers)
    {
        var all = Topics(goal, answers).DistinctBy(topic => topic.Id).ToList();
        var said = SaidByAnswers(goal, answers, all);
        var open = all.Where(topic => topic.FollowsUp || answers.Find(topic.Id) is not null || (!goal.Filled.Contains(topic.Slot) && !said.Contains(topic.Slot))).ToList();
        // A goal that says nearly everything still leaves two things worth asking.
        foreach (var topic in all)
        {
            if (open.Count >= 2)
                break;
            if (!open.Contains(topic) && !said.Contains(topic.Slot) && topic.Slot is not (Slots.Language or Slots.Labels or Slots.Fields or Slots.Technology))
                open.Add(topic);
        }
        while (open.Count > Most)
        {
            // What has been answered stays on the page; of the rest, the last matters least.
            var drop = open.FindLastIndex(topic => answers.Find(topic.Id) is null && !topic.FollowsUp);
            open.RemoveAt(drop >= 0 ? drop : open.Count - 1);
        }
        return open;
    }

    // "Customers who do not program, in two sentences" answers who reads it and how long it may be: nobody is asked again.
    private static HashSet<string> SaidByAnswers(GoalAnatomy goal, AnswerBook answers, List<Topic> all)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var topic in all)
        {
            if (answers.Find(topic.Id)?.Answer is not { } answer || topic.Options.Any(option => string.Equals(option.Label, answer.Trim().TrimEnd('.'), StringComparison.OrdinalIgnoreCase)))
                continue;

            foreach (var slot in SlotFinder.Find(answer.Length > 1_500 ? answer[..1_500] : answer, goal.Kind))
            {
                if (slot != topic.Slot && slot is Slots.Length or Slots.Tone or Slots.Audience or Slots.Level)
                    said.Add(slot);
            }
        }

        return said;
    }
}
