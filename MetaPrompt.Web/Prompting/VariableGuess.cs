using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting;

/// <summary>Guesses what a variable holds from its name and from where it stands.</summary>
internal static partial class VariableGuess
{
    private const int LongestLine = 160;

    private static readonly (Regex Kind, string Name)[] Kinds =
    [
        (MailAddress(), "email_address"), (WebAddress(), "url"), (Day(), "date"), (LanguageName(), "language"), (ToneWord(), "tone"),
    ];

    private static readonly (Regex Before, string Name)[] Leads =
    [
        (ForReaders(), "audience"), (AboutTopic(), "topic"), (InTone(), "tone"),
    ];

    /// <summary>A type by the rules below; <see cref="VariableType.Text"/> where nothing speaks.</summary>
    public static VariableType Type(PromptTemplate template, string name)
    {
        if (Counts().IsMatch(name))
            return VariableType.Number;
        if (Days().IsMatch(name))
            return VariableType.Date;
        if (Flags().IsMatch(name))
            return VariableType.YesNo;
        if (JsonNames().IsMatch(name))
            return VariableType.Json;
        if (IsMaterialName(name))
            return VariableType.LongText;
        for (var index = 0; index < template.Parts.Count; index++)
        {
            if (template.Parts[index] is VariablePart variable && variable.Name == name)
                return StandsInOwnTags(template.Text, variable) ? VariableType.LongText : VariableType.Text;
        }
        return VariableType.Text;
    }

    /// <summary>A type for a variable that is made of a value which stood in the text.</summary>
    public static VariableType TypeOf(string name, string value)
    {
        if (VariableValue.IsNumber(value))
            return VariableType.Number;
        if (VariableValue.IsDay(value))
            return VariableType.Date;
        if (value is ['{' or '[', ..] && VariableValue.IsJson(value))
            return VariableType.Json;
        if (value.Contains('\n', StringComparison.Ordinal) || value.Length > LongestLine)
            return VariableType.LongText;
        // A name alone does not make a number or a day of words that are none.
        return Flags().IsMatch(name) && value is "yes" or "no" ? VariableType.YesNo : VariableType.Text;
    }

    /// <summary>
    /// A name for words in a text: what the words are (a day, a mail address), what stands before them ("Tone: ", "for "), else
    /// their own first words. English only where it reads words; always a legal name.
    /// </summary>
    public static string Name(string text, int start, string words)
    {
        var line = text[(start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1)..start];
        if (Label().Match(line) is { Success: true } label && VariableNames.Normalise(label.Groups["label"].Value) is { Length: > 0 } called)
            return called;
        if (OpeningTag().Match(text[Math.Max(0, start - 120)..start]) is { Success: true } tag && VariableNames.Normalise(tag.Groups["tag"].Value) is { Length: > 0 } tagged)
            return tagged;
        foreach (var (kind, name) in Kinds)
        {
            if (kind.IsMatch(words))
                return name;
        }
        if (VariableValue.IsNumber(words) && text.Length > start + words.Length && Counted().Match(text, start + words.Length) is { Success: true } counted)
            return VariableNames.Normalise("number of " + counted.Groups["what"].Value);
        foreach (var (before, name) in Leads)
        {
            if (before.IsMatch(line))
                return name;
        }
        if (VariableValue.IsNumber(words))
            return "number";
        if (words.Length > LongestLine || words.Contains('\n', StringComparison.Ordinal))
            return "text";
        var own = VariableNames.Normalise(string.Join(' ', Word().Matches(words).Select(match => match.Value).Where(word => !Small().IsMatch(word)).Take(3)));
        return own.Length > 0 ? own : "value";
    }

    /// <summary>Whether a name sounds like pasted material rather than a word or two.</summary>
    public static bool IsMaterialName(string name) => Material().IsMatch(name);

    private static bool StandsInOwnTags(string text, VariablePart variable)
    {
        var before = text.AsSpan(0, variable.Start).TrimEnd();
        var after = text.AsSpan(variable.Start + variable.Length).TrimStart();
        return before.EndsWith(">") && after.StartsWith("</") && text.AsSpan(0, variable.Start).IndexOf('\n') >= 0
            && text[..variable.Start].TrimEnd(' ', '\t').EndsWith('\n');
    }

    [GeneratedRegex("^(number|count|amount|max|min|how_many|maximum|minimum)(_|$)|_(count|limit|percent|percentage|minutes|hours|days)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Counts();

    [GeneratedRegex("(^|_)(date|deadline|day_of|due)(_|$)|_on$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Days();

    [GeneratedRegex("^(is|has|should|include)_", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Flags();

    [GeneratedRegex("(^|_)json(_|$)|_schema$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JsonNames();

    [GeneratedRegex("(^|_)(texts?|articles?|documents?|content|transcripts?|papers?|drafts?|contracts?|code|diff|logs?|notes|emails?|reviews?|messages?|tickets?|résumé|resume|cv|reports?|essays?|letters?|requests?|feedback|comments?|source|passage|chapters?|posting|descriptions|data|table|csv|minutes|story|stories|script|conversation|chat)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Material();

    [GeneratedRegex("(?:^|[.!?] )[ \\t>*#-]*(?<label>\\p{L}[\\p{L}\\p{N} _-]{1,30})[*_]*:[ \\t*_\"“]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex("<(?<tag>[\\p{L}_][\\p{L}\\p{N}_-]{0,40})>\\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex OpeningTag();

    [GeneratedRegex("\\G (?<what>\\p{L}{3,20})\\b", RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    [GeneratedRegex("^[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+$")]
    private static partial Regex MailAddress();

    [GeneratedRegex("^https?://\\S+$")]
    private static partial Regex WebAddress();

    [GeneratedRegex("^(?:\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|\\d{1,2}(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \\d{4})?)$")]
    private static partial Regex Day();

    [GeneratedRegex("^(?:English|German|French|Spanish|Italian|Portuguese|Dutch|Polish|Czech|Danish|Swedish|Norwegian|Finnish|Greek|Turkish|Russian|Ukrainian|Arabic|Hebrew|Hindi|Chinese|Japanese|Korean|Vietnamese|Indonesian)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LanguageName();

    [GeneratedRegex("^(?:(?:very|warm|rather) )?(?:friendly|formal|informal|casual|professional|playful|neutral|plain|serious|warm|polite|humorous|persuasive|confident)(?: (?:tone|style|voice))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ToneWord();

    [GeneratedRegex("\\b(?:readers? (?:is|are)|audience (?:is|are)|(?:written|write|explain\\w*|meant|made|suited|aimed)\\b[^.]{0,40} (?:for|to|at))(?: an?| the)? $", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ForReaders();

    [GeneratedRegex("\\b(?:about|on the (?:topic|subject) of|regarding)(?: an?| the)? $", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AboutTopic();

    [GeneratedRegex("\\b(?:tone|style|voice) (?:is|of|should be) $", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InTone();

    [GeneratedRegex("[\\p{L}\\p{M}\\p{N}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("^(?:an?|the|of|in|on|to|for|and|or|my|your|our|with)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Small();
}
