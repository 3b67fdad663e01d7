using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Finds what a goal settles by itself, so that nobody is asked for it again.</summary>
internal static partial class SlotFinder
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    public static HashSet<string> Find(string text, TaskKind kind)
    {
        var slots = new HashSet<string>(StringComparer.Ordinal);
        void If(bool found, string slot)
        {
            if (found)
                slots.Add(slot);
        }
        If(Length().IsMatch(text) || kind is not (TaskKind.Summarise or TaskKind.Code) && LooseLength().IsMatch(text), Slots.Length);
        If(kind is TaskKind.Plan && Horizon().IsMatch(text), Slots.Length);
        If(Format().IsMatch(text), Slots.Format);
        If(Audience().IsMatch(text), kind is TaskKind.Answer ? Slots.Level : Slots.Audience);
        If(Level().IsMatch(text), Slots.Level);
        If(Tone().IsMatch(text), Slots.Tone);
        If(Constraint().IsMatch(text), Slots.Constraints);
        If(Purpose().IsMatch(text), Slots.Purpose);
        If(Example().IsMatch(text), Slots.Example);
        If(Languages.Targets(text).Count > 0, Slots.Language);
        If(kind is TaskKind.Code && Technology().IsMatch(text), Slots.Technology);
        If(kind is TaskKind.Analyse && Criteria().IsMatch(text), Slots.Criteria);
        If(kind is TaskKind.Classify && GoalLists.Labels(text).Count > 1, Slots.Labels);
        If(kind is TaskKind.Extract && GoalLists.Fields(text).Count > 0, Slots.Fields);
        If(Failure().IsMatch(text), Slots.Failure);
        return slots;
    }

    private const string Number = "(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty|hundred)";

    [GeneratedRegex("\\b" + Number + "(?:\\s*(?:-|–|to|or)\\s*" + Number + ")?[ -](?:\\w+ )?(?:words?|sentences?|paragraphs?|pages?|bullets?(?: points)?|lines?|characters?|points?|minutes?|items?|chars|tweets?|slides?|stanzas?|verses?)\\b"
        + "|\\b(?:at most|no more than|up to|under|max(?:imum)?|less than|fewer than|within|exactly|around|about|at least|top) " + Number + "\\b|\\b(?:half a page|one[- ]pager|one[- ]liner|tl;?dr|tweet|haiku|limerick|in a sentence|in one sentence|single sentence|single paragraph)\\b", Options)]
    private static partial Regex Length();

    [GeneratedRegex("\\b(?:short|brief|briefly|concise|long|detailed|in detail|in depth|in-depth|comprehensive|quick)\\b(?! (?:stor|film|notice|time|term|answer questions|circuit|haul|distance))|\\b" + Number + " (?:[\\w-]+ ){0,2}(?:ideas|names|options|examples|questions|headlines|titles|slogans|taglines|tips|variants|versions|alternatives|steps|recipes|exercises|flashcards)\\b", Options)]
    private static partial Regex LooseLength();

    [GeneratedRegex("\\b(?:weekly|daily|monthly|" + Number + "[- ](?:days?|weeks?|months?|hours?|minutes?|years?))\\b", Options)]
    private static partial Regex Horizon();

    [GeneratedRegex("\\b(?:as|in|into|to) (?:an? |valid |the |markdown |structured |numbered |bulleted )*(?:json|csv|xml|yaml|html|markdown|latex|table|bullets?|bullet points?|bullet list|list|numbered list|checklist|spreadsheet|tsv|outline|q&a|haiku|limerick|sonnet)\\b|\\b(?:json|csv|bullet points|markdown table|numbered list)\\b", Options)]
    private static partial Regex Format();

    [GeneratedRegex("\\b(?:for|to|by|with|aimed at|targeted at|targeting|addressed to) (?:an? |my |our |the |busy |non-technical |young |older |new |potential |existing |small |senior |junior |local |future )*(?:[\\w-]+ )?(?:beginners?|experts?|kids?|child(?:ren)?|teens?|teenagers?|adults?|seniors?|students?|pupils|teachers?|parents?|boss|heads? of [\\w-]+|directors?|manager|managers|team|colleagues?|customers?|clients?|users?|readers?|developers?|engineers?|investors?|executives?|ceo|cto|board|stakeholders?|employees?|landlord|neighbou?rs?|friends?|family|wife|husband|partner|mother|father|mum|mom|dad|grand\\w+|patients?|doctors?|nurses?|recruiters?|hiring managers?|voters?|donors?|visitors?|tourists?|patrons|members?|subscribers?|followers|audience|people|public|laypeople|layperson|non-?\\w+ (?:people|readers)|novices?|newcomers?|\\w+-?year-?olds?|graders?|freshmen|founders?|marketers?|designers?|salespeople|freelancers?|homeowners|professor|bank|insurance company|insurer|support team|hr|guests?|supplier|suppliers|vendor|vendors|toddlers?|runners?|vegetarians?|buyers?|partners?)\\b"
        + "|\\b(?:that|which|so|so that)? ?(?:customers|people|readers|users|beginners|children|kids|everyone|anyone|laypeople|my \\w+|non-\\w+) (?:can |will |would )?(?:understand|enjoy|trust|read|like)\\b|\\bcustomer-facing\\b|\\bfor (?:dummies|laymen)\\b", Options)]
    private static partial Regex Audience();

    [GeneratedRegex("\\b(?:beginners?|novices?|intermediate|advanced|experts?|from scratch|eli5|\\w+[- ]year[- ]olds?|\\d(?:st|nd|rd|th)[- ]grade\\w*|high[- ]school\\w*|middle[- ]school\\w*|college|undergraduates?|a1|a2|b1|b2|c1|c2|non-technical|layperson|laymen|like i'?m)\\b", Options)]
    private static partial Regex Level();

    [GeneratedRegex("\\b(?:friendly|professional(?:ly)?|formal|informal|funny|funnier|humorous|casual|persuasive|polite|warm|serious|playful|witty|academic|conversational|upbeat|empathetic|neutral|sarcastic|inspiring|confident|heartfelt|respectful|firm|dramatic|romantic|spooky|light-hearted)\\b|\\bin the (?:style|voice|tone) of\\b|\\b(?:sounding|sounds?) (?:like|more)\\b|\\btone\\b", Options)]
    private static partial Regex Tone();

    [GeneratedRegex("\\b(?:don'?t|don’t|do not|without|avoid|never|must not|should not|shouldn'?t|exclude|excluding|leave out|leaving out|except|no (?:jargon|buzzwords|emojis?|hashtags|meat|gluten|adverbs|cliché\\w*|marketing|fluff)|gluten-free|must include|make sure|vegans?|vegetarians?)\\b", Options)]
    private static partial Regex Constraint();

    [GeneratedRegex("\\b(?:so that|in order to|to (?:persuade|convince|sell|announce|inform|apologi[sz]e|thank|ask|invite|promote|request|complain|decline|negotiate|raise|attract|win|get|remind|cancel|resign|celebrate|introduce|motivate|learn|pass|lose|save|prepare))\\b|\\b(?:announcing|asking|apologi[sz]ing|thanking|inviting|declining|complaining|requesting|promoting|resigning|introducing|requesting|that (?:sells?|converts?|announces?|convinces?|persuades?|gets?|wins?|thanks|asks|explains?))\\b", Options)]
    private static partial Regex Purpose();

    [GeneratedRegex("\\b(?:for example|e\\.g\\.|such as|like this|in the style of|similar to|modelled on|modeled on)", Options)]
    private static partial Regex Example();

    [GeneratedRegex("(?:\\b(?:python|javascript|typescript|java|golang|go|rust|php|ruby|swift|kotlin|bash|shell|powershell|sql|postgres(?:ql)?|mysql|sqlite|react|vue|angular|html|css|vba|excel|google sheets|matlab|django|flask|node(?:\\.js)?|regex|dockerfile|terraform|docker|kubernetes|pandas|r)\\b|c#|c\\+\\+|\\.net)(?!\\w)", Options)]
    private static partial Regex Technology();

    [GeneratedRegex("\\b(?:by|based on|according to|in terms of|with (?:respect|regard) to|on) (?:price|cost|quality|speed|performance|security|risk|safety|impact|effort|features|usability|clarity|accuracy|\\w+ and \\w+)\\b|\\b(?:risks?|security|bias|weaknesses|errors|bugs|contradictions|gaps|pros and cons|swot|strengths|root cause|causes)\\b", Options)]
    private static partial Regex Criteria();

    [GeneratedRegex("\\b(?:if (?:unsure|unclear|missing|you don'?t know|not (?:found|sure|mentioned))|when (?:unsure|in doubt|missing))\\b", Options)]
    private static partial Regex Failure();
}
