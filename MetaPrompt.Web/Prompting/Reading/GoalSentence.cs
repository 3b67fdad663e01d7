using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>A goal cut into the one thing to do, as an imperative or a bare noun phrase, and what else was said.</summary>
/// <param name="Task">Without full stop: "Turn merged pull requests into release notes".</param>
/// <param name="Rest">What follows the first sentence, one piece per sentence or line.</param>
/// <param name="Verb">The task's verb in base form; null for a noun phrase or a question.</param>
/// <param name="IsQuestion">Whether the task is a question.</param>
internal sealed partial record GoalSentence(string Task, IReadOnlyList<string> Rest, string? Verb, bool IsQuestion)
{
    // Longer than this is no sentence but a page: the beginning is the task, all of it goes along as background.
    private const int MaxTask = 240;

    /// <summary>Text after the verb.</summary>
    public string AfterVerb => Verb is null ? Task : Task[Math.Min(Task.Length, FirstWord(Task).Length)..].Trim();

    public static GoalSentence Of(string goal)
    {
        var text = Tidy(goal);
        var (first, rest) = Split(text);
        // "Hi! Please write ..." greets first: a sentence without a task is no task.
        while (rest.Count > 0 && (Greeting().IsMatch(first) || first.Length < 3))
        {
            first = rest[0];
            rest = rest.Skip(1).ToList();
        }
        var stripped = StripLeadIn(first);
        if (stripped.Length == 0)
            stripped = first;
        var isQuestion = QuestionStart().IsMatch(stripped);
        var word = FirstWord(stripped);
        var verb = isQuestion ? null : Verbs.Base(word);
        if (verb is not null && word.Length > 0)
        {
            // "email", "post" or "plan" in front of a noun or a "for" is the thing, not the verb.
            var after = stripped[word.Length..].TrimStart();
            if (NounUse().IsMatch(word) && NotAnObject().IsMatch(after))
                verb = null;
            else
                stripped = English.Upper(verb) + stripped[word.Length..];
        }
        if (verb is null && !isQuestion && UnknownVerb().IsMatch(stripped))
            verb = word.ToLowerInvariant();
        if (verb is null && Wanted().Match(first) is { Success: true } wanted)
        {
            stripped = first[wanted.Length..].Trim();
        }
        var task = stripped;
        if (task.Length > MaxTask)
        {
            var cut = task.LastIndexOfAny([' ', ','], MaxTask - 1, MaxTask / 2);
            cut = cut > 0 ? cut : MaxTask;
            if (char.IsLowSurrogate(task[cut]))
                cut--;
            rest = [.. rest.Prepend(first)];
            task = task[..cut].TrimEnd(' ', ',');
        }
        return new GoalSentence(task, rest, verb, isQuestion);
    }

