using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Which kind a goal is, by its first verb and by words that outweigh it.</summary>
internal static partial class Cues
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Programming = "python|javascript|typescript|java|c#|c\\+\\+|golang|rust|php|ruby|swift|kotlin|bash|powershell|sql|postgres(?:ql)?|mysql|react|vue|angular|html|css|vba|matlab|django|flask|node(?:\\.js)?|\\.net|regex(?:es)?|regular expressions?";

    /// <summary>The kind, and whether any cue spoke for it.</summary>
    public static (TaskKind Kind, bool Clear) Kind(GoalSentence sentence, string goal)
    {
        var text = sentence.Task.Length == goal.Length ? sentence.Task : sentence.Task + ". " + goal[..Math.Min(goal.Length, 600)];
        var task = sentence.Task;
        var verbKind = sentence.Verb is { } verb ? Verbs.Kind(verb) : null;

        // From the most telling cue to the least: a role beats a verb, a picture beats "create".
        if (PersonaStrong().IsMatch(text))
            return (TaskKind.Persona, true);
        if (sentence.IsQuestion && QuestionToLabel().IsMatch(task))
            return (TaskKind.Classify, true);
        if (sentence.IsQuestion)
            return (QuestionToDecide().IsMatch(task) ? TaskKind.Analyse : CodeNoun().IsMatch(task) && HowTo().IsMatch(task) ? TaskKind.Code : TaskKind.Answer, true);
        if (ImageStrong().IsMatch(task) && !AboutImage().IsMatch(task))
            return (TaskKind.Image, true);
        if (verbKind is TaskKind.Translate || TranslateNoun().IsMatch(task))
            return (TaskKind.Translate, true);
        if (SummaryNoun().IsMatch(task) && verbKind is null or TaskKind.Write or TaskKind.Extract or TaskKind.Plan)
            return (TaskKind.Summarise, true);
        if (IsCode(task, verbKind))
            return (TaskKind.Code, true);
        if (verbKind is TaskKind.Persona || PersonaSoft().IsMatch(task))
            return (TaskKind.Persona, true);
        if (verbKind is TaskKind.Extract or TaskKind.Classify or TaskKind.Answer && Refine(sentence, verbKind.Value) is { } refined)
            return (refined, true);
        if (verbKind is null or TaskKind.Write && sentence.Verb is not ("reply" or "respond") && ClassifyNoun().IsMatch(task))
            return (TaskKind.Classify, true);
        if (sentence.Verb is "decide" && DecideLabel().IsMatch(task))
            return (TaskKind.Classify, true);
        if (verbKind is null && ToData().IsMatch(task))
            return (TaskKind.Extract, true);
        if (StepByStep().IsMatch(task) && verbKind is null)
            return (TaskKind.Plan, true);
        if (RewriteShape().IsMatch(task))
            return (TaskKind.Rewrite, true);
        if (verbKind is TaskKind.Plan or TaskKind.Write or null && PlanNoun().IsMatch(task) && !TextNoun().IsMatch(Head(task)))
            return (TaskKind.Plan, true);
        if (verbKind is null or TaskKind.Write && AnalyseNoun().IsMatch(task))
            return (TaskKind.Analyse, true);
        if (verbKind is TaskKind.Image && !TextNoun().IsMatch(task))
            return (TaskKind.Image, true);
        if (verbKind is { } known)
            return (known, true);
        if (TextNoun().IsMatch(task) || sentence.Verb is "turn" or "convert" or "transform")
            return (TaskKind.Write, true);
        if (AnswerNoun().IsMatch(task))
            return (TaskKind.Answer, true);
        return (TaskKind.Write, MaterialVerb().IsMatch(task));
    }

    private static bool IsCode(string task, TaskKind? verb)
    {
        if (verb is TaskKind.Code)
            return !ScreenScript().IsMatch(task);
        if (ScreenScript().IsMatch(task) || verb is TaskKind.Answer && !CodeMaterial().IsMatch(task) || verb is TaskKind.Plan or TaskKind.Classify or TaskKind.Extract or TaskKind.Summarise)
            return false;
        return CodeNoun().IsMatch(Head(task)) || CodeMaterial().IsMatch(task);
    }

    // "Find", "identify" and "describe" are said for several kinds: the object decides.
    private static TaskKind? Refine(GoalSentence sentence, TaskKind kind)
    {
        var after = sentence.AfterVerb;
        return sentence.Verb switch
        {
            "find" or "identify" when Problem().IsMatch(after) => TaskKind.Analyse,
            "find" when !MaterialVerb().IsMatch(sentence.Task) => TextNoun().IsMatch(after) || Names().IsMatch(after) ? TaskKind.Write : TaskKind.Answer,
            "identify" when !YesNo().IsMatch(after) => MaterialVerb().IsMatch(sentence.Task) ? TaskKind.Extract : TaskKind.Analyse,
            "identify" => TaskKind.Classify,
            "describe" when Product().IsMatch(after) => TaskKind.Write,
            "check" when YesNo().IsMatch(after) => TaskKind.Classify,
            _ => kind,
        };
    }

    // What is made stands before the first preposition: "a script for a video" is a script.
    private static string Head(string task)
    {
        var at = Preposition().Match(task) is { Success: true } match ? match.Index : task.Length;
        return task[..at];
    }

    [GeneratedRegex("\\b(?:act(?:s|ing)? (?:as|like)|role-?play|pretend (?:to be|you|that)|you are (?:a|an|my|the)|be my|play the (?:role|part)|interview me|mock interview|quiz me|coach me|debate (?:with )?me|chatbot|chat bot|devil'?s advocate|dungeon master|text adventure|impersonate|sparring partner|argue with me)\\b|\\bas (?:my |a )?(?:personal )?(?:tutor|coach|mentor|therapist|interviewer)\\b", Options)]
    private static partial Regex PersonaStrong();

    [GeneratedRegex("\\b(?:practi[cs]e|practi[cs]ing|rehears\\w+|simulat\\w+)\\b.*\\b(?:interviews?|conversations?|negotiat\\w+|talk\\w*|speaking|dialogues?|pitch\\w*|sales calls?|debat\\w+|phone calls?)\\b|\\b(?:interview|conversation|negotiation|speaking|debate) (?:practi[cs]e|partner|coach|simulator)\\b|^(?:an? |my )?(?:\\w+ ){0,2}(?:tutor|coach|mentor|interviewer|assistant|companion|bot|agent|therapist|buddy)\\b(?! (?:letter|email|post))", Options)]
    private static partial Regex PersonaSoft();

    [GeneratedRegex("\\b(?:midjourney|dall-?e|stable diffusion|flux prompt|text-to-image|image prompt|photorealistic)\\b"
        + "|^(?:(?:create|make|generate|design|produce|draw|paint|imagine|render|sketch|illustrate|write|get|give)\\s+)?(?:me\\s+)?(?:an?\\s+|the\\s+|some\\s+|my\\s+|\\d+\\s+)?(?:(?!for\\b|of\\b|about\\b|from\\b|to\\b|with\\b|captions?\\b)[\\w'-]+\\s+){0,4}?(?:images?|photos?|photographs?|pictures?|logos?|illustrations?|drawings?|paintings?|portraits?|wallpapers?|icons?|posters?|sketch(?:es)?|artworks?|stickers?|tattoos?|avatars?|mascots?|thumbnails?|book covers?|album covers?|concept art|clip art|scene|watercolou?rs?|coloring pages?|colouring pages?|product shots?)\\b(?! (?:captions?|descriptions?|alt|brief|prompts? for writing|editing|file|tags?))"
        + "|^(?:draw|paint|illustrate|sketch|photograph)\\b", Options)]
    private static partial Regex ImageStrong();

    [GeneratedRegex("\\b(?:caption|alt[ -]text|describe (?:this|the|a|my) (?:image|photo|picture)|recognise|what is in)\\b|\\bscene (?:for|of|from|in) (?:a |my |the )?(?:play|novel|film|movie|screenplay|story|book)|\\bpictures? books?\\b", Options)]
    private static partial Regex AboutImage();

    [GeneratedRegex("\\b(?:translation|translator|locali[sz]ation|localized version)\\b", Options)]
    private static partial Regex TranslateNoun();

    [GeneratedRegex("\\b(?:summary|summaries|tl;?dr|digest|key (?:points|takeaways|ideas|messages)|main (?:points|ideas|arguments)|takeaways|synopsis|recap|executive summary|gist|meeting minutes|abstract of|highlights (?:of|from))\\b|\\bboil(?:ing)? down\\b|\\bminutes (?:from|of)\\b", Options)]
    private static partial Regex SummaryNoun();

    [GeneratedRegex("\\b(?:(?:movie|film|video|podcast|youtube|tiktok|sales|call|phone|radio|stage|tv|play|ad|commercial|voice-?over|explainer|cold call|screen)[ -]?(?:\\w+ )?scripts?|scripts? (?:for|of) (?:a |an |my |the )?(?:[\\w-]+ )?(?:video|podcast|movie|film|talk|call|scene|play|show|webinar|episode|reel|ad|tour|voice)|screenplay|code of conduct|dress code|query letter|discount code|secret code|color code)\\b", Options)]
    private static partial Regex ScreenScript();

    [GeneratedRegex("\\b(?:code|scripts?|functions?|(?:sql |database )?quer(?:y|ies)|unit tests?|integration tests?|test cases?|class(?:es)? in|apis?|algorithms?|macros?|dockerfile|makefile|webpage|web page|components?|cli|command[- ]line tool|crud|microservice|endpoints?|stored procedures?|excel formulas?|spreadsheet formulas?|formula for|github actions?|ci pipeline|terraform|migration script|test data|stack trace|pull request review|code review|scraper|parser|compiler|plugin|web ?site in|app in|program)\\b|\\b(?:" + Programming + ")(?!\\w)", Options)]
    private static partial Regex CodeNoun();

    [GeneratedRegex("\\b(?:(?:my|this|the|our|some|existing|legacy|your|following|given|a piece of) (?:[\\w#+.-]+ ){0,2}(?:code|function|script|class|query|diff|codebase|stack trace|pull request|component|program|method|module)|(?:" + Programming + ") (?:code|function|script|query|class|program|snippet|module)|source code|pull requests? for|code (?:review|snippets?)|diffs?\\b(?! in)|review code|bugs? in (?:my|this|the|our) (?:code|app|program)|stack traces?)", Options)]
    private static partial Regex CodeMaterial();

    [GeneratedRegex("^how (?:do|can|would|to|should)\\b", Options)]
    private static partial Regex HowTo();

    [GeneratedRegex("^(?:is|are) (?:this|an?|the|it|these) .*\\bor\\b(?! should)", Options)]
    private static partial Regex QuestionToLabel();

    [GeneratedRegex("^(?:should (?:i|we)|which (?:\\w+ )?(?:is|are|should|would)|is it (?:better|worth)|what (?:is|are) the (?:risks?|pros|best|difference|trade-?offs?)|who should)\\b", Options)]
    private static partial Regex QuestionToDecide();

    [GeneratedRegex("\\b(?:sentiment|spam or|is (?:it|this|an?)\\b.* or\\b|into categories|by (?:category|urgency|priority|topic|department)|classification|classifier|which (?:category|team|department|label)|content moderation)\\b|\\bdecide (?:if|whether|which)\\b.*\\b(?:is|are|belongs?|should (?:go|get|handle))\\b", Options)]
    private static partial Regex ClassifyNoun();

    [GeneratedRegex("^decide which (?:team|department|category|label|queue|folder|group|inbox)\\b|^decide (?:if|whether) (?:an?|the|this|each) .* is\\b.* or\\b", Options)]
    private static partial Regex DecideLabel();

    [GeneratedRegex("\\b(?:turn|convert|transform|format|put|get|take|list)\\b.*\\b(?:(?:in)?to|as|in) (?:an? |valid |structured |the )*(?:json|csv|table|xml|yaml|spreadsheet|structured data|database|markdown table)\\b|^(?:get|list|note|pull|collect|gather|record) (?:all |every |the |out )*[\\w ,'-]+ (?:from|mentioned in|out of|in) (?:an? |the |these |my |our |this )?\\w+", Options)]
    private static partial Regex ToData();

    [GeneratedRegex("^(?:make|help make|get)\\b.*\\b(?:more|less|sound|better|shorter|longer|clearer|friendlier|simpler|stronger|professional|formal|polite|concise|readable|funnier|persuasive)\\b|^(?:turn|convert|transform|change|put|adapt|adjust)\\b.*\\b(?:into|to|in) (?:plain|simple|formal|everyday|business|professional|active|proper|better|simpler|clear|my) (?:\\w+ )?(?:english|language|voice|tone|style|words|prose)\\b|\\b(?:grammar|spelling|typos)\\b|^(?:fix|clean|cut|adapt|tailor|adjust|format|tone)\\b|\\bproofreading\\b|^reduce .* by\\b", Options)]
    private static partial Regex RewriteShape();

    [GeneratedRegex("\\b(?:(?:meal|lesson|study|workout|training|project|business|marketing|travel|trip|content|launch|migration|onboarding|learning|30-day|90-day|test|action|fitness|care|work|sprint|retirement|savings|diet|garden|cleaning|recovery|contingency|communication|event|wedding|party|running|revision|reading) ?(?:plans?|schedules?|programs?|programmes?|calendars?|checklists?)|plans?\\b(?! to)|schedules?|roadmaps?|itinerar(?:y|ies)|recipes?|step[- ]by[- ]step|timetables?|checklists?|routines?|budgets?|agendas?|curriculum|syllabus|steps to|strateg(?:y|ies)|to-?do lists?|shopping lists?)\\b", Options)]
    private static partial Regex PlanNoun();

    [GeneratedRegex("\\bstep[- ]by[- ]step$|\\b(?:in|within|over) (?:the next )?(?:\\d+|two|three|four|six|eight|ten|twelve) (?:days|weeks|months)$", Options)]
    private static partial Regex StepByStep();

    [GeneratedRegex("\\b(?:pros and cons|analysis|comparison|swot|risk assessment|evaluation|critique|feedback on|second opinion|root cause|trade-?offs?|gap analysis|audit|competitor|weaknesses|red flags|decision matrix)\\b", Options)]
    private static partial Regex AnalyseNoun();

    [GeneratedRegex("\\b(?:explanation|understanding|answers? to|questions? about|lessons? (?:on|about)|help with|homework|introduction to|basics of|how .* works?|tutorial)\\b", Options)]
    private static partial Regex AnswerNoun();

    [GeneratedRegex("\\b(?:e-?mails?|letters?|posts?|articles?|essays?|stor(?:y|ies)|poems?|speech(?:es)?|release notes|changelogs?|newsletters?|press releases?|descriptions?|repl(?:y|ies)|messages?|reports?|proposals?|blog|tweets?|threads?|captions?|slogans?|taglines?|headlines?|titles?|names?|ideas?|bios?|scripts?|screenplay|advert\\w*|ads?|copy|landing page|documentation|docs|readme|faqs?|guides?|manuals?|tutorials?|questions|quiz(?:zes)?|exam|worksheets?|flashcards?|invitations?|cards?|toasts?|eulogy|vows|songs?|lyrics|haikus?|limericks?|jokes?|dialogues?|novels?|chapters?|scenes?|characters?|statements?|briefs?|memos?|announcements?|notices?|reviews?|testimonials?|résumés?|resumes?|cvs?|cover letters?|job (?:posting|ad|description)s?|user stor(?:y|ies)|requirements|specifications?|spec|policy|policies|terms|contracts?|essay|case stud(?:y|ies)|white ?papers?|talk|presentations?|slides?|outlines?|texts?|paragraphs?|sentences?|notes|acceptance criteria|prompts?|subject lines?|feedback|obituary|horoscope|riddles?|bedtime|fable)\\b", Options)]
    private static partial Regex TextNoun();

    [GeneratedRegex("\\b(?:risks?|problems?|bugs?|errors?|mistakes?|weak\\w*|flaws?|gaps?|contradictions?|issues?|inconsistenc\\w+|loopholes?|causes?|reasons?|patterns?|trends?|bottlenecks?|red flags?|opportunities|themes?)\\b", Options)]
    private static partial Regex Problem();

    [GeneratedRegex("\\b(?:if|whether|spam|which (?:category|team|type|label)|sentiment|language|type of|category)\\b", Options)]
    private static partial Regex YesNo();

    [GeneratedRegex("\\b(?:products?|apartment|house|listing|item|property|flat|holiday home)\\b", Options)]
    private static partial Regex Product();

    [GeneratedRegex("\\b(?:names?|ideas?|titles?|slogans?|gift\\w*|topics?)\\b", Options)]
    private static partial Regex Names();

    [GeneratedRegex("\\b(?:from|in|out of|within|based on) (?:an? |the |these |my |our |this |those |each |every |all |some |long )?[\\p{L}-]+", Options)]
    private static partial Regex MaterialVerb();

    [GeneratedRegex("(?<=\\w)\\s+(?:for|to|about|from|based|that|which|who|using|into|so)\\b", Options)]
    private static partial Regex Preposition();
}
