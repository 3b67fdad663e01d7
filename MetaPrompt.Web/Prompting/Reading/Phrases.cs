using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Cuts noun phrases out of a goal and knows which nouns are pasted material.</summary>
internal static partial class Phrases
{
    private static readonly FrozenSet<string> Boundaries = (
        "for to about from based that which who whom in on with using into as by so because when where if without while after before then under between within at according written sent " +
        "down per like against around through explaining including i we you they he she it is are was were can should will would must has have whose but or than upon during via not " +
        "only and-then i'm i've we've over until unless against since toward towards across among regarding concerning given followed until aimed aiming targeting describing announcing " +
        "inviting asking thanking showing listing comparing covering introducing promoting telling saying sounding every once").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ShortNouns = (
        "topic subject theme name product company keyword keywords word city country destination position role genre ingredient ingredients url question brand title skill " +
        "problem hobby book movie person character animal business occasion industry concept idea goal situation language").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The noun phrase at the beginning of a text, with its determiner; empty where there is none.</summary>
    public static string At(string text, bool keepOf = true)
    {
        var words = new List<string>();
        foreach (Match match in Words().Matches(text))
        {
            if (match.Groups["stop"].Success)
                break;
            var word = match.Groups["word"].Value;
            if (Boundaries.Contains(word) || words.Count >= 7)
                break;
            if (word.Equals("of", StringComparison.OrdinalIgnoreCase) && (!keepOf || words.Count == 0))
                break;
            if (words.Count > 0 && word.EndsWith("ly", StringComparison.OrdinalIgnoreCase) && !NotAdverb().IsMatch(word))
                break;
            // "the résumé and the job posting": the second determiner begins a phrase of its own.
            if (word.Equals("and", StringComparison.OrdinalIgnoreCase) || word == "&")
            {
                var following = text[(match.Index + match.Length)..].TrimStart();
                if (words.Count == 0 || English.StartsWithDeterminer(following) || Verbs.Base(GoalSentence.FirstWord(following)) is not null)
                    break;
            }
            words.Add(word);
        }
        while (words.Count > 0 && (words[^1].Equals("and", StringComparison.OrdinalIgnoreCase) || words[^1].Equals("of", StringComparison.OrdinalIgnoreCase) || words[^1] == "&"))
            words.RemoveAt(words.Count - 1);
        return RelativeClause().Replace(string.Join(' ', words), "");
    }

    /// <summary>Whether the phrase is something people paste: a document, a message, a record, code.</summary>
    public static bool IsMaterial(string phrase) => MaterialNoun().IsMatch(English.Head(phrase));

    /// <summary>"this review positive" as "this review": what follows the first material noun is said about it.</summary>
    public static string UpToMaterial(string mention)
    {
        var words = mention.Split(' ');
        for (var index = 0; index < words.Length - 1; index++)
        {
            if (MaterialNoun().IsMatch(words[index]) && words[index + 1] is not ("of" or "and" or "&") && !MaterialNoun().IsMatch(words[index + 1]) && Quality().IsMatch(words[index + 1]))
                return string.Join(' ', words.Take(index + 1));
        }
        return mention;
    }

    /// <summary>Whether the phrase stands for a word or two that change from use to use: "any topic".</summary>
    public static bool IsShort(string phrase) => ShortNouns.Contains(English.Head(phrase)) && !Plainer().Replace(phrase, "").Contains(' ', StringComparison.Ordinal);

    /// <summary>"any", "a given", "each": the speaker means that it changes.</summary>
    public static bool IsOpen(string mention) => Open().IsMatch(mention);

    /// <summary>"my", "these", "the following": the speaker has it at hand.</summary>
    public static bool IsAtHand(string mention) => AtHand().IsMatch(mention);

    /// <summary>Without words that praise or measure but name nothing: "short", "catchy", "list of".</summary>
    public static string Core(string phrase)
    {
        var core = English.WithoutDeterminer(phrase);
        for (var round = 0; round < 4; round++)
        {
            var next = English.WithoutDeterminer(Empty().Replace(core, "", 1));
            if (next == core || next.Length == 0)
                break;
            core = next;
        }
        return core;
    }

