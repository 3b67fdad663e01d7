using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>An explanation, a lesson or the answer to a question: what the learner knows, how deep, what to do when unsure.</summary>
internal sealed class AnswerRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        if (goal.Sentence.IsQuestion)
        {
            foreach (var topic in QuestionTopics.Of(goal))
                yield return topic;
            yield break;
        }
        var subject = goal.Thing is "answer" or "topic" ? "the subject" : goal.Materials.Any(material => material.Phrase == goal.Thing) ? goal.The : goal.Thing;
        yield return new Topic
        {
            Id = "level",
            Slot = Slots.Level,
            Ask = $"What does the learner know about {subject} already?",
            Why = "An explanation starts where the learner stands or it explains nothing.",
            Options =
            [
                new("Nothing yet", "The learner is new to this: begin with something from daily life that works the same way, and bring in each term only after the thing it names."),
                new("The basics", "The learner knows the basics: repeat them in one sentence and go to what they get wrong at this stage."),
                new("The practice, not the theory", "The learner does it daily without knowing why: start from cases they meet and end at the principle."),
                new("Different each time", "The learner says what they know: {{what_i_know}}. Start exactly there."),
            ],
            Assume = "Assume a learner who is new to this: bring in each term only after the thing it names.",
            Own = reply => reply.Into("The learner brings this: {0}. Start exactly there and repeat none of it.", "Start from what the learner brings", "Repeat none of it."),
        };
        yield return new Topic
        {
            Id = "purpose",
            Slot = Slots.Purpose,
            Ask = $"What should the learner be able to do with {subject} afterwards?",
            Why = "It decides what is essential and what is only interesting.",
            Options =
            [
                new("Understand the idea", "The aim is understanding: the learner can say it in their own words and tell when it does not apply."),
                new("Use it today", "The aim is use: the learner can do the first real step alone; theory only where a step would be done wrong without it."),
                new("Pass an exam", "The aim is an exam: name what is usually asked, the form of a full answer and the mistake that costs most."),
                new("Explain it to someone else", "The aim is passing it on: give the one comparison and the one example worth repeating."),
            ],
            Assume = "Assume the aim is understanding: the learner can say it in their own words afterwards.",
            Own = reply => reply.After("Choose what to explain by this aim"),
        };
        yield return new Topic
        {
            Id = "depth",
            Slot = Slots.Length,
            Ask = "How deep should it go?",
            Why = "Depth is length: a paragraph and a lesson are different texts.",
            Options =
            [
                new("One page with an example", "Keep to one page: the idea, one worked example, one limit."),
                new("A short paragraph", "Keep to one paragraph of up to 120 words."),
                new("A lesson in steps", "Teach it in at most seven steps, each resting on the one before; after each step one question that shows whether it arrived."),
                new("Different each time", "Go as deep as this: {{depth}}."),
            ],
            Assume = "Assume one page is enough: the idea, one worked example, one limit.",
            Own = reply => reply.After("Go this deep"),
            Open = "Keep to one page.",
        };
        yield return new Topic
        {
            Id = "check",
            Slot = Slots.Criteria,
            Ask = "How should understanding be checked?",
            Why = "Only a question that has to be answered shows what was understood.",
            Options =
            [
                new("Two questions at the end, answers below", "End with two questions that cannot be answered by repeating a sentence; the solutions stand below a line."),
                new("Ask me and wait", "Stop after the explanation and ask one question. Wait for my answer; where it is wrong, explain the cause of the mistake in another way and ask again."),
                new("A small exercise", "End with an exercise of five minutes that uses it on a new case, with a hint and, below a line, the solution."),
                new("Not at all", "End with the sentence that is worth remembering."),
            ],
            Assume = "Assume the learner wants to check themselves: end with two questions and, below a line, their answers.",
            Own = reply => reply.After("Check understanding like this"),
        };
        yield return new Topic
        {
            Id = "sources",
            Slot = Slots.Failure,
            Ask = "What may the answer rest on?",
            Why = "It decides what happens where the model knows little.",
            Options =
            [
                new("General knowledge, doubts marked", "Use general knowledge. Say where experts disagree, and put “not sure:” before each statement you could not defend."),
                new("Only a text I give", "Use only the text in <source>. What it does not answer is not answered: say “the source does not say”.\n<source>\n{{source}}\n</source>"),
                new("Named sources", "Name for each important statement where it can be looked up; where you cannot, say that it is from memory."),
            ],
            Assume = "Assume general knowledge will do: put “not sure:” before each statement you could not defend.",
            Own = reply => reply.After("Rest the answer on this", "Say so where it does not reach."),
        };
        yield return new Topic
        {
            Id = "example",
            Slot = Slots.Example,
            Ask = $"Where should examples for {subject} come from?",
            Why = "An example from the learner's own world does half the explaining.",
            Options =
            [
                new("Daily life", "Take examples from kitchen, street and family."),
                new("Work", "Take examples from an office: people, deadlines, money."),
                new("The same field", "Take examples from the field itself, with real numbers."),
                new("A world I name each time", "Take examples from {{world_of_examples}}."),
            ],
            Assume = "Assume examples from daily life work best.",
            Own = reply => reply.Into("Take examples from {0}.", "Take examples from this world"),
        };
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "what_i_know", Label = "What I know", Help = "What the learner knows about it already.", Example = "fractions, but not decimals" });
        brief.Declare(new PromptVariable { Name = "depth", Label = "Depth", Help = "How long or how deep.", Default = "one page with an example" });
        brief.Declare(new PromptVariable { Name = "world_of_examples", Label = "World of the examples", Help = "A job, hobby or place the learner knows.", Example = "football" });
        brief.Declare(new PromptVariable { Name = "source", Label = "Source", Help = "The text the answer may use.", Type = VariableType.LongText });
        brief.Add(Task(brief));
        brief.AddMaterials();
        if (NeedsQuestion(goal))
            brief.AddInput("question", "Question", "What you want to know, with what you have tried or read.");
        else if (goal.Materials.Count == 0 && goal.IsEnglish && goal.Sentence.IsQuestion)
            brief.AddInput("my_situation", "My situation", "Facts that matter for the answer: place, numbers, what you have tried.", required: false);
        else if (goal.Materials.Count == 0 && goal.IsEnglish)
            brief.AddInput("focus", "Focus", "Which part of it, and what is unclear so far. May stay empty.", required: false);
        brief.AddRest();
        brief.Add(brief.Say("level"), brief.Say("purpose"));
        brief.Add(brief.Say("limits"));
        brief.Add("Begin with the answer or the core of it in one sentence. Then why it is so, one example carried through to its result, and where it stops being true or is commonly misunderstood.", brief.Say("example"));
        brief.Add(brief.Say("depth"), brief.Say("check"));
        brief.AddOtherAnswers();
        brief.Add(brief.Say("sources") ?? "Put “not sure:” before each statement you could not defend.",
            goal.Sentence.IsQuestion ? "If the answer depends on something the question leaves open, name it and answer for the two likeliest cases." : "If the subject has more than one meaning, take the one that fits the rest and say in one clause which.");
    }

    private static bool NeedsQuestion(GoalAnatomy goal) => goal.Materials.Count == 0 && goal.IsEnglish && !goal.Sentence.IsQuestion
        && (goal.Thing is "answer" || goal.Mentions("homework|questions?|problems?"));

    private static string Task(Brief brief)
    {
        var sentence = brief.Goal.Sentence;
        var line = TaskLine.Of(brief, "explain");
        if (!brief.Goal.IsEnglish)
            return line;
        if (sentence.Verb is "learn")
            return "Teach me" + line["Learn".Length..];
        if (sentence.Verb is "understand")
            return "Explain" + line["Understand".Length..];
        return NeedsQuestion(brief.Goal) && sentence.Verb is null ? "Help with the question below: explain the way to the answer before giving it." : line;
    }
}
