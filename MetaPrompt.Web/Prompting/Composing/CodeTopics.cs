using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>What is asked about code, by the work to be done on it.</summary>
internal static class CodeTopics
{
    public static IEnumerable<Topic> Of(GoalAnatomy goal, CodeRules.Work work)
    {
        if (Focus(goal, work) is { } focus)
            yield return focus;
        if (work is CodeRules.Work.New && IsSql(goal))
        {
            foreach (var topic in SqlTopics.Of(goal))
                yield return topic;
            yield break;
        }
        if (work is CodeRules.Work.New or CodeRules.Work.Refactor or CodeRules.Work.Repair)
        {
            yield return Environment(goal);
            yield return Errors(goal);
        }
        if (work is not (CodeRules.Work.Explain or CodeRules.Work.Document))
            yield return Tests(goal, work);
        if (work is not (CodeRules.Work.Review or CodeRules.Work.Explain))
            yield return Style(goal);
        yield return Output(goal, work);
    }

    public static bool IsSql(GoalAnatomy goal) => goal.Mentions("sql|quer(?:y|ies)|stored procedures?|postgres(?:ql)?|mysql|sqlite");

    /// <summary>What a review looks for first when the goal itself says it.</summary>
    public static string? NamedFocus(GoalAnatomy goal) =>
        goal.Mentions("security|vulnerabilit(?:y|ies)|injection|secrets?") ? Security
        : goal.Mentions("performance|speed|slow|memory") ? Speed
        : goal.Mentions("readability|clean|naming|style|maintainab\\w+") ? Clarity
        : goal.Mentions("bugs?|errors?|correctness") ? Bugs : null;

    private const string Bugs = "Look first for wrong results and crashes: boundaries, empty input, concurrency, time zones, error paths nobody runs.";
    private const string Security = "Look first for security: where input from outside reaches a query, a command, a path, a page or a deserialiser; missing permission checks; secrets.";
    private const string Speed = "Look first for what grows with the data: queries in loops, copies, locks held while waiting, caches without a limit.";
    private const string Clarity = "Look first for what misleads a newcomer: names that lie, functions with two jobs, hidden order of calls.";

    private static Topic? Focus(GoalAnatomy goal, CodeRules.Work work) => work switch
    {
        CodeRules.Work.Review when NamedFocus(goal) is not null => null,
        CodeRules.Work.Review => new Topic
        {
            Id = "focus",
            Slot = Slots.Purpose,
            Ask = $"What worries you most about {goal.The}?",
            Why = "A review that looks for everything finds commas.",
            Options =
            [
                new("Bugs that reach users", Bugs),
                new("Security", Security),
                new("Speed under load", Speed),
                new("Whether others understand it", Clarity),
            ],
            Assume = "Assume wrong results and crashes matter most, then security, then speed.",
            Own = reply => reply.After("Look first for this", "Other findings follow after it, in one line each."),
        },
        CodeRules.Work.Refactor => new Topic
        {
            Id = "focus",
            Slot = Slots.Criteria,
            Ask = $"What should be better about {goal.The} afterwards?",
            Why = "Faster, shorter and clearer pull in different directions.",
            Options =
            [
                new("Easier to change", "The measure is the next change: after it, one new requirement touches one place."),
                new("Easier to read", "The measure is reading: a newcomer follows the main path from top to bottom without jumping."),
                new("Faster", "The measure is speed: say what is slow and why before changing it, and how to measure the gain."),
                new("Testable", "The measure is testing: decisions are separated from input, output, time and chance."),
            ],
            Assume = "Assume the measure is the next change: a new requirement should touch one place.",
            Own = reply => reply.After("Measure every change by this"),
        },
        CodeRules.Work.Explain => new Topic
        {
            Id = "focus",
            Slot = Slots.Level,
            Ask = $"What does the reader know who wants to understand {goal.The}?",
            Why = "A beginner needs the language, a colleague the reason.",
            Options =
            [
                new("The language, not this code", "The reader knows the language: explain purpose and decisions, not syntax."),
                new("Programming, another language", "The reader programs in another language: explain idioms of this one by what they are elsewhere."),
                new("Nothing about programming", "The reader does not program: explain by what goes in and what comes out, with a comparison from daily life."),
            ],
            Assume = "Assume a reader who knows the language but not this code.",
            Own = reply => reply.Into("Explain it to {0}.", "Explain it to this reader"),
        },
        _ => null,
    };

    private static Topic Environment(GoalAnatomy goal) => new()
    {
        Id = "environment",
        Slot = Slots.Constraints,
        Ask = $"What may {goal.The} depend on?",
        Why = "A library that cannot be installed makes the answer useless.",
        Options =
        [
            new("Standard library only", "Use the standard library only; where a package would be the usual way, name it in a comment."),
            new("Well-known packages", "Widely used packages are fine: name each with its version and why it is worth it."),
            new("Only what the code uses already", "Use only what the code given already depends on; add nothing."),
        ],
        Assume = "Assume nothing may be installed: use the standard library only.",
        Own = reply => reply.IsOrder ? Prohibition.WithWayOut(reply.Sentence) : reply.After("Depend on this and on nothing else"),
    };

