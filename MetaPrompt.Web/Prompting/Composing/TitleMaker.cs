using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A short title from the goal's first sentence, in sentence case.</summary>
internal static partial class TitleMaker
{
    private const int Longest = 80;
    private const int Wanted = 60;

    public static string Of(GoalAnatomy goal)
    {
        var title = Marks().Replace(goal.Sentence.Task, " ");
        title = Spaces().Replace(ToMe().Replace(title, "${verb} ", 1), " ").Trim(' ', '.', ',', ':', ';', '-', '"', '#', '*');
        if (goal.Sentence.Verb is null && !goal.Sentence.IsQuestion && goal.IsEnglish)
            title = English.WithoutDeterminer(title);
        if (title.Length == 0)
            return "New prompt";
        if (title.Length > Wanted)
            title = Cut(title);
        return English.Upper(title);
    }

    private static string Cut(string title)
    {
        // A clause boundary makes a better end than a word in the middle of one.
        var clause = title.LastIndexOfAny([',', ':', ';'], Wanted);
        var cut = clause > 25 ? clause : title.LastIndexOf(' ', Math.Min(Wanted, title.Length - 1));
        if (cut < 20)
            cut = Math.Min(Longest - 1, title.Length);
        if (cut < title.Length && char.IsLowSurrogate(title[cut]))
            cut--;
        // A phrase that the cut would tear apart goes as a whole: better no company than "of a logistics".
        if (cut != clause && cut < title.Length && title[cut] == ' ' && !SmallWordFirst().IsMatch(title[(cut + 1)..]) && !TrailingSmallWords().IsMatch(title[..cut]) && LastPhrase().Match(title[..cut]) is { Success: true } phrase)
            cut = phrase.Index;
        if (title.IndexOf(" so that ", StringComparison.OrdinalIgnoreCase) is >= 15 and var aim && aim < cut)
            cut = aim;
        var start = TrailingSmallWords().Replace(title[..cut], "").TrimEnd(' ', ',', ':', ';', '-');
        return start.Length > 0 ? start : title[..cut];
    }

    [GeneratedRegex("^(?:of|to|for|in|on|with|and|or|that|which|who|from|into|about|by|as|at|when|so|using|out|up)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SmallWordFirst();

    [GeneratedRegex("(?<=^.{20,})\\s+(?:of|to|for|in|on|with|and|or|that|which|who|from|into|about|by|as|at|when|so|using)\\s(?!.*\\s(?:of|to|for|in|on|with|and|or|that|which|who|from|into|about|by|as|at|when|so|using)\\s)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LastPhrase();

    [GeneratedRegex("[\\p{Cc}{}<>`|]+")]
    private static partial Regex Marks();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^(?<verb>write|give|draft|make|create|generate|tell|show|suggest|find) (?:me|us)\\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ToMe();

    [GeneratedRegex("(?:\\s+(?:a|an|the|of|to|for|in|on|with|and|or|that|which|from|into|about|my|our|by|as|at|who|is|are))+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TrailingSmallWords();
}