    public static string FirstWord(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsLetter(text[end]) || text[end] is '-' or '\''))
            end++;
        return text[..end];
    }

    private static string Tidy(string goal)
    {
        var text = VariableNames.Whole(goal).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        text = Controls().Replace(text, " ");
        if (text.Length < 2_000 && text.Count(char.IsLetter) is > 8 and var letters && text.Count(char.IsUpper) * 10 > letters * 7)
            text = text.ToLowerInvariant();
        text = Exclaimed().Replace(text, match => match.Value.Contains('?', StringComparison.Ordinal) ? "?" : ".");
        return text.Trim();
    }

    private static (string First, List<string> Others) Split(string text)
    {
        var pieces = new List<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = Bullet().Replace(line, "");
            var start = 0;
            foreach (Match end in SentenceEnd().Matches(bare))
            {
                Add(bare[start..end.Index] + end.Groups["mark"].Value);
                start = end.Index + end.Length;
            }
            Add(bare[start..]);
        }
        void Add(string piece)
        {
            var bare = Spaces().Replace(piece, " ").Trim();
            if (bare.Trim('.', '?', '!', ' ', '"', '“', '”', '#', '*', '-').Length > 0)
                pieces.Add(bare);
        }
        if (pieces.Count == 0)
            return ("", []);
        return (pieces[0].TrimEnd('.', ' ', '!', ';', ':', ','), pieces.Skip(1).ToList());
    }

    private static string StripLeadIn(string text)
    {
        for (var round = 0; round < 6; round++)
        {
            var next = LeadIn().Replace(text, "", 1).TrimStart(' ', ',', ':', '-');
            if (next == text)
                break;
            text = next;
        }
        return text;
    }

    [GeneratedRegex("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\t]")]
    private static partial Regex Controls();

    [GeneratedRegex("[!?]*!+[!?]*|\\?{2,}")]
    private static partial Regex Exclaimed();

    [GeneratedRegex("(?<!\\b(?:e\\.g|i\\.e|etc|vs|Mr|Mrs|Ms|Dr|No|approx))(?<mark>[.?])\\s+(?=[\\p{L}\\p{N}\"“(*{<\\[])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("^(?:[-*•>#]+\\s+|\\d{1,2}[.)]\\s+)+")]
    private static partial Regex Bullet();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^(?:hi|hello|hey|dear\\b.*|good (?:morning|evening|day)|thanks?.*|please)(?: there| chatgpt| claude| ai| everyone)?[.,]?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Greeting();

    [GeneratedRegex("^(?:please|kindly|hi|hello|hey|ok(?:ay)?|so|well|now|just|basically|also|quickly|simply|automatically|chatgpt|claude|gpt|ai)\\b[,.:]?\\s+"
        + "|^(?:can|could|would|will) (?:you|it|the ai|someone)(?: please| kindly)?\\s+"
        + "|^(?:i|we)(?:'d| would|’d|'m|’m| am|'re| are)? ?(?:really |just |often |always )?(?:want|like|love|need|wish|have|hope|trying|looking|going|plan)(?: (?:you|it|ai|the ai|chatgpt|a (?:prompt|template|bot|model|tool)))? to (?:be able to |know how to )?"
        + "|^(?:i|we) (?:need|want) (?:some )?help (?:with |to |in )?"
        + "|^(?:i|we)(?:'m| am|’m| are) looking for (?:a |an )?(?:way|prompt|help) (?:to |with |for |that )?"
        + "|^(?:(?:i|we) (?:need|want|would like)|create|write|make|build|generate|design|give me)(?: me)? (?:a |an |the |some )?(?:(?:reusable|good|great|simple|llm|ai|chatgpt|gpt) )*(?:prompts?(?: template)?|templates?) (?:that|which|to|for|so that)(?: (?:can|will|would|could|helps?(?: me| us)?(?: to)?|asks? (?:the ai|an ai|ai|it|the model) to))? ?"
        + "|^(?:a |an |the )?(?:(?:reusable|good|simple|llm|ai) )*prompt(?: template)? (?:that|which|to|for)(?: (?:can|will|helps?(?: me)?(?: to)?))? ?"
        + "|^(?:you should|you have to|you must|your (?:task|job) is to|the task is to|my (?:goal|aim|task) is to|the (?:goal|aim|idea) is to|goal:|task:|prompt:|use case:|the ai should|it should|something (?:that|to)|a (?:bot|tool|way|model) (?:that|to)(?: can)?)\\s*"
        + "|^let(?:'|’)?s\\s+"
        + "|^(?:help|assist|support|let|have|make sure)(?: me| us| people| you)?(?: to| with| in|:)?\\s+(?=\\p{L}+ing\\b|write\\b|draft\\b|learn\\b|plan\\b|understand\\b|find\\b|make\\b|create\\b|improve\\b|prepare\\b|practi[cs]e\\b|choose\\b|decide\\b|compare\\b|debug\\b|fix\\b|summari[sz]e\\b|translate\\b|a\\b|an\\b|my\\b|with\\b)"
        + "|^(?:to|me|for|with) (?=\\p{L})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LeadIn();

    [GeneratedRegex("^(?:i|we)(?:'d| would|’d)? ?(?:really |just |urgently )?(?:want|like|need)(?: to (?:have|get|see))? (?=(?:a|an|some|the|my|\\d+|two|three|five|ten|good|new|weekly|daily)\\b|\\p{L}+s\\b)"
        + "|^(?:i|we)(?:'m|’m| am| are) looking for (?=\\p{L})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wanted();

    [GeneratedRegex("^(?:what|how|why|when|where|who|which|is|are|do|does|did|should|am|was|were|what's|whats|how's)\\b(?! to be$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuestionStart();

    // "Migrate our blog": a word before "our" is what to do with it.
    [GeneratedRegex("^(?!(?:all|for|of|about|in|on|with|from|as|and|or|but|not|if|to|at|by|both|half|over|under|after|before|like|into|through|during|using)\\b)\\p{L}{3,}\\s+(?:my|our|the|this|these|an?)\\s+\\p{L}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnknownVerb();

    [GeneratedRegex("^(?:code|plan|script|label|report|document|post|brief|review|outline|budget|schedule|abstract|recap|digest|sketch|picture|name|caption|pitch|interview|list|model|program|match|map|test|note|research|draft|record|request|score|set|present|structure|test|tag|quiz|debate|practice|coach|interview|copyedit|debugging|parsing|marketing|writing|coding|planning|testing|building|training|learning)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NounUse();

    [GeneratedRegex("^$|^(?:for|of|about|on|to|from|in|with|between|that|which|ideas?|plans?|posts?|reviews?|reports?|assistants?|coach|tutor|helper|generator|letters?|questions?|practice|simulator|bot|partner|notes?|schedule|cases?|suite|prep\\w*|guides?|strateg\\w+|calendar|copy|feedback|examples?|exercises?|tips|examples)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NotAnObject();
}
