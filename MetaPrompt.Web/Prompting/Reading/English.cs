using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>The little English grammar the composer needs: number, articles, verb forms.</summary>
internal static partial class English
{
    private static readonly FrozenSet<string> SingularInS = Set(
        "news series analysis basis bus status business address process css canvas diagnosis thesis synopsis access class press express campus virus focus " +
        "bonus corpus sms aws dns progress success loss boss glass kubernetes always this its us less js as is was has does yes");

    private static readonly FrozenSet<string> PluralWithoutS = Set("people children men women data criteria media mice feet teeth feedback-items lyrics");

    // Plural words that name one thing: a set of notes is summarised whole, not note by note.
    private static readonly FrozenSet<string> OneThingInPlural = Set(
        "notes minutes logs lyrics terms conditions instructions results figures comments requirements guidelines proceedings slides specs statistics sales goods details " +
        "numbers earnings accounts papers-due subtitles regulations responses highlights thoughts");

    private static readonly FrozenSet<string> MassNouns = Set(
        "advice feedback information code text content copy music data email-copy documentation homework news software research evidence equipment writing html css sql " +
        "javascript python dialogue poetry prose fiction marketing research help knowledge math mathematics history spanish french german english");

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static string LastWord(string phrase)
    {
        var at = phrase.LastIndexOf(' ');
        return at < 0 ? phrase : phrase[(at + 1)..];
    }

    /// <summary>The noun a phrase is about: "letter" in "letter of recommendation".</summary>
    public static string Head(string phrase)
    {
        var of = phrase.IndexOf(" of ", StringComparison.OrdinalIgnoreCase);
        return LastWord(of > 0 ? phrase[..of] : phrase);
    }

    public static bool IsPlural(string phrase)
    {
        var word = Head(phrase).ToLowerInvariant();
        if (PluralWithoutS.Contains(word))
            return true;
        return word.Length > 3 && word[^1] == 's' && !SingularInS.Contains(word) && !word.EndsWith("ss", StringComparison.Ordinal)
            && !word.EndsWith("us", StringComparison.Ordinal) && !word.EndsWith("sis", StringComparison.Ordinal);
    }

    public static bool IsMass(string phrase) => MassNouns.Contains(Head(phrase));

    /// <summary>"support tickets" as "support ticket"; words that name one thing in the plural stay.</summary>
    public static string Singular(string phrase)
    {
        var word = LastWord(phrase);
        if (!IsPlural(phrase) || OneThingInPlural.Contains(word))
            return phrase;
        var lower = word.ToLowerInvariant();
        string single = lower switch
        {
            "people" => "person",
            "children" => "child",
            "data" or "criteria" or "media" or "lyrics" => word,
            _ when lower.EndsWith("ies", StringComparison.Ordinal) && lower.Length > 5 => word[..^3] + "y",
            _ when lower is "movies" or "cookies" or "selfies" => word[..^1],
            _ when SibilantPlural().IsMatch(lower) => word[..^2],
            _ => word[..^1],
        };
        return phrase[..^word.Length] + single;
    }

    /// <summary>The phrase with "a" or "an", or nothing where English has none.</summary>
    public static string WithArticle(string phrase)
    {
        if (phrase.Length == 0 || HasDeterminer().IsMatch(phrase) || IsPlural(phrase) || IsMass(phrase))
            return phrase;
        return (SoundsLikeVowel().IsMatch(phrase) ? "an " : "a ") + phrase;
    }

    /// <summary>Without "a", "the", "my", "these" in front.</summary>
    public static string WithoutDeterminer(string phrase)
    {
        var bare = HasDeterminer().Replace(phrase.Trim(), "", 1);
        return bare.Length == 0 ? phrase.Trim() : bare.Trim();
    }

    public static bool StartsWithDeterminer(string phrase) => HasDeterminer().IsMatch(phrase);

    public static string Upper(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Lower-case first letter, unless the first word is a name, an acronym or "I".</summary>
    public static string Lower(string text)
    {
        if (text.Length == 0 || !char.IsUpper(text[0]))
            return text;
        var end = 0;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '\'' or '’' or '-'))
            end++;
        var word = text[..end];
        if (word is "I" || word.StartsWith("I'", StringComparison.Ordinal) || word.StartsWith("I’", StringComparison.Ordinal)
            || word.Skip(1).Any(c => char.IsUpper(c) || char.IsDigit(c)) || Languages.IsName(word) || ProperNouns().IsMatch(word))
            return text;
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    /// <summary>Items as "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items, string word = "and") => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " " + word + " " + items[^1],
    };

    [GeneratedRegex("(ss|sh|ch|x|zz)es$")]
    private static partial Regex SibilantPlural();

    [GeneratedRegex("^(a few|a couple of|a number of|a given|an?|the|my|our|your|his|her|their|its|this|that|these|those|some|any|each|every|all the|all my|all|another|one|several|various|multiple|many|few|two|three|four|five|six|seven|eight|nine|ten|\\d+|\\{\\{[^{}]*\\}\\})\\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HasDeterminer();

    [GeneratedRegex("^([aeio]|u(?!ni|se|su|ti)|hour|honest|SQL|XML|HTML|FAQ|MVP|SEO|RFC|NDA|FBI|SMS|LLM|SVG)(?!ne[- ]|nce\\b|uro)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SoundsLikeVowel();

    [GeneratedRegex("^(Christmas|Easter|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|April|June|July|August|September|October|November|December|Google|Instagram|Facebook|Twitter|Excel|Shopify|Amazon|Kubernetes|Docker|Python|React|Java|Rust|Europe|American|British|European)$", RegexOptions.CultureInvariant)]
    private static partial Regex ProperNouns();
}