    private static Topic Errors(GoalAnatomy goal) => new()
    {
        Id = "errors",
        Slot = Slots.Failure,
        Ask = $"What should happen when {goal.The} meet{(goal.Plural ? "" : "s")} bad input or a failure?",
        Why = "Error handling is half of the code and is invented if nobody says.",
        Options =
        [
            new("Stop with a clear message", "On bad input or failure, stop at once with a message that names the value and what was expected."),
            new("Skip it and report at the end", "Skip what cannot be processed, go on, and report at the end what was skipped and why; exit with an error if anything was."),
            new("Try again, then give up", "Retry what may pass by itself three times with growing pauses; stop with a clear message on anything else."),
        ],
        Assume = "Assume it should stop at once with a message that names the value and what was expected.",
        Own = reply => reply.After("Handle bad input and failures like this"),
    };

    private static Topic Tests(GoalAnatomy goal, CodeRules.Work work) => work is CodeRules.Work.Tests
        ? new Topic
        {
            Id = "tests",
            Slot = Slots.Scope,
            Ask = "Which test framework, and may things be replaced by fakes?",
            Why = "It decides whether the tests run in your project as they are.",
            Options =
            [
                new("The usual one, fakes at the edges", "Use the language's usual test framework. Fake only what lies outside the process: network, clock, files, chance."),
                new("The usual one, no fakes", "Use the language's usual test framework and real collaborators; what cannot be reached in a test is left out and named."),
                new("Like the tests I show", "Follow framework, naming and helpers of these tests:\n<code_sample>\n{{code_sample}}\n</code_sample>"),
            ],
            Assume = "Assume the language's usual test framework, with fakes only for network, clock, files and chance.",
            Own = reply => reply.Into("Use {0}.", "Set the tests up like this"),
        }
        : new Topic
        {
            Id = "tests",
            Slot = Slots.Criteria,
            Ask = work is CodeRules.Work.Review ? "Should the review propose tests?" : "How will you see that it works?",
            Why = "A check that comes with the code is the only promise worth having.",
            Options = work is CodeRules.Work.Review
                ? [
                    new("One test per serious finding", "Add to each serious finding the test that would have caught it, in up to ten lines."),
                    new("Only name what is untested", "Name the behaviour that no test covers, in one line each; write no tests."),
                    new("Leave tests aside", "Leave tests aside and judge the code by itself."),
                ]
                : [
                    new("An example run with its output", "End with one example call and the exact output it gives."),
                    new("Unit tests", "Add unit tests: the normal case, the empty case, the limits and each error."),
                    new("A check I can do by hand", "End with three checks to do by hand, each with what should be seen."),
                ],
            Assume = work is CodeRules.Work.Review ? "Assume tests are welcome: add to each serious finding the test that would have caught it." : "Assume an example is enough: end with one example call and its exact output.",
            Own = reply => reply.After("Make it checkable like this"),
        };

    private static Topic Style(GoalAnatomy goal) => new()
    {
        Id = "style",
        Slot = Slots.Tone,
        Ask = "Whose style should the code follow?",
        Why = "Code in a foreign style is rewritten before it is merged.",
        Options =
        [
            new("The language's usual style", "Follow the language's official style guide and the usual formatter."),
            new("Short and simple", "Prefer the simplest thing that works: few abstractions, early returns, no class where a function does."),
            new("Like code I show", "Follow naming, layout and error handling of this code:\n<code_sample>\n{{code_sample}}\n</code_sample>"),
        ],
        Assume = "Assume the language's official style guide.",
        Own = reply => reply.After("Write in this style"),
    };

    internal static Topic Output(GoalAnatomy goal, CodeRules.Work work) => new()
    {
        Id = "output",
        Slot = Slots.Format,
        Ask = work is CodeRules.Work.Review ? "How should findings be written down?" : work is CodeRules.Work.Explain ? "In what form should the explanation come?" : "What should the answer contain besides code?",
        Why = "It decides whether the answer can be pasted or must be read.",
        Options = work switch
        {
            CodeRules.Work.Review =>
            [
                new("A list, worst first", "List the findings, worst first, at most ten: severity (blocker, serious, minor), line, what happens, the change as a diff."),
                new("Comments by line", "Write review comments as “line: comment”, in the order of the code, each with a proposed change; at most fifteen."),
                new("A table", "Give a table with the columns Line, Severity, What goes wrong, Change; at most ten rows, worst first."),
            ],
            CodeRules.Work.Explain =>
            [
                new("Text with quoted lines", "Explain in at most one page, quoting each line you speak of."),
                new("Comments in the code", "Answer with the code, unchanged but for comments above what needs one; then a summary of three sentences."),
                new("Questions and answers", "Explain as questions a reader would ask, each answered in up to three sentences."),
            ],
            _ =>
            [
                new("Code, then three sentences", "Answer with the complete code in one block, then at most three sentences: how to run it and what it does not do."),
                new("Only code", "Answer with the complete code in one block and nothing else."),
                new("Reasons first, then code", "Explain in at most five sentences which way you chose against which other, then the complete code in one block."),
                new("A diff", "Answer with a unified diff against the code given and one sentence per change."),
            ],
        },
        Assume = work switch
        {
            CodeRules.Work.Review => "Assume a list, worst first and at most ten: severity, line, what happens, the change.",
            CodeRules.Work.Explain => "Assume one page of text that quotes the lines it speaks of.",
            _ => "Assume the complete code in one block, then at most three sentences on how to run it.",
        },
        Own = reply => reply.After("Give the answer this form"),
    };
}
