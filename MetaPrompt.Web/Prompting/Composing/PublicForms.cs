namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms that are published to many.</summary>
internal static class PublicForms
{
    private static readonly WritingForm Article = GeneralForm.Any with
    {
        Names = "(?:blog )?articles?|blog(?: posts?)?|op-?eds?|columns?|columnists?|essays?|features?|white ?papers?|case stud(?:y|ies)|newsletters?|guides?|opinion pieces?|editorials?",
        Structure = "Open with a scene, a number or a question from the reader's own day; state by the third sentence what they will know at the end. One idea per section, each section under a heading that says its point; end with what to do or think next.",
        Quality = "One example, figure or quotation per section, named with its source. Cut the paragraph that could open any article on the subject and begin with the second.",
        Lengths = ["About 800 words", "About 400 words", "About 1,500 words", "Different each time"],
        Aims =
        [
            new("Understand and be able to act", "It has worked when readers do something differently tomorrow: give them the first step with everything it needs."),
            new("Change their mind", "It has worked when a reader who disagrees reaches the end: state their best argument early, in words they would sign, and answer it."),
            new("Find it by searching", "It has worked when the searcher's question is answered in the first two sentences and deepened below; headings repeat the words people search with."),
            new("Come back for more", "It has worked when readers quote a line of it: make one observation nobody else makes and build the piece around it."),
        ],
        Readers = WritingForms.Readers("explain each special word where it first appears, by something they already know.", "skip the introduction and go to what is new, disputed or commonly done wrong."),
        AssumedReader = "curious people who know the everyday side of the subject but not its terms: explain each term at first use",
        Facts = ("points_and_sources", "Points and sources", "What has to be in it: points, figures, quotations, links."),
        UseFacts = "Cover every point given. Figures and quotations come only from these sources, each named where it is used.",
        Missing = "If a claim needs a source that is not given, write “(source?)” behind it so that it can be checked.",
        Limits =
        [
            new("Nothing in particular", "Leave out history and definitions the reader did not come for; one clause is enough where they are needed."),
            new("Self-promotion", "Leave out praise of our own products; mention them only where they are the answer, in one sentence."),
            new("Competitors' names", "Leave out competitors' names; describe the kind of product instead."),
        ],
    };

    private static readonly WritingForm Social = Article with
    {
        Names = "(?:linkedin|instagram|facebook|social(?: media)?|twitter|x|tiktok|threads?|reddit|mastodon) (?:posts?|captions?|threads?|updates?|copy|ads?)|tweets?|captions?|posts?|threads?|hashtags",
        Structure = "The first line must make sense and raise a question alone, since the rest is folded away. One idea, one short paragraph per thought, and a last line that is easy to answer.",
        Quality = "Tell it from one concrete moment or number. No greeting, no “excited to announce”: begin with the thing itself instead. At most two hashtags, only ones people follow.",
        Lengths = ["Under 120 words", "One sentence", "A thread of five posts", "Different each time"],
        Aims =
        [
            new("Comment or share", "It has worked when people answer: end on a question that takes a sentence and an experience, not a yes."),
            new("Click the link", "It has worked when people click: promise exactly what stands behind the link and stop before telling it."),
            new("Know us better", "It has worked when people learn something true about the sender: show work in progress, with its mistake."),
        ],
        Facts = ("what_it_is_about", "What it is about", "The event, the photo, the idea, the link: notes are enough."),
        UseFacts = "Take names, numbers and events from the notes and add none.",
        Missing = "If the notes hold no concrete moment, ask for one instead of writing in general.",
        Readers =
        [
            new("People in my trade", "Readers share the trade: use its words, skip what they all know."),
            new("Customers and fans", "Readers like us already: let them in on something, thank nobody in general."),
            new("Strangers scrolling", "Readers do not know us and scroll: the first six words decide; no name or term they would have to know."),
            new("Different each time", "Write for {{audience}}: choose the moment that concerns them."),
        ],
        AssumedReader = "strangers who scroll past: the first six words decide, and nothing needs to be known beforehand",
    };

    private static readonly WritingForm Script = Article with
    {
        Names = "(?:[\\w-]+ )?scripts?|screenplays?|podcasts?|voice-?overs?|explainers?|episodes?|monologues?",
        Structure = "Two columns of thought, written as lines: what is heard, and in round brackets what is seen. A hook in the first ten seconds, one idea per scene, a turn in the middle, and an end that pays off the hook.",
        Quality = "Write for the ear: sentences a person can say in one breath, numbers rounded, one new name per scene. Read each line aloud; rewrite what stumbles.",
        Lengths = ["About 3 minutes (450 words)", "60 seconds (150 words)", "About 10 minutes (1,500 words)", "Different each time"],
        Aims =
        [
            new("Watch to the end", "It has worked when people stay: open a question at the start, answer it last, and give a smaller answer every half minute."),
            new("Understand one thing", "It has worked when viewers can explain it to someone: one picture or comparison, kept through the whole piece."),
            new("Do something afterwards", "It has worked when viewers act: one action, named once in the middle and once at the end."),
        ],
        Readers =
        [
            new("People who stumbled on it", "Viewers came by accident: no greeting and no channel history before the hook."),
            new("Subscribers who know the series", "Viewers know the series: one running joke or reference is welcome, explanations of it are not needed."),
            new("Learners with a task", "Viewers want to do it themselves: show each step where it happens and say what can go wrong."),
        ],
        AssumedReader = "viewers who came by accident and leave at the first dull line",
        Missing = "If a fact is uncertain, mark the line with “(check)” so that nobody records it unseen.",
    };

    public static IReadOnlyList<WritingForm> All { get; } = [Social, Script, Article];
}