    [GeneratedRegex("(?<word>\\{\\{[^{}\\n]*\\}\\}|[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}'’&/+#.-]*(?<![.'’])|&)|(?<stop>[^\\s])")]
    private static partial Regex Words();

    [GeneratedRegex("\\s+(?:\\p{L}+\\s+)?(?:understand|like|love|need|want|read|enjoy|trust|remember|send|sends|write|receive|get|gets|wrote|sent|received|use|buy|found)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RelativeClause();

    [GeneratedRegex("^(?:texts?|articles?|papers?|reports?|e-?mails?|tickets?|reviews?|transcripts?|transcriptions?|notes|minutes|meetings?|calls?|contracts?|agreements?|leases?|résumés?|resumes?|cvs?|letters?|essays?|documents?|docs|pages?|posts?|messages?|comments?|logs?|code|diffs?|commits?|requests?|issues?|bugs?|stories|story|tickets?|invoices?|receipts?|orders?|postings?|adverts?|ads?|descriptions?|responses?|feedback|chapters?|books?|poems?|speech(?:es)?|statements?|data|datasets?|tables?|spreadsheets?|csvs?|manuals?|specs?|specifications?|requirements|proposals?|pitch(?:es)?|drafts?|quotes?|quotations?|conversations?|chats?|threads?|tweets?|questions?|answers?|applications?|complaints?|listings?|paragraphs?|sentences?|passages?|scripts?|files?|records?|forms?|results|figures|policies|policy|terms|lectures?|podcasts?|videos?|recordings?|interviews?|news|newsletters?|summaries|summary|bullets|outlines?|slides?|presentations?|plans?|functions?|quer(?:y|ies)|traces?|trace|dumps?|changelogs?|readmes?|ideas|profiles?|surveys?|strings|homework|thesis|novels?|manuscripts?|abstracts?|studies|study|webpages?|websites?|sites?|bios?|biograph(?:y|ies)|lyrics|subtitles|menus?|recipes?|inquir(?:y|ies)|enquir(?:y|ies)|voicemails?|mails?|publications?|briefs?|facts|keywords|highlights|thoughts|observations|certificates?|bills?|catalogu?es?|claims?|cases?|guides?|incidents?|alerts?|reports?|pdfs?|judg(?:e)?ments?|laws?|filings?|regulations?|release notes|stand-?ups?|updates?|entries|entry|journal|diary|items?|expenses?|transactions?|leads?|deals?|candidates?|symptoms|requests?|offers?|copy|dialogues?|schemas?|api|json|xml|component|class)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MaterialNoun();

    [GeneratedRegex("^(?:family|reply|supply|assembly|weekly|daily|monthly|yearly|quarterly|early|friendly|July|Italy|anomaly|fly|curly|lovely|elderly|lonely|silly|ugly|holy|jelly|belly|bully|only)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NotAdverb();

    [GeneratedRegex("^(?:positive|negative|neutral|spam|urgent|important|relevant|true|false|safe|toxic|fake|or|either)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quality();

    [GeneratedRegex("^(?:technical|scientific|difficult|complex|complicated|new|historical|legal|medical|mathematical|economic|abstract|foreign|philosophical)\\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Plainer();

    [GeneratedRegex("^(?:any|each|every|a given|the given|some|whatever|various|different|given)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Open();

    [GeneratedRegex("^(?:my|our|these|this|those|the following|the attached|the given|your)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AtHand();

    [GeneratedRegex("^(?:me|short|brief|long|longer|shorter|good|great|nice|concise|compelling|engaging|catchy|simple|detailed|quick|perfect|effective|beautiful|high-quality|better|best|new|unique|creative|clear|really|very|amazing|awesome|interesting|attractive|well-written|seo-friendly|seo-optimised|seo-optimized|powerful|professional|friendly|formal|informal|funny|humorous|polite|persuasive|polished|one-page|one-paragraph|\\d+-word|list of|set of|series of|bunch of|couple of|collection of|variety of|number of|piece of|kind of|version of|given|following|attached|existing|own|long-form|all|valid|structured)(?:\\s+|,\\s*(?:and\\s+)?)(?:and\\s+)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Empty();
}
