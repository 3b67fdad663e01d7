using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Finds the material a goal works on: what a person will paste at each use.</summary>
internal static partial class MaterialFinder
{
    private const int Most = 3;

    public static IReadOnlyList<Material> Find(TaskKind kind, GoalSentence sentence)
    {
        var task = sentence.Task;
        var found = new List<Material>();
        void Add(string mention, bool always, bool single)
        {
            if (mention.Length == 0 || found.Count >= Most || mention.Length > 70 || Pronoun().IsMatch(mention))
                return;
            if (kind is TaskKind.Classify)
                mention = Phrases.UpToMaterial(mention);
            var core = Phrases.Core(mention);
            var atHand = Phrases.IsAtHand(mention) || Phrases.IsOpen(mention)
                || (kind is TaskKind.Answer && Phrases.IsShort(core) && mention.StartsWith("a", StringComparison.OrdinalIgnoreCase));
            if (core.Length == 0 || !(always || atHand && (Phrases.IsMaterial(core) || Phrases.IsShort(core)) || Phrases.IsMaterial(core)))
                return;
            // "any topic" is a word to fill in; "the topic of my thesis" is what it says.
            if (Phrases.IsShort(core) && !atHand && !mention.StartsWith("a ", StringComparison.OrdinalIgnoreCase))
                return;
            var material = new Material(single ? English.Singular(core) : core, mention);
            if (found.All(other => other.Name != material.Name))
                found.Add(material);
        }

        switch (kind)
        {
            case TaskKind.Summarise:
                AddFrom(task, SummaryOf(), Add, always: false, single: true);
                if (found.Count == 0)
                    Add(Phrases.At(sentence.AfterVerb, keepOf: false), false, true);
                break;
            case TaskKind.Rewrite:
                AddFrom(task, GrammarIn(), Add, always: true, single: true);
                if (found.Count == 0)
                    Add(MakeObject(sentence), true, true);
                break;
            case TaskKind.Translate:
                AddFrom(task, TranslationOf(), Add, always: true, single: true);
                if (found.Count == 0 && sentence.Verb is not null)
                    Add(Phrases.At(sentence.AfterVerb), true, true);
                break;
            case TaskKind.Extract:
                AddFrom(task, From(), Add, always: false, single: true);
                AddFrom(task, TurnInto(), Add, always: false, single: true);
                if (found.Count == 0)
                    Add(Phrases.At(sentence.AfterVerb), false, true);
                break;
            case TaskKind.Classify:
                AddFrom(task, Handles(), Add, always: true, single: true);
                AddFrom(task, IsItA(), Add, always: true, single: true);
                if (found.Count == 0)
                    Add(Phrases.At(sentence.AfterVerb, keepOf: false), sentence.Verb is not null && Verbs.Kind(sentence.Verb) is TaskKind.Classify, true);
                if (found.Count == 0)
                    AddFrom(task, Of(), Add, always: false, single: true);
                break;
            case TaskKind.Analyse:
                AddFrom(task, ProblemsIn(), Add, always: false, single: false);
                if (found.Count == 0)
                    Add(Phrases.At(sentence.AfterVerb, keepOf: false), false, false);
                break;
            case TaskKind.Code:
                if (CodeVerb().IsMatch(sentence.Verb ?? "") && sentence.Verb is not ("code" or "implement" or "program" or "script"))
                    Add(Phrases.At(sentence.AfterVerb), true, false);
                else
                    AddFrom(task, ForCode(), Add, always: true, single: false);
                break;
            case TaskKind.Persona:
            case TaskKind.Image:
                break;
            default:
                AddFrom(task, TurnInto(), Add, always: true, single: false);
                AddFrom(task, From(), Add, always: false, single: false);
                if (sentence.Verb is "reply" or "respond" or "answer" || ReplyTo().IsMatch(task))
                    AddFrom(task, ReplyTo(), Add, always: false, single: true);
                AddFrom(task, OpenTopic(), Add, always: false, single: true);
                if (kind is TaskKind.Answer && sentence.Verb is not null)
                    AddAtHand(Phrases.At(sentence.AfterVerb), Add);
                break;
        }
        return found;
    }

    private static void AddAtHand(string mention, Action<string, bool, bool> add)
    {
        if (Phrases.IsAtHand(mention) || Phrases.IsOpen(mention) || Phrases.IsMaterial(Phrases.Core(mention)) && English.IsPlural(mention))
            add(mention, false, true);
    }

    private static void AddFrom(string task, Regex before, Action<string, bool, bool> add, bool always, bool single)
    {
        foreach (Match match in before.Matches(task))
        {
            var text = task[(match.Index + match.Length)..];
            for (var round = 0; round < Most; round++)
            {
                var mention = Phrases.At(text);
                add(mention, always, single);
                // "from my résumé and the job posting" names two.
                var rest = text[mention.Length..].TrimStart();
                if (mention.Length == 0 || !rest.StartsWith("and ", StringComparison.OrdinalIgnoreCase))
                    break;
                text = rest[4..].TrimStart();
            }
        }
    }

