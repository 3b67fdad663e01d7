using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>What a text says, shorter: for which decision, how short, and nothing that is not in it.</summary>
internal sealed class SummariseRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var meeting = goal.Mentions("meetings?|minutes|calls?|stand-?ups?|conversation|chat|thread");
        var opinions = goal.Mentions("reviews?|comments?|feedback|responses?|surveys?");
        yield return new Topic
        {
            Id = "decision",
            Slot = Slots.Purpose,
            Ask = $"What does the reader decide or do after the summary of {goal.The}?",
            Why = "What matters in a text depends on what it is read for.",
            Options = meeting
                ? [
                    new("See who does what by when", "The reader wants to act: decisions first, then who does what by when, then what is still open."),
                    new("Catch up after missing it", "The reader was not there: say what changed against before, and why, so that they could join the next time."),
                    new("Decide whether to step in", "The reader decides whether to step in: bring out disagreement, risks and missed dates, with who said so."),
                ]
                : opinions
                ? [
                    new("Decide what to fix first", "The reader decides what to fix first: order the points by how often they are named and how much they hurt, with the count."),
                    new("Know the general mood", "The reader wants the mood: begin with how many are satisfied and what tips the others."),
                    new("Find quotes to show", "The reader shows it to others: give one short literal quotation per point."),
                ]
                : [
                    new("Decide whether to read it all", "The reader decides whether to read on: say what is claimed, how it is supported, and who should read the whole."),
                    new("Act on it", "The reader acts on it: begin with what follows from it for them, with dates, amounts and duties."),
                    new("Explain it to others", "The reader passes it on: keep the line of thought so that each step follows from the one before."),
                    new("Remember it later", "The reader looks it up later: keep names, numbers and terms by which it can be found again."),
                ],
            Assume = meeting ? "Assume the reader wants to know who does what by when." : opinions ? "Assume the reader decides what to fix first." : "Assume the reader decides whether the whole is worth reading.",
            Own = reply => reply.After("Select what helps with this", "What does not help with it stays out, however interesting."),
        };
        yield return Common.Length("the summary", "How long may the summary be?", "a length of five sentences", ["Five sentences", "One sentence", "Five bullet points", "A tenth of the original", "Different each time"]) is var length
            ? length with
            {
                Assume = meeting ? "Assume ten lines are enough." : length.Assume,
                Options = meeting ?
                [
                    new("Ten lines at most", "Use at most ten lines in all."),
                    new("Five lines at most", "Use at most five lines: only what someone has to do or must know."),
                    new("One page", "Use at most one page, with a line on why for each decision."),
                    new("Different each time", "Keep the summary to {{length}}."),
                ]
                : [
                    new("Five sentences", "Use at most five sentences."),
                    new("One sentence", "Use one sentence of at most 35 words that names the main point and its reason."),
                    new("Five bullet points", "Use at most five bullet points of one sentence each, the weightiest first."),
                    new("Half a page", "Use at most half a page: a first sentence that stands alone, then one paragraph per main point."),
                    new("Different each time", "Keep the summary to {{length}}."),
                ],
                Open = "Keep the summary to a tenth of the original.",
            }
            : length;
        yield return new Topic
        {
            Id = "audience",
            Slot = Slots.Audience,
            Ask = $"How much does the reader know about the subject of {goal.The}?",
            Why = "It decides which terms stay and which are explained.",
            Options =
            [
                new("Nothing", "The reader is new to the subject: say in plain words what each special term means, or do without it."),
                new("The basics", "The reader knows the basics: keep common terms, explain rare ones in three words."),
                new("Everything", "The reader is an expert: keep terms, methods and numbers; leave out background."),
            ],
            Assume = "Assume a reader who knows the basics: keep common terms, explain rare ones in three words.",
            Own = reply => reply.Into("The summary is for {0}: keep the terms they use, explain the others.", "Keep this reader in mind"),
        };
        yield return new Topic
        {
            Id = "leave_out",
            Slot = Slots.Constraints,
            Ask = "What should the summary leave out?",
            Why = "Leaving out is the whole work of a summary.",
            Options =
            [
                new("Examples and anecdotes", "Leave out examples and anecdotes; keep the statement they stand for."),
                new("Background everybody knows", "Leave out background and history; begin with what is new."),
                new(meeting ? "Small talk and side topics" : "How the results were obtained", meeting ? "Leave out small talk and topics that ended without result; name the latter in one line." : "Leave out how results were obtained; say in three words how solid they are."),
                new("Opinions of the author", "Leave out the author's opinions; where a fact comes only with one, keep the fact and say whose view it is."),
            ],
            Assume = "Assume examples, anecdotes and background can go; the statement they stand for stays.",
            Own = reply => Common.LeaveOut(reply, "the summary"),
        };
        yield return new Topic
        {
            Id = "format",
            Slot = Slots.Format,
            Ask = "What should the summary look like?",
            Why = "Its shape decides whether it can be scanned, read aloud or pasted.",
            Options = meeting
                ? [
                    new("Decisions, tasks, open questions", "Use three lists in this order: Decisions; Tasks (who, what, by when); Open questions. Leave out an empty one."),
                    new("A table of tasks", "Use a table with the columns Task, Who, By when; below it the decisions in one sentence each."),
                    new("Connected sentences", "Write connected sentences that can be read aloud, without lists."),
                ]
                : [
                    new("Main point, then bullets", "First the main point in one sentence, then the supporting points as bullets, the weightiest first."),
                    new("Connected sentences", "Write connected sentences that can be read aloud, without lists or headings."),
                    new("Questions and answers", "Write it as the questions the reader would ask, each with its answer in a sentence or two."),
                    new("A table", "Use a table with the columns Point, Evidence in the text, What follows from it."),
                ],
            Assume = meeting ? "Assume three lists: decisions, tasks with who and by when, open questions." : "Assume one sentence with the main point, then the supporting points as bullets.",
            Own = reply => reply.After("Give the summary this shape"),
            Open = "Begin with the main point in one sentence.",
        };
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "length", Label = "Length", Help = "A number of sentences, bullets or words.", Default = "five sentences" });
        brief.Add(TaskLine.Of(brief, goal.Sentence.Verb is null && !goal.Mentions("summary|digest|synopsis|recap|abstract|key points|takeaways|minutes|overview") ? "summarise" : "write"));
        if (goal.Main is null)
            brief.AddInput("text", "Text", "The text to summarise.");
        brief.AddMaterials();
        brief.AddRest();
        brief.Add(brief.Say("decision"), brief.Say("audience"));
        var source = goal.Main?.The ?? "the text";
        var them = goal.Main?.Plural == true;
        brief.Add($"Say only what {source} say{(them ? "" : "s")}: no outside knowledge, no judgement of your own. Keep numbers, names, dates and the words that limit a claim (“may”, “in two of five cases”). Where {source} contradict{(them ? "" : "s")} {(them ? "themselves" : "itself")}, give both statements.", brief.Say("leave_out"));
        brief.Add(brief.Say("format"), brief.Say("length"));
        brief.AddOtherAnswers();
        brief.Add($"If {source} break{(them ? "" : "s")} off or {(them ? "are" : "is")} too short to need a summary, say so in one line instead of padding. Answer with the summary alone.");
    }
}
