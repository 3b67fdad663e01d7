namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms of office and engineering work.</summary>
internal static class WorkForms
{
    private static readonly WritingForm Report = GeneralForm.Any with
    {
        Names = "reports?|memos?|briefs?|briefings?|status updates?|updates?|proposals?|business cases?|insights|findings|presentations?|slides?|decks?|minutes|statements?|one-?pagers?",
        Structure = "First the answer in three lines: what is the case, what it means, what to decide by when. Then the evidence for each, then options with their price, then risks. Whoever stops after three lines must have what they need.",
        Quality = "Each statement is marked by its wording as fact, estimate or opinion. Numbers come with their unit, period and comparison; a number without a comparison goes.",
        Lengths = ["One page", "Half a page", "Three pages", "Different each time"],
        Aims =
        [
            new("Decide", "It has worked when the meeting decides: state the decision as one question, the options with cost and consequence, and a recommendation."),
            new("Know where things stand", "It has worked when nobody has to ask: what is done, what is late and by how much, what happens next and who does it."),
            new("Approve money or people", "It has worked when the request is approved: what it costs, what it brings by when, and what happens without it."),
        ],
        Readers =
        [
            new("My boss", "The reader is my boss, who will forward it: it must make sense without me in the room."),
            new("The board", "Readers are the board: effects on money, risk and reputation first, no department names without their task."),
            new("The team that acts on it", "Readers act on it: who does what by when stands in the first third."),
            new("Different each time", "Write for {{audience}}: take from that which numbers and how much background are needed."),
        ],
        AssumedReader = "managers who read the first three lines and decide there whether to read on",
        Facts = ("facts_and_figures", "Facts and figures", "Notes, numbers, dates, opinions and who holds them."),
        UseFacts = "Use only the facts and figures given, with their date; what you conclude is worded as a conclusion.",
        Missing = "If a figure needed for the conclusion is missing, say which and how the conclusion depends on it.",
        Limits =
        [
            new("How we got there", "Leave out the history of the work; what matters is where it stands and what follows."),
            new("Names of people at fault", "Leave out names where something went wrong; name the step and the change instead."),
            new("Technical detail", "Move technical detail to a last section; the body says only what it means."),
        ],
    };

    private static readonly WritingForm Specification = Report with
    {
        Names = "user stor(?:y|ies)|requirements?|specifications?|specs?|acceptance criteria|prds?|rfcs?|design docs?|tickets?|bug reports?|test plans?|polic(?:y|ies)|terms|guidelines?|rules|procedures?|sops?|contracts?|agreements?",
        Structure = "Purpose and limits first, then each rule or requirement as one numbered sentence with one subject, one verb and a way to check it, then exceptions, then open points.",
        Quality = "Two people must read each sentence alike: “must” for duties, “may” for permissions, numbers instead of “quickly” or “regularly”. An example follows wherever a term could be read two ways.",
        Lengths = ["One line per rule, at most 20 rules", "One page", "As detailed as the notes allow", "Different each time"],
        Aims =
        [
            new("Build or follow it without asking", "It has worked when nobody has to ask back: state for each rule the normal case, the error case and who decides in doubt."),
            new("Agree on it", "It has worked when all sides sign: mark what each side gives, and list what is still disputed with both wordings."),
            new("Check whether it is met", "It has worked when a third person can tick it off: each rule names what is looked at and what counts as passed."),
        ],
        UseFacts = "Every rule goes back to the notes; where you add one for completeness, mark it “(proposed)”.",
        Missing = "If the notes contradict each other or leave a case open, list it under “Open points” with the question to ask.",
        AssumedReader = "people who will follow it to the letter and were not in the meeting",
    };

    private static readonly WritingForm Feedback = Report with
    {
        Names = "(?:performance |peer |book |film |movie |product |restaurant |code )?reviews?|feedback|testimonials?|appraisals?|recommendations?|reference letters?|letters? of recommendation|evaluations?",
        Structure = "Begin with the judgement in one sentence. Then the two things that weigh most, each with what was seen, what it led to and what would be better; then the rest in a line each.",
        Quality = "Judge what was done, not who did it. Each praise and each criticism names one observed example; words such as “always” and “never” give way to how often it happened.",
        Lengths = ["About 250 words", "About 100 words", "One page", "Different each time"],
        Facts = ("observations", "Observations", "What you saw, when, what came of it: notes are enough."),
        UseFacts = "Use only the observations given, and no guess about motives.",
        Missing = "If there is no example for a judgement, turn it into a question or leave it out.",
        AssumedReader = "the person concerned, who should want to talk about it afterwards",
        Readers =
        [
            new("The person concerned", "The reader is the person concerned: address them directly, and say for each criticism what it would look like done well."),
            new("Someone who decides about them", "The reader decides about this person: compare with what the position needs and say how sure you are."),
            new("The public", "Readers are strangers who want to know whether it is for them: say for whom it is and for whom it is not."),
        ],
    };

    public static IReadOnlyList<WritingForm> All { get; } = [Specification, Feedback, Report];
}
