using System.Text;

namespace MetaPrompt.Data.Templates;

/// <summary>
/// The stem of an English word as PostgreSQL's <c>english_stem</c> makes it, for marking on a page what a search matched in
/// the database without asking it once more. Source: the Snowball project's description of its English stemmer ("Porter 2").
/// </summary>
public static class EnglishStem
{
    private const string Vowels = "aeiouy";

    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["skis"] = "ski", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["idly"] = "idl", ["gently"] = "gentl",
        ["ugly"] = "ugli", ["early"] = "earli", ["only"] = "onli", ["singly"] = "singl", ["sky"] = "sky", ["news"] = "news", ["howe"] = "howe",
        ["atlas"] = "atlas", ["cosmos"] = "cosmos", ["bias"] = "bias", ["andes"] = "andes",
    };

    private static readonly string[] Unchanged = ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

    // The longest ending that fits decides, whatever comes of it: so the longer ones stand first.
    private static readonly (string Ending, string With)[] SecondStep =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"), ("biliti", "ble"), ("lessli", "less"),
        ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"),
        ("abli", "able"), ("alli", "al"), ("anci", "ance"), ("ator", "ate"), ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Ending, string With)[] ThirdStep =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] FourthStep =
    [
        "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic",
    ];

    /// <summary>The stem of a word in lower case; the word itself where it is none of English letters.</summary>
    public static string Of(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Length <= 2 || !word.All(char.IsAsciiLetterLower))
            return word;
        if (Exceptions.TryGetValue(word, out var exception))
            return exception;

        var stem = Prelude(word);
        var (first, second) = Regions(stem);
        Plurals(stem);
        if (Array.IndexOf(Unchanged, stem.ToString()) < 0)
        {
            Participles(stem, first);
            if (stem.Length > 2 && stem[^1] is 'y' or 'Y' && stem.Length > 2 && !IsVowel(stem[^2]))
                stem[^1] = 'i';
            Derivations(stem, first);
            Remainders(stem, first, second);
            Residues(stem, second);
            FinalLetter(stem, first, second);
        }

        return stem.Replace('Y', 'y').ToString();
    }

    private static bool IsVowel(char letter) => Vowels.Contains(letter, StringComparison.Ordinal);

    // A y that is a consonant is written large.
    private static StringBuilder Prelude(string word)
    {
        var letters = new StringBuilder(word);
        for (var at = 0; at < letters.Length; at++)
        {
            if (letters[at] == 'y' && (at == 0 || IsVowel(letters[at - 1])))
                letters[at] = 'Y';
        }

        return letters;
    }

    private static (int First, int Second) Regions(StringBuilder word)
    {
        var text = word.ToString();
        var first = text.StartsWith("gener", StringComparison.Ordinal) || text.StartsWith("arsen", StringComparison.Ordinal) ? 5
            : text.StartsWith("commun", StringComparison.Ordinal) ? 6
            : After(text, 0);
        return (first, After(text, first));
    }

    // Behind the first consonant that follows a vowel.
    private static int After(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (!IsVowel(text[at]) && IsVowel(text[at - 1]))
                return at + 1;
        }

        return text.Length;
    }

    private static void Plurals(StringBuilder word)
    {
        if (Ends(word, "sses"))
        {
            word.Length -= 2;
        }
        else if (Ends(word, "ied") || Ends(word, "ies"))
        {
            word.Length -= word.Length > 4 ? 2 : 1;
        }
        else if (word[^1] == 's' && !Ends(word, "us") && !Ends(word, "ss") && HasVowel(word, word.Length - 2))
        {
            word.Length--;
        }
    }

    private static void Participles(StringBuilder word, int first)
    {
        foreach (var ending in (string[])["eedly", "ingly", "edly", "eed", "ing", "ed"])
        {
            if (!Ends(word, ending))
                continue;

            var rest = word.Length - ending.Length;
            if (ending.StartsWith("ee", StringComparison.Ordinal))
            {
                if (rest >= first)
                    word.Length = rest + 2;
            }
            else if (HasVowel(word, rest))
            {
                word.Length = rest;
                if (Ends(word, "at") || Ends(word, "bl") || Ends(word, "iz"))
                    word.Append('e');
                else if (rest > 1 && word[^1] == word[^2] && "bdfgmnprt".Contains(word[^1], StringComparison.Ordinal))
                    word.Length--;
                else if (first >= word.Length && EndsShort(word, word.Length))
                    word.Append('e');
            }

            return;
        }
    }

    private static void Derivations(StringBuilder word, int first)
    {
        foreach (var (ending, with) in SecondStep)
        {
            if (!Ends(word, ending))
                continue;

            var rest = word.Length - ending.Length;
            var before = rest > 0 ? word[rest - 1] : ' ';
            if (rest >= first
                && (ending != "ogi" || before == 'l')
                && (ending != "li" || "cdeghkmnrt".Contains(before, StringComparison.Ordinal)))
            {
                word.Length = rest;
                word.Append(with);
            }

            return;
        }
    }

    private static void Remainders(StringBuilder word, int first, int second)
    {
        foreach (var (ending, with) in ThirdStep)
        {
            if (!Ends(word, ending))
                continue;

            var rest = word.Length - ending.Length;
            if (rest >= (ending == "ative" ? second : first))
            {
                word.Length = rest;
                word.Append(with);
            }

            return;
        }
    }

    private static void Residues(StringBuilder word, int second)
    {
        foreach (var ending in FourthStep)
        {
            if (!Ends(word, ending))
                continue;

            var rest = word.Length - ending.Length;
            if (rest >= second && (ending != "ion" || (rest > 0 && word[rest - 1] is 's' or 't')))
                word.Length = rest;
            return;
        }
    }

    private static void FinalLetter(StringBuilder word, int first, int second)
    {
        var rest = word.Length - 1;
        if ((word[^1] == 'e' && (rest >= second || (rest >= first && !EndsShort(word, rest))))
            || (word[^1] == 'l' && rest >= second && rest > 0 && word[rest - 1] == 'l'))
        {
            word.Length--;
        }
    }

    private static bool EndsShort(StringBuilder word, int length) => length == 2
        ? IsVowel(word[0]) && !IsVowel(word[1])
        : length > 2 && !IsVowel(word[length - 3]) && IsVowel(word[length - 2]) && !IsVowel(word[length - 1])
            && word[length - 1] is not ('w' or 'x' or 'Y');

    private static bool HasVowel(StringBuilder word, int length)
    {
        for (var at = 0; at < length; at++)
        {
            if (IsVowel(word[at]))
                return true;
        }

        return false;
    }

    private static bool Ends(StringBuilder word, string ending)
    {
        if (word.Length < ending.Length)
            return false;
        for (var at = 0; at < ending.Length; at++)
        {
            if (word[word.Length - ending.Length + at] != ending[at])
                return false;
        }

        return true;
    }
}
