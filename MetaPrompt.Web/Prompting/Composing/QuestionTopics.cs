using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>What is asked when the goal is itself a question: it wants an answer, not a lesson.</summary>
internal static class QuestionTopics
{
    public static IEnumerable<Topic> Of(GoalAnatomy goal)
    {
        yield return new Topic
        {
            Id = "purpose", Slot = Slots.Purpose, Ask = "What do you need the answer for?",
            Why = "It decides whether one answer, a choice or the way to it is wanted.",
            Options =
            [
                new("Do something now", "I act on it at once: give one answer, then the steps, then what could go wrong."),
                new("Choose between possibilities", "I choose: give the three likeliest possibilities with what each needs and costs, and say which you would take."),
                new("Understand how it works", "I want to understand: explain how it comes about, so that I can answer the next such question alone."),
                new("Tell someone else", "I pass it on: give an answer that can be said in two sentences, and the fact that supports it."),
            ],
            Assume = "Assume I act on it at once: give one answer, then the steps.",
            Own = reply => reply.After("Fit the answer to this use"),
        };
        yield return new Topic
        {
            Id = "limits", Slot = Slots.Constraints, Ask = "What must the answer take into account?",
            Why = "An answer that ignores your situation is an answer for somebody else.",
            Options =
            [
                new("What I write in my situation", "Whatever stands in <my_situation> limits the answer: leave out what it rules out, and say so in half a line."),
                new("Little time and money", "Time and money are short: prefer what works today with what is at hand, and give its price."),
                new("Safety first", "Safety comes first: name what must not be tried, and when to ask a professional instead."),
            ],
            Assume = "Assume whatever stands in my situation limits the answer.",
            Own = reply => reply.After("Take this into account in every part of the answer"),
        };
        yield return new Topic
        {
            Id = "depth", Slot = Slots.Length, Ask = "How long may the answer be?",
            Why = "A line and a page are different answers.",
            Options =
            [
                new("A short paragraph", "Keep to one paragraph of up to 120 words."), new("One sentence", "Answer in one sentence, and stop."),
                new("One page with an example", "Keep to one page: the answer, the reasons, one example."), new("Different each time", "Keep the answer to {{depth}}."),
            ],
            Assume = "Assume one paragraph of up to 120 words is enough.",
            Own = reply => reply.After("Choose the length by this rule"),
            Open = "Keep to one page.",
        };
        yield return new Topic
        {
            Id = "sources", Slot = Slots.Failure, Ask = "What may the answer rest on?",
            Why = "It decides what happens where the model knows little.",
            Options =
            [
                new("General knowledge, doubts marked", "Use general knowledge, and put “not sure:” before each statement you could not defend."),
                new("Only a text I give", "Use only the text in <source>. What it does not answer is not answered: say “the source does not say”.\n<source>\n{{source}}\n</source>"),
                new("Named sources", "Name for each important statement where it can be looked up; where you cannot, say that it is from memory."),
            ],
            Assume = "Assume general knowledge will do: put “not sure:” before each statement you could not defend.",
            Own = reply => reply.After("Rest the answer on this", "Say so where it does not reach."),
        };
    }
}
