using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Finds what a goal produces or works on, in the goal's words.</summary>
internal static partial class ThingFinder
{
    private const int MostWords = 5;

    public static string Find(TaskKind kind, GoalSentence sentence, IReadOnlyList<Material> materials)
    {
        var phrase = kind switch
        {
            TaskKind.Rewrite or TaskKind.Translate or TaskKind.Summarise or TaskKind.Extract or TaskKind.Classify => materials.Count > 0 ? materials[0].Phrase : Object(sentence),
            TaskKind.Persona => Persona(sentence),
            TaskKind.Image => Image(sentence),
            TaskKind.Answer => Topic(sentence),
            TaskKind.Analyse => materials.Count > 0 ? English.List(materials.Select(one => one.Phrase).ToList()) : Object(sentence),
            _ => Product(sentence),
        };
        var core = Phrases.Core(phrase).Trim();
        if (core.Length is 0 or > 60 || core.Contains('{', StringComparison.Ordinal) || core.Split(' ').Length > MostWords || Unfit().IsMatch(core))
            core = "";
        // "A Socratic teacher" keeps its capital: in the middle of a sentence it is no accident.
        if (kind is TaskKind.Persona && core.IndexOf(' ', StringComparison.Ordinal) is > 0 and var gap && char.IsLower(core[gap + 1]) && sentence.Task.IndexOf(core, StringComparison.Ordinal) > 0)
            return core;
        return core.Length > 0 ? English.Lower(core) : kind switch
        {
            TaskKind.Code => "code",
            TaskKind.Plan => "plan",
            TaskKind.Persona => "conversation",
            TaskKind.Image => "image",
            TaskKind.Answer => "answer",
            TaskKind.Analyse => "analysis",
            _ => "text",
        };
    }

    private static string Object(GoalSentence sentence) => Phrases.At(sentence.AfterVerb);

    private static string Product(GoalSentence sentence)
    {
        if (sentence.Verb is "turn" or "convert" or "transform" or "make" or "adapt" && Into().Match(sentence.Task) is { Success: true } into)
            return Phrases.At(sentence.Task[(into.Index + into.Length)..]);
        if (sentence.Verb is "come" && ComeUp().Match(sentence.Task) is { Success: true } come)
            return Phrases.At(sentence.Task[come.Length..]);
        if (sentence.Verb is "reply" or "respond")
            return "reply";
        if (sentence.Verb is "apologise" or "apologize")
            return "apology";
        if (sentence.Verb is "name")
            return "name";
        if (sentence.Verb is "brainstorm" && Object(sentence) is { Length: > 0 } ideas)
            return ideas;
        var text = sentence.AfterVerb;
        if (text.StartsWith("me ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("us ", StringComparison.OrdinalIgnoreCase))
            text = text[3..];
        if (sentence.Verb is "write" or "draft" && PersonObject().Match(text) is { Success: true } person)
            text = text[person.Length..];
        return Phrases.At(text);
    }

    private static string Persona(GoalSentence sentence)
    {
        if (Role().Match(sentence.Task) is { Success: true } role)
            return Phrases.At(role.Groups["role"].Value, keepOf: true);
        if (sentence.Verb is "practise" or "practice" or "simulate")
            return English.Singular(Object(sentence));
        return sentence.Verb is null ? Phrases.At(sentence.Task) : "conversation";
    }

    private static string Image(GoalSentence sentence) => ImageNoun().Match(sentence.Task) is { Success: true } noun ? noun.Value : "image";

    private static string Topic(GoalSentence sentence)
    {
        if (sentence.IsQuestion)
            return "answer";
        var text = TopicLead().Replace(sentence.AfterVerb, "", 1);
        return Phrases.At(text);
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex("\\b(?:into|to)\\s+", Options)]
    private static partial Regex Into();

    [GeneratedRegex("^come up with\\s+", Options)]
    private static partial Regex ComeUp();

    [GeneratedRegex("^(?:my|our|the) (?:boss|landlord|team|customers?|clients?|neighbou?r|manager|colleagues?) (?=an? |the )", Options)]
    private static partial Regex PersonObject();

    [GeneratedRegex("\\b(?:act(?:s|ing)? (?:as|like)|role-?play(?: as)?|pretend (?:to be|you are|that you are)|you are|be my|play(?: the role of)?|simulate|impersonate|as)\\s+(?<role>(?:an? |my |the )?[\\p{L}][\\p{L}' -]{2,60})", Options)]
    private static partial Regex Role();

    [GeneratedRegex("\\b(?:images?|photos?|photographs?|pictures?|logos?|illustrations?|drawings?|paintings?|portraits?|wallpapers?|icons?|posters?|sketch(?:es)?|artworks?|stickers?|tattoos?|avatars?|mascots?|thumbnails?|book covers?|album covers?|scene|watercolou?rs?)\\b", Options)]
    private static partial Regex ImageNoun();

    [GeneratedRegex("^(?:me |us |people |students |beginners |my \\w+ )?(?:(?:all |everything )?about |the (?:concept|idea|basics|meaning|difference) (?:of|between) |how to |how |what |why )?", Options)]
    private static partial Regex TopicLead();

    [GeneratedRegex("^(?:it|this|that|them|me|you|something|anything|one|up|out|whether|how|what|why|if|and|or|better|more|less)$|[<>{}\\[\\]|\\\\]", Options)]
    private static partial Regex Unfit();
}
