using System.Collections.Frozen;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>The verbs goals begin with, the kind each points at, and their other forms.</summary>
internal static class Verbs
{
    private static readonly (TaskKind? Kind, string Words)[] ByKind =
    [
        (TaskKind.Write, "write draft compose author pen announce invite congratulate thank apologise apologize reply respond brainstorm name pitch advertise promote caption"),
        (TaskKind.Rewrite, "rewrite improve shorten edit proofread rephrase polish reword paraphrase simplify tighten correct humanise humanize soften copyedit revise refine lengthen expand fix trim"),
        (TaskKind.Summarise, "summarise summarize digest condense recap abstract"),
        (TaskKind.Extract, "extract parse pull scrape collect gather harvest find"),
        (TaskKind.Classify, "classify label route triage categorise categorize tag sort detect moderate flag assign bucket identify"),
        (TaskKind.Answer, "answer explain teach tutor define clarify learn understand describe"),
        (TaskKind.Translate, "translate localise localize"),
        (TaskKind.Code, "code refactor debug implement program optimise-code script"),
        (TaskKind.Analyse, "analyse analyze compare evaluate assess review critique audit rank score judge diagnose investigate examine weigh prioritise prioritize decide choose check estimate predict benchmark rate"),
        (TaskKind.Plan, "plan schedule organise organize prepare outline budget arrange structure"),
        (TaskKind.Persona, "act roleplay role-play pretend simulate play interview coach practise practice debate quiz impersonate"),
        (TaskKind.Image, "draw paint illustrate sketch imagine picture photograph render visualise visualize"),
        (null, "create generate make build give get turn convert transform produce design suggest list come help tell show develop set provide propose recommend put take do add remove use reduce keep answer-with search break boil cut clean format merge combine group match map fill run test solve calculate compute tailor adapt adjust personalise personalize note highlight discover research brief report document present automate train learn-how handle cook bake grow increase start find-out determine select pick lay track read sum transcribe record process validate verify monitor model sell persuade convince negotiate motivate inspire remind warn ask request post publish send"),
    ];

    private static readonly FrozenDictionary<string, TaskKind?> Kinds = ByKind
        .SelectMany(group => group.Words.Split(' ').Select(word => (word, group.Kind)))
        .DistinctBy(pair => pair.word).ToFrozenDictionary(pair => pair.word, pair => pair.Kind, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Bases = Kinds.Keys
        .SelectMany(verb => Forms(verb).Select(form => (form, verb)))
        .DistinctBy(pair => pair.form).ToFrozenDictionary(pair => pair.form, pair => pair.verb, StringComparer.OrdinalIgnoreCase);

    public static bool Is(string word) => Kinds.ContainsKey(word);

    public static TaskKind? Kind(string verb) => Kinds.GetValueOrDefault(verb);

    /// <summary>"summarising" and "summarises" as "summarise"; null for a word that is no known verb.</summary>
    public static string? Base(string word) => Kinds.ContainsKey(word) ? word.ToLowerInvariant() : Bases.GetValueOrDefault(word);

    private static IEnumerable<string> Forms(string verb)
    {
        var stem = verb.EndsWith('e') ? verb[..^1] : verb;
        yield return stem + "ing";
        yield return verb is "get" or "set" or "put" or "run" or "cut" or "sum" or "tag" or "map" or "trim" or "flag" or "debug" or "plan" or "program" ? verb + verb[^1] + "ing" : verb + "ing";
        yield return verb.EndsWith('y') && verb.Length > 2 && !"aeou".Contains(verb[^2], StringComparison.Ordinal) ? verb[..^1] + "ies"
            : verb.EndsWith("ch", StringComparison.Ordinal) || verb.EndsWith("sh", StringComparison.Ordinal) || verb.EndsWith("ss", StringComparison.Ordinal) || verb.EndsWith('x') ? verb + "es"
            : verb + "s";
    }
}
