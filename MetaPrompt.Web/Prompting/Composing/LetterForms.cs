namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms that one person sends to another.</summary>
internal static class LetterForms
{
    private static readonly IReadOnlyList<Option> Readers =
    [
        new("Someone who knows me", "The reader knows me: skip introductions and refer to what we share without explaining it."),
        new("Someone I have never met", "The reader has never heard of me: say in one clause who I am and why I write to them of all people."),
        new("Someone above me", "The reader outranks me and reads on a phone: the matter and the request stand in the first two sentences."),
        new("Different each time", "Write to {{recipient}}: take from that how much to explain and how formal to be."),
    ];

    private static readonly IReadOnlyList<Option> Tones =
    [
        new("Polite and direct", "Sound polite and direct: please and thank you once each, short sentences, no apology for writing."),
        new("Warm", "Sound warm: one sentence that only this reader could get, then the matter."),
        new("Firm", "Sound firm and fair: facts and dates instead of reproaches, and a clear date by which you expect an answer."),
        new("Formal", "Sound formal: full names, no contractions, a full salutation and close."),
        new("Like a sample of my writing", WritingForms.VoiceSample),
    ];

    private static readonly WritingForm Letter = new()
    {
        Names = "e-?mails?|letters?|messages?|mails?|dms?|text messages?|note to|complaints?|apolog(?:y|ies)|resignations?",
        Structure = "Start with the reason for writing, then what the reader needs to know to answer, then the one thing you ask for with its date. One matter per paragraph.",
        Quality = "A stranger who reads only the first and the last sentence must know what it is about and what to do. Cut openings such as “I hope this finds you well”: begin with the matter instead.",
        Lengths = ["About 150 words", "Under 80 words", "About 300 words", "Different each time"],
        Aims =
        [
            new("Answer with a decision", "It has worked when the reader answers yes or no: put the decision in one question, with what each answer leads to."),
            new("Do something by a date", "It has worked when the reader acts in time: name the action, the date, and what happens if the date passes."),
            new("Know something", "It has worked when the reader needs to ask nothing back: say what changed, since when, and what it means for them."),
            new("Feel better about me or us", "It has worked when the reader feels heard: say first what happened to them in their own terms, then what you do about it."),
        ],
        Readers = Readers,
        AssumedReader = "a reader who has met the sender but does not know this matter: give the background in one sentence",
        Facts = ("what_to_say", "What to say", "What happened, what you want, names and dates: notes are enough."),
        UseFacts = "Say everything in the notes, in the order that serves the reader, and add no facts, names or promises of your own.",
        Missing = "If a name, date or amount is missing, leave a gap of three underscores there and list the gaps after the closing line.",
        Tones = Tones,
        Limits =
        [
            new("Nothing in particular", "Keep out what the reader knows already; a reference to it is enough."),
            new("Blame", "Leave out blame: say what happened and what should happen next instead."),
            new("Details about money", "Leave out amounts; offer to talk about them instead."),
        ],
    };

    private static readonly WritingForm Reply = Letter with
    {
        Names = "repl(?:y|ies)|responses?|answer to|rebuttals?",
        Structure = "Answer the question that was really asked in the first sentence, then the other points in the order they were raised, then what happens next and when.",
        Quality = "Take up every question and complaint once, in the words the writer used, so that nobody has to write twice. Promise only what the notes allow.",
        Facts = ("facts_for_the_reply", "Facts for the reply", "What is true, what you can offer, what you cannot: notes are enough."),
        UseFacts = "Take every fact, offer and date from the notes; what they do not settle is not promised.",
        Missing = "If a point cannot be answered from the notes, say who will answer it, and list it after the reply under “Open”.",
        AssumedReader = "a writer who is a little annoyed and wants to be done: understand first, then solve",
        Readers =
        [
            new("An annoyed customer", "The reader is annoyed: name what went wrong for them in the first sentence, then solve it; explain causes only if they ask."),
            new("A prospective customer", "The reader is still deciding: answer the question first, then name the one thing that makes deciding easier."),
            new("A colleague", "The reader is a colleague: answer in the fewest sentences that leave nothing to ask back."),
            new("Different each time", "Write to {{recipient}}: take from that how much to explain and how formal to be."),
        ],
    };

    private static readonly WritingForm Speech = Letter with
    {
        Names = "speech(?:es)?|toasts?|eulog(?:y|ies)|vows|remarks|talks?|keynotes?",
        Structure = "Open with a moment the listeners can see, go through two or three scenes that each show one thing, and end with a line they can repeat or raise a glass to.",
        Quality = "Write for the ear: short sentences, one thought each, names spelt as they are spoken. Show each quality in something the person did; praise that would fit anyone goes.",
        Lengths = ["About 3 minutes (400 words)", "About 1 minute (130 words)", "About 7 minutes (900 words)", "Different each time"],
        Readers =
        [
            new("Family and friends", "The listeners know the people in it: a name is enough, the story need not be explained."),
            new("Colleagues", "The listeners are colleagues: choose stories that are kind in front of the boss."),
            new("Strangers", "The listeners are strangers: say within two sentences who you are and why this matters to them."),
            new("Different each time", "Speak to {{audience}}: choose stories they can follow without having been there."),
        ],
        Aims =
        [
            new("Laugh and be moved", "It has worked when people laugh in the first half and swallow in the second: put the joke before the serious part."),
            new("Remember one thing", "It has worked when listeners repeat one sentence afterwards: say that sentence near the start and again at the end."),
            new("Act", "It has worked when listeners do something this week: ask for one thing and say how."),
        ],
        AssumedReader = "listeners of whom half know the people in it: one clause introduces each name",
        Facts = ("stories_and_facts", "Stories and facts", "Who, what they did, moments worth telling, names to mention."),
        UseFacts = "Choose the two or three stories that say most, and invent none.",
        Missing = "If there are too few stories, ask for the two that are missing instead of filling up with praise.",
        Tones = WritingForms.Tones,
        Limits = null,
    };

    public static IReadOnlyList<WritingForm> All { get; } = [Speech, Reply, Letter];
}