    // "Make my email sound friendlier": the object ends where the wish begins.
    private static string MakeObject(GoalSentence sentence)
    {
        var text = sentence.Verb is null ? ReviseNoun().Replace(sentence.Task, "", 1) : sentence.AfterVerb;
        var end = Wish().Match(text);
        return Phrases.At(WritingOf().Replace(end.Success ? text[..end.Index] : text, "", 1));
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex("^(?:it|this|that|them|these|those|me|you|everything|something|things|stuff|one|whether|what|how|why|if|all|out|up)$", Options)]
    private static partial Regex Pronoun();

    [GeneratedRegex("\\b(?:summary|summaries|digest|key \\w+|main \\w+|takeaways|synopsis|recap|gist|abstract|highlights|overview|minutes|tl;?dr|points|learnings|decisions|action items)\\b[^.]*?\\b(?:of|from|in|for)\\s+|\\b(?:boil(?:ing)? down|digest of)\\s+", Options)]
    private static partial Regex SummaryOf();

    [GeneratedRegex("\\b(?:grammar|spelling|typos|mistakes|errors|punctuation|wording|style|clarity|tone|readability|flow|length)(?: and \\w+)? (?:in|of|from)\\s+", Options)]
    private static partial Regex GrammarIn();

    [GeneratedRegex("\\b(?:translations?|version|localization|localisation)\\b[^.]*?\\b(?:of|for)\\s+", Options)]
    private static partial Regex TranslationOf();

    [GeneratedRegex("\\b(?:from|out of|mentioned in|contained in|found in|based on|using|given|according to|in)\\s+(?!the form|the style|order|detail|json|csv|general|\\w+ (?:words|sentences|paragraphs|lines|bullets|bullet points|points)\\b)", Options)]
    private static partial Regex From();

    [GeneratedRegex("^(?:turn|convert|transform|make|change|rework|repurpose|adapt)\\s+(?=.*\\b(?:into|to)\\b)", Options)]
    private static partial Regex TurnInto();

    [GeneratedRegex("\\b(?:whether|if|is)\\s+(?=(?:an?|the|this|my|each|incoming) )", Options)]
    private static partial Regex IsItA();

    [GeneratedRegex("^decide which \\w+ (?:should |must |has to )?(?:handles?|gets?|takes?|answers?|receives?)\\s+", Options)]
    private static partial Regex Handles();

    [GeneratedRegex("\\b(?:of|in|on|for)\\s+", Options)]
    private static partial Regex Of();

    [GeneratedRegex("\\b(?:risks?|problems?|errors?|mistakes?|weak\\w*|strengths?|flaws?|gaps?|contradictions?|issues?|inconsistenc\\w+|loopholes?|causes?|reasons?|patterns?|trends?|themes?|analysis|comparison|critique|evaluation|review|feedback|audit|pros and cons|red flags?|bias(?:es)?|clauses?|quality)\\b[^.]*?\\b(?:in|of|from|on|for)\\s+", Options)]
    private static partial Regex ProblemsIn();

    [GeneratedRegex("^(?:review|refactor|debug|fix|optimi[sz]e|improve|explain|document|test|translate|convert|check|analy[sz]e|clean|simplify|rewrite|port|migrate|comment|find|understand|speed)$", Options)]
    private static partial Regex CodeVerb();

    [GeneratedRegex("\\b(?:unit tests?|tests?|documentation|docs|docstrings?|comments|test cases|review|explanation|bugs?|errors?)\\b[^.]*?\\b(?:for|of|in|on)\\s+(?=(?:my|this|the|our|these|a given|existing|given|legacy) )|\\b(?:refactoring|debugging|reviewing)\\s+", Options)]
    private static partial Regex ForCode();

    [GeneratedRegex("\\b(?:reply|replies|response|responses|respond|answers?|rebuttal)(?: professionally| politely)? to\\s+", Options)]
    private static partial Regex ReplyTo();

    [GeneratedRegex("\\b(?:about|on|for|of|explain|describe|with)\\s+(?=(?:any|a given|the given|each|every|my|an?|these)\\s+)", Options)]
    private static partial Regex OpenTopic();

    [GeneratedRegex("^.*?\\b(?:proofreading|editing|rewriting|polishing|rephrasing|shortening)\\s+(?:of\\s+)?", Options)]
    private static partial Regex ReviseNoun();

    [GeneratedRegex("\\b(?:sound|more|less|shorter|longer|clearer|friendlier|simpler|stronger|better|easier|funnier|professional|concise|readable|to make)\\b", Options)]
    private static partial Regex Wish();

    [GeneratedRegex("^(?:up |the )?(?:writing|style|tone|wording|clarity|quality|flow|structure) (?:of|in) ", Options)]
    private static partial Regex WritingOf();
}
