namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms that teach, test or document.</summary>
internal static class TeachingForms
{
    private static readonly WritingForm Quiz = GeneralForm.Any with
    {
        Names = "quiz(?:zes)?|tests? questions?|exams?|worksheets?|flash ?cards?|questions|exercises?|multiple[- ]choice|homework|riddles?",
        Structure = "Order the questions from recalling to applying. Each one tests one thing and can be answered without the others; the solutions follow after the last question, each with one sentence that says why.",
        Quality = "Wrong options are mistakes people really make, as long and as exact as the right one. Ask for use and understanding rather than for names and dates alone.",
        Lengths = ["Ten questions", "Five questions", "Twenty questions", "Different each time"],
        Aims =
        [
            new("Find out what is not understood", "It has worked when a wrong answer tells the teacher what was misunderstood: name that misunderstanding in the solutions."),
            new("Practise until it sticks", "It has worked when the learner gets better while doing it: give a hint with each question that helps without telling."),
            new("Give a fair mark", "It has worked when two people mark it alike: give points per question and say what earns half of them."),
        ],
        Readers =
        [
            new("School pupils", "Learners are pupils: one instruction per sentence, situations from their own day."),
            new("University students", "Learners are students: ask for reasons and limits, not only for results."),
            new("Adults at work", "Learners are adults at work: every question starts from a case they could meet tomorrow."),
            new("Different each time", "Write for {{learners}}: take from that the words, the situations and how hard it may be."),
        ],
        AssumedReader = "learners who heard the subject once and have not used it yet",
        Facts = ("subject_matter", "Subject matter", "The text, notes or list of topics that the questions are about."),
        UseFacts = "Ask only about what the subject matter covers; the solutions quote the place that decides.",
        Missing = "If the subject matter does not support enough questions, write fewer and say so.",
        Limits =
        [
            new("Trick questions", "Leave out trick questions and double negatives; difficulty comes from the thinking."),
            new("Questions with two right answers", "Leave out questions on which experts disagree, or say in the question whose view is meant."),
            new("Dates and names to memorise", "Leave out bare dates and names; ask what followed from them instead."),
        ],
    };

    private static readonly WritingForm Documentation = GeneralForm.Any with
    {
        Names = "documentation|docs?|readmes?|manuals?|tutorials?|how-?tos?|instructions?|user guides?|onboarding \\w+|runbooks?|faqs?|help (?:page|article|text)s?|wiki pages?|knowledge base \\w+",
        Structure = "Begin with what the reader can do afterwards and what they need beforehand. Then one path that works, step by step, each step with what should be seen; variations and troubles come after the path.",
        Quality = "Every command, label and file name exactly as it is on the screen, in code style. Explain why only where a reader would otherwise choose wrong.",
        Lengths = ["As many steps as the path has, one to three lines each", "One page", "Only the quick start, at most ten lines", "Different each time"],
        Aims =
        [
            new("Do it alone at the first try", "It has worked when a newcomer gets through without asking: name after each step what they should see, and what to do if they do not."),
            new("Find the answer quickly", "It has worked when a reader finds their case in ten seconds: headings are the questions people ask, in their words."),
            new("Decide whether to use it", "It has worked when a reader knows in a minute whether it is for them: what it does, what it does not, the smallest example."),
        ],
        Readers =
        [
            new("First-time users", "Readers use it for the first time: no step assumes anything that was not said or linked."),
            new("Developers integrating it", "Readers are developers: show the smallest working example first, then parameters, limits and errors in a table."),
            new("Administrators at night", "Readers fix something at night: symptom, cause, command, check; the story is left for later."),
            new("Different each time", "Write for {{audience}}: take from that what may be assumed."),
        ],
        AssumedReader = "people who use it for the first time and read only when stuck",
        Facts = ("facts_to_document", "Facts to document", "Code, notes, screens, error messages: whatever is known."),
        UseFacts = "Document only what the facts show; option names and defaults are copied, never remembered.",
        Missing = "If a step cannot be written from the facts, put a line “To check:” with the open question in its place.",
        Limits =
        [
            new("How it works inside", "Leave out inner workings; one linked sentence is enough where a choice depends on them."),
            new("Marketing", "Leave out praise; a benefit shows in what the example does."),
            new("Old versions", "Leave out old versions; one line says where their pages are."),
        ],
    };

    public static IReadOnlyList<WritingForm> All { get; } = [Documentation, Quiz];
}
