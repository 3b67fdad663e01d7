using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Gives a bare "don't" the "instead" without which a model only knows where not to go.</summary>
internal static partial class Prohibition
{
    private static readonly (string Word, string Instead)[] Known =
    [
        ("jargon", "use the everyday word instead"), ("buzzword", "name the concrete thing instead"), ("clich", "choose a detail only this text could have"),
        ("emoji", "let the words carry the feeling"), ("hashtag", "end with the last sentence instead"), ("price", "point to the person who can quote one instead"),
        ("adverb", "choose a stronger verb instead"), ("passive", "name who acts instead"), ("repeat", "say each thing once, where it matters most"),
        ("invent", "use only what is given and say what is missing instead"), ("make up", "use only what is given and say what is missing instead"), ("hallucinat", "use only what is given and say what is missing instead"),
        ("sarcas", "stay matter-of-fact instead"), ("apolog", "say what happens next instead"), ("spoiler", "stop before the turn of the story instead"),
        ("code", "describe it in words instead"), ("bullet", "write connected sentences instead"), ("list", "write connected sentences instead"),
        ("exclamation", "end sentences with a full stop instead"), ("em dash", "use a comma or a full stop instead"), ("opinion", "report who says what instead"),
        ("salary", "leave pay to the conversation instead"), ("personal", "keep to what concerns the matter instead"), ("question", "state what you take as given instead"),
        ("answer", "give a hint that leads one step further instead"), ("solution", "give a hint that leads one step further instead"),
        ("meat", "use another source of protein instead"), ("gluten", "use a gluten-free substitute instead"), ("librar", "use what the language itself offers instead"), ("dependenc", "use what the language itself offers instead"),
    ];

    /// <summary>The sentence with a way out where it only forbids; any other sentence as it is.</summary>
    public static string WithWayOut(string sentence)
    {
        if (!Forbids().IsMatch(sentence) || HasWayOut().IsMatch(sentence))
            return sentence;
        var bare = sentence.TrimEnd('.', ' ', '!');
        foreach (var (word, instead) in Known)
        {
            if (bare.Contains(word, StringComparison.OrdinalIgnoreCase))
                return $"{bare}: {instead}.";
        }
        return $"{bare}: where it would come up, leave that part out instead.";
    }

    public static bool OnlyForbids(string sentence) => Forbids().IsMatch(sentence) && !HasWayOut().IsMatch(sentence);

    [GeneratedRegex("^\\W*(?:please\\s+)?(?:do not|don'?t|don’t|never|avoid|no|must not|you must not|you should not|you shouldn'?t|should not|refrain from)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forbids();

    [GeneratedRegex("\\b(?:instead|rather|but|unless|only|except|use|keep|say|until|write|leave|stay|choose|prefer|if|just|give|ask|so that|because)\\b|[:;—]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HasWayOut();
}
