using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Finds the form a piece of writing has; split by what the forms have in common.</summary>
internal static class WritingForms
{
    private static readonly (Regex Names, WritingForm Form)[] All =
        [.. WritingForms.Every().Select(form => (new Regex(@"\b(?:" + form.Names + @")\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled), form))];

    /// <summary>The form of a thing; the general one where it has no special form.</summary>
    public static WritingForm Of(string thing)
    {
        foreach (var (names, form) in All)
        {
            if (names.IsMatch(thing))
                return form;
        }
        return GeneralForm.Any;
    }

    private static IEnumerable<WritingForm> Every() => [.. CareerForms.All, .. ProductForms.All, .. PublicForms.All, .. TeachingForms.All, .. CreativeForms.All, .. WorkForms.All, .. LetterForms.All];

    /// <summary>Readers that fit most forms.</summary>
    public static IReadOnlyList<Option> Readers(string newcomers, string experts) =>
    [
        new("People new to the subject", $"Readers are new to the subject: {newcomers}"),
        new("Busy decision-makers", "Readers decide and have two minutes: put the conclusion and what it costs them in the first lines, the reasons after it."),
        new("Experts in the field", $"Readers know the field: {experts}"),
        new("Different each time", "Write for {{audience}}: use the words they use themselves, explain what they would have to look up and leave out what they know."),
    ];

    public static IReadOnlyList<Option> Tones { get; } =
    [
        new("Plain and friendly", "Sound plain and friendly: everyday words, contractions, one person speaking to another."),
        new("Professional", "Sound professional without stiffness: precise verbs, complete sentences, no slang."),
        new("Confident", "Sound confident: state each claim directly and cut “I think”, “perhaps” and “we believe”."),
        new("Playful", "Sound playful: allow one joke or surprising image, never at the reader's expense."),
        new("Like a sample of my writing", VoiceSample),
    ];

    public const string VoiceSample = "Match the voice of the sample: its sentence length, its words, its humour. Take nothing of its content.\n<writing_sample>\n{{writing_sample}}\n</writing_sample>";
}
