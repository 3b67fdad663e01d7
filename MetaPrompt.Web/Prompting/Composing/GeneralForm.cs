namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A text whose form has no rules of its own.</summary>
internal static class GeneralForm
{
    public static WritingForm Any { get; } = new()
    {
        Names = "text",
        Structure = "Open with the point the reader came for, give each further point its own paragraph, and end on what follows from it.",
        Quality = "Back every claim with a fact, number or example from the material; a sentence that would fit any other subject goes.",
        Lengths = ["About 300 words", "One short paragraph", "About 800 words", "Different each time"],
        Aims =
        [
            new("Understand something", "It has worked when a reader can say the main point in one sentence afterwards: make that point once, clearly, and let the rest serve it."),
            new("Do something", "It has worked when the reader acts: name the one next step, when to take it and what comes of it."),
            new("Change their mind", "It has worked when a doubtful reader reconsiders: state their strongest objection fairly and answer it with evidence."),
            new("Enjoy reading it", "It has worked when the reader reaches the last line: begin with a scene or a surprise, and let every paragraph raise the next question."),
        ],
        Readers = WritingForms.Readers("define each special word where it first appears and start from something they know.", "skip the basics and spend the words on what is new or disputed."),
        AssumedReader = "curious adults without special knowledge: explain each special word where it first appears",
        Facts = ("key_points", "Key points", "The facts and points it must contain, one per line."),
        UseFacts = "Build it on the key points: use all of them and add no facts of your own.",
        Missing = "If a fact is missing that the text cannot do without, write “missing:” and what you need in its place; guess nothing.",
    };
}
