namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms that live on invention.</summary>
internal static class CreativeForms
{
    private static readonly IReadOnlyList<Option> Tones =
    [
        new("Warm with a little humour", "Sound warm, with humour that comes from the characters and not from jokes about them."),
        new("Dark and tense", "Sound tense: short sentences near danger, things heard before they are seen."),
        new("Dry and witty", "Sound dry: state absurd things plainly and let the reader do the laughing."),
        new("Lyrical", "Sound lyrical: images from one field of life, carried through to the end."),
        new("Like a sample of my writing", WritingForms.VoiceSample),
    ];

    private static readonly WritingForm Story = GeneralForm.Any with
    {
        Names = "(?:[\\w-]+ )?stor(?:y|ies)|novels?|chapters?|scenes?|fairy ?tales?|fables?|tales?|plots?|fan ?fiction|characters?|dialogues?|backstor(?:y|ies)",
        Structure = "Begin in the middle of a moment in which someone wants something. Two attempts that make it worse, a choice that costs something, and an end that changes how the beginning reads.",
        Quality = "Show feelings in what people do and say. Choose the detail nobody would expect but everybody believes; name things exactly. Dialogue in which people avoid saying what they mean.",
        Lengths = ["About 800 words", "About 300 words", "About 2,000 words", "Different each time"],
        Aims =
        [
            new("Want to know what happens", "It has worked when the reader cannot stop: leave one question open from the first paragraph to the last but one."),
            new("Feel something", "It has worked when the reader sits still for a moment at the end: let the last image say what nobody in the story can."),
            new("Take a thought along", "It has worked when the reader finds the thought alone: let the events carry it and state it nowhere."),
            new("Fall asleep happily", "It has worked when a child is calm at the end: tension ends by the middle, sentences grow longer and quieter, the last scene is safe and warm."),
        ],
        Readers =
        [
            new("Adults", "Readers are adults: leave out what they can guess."),
            new("Children up to eight", "Readers are children up to eight, and someone reads aloud: short sentences, sounds and repetitions that are fun to say, no danger without a hand to hold."),
            new("Teenagers", "Readers are teenagers: someone of their age decides, adults do not explain."),
            new("Different each time", "Write for {{audience}}: take from that words, length of sentences and how dark it may get."),
        ],
        AssumedReader = "adults who read for pleasure: leave out what they can guess",
        Facts = ("characters_and_setting", "Characters and setting", "Who, where, when, what must happen: as much or little as you like."),
        UseFacts = "Keep every name and fact given; invent the rest so that it follows from them.",
        Missing = "Where nothing is given about a character or a place, invent it and stay true to it to the end.",
        Tones = Tones,
        Limits =
        [
            new("A moral at the end", "End on an image or an action instead of a moral."),
            new("Violence", "Keep violence out of sight: show what it leaves behind instead."),
            new("Worn-out plots", "Discard the first two ideas that come to mind and write the third."),
        ],
    };

    private static readonly WritingForm Poem = Story with
    {
        Names = "(?:[\\w-]+ )?poems?|haikus?|limericks?|sonnets?|songs?|lyrics|verses?|raps?|odes?|rhymes?|ballads?",
        Structure = "One speaker, one moment, one turn near the end. Each line break has a reason: a breath, a surprise, a second meaning.",
        Quality = "Name things that can be touched instead of feelings; an image that has stood on a greeting card is replaced. If it rhymes, no line is bent for the rhyme.",
        Aims = [.. Story.Aims.Take(3)],
        Lengths = ["Twelve to sixteen lines", "Four lines", "About 40 lines", "Different each time"],
        Facts = ("details_to_use", "Details to use", "Names, memories, habits, the occasion."),
        UseFacts = "Work at least two of the details into the lines so that it could be about nobody else.",
        Limits =
        [
            new("Rhyme", "Write without rhyme; let rhythm and sound hold it together instead."),
            new("Worn-out images", "Leave out hearts, stars, seas and roses; take the images from the details."),
            new("Big words", "Leave out love, soul and eternity as words; show the thing that makes one think of them instead."),
        ],
    };

    private static readonly WritingForm Ideas = Story with
    {
        Names = "ideas?|names?|titles?|headlines?|slogans?|taglines?|mottos?|subject lines?|jokes?|puns?|gift \\w+|prompts?|variants?|hooks?",
        Structure = "Go in at least three directions before going deep: no two in the same direction. Behind each, half a line says why it fits; at the end name the strongest and the boldest.",
        Quality = "Discard what the first ten people would say. Each must work when heard on the phone, mean nothing embarrassing and be clear without its explanation.",
        Lengths = ["Ten", "Five", "Twenty", "Different each time"],
        IsList = true,
        Aims =
        [
            new("Have a real choice", "The list has worked when two people pick different favourites: keep the directions far apart."),
            new("Find one to use today", "The list has worked when one can be used as it is: put the safest strong one first."),
            new("Be surprised", "The list has worked when one makes the reader laugh or wince first: allow a third of them to be wrong in a way that leads somewhere."),
        ],
        Readers =
        [
            new("Customers who do not know us", "The list is for customers who know nothing of us: clear beats clever."),
            new("Our own team", "The list is for our own team: an inside reference is welcome, explained in half a line."),
            new("Young people online", "The list is for young people online: short, easy to say, no slang that will be old next year."),
            new("Different each time", "The list is for {{audience}}: take from that words and references."),
        ],
        AssumedReader = "people who hear it once and never see the explanation: clear comes before clever",
        Facts = ("background", "Background", "What it is for, what is special, what was tried, what is taken already."),
        UseFacts = "Let every one grow out of something in the background, not out of the category in general.",
        Missing = "If the background leaves the direction open, take three directions and say which is which.",
        Tones =
        [
            new("Clear and friendly", "Keep them clear and friendly: everyday words, easy to say aloud."),
            new("Bold", "Keep them bold: take a side, even if someone will dislike it."),
            new("Playful", "Keep them playful: sound, rhythm or a second meaning, at nobody's expense."),
            new("Serious", "Keep them serious: exact, calm, without wordplay."),
        ],
        Limits =
        [
            new("Puns", "Leave out puns; let rhythm and exactness make them stick instead."),
            new("English words in other languages", "Keep to one language throughout; use a borrowed word only where there is no other."),
            new("Anything that exists already", "Leave out names and lines you know to be in use; mark with “(check)” what sounds familiar."),
        ],
    };

    public static IReadOnlyList<WritingForm> All { get; } = [Poem, Story, Ideas];
}
