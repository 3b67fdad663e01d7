using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A new text: reader, aim, tone and length decide; the form brings its structure and its standards.</summary>
internal sealed class WriteRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var form = WritingForms.Of(goal.Thing);
        var purpose = Purpose(goal, form);
        if (!goal.KindIsClear)
            yield return purpose with { Ask = "What would you do with the answer?" };
        yield return new Topic
        {
            Id = "audience",
            Slot = Slots.Audience,
            Ask = goal.IsEnglish && goal.KindIsClear ? form.IsList ? $"Who {(goal.Plural ? "are" : "is")} {goal.The} for?" : $"Who read{(form.Names.Contains("speech", StringComparison.Ordinal) ? "s or hears" : "s")} {goal.The}?" : "Who is the answer for?",
            Why = "Readers decide which words need explaining and what can be left out.",
            Options = form.Readers,
            Assume = $"Assume {form.AssumedReader}.",
            Own = reply => reply.Into("Write for {0}:", "Write with these readers in mind", null) is var lead && reply.IsPhrase
                ? lead + " use the words they use themselves, explain what they would have to look up and leave out what they know."
                : lead,
        };
        if (goal.KindIsClear)
            yield return purpose;
        if (answers.Says("purpose", "change their mind", "persuade", "convince", "approve", "buy", "decide"))
            yield return Objection(goal);
        if (form.IsList)
        {
            if (!goal.Mentions("a few|several|some|a couple"))
                yield return Count(goal);
        }
        else
            yield return Common.Length(goal.The, $"How long may {goal.The} be?", $"a length of {English.Lower(form.Lengths[0])}", form.Lengths) is var length && form.Lengths.Contains("Different each time")
            ? length with { Options = [.. length.Options.Where(option => option.Label != "Different each time"), new Option("Different each time", $"Keep {goal.The} to {{{{length}}}}.")] }
            : length;
        yield return Common.Tone(goal, $"How should {goal.The} sound?", form.Tones ?? WritingForms.Tones, Assumed(form.Tones ?? WritingForms.Tones));
        var limits = form.Limits ?? GeneralLimits;
        yield return new Topic
        {
            Id = "leave_out",
            Slot = Slots.Constraints,
            Ask = $"What should {goal.The} leave out?",
            Why = "What must not be in it is the thing a model gets wrong most easily.",
            Options = limits,
            Assume = "Assume this about content: " + English.Lower(limits[0].Says),
            Own = reply => Common.LeaveOut(reply, goal.The),
        };
    }

    private static Topic Count(GoalAnatomy goal) => new()
    {
        Id = "length",
        Slot = Slots.Length,
        Ask = "How many do you want to choose from?",
        Why = "Ten bring variety, five bring care.",
        Options =
        [
            new("Ten", "Give ten."), new("Five", "Give five, each worked out with care."), new("Twenty", "Give twenty, grouped by direction."),
            new("Different each time", "Give {{number_of_ideas}}."),
        ],
        Assume = "Assume ten are enough to choose from.",
        Own = reply => reply.IsPhrase ? $"Give {reply.Inner}." : reply.After("Decide how many by this rule"),
        Open = "Give at least five.",
    };

    private static readonly IReadOnlyList<Option> GeneralLimits =
    [
        new("Jargon", "Leave out jargon; use the word the reader would use instead."),
        new("Filler and praise", "Leave out filler and praise; every sentence adds a fact or moves things on."),
        new("Personal details", "Leave out personal details; name roles instead of people."),
    ];

    private static Topic Purpose(GoalAnatomy goal, WritingForm form) => new()
    {
        Id = "purpose",
        Slot = Slots.Purpose,
        Ask = $"What should a reader do or feel after {goal.The}?",
        Why = "The aim decides what comes first and what the last line is.",
        Options = [.. form.Aims.Select(aim => aim with { Says = Worked(goal, aim.Says) })],
        Assume = "Assume one aim: " + English.Lower(Worked(goal, form.Aims[0].Says)),
        Own = reply => reply.After($"Serve this aim with every sentence of {goal.The}", "What does not serve it goes."),
    };

    // The forms speak of "it"; the template names the thing, since nothing may stand before the sentence.
    private static string Worked(GoalAnatomy goal, string says)
    {
        var at = says.IndexOf(" worked ", StringComparison.Ordinal);
        return at < 0 ? says : $"{English.Upper(goal.The)} {(goal.Plural ? "have" : "has")}{says[at..]}";
    }

    private static Topic Objection(GoalAnatomy goal) => new()
    {
        Id = "objection",
        Slot = Slots.Criteria,
        FollowsUp = true,
        Ask = $"What will make the reader of {goal.The} hesitate?",
        Why = "A doubt that is named and answered persuades more than another advantage.",
        Options =
        [
            new("It costs too much", "Expect the reader to think it costs too much: say what it costs to leave things as they are, in the same unit."),
            new("It is a risk", "Expect the reader to see a risk: name the worst case, how likely it is and how to step back from it."),
            new("It is too much effort", "Expect the reader to fear the effort: list what they have to do themselves, with minutes."),
            new("They do not know us", "Expect the reader not to trust the sender yet: put someone else's experience before your own claims."),
        ],
        Assume = "Assume the reader's main doubt is the effort: say what they have to do themselves and how long it takes.",
        Own = reply => reply.After("Take up this doubt before the reader can raise it, and answer it with evidence"),
    };

    private static string Assumed(IReadOnlyList<Option> tones) =>
        "Assume a tone that is " + English.Lower(tones[0].Label) + ":" + Rest(tones[0].Says);

    private static string Rest(string says) => says.IndexOf(':', StringComparison.Ordinal) is > 0 and var at ? says[(at + 1)..] : " it shows in the choice of words.";

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        var form = WritingForms.Of(goal.Thing);
        brief.Declare(new PromptVariable { Name = "audience", Label = "Audience", Help = "Who reads it, and what they know already.", Example = "first-time home buyers" });
        brief.Declare(new PromptVariable { Name = "recipient", Label = "Recipient", Help = "Who gets it and how you know them.", Example = "my landlord, whom I have met twice" });
        brief.Declare(new PromptVariable { Name = "number_of_ideas", Label = "How many", Type = VariableType.Number, Default = "10" });
        brief.Declare(new PromptVariable { Name = "learners", Label = "Learners", Help = "Age or level, and what they know.", Example = "pupils of about 14, two lessons in" });
        brief.Declare(new PromptVariable { Name = "length", Label = "Length", Help = "A number of words, paragraphs or pages.", Default = form.Lengths[0] is "Different each time" ? null : English.Lower(form.Lengths[0]) });
        brief.Declare(new PromptVariable { Name = "writing_sample", Label = "Sample of your writing", Help = "A page you wrote and like.", Type = VariableType.LongText });

        brief.Add(TaskLine.Of(brief, "write"));
        if (goal.Materials.Any(one => !TaskLine.IsInline(one)))
        {
            brief.AddMaterials();
        }
        else if (form.Facts.Name.Length > 0)
        {
            brief.AddInput(form.Facts.Name, form.Facts.Label, form.Facts.Help);
        }
        brief.AddRest();
        var hasMaterial = goal.Materials.Any(one => !TaskLine.IsInline(one));
        brief.Add(brief.Say("audience"), brief.Say("purpose"), brief.Say("objection"));
        brief.Add(form.Structure, brief.Say("length"));
        brief.Add(brief.Say("tone"));
        brief.Add(form.Quality, brief.Say("leave_out"));
        brief.AddOtherAnswers();
        brief.Add(hasMaterial ? $"Take facts, names and numbers from {English.List(goal.Materials.Where(one => !TaskLine.IsInline(one)).Select(one => one.The).ToList())} only." : form.UseFacts, form.Missing);
        brief.Add(goal.IsEnglish && goal.KindIsClear ? $"Answer with {goal.The} alone, ready to use, without a preface." : "Answer with the finished text alone, ready to use.");
    }
}
