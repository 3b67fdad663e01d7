using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Names of human languages, and a guess at the one a goal is written in.</summary>
internal static partial class Languages
{
    private static readonly FrozenDictionary<string, string> ByCode = new Dictionary<string, string>
    {
        ["en"] = "English", ["de"] = "German", ["fr"] = "French", ["es"] = "Spanish", ["it"] = "Italian", ["pt"] = "Portuguese", ["nl"] = "Dutch", ["ru"] = "Russian",
        ["uk"] = "Ukrainian", ["pl"] = "Polish", ["tr"] = "Turkish", ["sv"] = "Swedish", ["zh"] = "Chinese", ["ja"] = "Japanese", ["ko"] = "Korean", ["ar"] = "Arabic",
        ["he"] = "Hebrew", ["hi"] = "Hindi", ["el"] = "Greek", ["th"] = "Thai",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (string Code, FrozenSet<string> Words)[] Common =
    [
        ("en", Set("the a an and of to for in is are my i me with that from write make into about please help how what on it this these as by or be can you your")),
        ("de", Set("der die das und ein eine einen für ist mit ich mir auf den dem von zu schreibe erstelle bitte über nicht meine wie im fasse übersetze erkläre")),
        ("fr", Set("le la les un une des et pour est avec je mon ma mes dans de du sur écris rédige créer crée comment que au aux résume traduis")),
        ("es", Set("el la los las un una y para es con mi mis en de del que escribe crea haz cómo por al sobre resume traduce redacta necesito")),
        ("it", Set("il lo la gli le un una e per è con mio mia in di del che scrivi crea come sul della riassumi traduci vorrei")),
        ("pt", Set("o a os as um uma e para é com meu minha em de do da que escreva crie como sobre por resuma traduza não quero")),
        ("nl", Set("de het een en voor is met mijn van in op schrijf maak dat ik over naar niet hoe vertaal")),
        ("sv", Set("och en ett för är med min på av till skriv att som om inte hur")),
        ("pl", Set("i w na do z się jest dla nie jak napisz mój moja oraz przez o")),
        ("tr", Set("ve bir için bu ile yaz nasıl benim olan bana hakkında")),
    ];

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public static string Name(string code) => ByCode.GetValueOrDefault(code, "the same language");

    public static bool IsName(string word) => Named().IsMatch(word);

    /// <summary>The code of the language of a text; "en" where it cannot be told.</summary>
    public static string Detect(string text)
    {
        var sample = text.Length > 1_000 ? text[..1_000] : text;
        if (ByScript(sample) is { } code)
            return code;
        var words = Words().EnumerateMatches(sample);
        var counts = new int[Common.Length];
        foreach (var match in words)
        {
            var word = sample.Substring(match.Index, match.Length).ToLowerInvariant();
            for (var index = 0; index < Common.Length; index++)
            {
                if (Common[index].Words.Contains(word))
                    counts[index]++;
            }
        }
        // English wins ties: a stray "de" or "la" in an English goal is a name.
        var best = 0;
        for (var index = 1; index < counts.Length; index++)
        {
            if (counts[index] > counts[best])
                best = index;
        }
        return counts[best] < 2 ? "en" : Common[best].Code;
    }

    private static string? ByScript(string sample)
    {
        int letters = 0, cyrillic = 0, ukrainian = 0, han = 0, kana = 0, hangul = 0, arabic = 0, hebrew = 0, devanagari = 0, greek = 0, thai = 0;
        foreach (var c in sample)
        {
            if (!char.IsLetter(c))
                continue;
            letters++;
            if (c is >= '\u0400' and <= '\u04ff') cyrillic++;
            if (c is 'і' or 'ї' or 'є' or 'ґ') ukrainian++;
            if (c is >= '\u4e00' and <= '\u9fff') han++;
            if (c is >= '\u3040' and <= '\u30ff') kana++;
            if (c is >= '\uac00' and <= '\ud7af') hangul++;
            if (c is >= '\u0600' and <= '\u06ff') arabic++;
            if (c is >= '\u0590' and <= '\u05ff') hebrew++;
            if (c is >= '\u0900' and <= '\u097f') devanagari++;
            if (c is >= '\u0370' and <= '\u03ff') greek++;
            if (c is >= '\u0e00' and <= '\u0e7f') thai++;
        }
        bool Most(int count) => count * 3 > letters;
        return letters == 0 ? null
            : Most(cyrillic) ? ukrainian > 0 ? "uk" : "ru"
            : kana > 0 && Most(kana + han) ? "ja"
            : Most(han) ? "zh" : Most(hangul) ? "ko" : Most(arabic) ? "ar" : Most(hebrew) ? "he" : Most(devanagari) ? "hi" : Most(greek) ? "el" : Most(thai) ? "th"
            : null;
    }

    /// <summary>Languages named after "in", "into", "to" or "from".</summary>
    public static IReadOnlyList<string> Targets(string text) =>
        Into().Matches(text).SelectMany(match => Named().Matches(match.Groups["list"].Value)).Select(match => English.Upper(match.Value)).Distinct().Take(5).ToList();

    public static string? Source(string text) => From().Match(text) is { Success: true } match ? English.Upper(match.Groups["name"].Value) : null;

    private const string Names = "English|German|French|Spanish|Italian|Portuguese|Brazilian Portuguese|Dutch|Russian|Ukrainian|Polish|Turkish|Swedish|Norwegian|Danish|Finnish|Icelandic|" +
        "Chinese|Simplified Chinese|Traditional Chinese|Mandarin|Cantonese|Japanese|Korean|Arabic|Hebrew|Hindi|Urdu|Bengali|Tamil|Greek|Thai|Vietnamese|Indonesian|Malay|Czech|Slovak|Hungarian|Romanian|" +
        "Bulgarian|Serbian|Croatian|Catalan|Basque|Latin|Swahili|Persian|Farsi|British English|American English|Swiss German|Latin American Spanish|Mexican Spanish|Canadian French";

    [GeneratedRegex("[\\p{L}\\p{M}]+")]
    private static partial Regex Words();

    [GeneratedRegex("\\b(?:" + Names + ")\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex("\\b(?:in|into|to)\\s+(?:(?:natural|plain|simple|fluent|good|formal|informal|everyday)\\s+)?(?<list>(?:" + Names + ")\\b(?:\\s*(?:,|and|or|&)\\s*(?:" + Names + ")\\b)*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Into();

    [GeneratedRegex("\\bfrom\\s+(?<name>" + Names + ")\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();
}
