using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>What is asked about a query: what counts, how large the tables are, how to check it.</summary>
internal static class SqlTopics
{
    public static IEnumerable<Topic> Of(GoalAnatomy goal)
    {
        yield return new Topic
        {
            Id = "rules", Slot = Slots.Scope, Ask = $"What must {goal.The} count, and what not?",
            Why = "Most wrong queries are right SQL for another question.",
            Options =
            [
                new("Ignore case and spaces in text", "Compare text without regard to case and surrounding spaces; show values as they are stored."),
                new("Exact matches only", "Compare values exactly as they are stored."),
                new("Leave out deleted and test rows", "Leave out rows the schema marks as deleted, inactive or test; name in a comment by which column."),
                new("The rule I give each time", "The rule that decides what counts: {{rule}}."),
            ],
            Assume = "Assume values are compared exactly and every row counts.",
            Own = reply => reply.After("Decide by this rule what counts"),
        };
        yield return new Topic
        {
            Id = "size", Slot = Slots.Constraints, Ask = "How large are the tables, and who waits for the result?",
            Why = "A report at night may scan everything; a page may not.",
            Options =
            [
                new("Small, any way will do", "The tables are small: prefer the statement that reads best."),
                new("Millions of rows, someone waits", "The tables have millions of rows and someone waits: filter before joining, use existing indexes, and name the index that is missing, if any."),
                new("Millions of rows, runs at night", "The tables have millions of rows and it runs at night: one pass over each table, and no lock that stops writers."),
            ],
            Assume = "Assume small tables: prefer the statement that reads best.",
            Own = reply => reply.After("Choose the plan for this size and use"),
        };
        yield return new Topic
        {
            Id = "tests", Slot = Slots.Criteria, Ask = "How will you see that it is right?",
            Why = "A query that runs is not yet a query that is right.",
            Options =
            [
                new("Sample rows with the expected result", "End with five sample rows per table, chosen to be tricky, and the exact result they give."),
                new("A second query that checks it", "End with a second, differently built query that must return the same count."),
                new("I check by hand", "End with two rows to look up by hand and what should be seen."),
            ],
            Assume = "Assume a small proof is wanted: end with five sample rows and the exact result they give.",
            Own = reply => reply.After("Make it checkable like this"),
        };
        yield return CodeTopics.Output(goal, CodeRules.Work.New) with
        {
            Options =
            [
                new("The statement, then three sentences", "Answer with the statement in one block, then at most three sentences: what it returns per row, what it leaves out."),
                new("Only the statement", "Answer with the statement in one block and nothing else."),
                new("The statement, explained line by line", "Answer with the statement in one block, then a line per part: what it does and why it is needed."),
            ],
            Assume = "Assume the statement in one block, then at most three sentences on what it returns.",
        };
    }
}
