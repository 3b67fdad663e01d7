using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Everything the rules know about a goal; <see cref="GoalReading"/> is the part that others see.</summary>
internal sealed partial class GoalAnatomy
{
    private GoalAnatomy(string goal, GoalSentence sentence, TaskKind kind, bool clear, string language)
    {
        Goal = goal;
        Sentence = sentence;
        Kind = kind;
        KindIsClear = clear;
        Language = language;
        Materials = MaterialFinder.Find(kind, sentence);
        Thing = ThingFinder.Find(kind, sentence, Materials);
        // Slots are read from the task and a page of what follows: enough for a person, cheap for a hostile text.
        Filled = SlotFinder.Find(goal.Length > 1_500 ? goal[..1_500] : goal, kind);
        // "A job description for an engineer" is about the engineer, not written to one.
        if (Thing.StartsWith("job ", StringComparison.OrdinalIgnoreCase))
            Filled.ExceptWith([Slots.Audience, Slots.Level]);
    }

    public string Goal { get; }

    public GoalSentence Sentence { get; }

    public TaskKind Kind { get; }

    public bool KindIsClear { get; }

    public string Language { get; }

    /// <summary>Whether the words of the goal can stand in English sentences.</summary>
    public bool IsEnglish => Language == "en";

    public IReadOnlyList<Material> Materials { get; }

    /// <summary>The first material; none where the goal names none.</summary>
    public Material? Main => Materials.Count > 0 ? Materials[0] : null;

    public string Thing { get; }

    public HashSet<string> Filled { get; }

    public string The => "the " + Thing;

    public bool Plural => English.IsPlural(Thing);

    public string It => Plural ? "they" : "it";

    public string ItObject => Plural ? "them" : "it";

    public string Is => Plural ? "are" : "is";

    public string Does => Plural ? "do" : "does";

    public string S => Plural ? "" : "s";

    public static GoalAnatomy Of(GoalReading reading) => Of(reading.Goal, reading.Kind, reading.KindIsClear);

    public static GoalAnatomy Of(string goal, TaskKind? kind = null, bool clear = true)
    {
        var language = Languages.Detect(goal);
        var sentence = GoalSentence.Of(goal);
        if (kind is { } known)
            return new GoalAnatomy(goal, sentence, known, clear, language);
        var (read, isClear) = language == "en" && sentence.Task.Length > 0 ? Cues.Kind(sentence, goal) : (TaskKind.Write, false);
        return new GoalAnatomy(goal, sentence, read, isClear, language);
    }

    /// <summary>Whether the goal's words match.</summary>
    public bool Mentions(string pattern) => Regex.IsMatch(Goal.Length > 1_500 ? Goal[..1_500] : Goal, @"\b(?:" + pattern + @")\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
