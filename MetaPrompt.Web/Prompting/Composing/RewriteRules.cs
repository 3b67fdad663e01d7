using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A better version of a text: what must stay, how far to go, whose voice.</summary>
internal sealed class RewriteRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var correct = IsCorrection(goal);
        if (!correct && !IsCut(goal))
            yield return Degree(goal);
        yield return new Topic
        {
            Id = "keep",
            Slot = Slots.Constraints,
            Ask = $"What in {goal.The} must stay as it is?",
            Why = "A model that improves a text also improves what should not be touched.",
            Options =
            [
                new("Facts, names and numbers", "Facts, names, numbers, quotations and links stay exactly as they are."),
                new("My humour and odd phrases", "Keep jokes, odd phrases and repetitions that are there on purpose; when in doubt, keep them."),
                new("Technical terms", "Keep technical terms as they are; smooth the sentences around them instead of replacing them."),
                new("Headings and formatting", "Keep headings, lists, links and other formatting character by character; work only on the text between."),
            ],
            Assume = "Assume facts, names, numbers, quotations and links must stay exactly as they are.",
            Own = reply => reply.Into("Keep {0} exactly as in the original.", "Keep this untouched"),
        };
        if (!correct && !goal.Mentions("simplify|simpler|plain"))
            yield return Voice(goal);
        if (!correct)
            yield return new Topic
            {
                Id = "audience",
                Slot = Slots.Audience,
                Ask = $"Who will read {goal.The}?",
                Why = "What is clear to one reader is jargon or condescension to another.",
                Options =
                [
                    new("The same readers as before", "Readers stay the same: whatever they know already needs no explanation."),
                    new("People outside the field", "Readers come from outside the field: replace or explain each special term at first use."),
                    new("A superior or client", "The reader decides something about the author: the request or result moves to the first sentence."),
                    new("Readers whose first language is another", "Readers have another first language: no idioms, no phrasal verbs where a simple verb exists."),
                ],
                Assume = "Assume the same readers as before, with the same knowledge.",
                Own = reply => reply.Into("Write for {0}: replace what they would stumble over.", "Write with these readers in mind"),
            };
        yield return new Topic
        {
            Id = "changes",
            Slot = Slots.Format,
            Ask = "Do you want to see what was changed?",
            Why = "It decides whether the answer can be pasted as it is or first has to be checked.",
            Options =
            [
                new("Text first, then a list of changes", "Give the new version first. Under a line “Changes:” list what you changed and why, one line each; group small corrections into one line."),
                new("Only the new text", "Answer with the new version alone, ready to paste."),
                new("Two versions to choose from", "Give two versions: a careful one that stays close, and a bold one. One line before each says what it risks."),
                new("Original and new sentence side by side", "Answer as a table with the columns Original, New, Why, one row per changed sentence; leave out unchanged ones."),
            ],
            Assume = "Assume the new version is pasted as it is: answer with it alone.",
            Own = reply => reply.After("Present the result like this"),
            Open = "Give the new version, then one line on what was changed.",
        };
    }

    private static bool IsCorrection(GoalAnatomy goal) => goal.Mentions("proofread\\w*|grammar|spelling|typos|punctuation");

    private static bool IsCut(GoalAnatomy goal) => goal.Mentions("shorten|shorter|condense|trim|tighten|cut");

    private static Topic Degree(GoalAnatomy goal) => new Topic
    {
        Id = "degree",
        Slot = Slots.Scope,
        Ask = $"How much of {goal.The} may change?",
        Why = "Between fixing commas and writing it anew lie very different results.",
        Options =
        [
            new("Wording, not structure", "Change wording freely, but keep the order of thoughts and the paragraphs."),
            new("Only mistakes", "Correct spelling, grammar and punctuation; leave every sentence that is correct exactly as it is, even one you would write differently."),
            new("Everything but the facts", "Reorder, merge and rewrite as you see fit: only the facts, names and numbers are fixed."),
            new("Cut by a third", "Cut a third of the words: first repetitions, then introductions, then examples after the first; keep each point."),
        ],
        Assume = "Assume wording may change but structure may not: keep the order of thoughts and the paragraphs.",
        Own = reply => reply.After("Go this far and no further", "Where a sentence needs none of it, leave it as it is."),
    };

    private static Topic Voice(GoalAnatomy goal) => Common.Tone(goal, "Whose voice should it have afterwards?",
    [
        new("Still mine", "It must still sound like its author: keep characteristic words and rhythm, and repair only what gets in their way."),
        new("Clear and professional", "Let it sound clear and professional: active verbs, one thought per sentence, no filler."),
        new("Friendlier", "Let it sound friendlier: address the reader directly, give reasons for requests, soften orders into questions."),
        new("Simpler", "Let it sound simple: sentences of up to 15 words, everyday words, one idea each."),
        new("Like a sample of my writing", WritingForms.VoiceSample),
    ], "Assume it must still sound like its author: keep characteristic words and rhythm.");

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "writing_sample", Label = "Sample of the voice", Help = "A page in the voice you want.", Type = VariableType.LongText });
        brief.Add(TaskLine.Of(brief, "improve"));
        if (goal.Main is null)
            brief.AddInput("original", "Original", "The text to work on.");
        brief.AddMaterials();
        brief.AddRest();
        brief.Add(IsCorrection(goal) ? "Correct spelling, grammar and punctuation; leave every sentence that is correct exactly as it is, even one you would write differently." : brief.Say("degree"), brief.Say("keep"));
        brief.Add(brief.Say("tone"), brief.Say("audience"));
        if (goal.Mentions("shorten|shorter|cut|concise|condense|trim|tighten"))
            brief.Add("Cut in this order until it is short enough: repetitions, announcements of what is about to be said, adjectives, second examples. The result has at most two thirds of the words, and every point of the original.");
        else if (goal.Mentions("proofread|grammar|spelling|typos|correct|mistakes"))
            brief.Add("Where a rule allows two spellings, keep the one the text uses most; keep British or American spelling as you find it.");
        else if (goal.Mentions("simplify|plain|simpler|easier"))
            brief.Add("Split sentences above 20 words, turn nouns back into verbs, and put who does it before what is done. A term that has to stay is explained in brackets at first use.");
        else
            brief.Add("Repair in this order: what could be misunderstood, what is said twice, what is longer than it need be, what sounds stiff.");
        brief.AddOtherAnswers();
        brief.Add("If a sentence can be read in two ways, keep its wording and put a question about it after the text instead of choosing. About as long as the original unless said otherwise.");
        brief.Add(brief.Say("changes"));
    }
}
