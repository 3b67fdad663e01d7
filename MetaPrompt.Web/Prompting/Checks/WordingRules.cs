using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Composing;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Checks;

/// <summary>Lexical rules about how instructions are worded. English only: other languages get no finding.</summary>
internal static partial class WordingRules
{
    private const int MostFindings = 10;

    public static IEnumerable<Finding> Vague(CheckedText text) => VagueWords().Matches(text.Prose).Take(MostFindings).Select(match => new Finding
    {
        Rule = "vague-quantifier",
        Start = match.Index,
        Length = match.Length,
        Message = $"“{match.Value.Trim()}” leaves open how much or by which measure.",
        Why = "Each run decides it anew; a number or a criterion decides it once.",
        Level = FindingLevel.Info,
    });

    public static IEnumerable<Finding> Opposed(CheckedText text)
    {
        foreach (var (one, other, message) in Pairs)
        {
            if (one.Match(text.Prose) is { Success: true } first && other.Match(text.Prose) is { Success: true } second)
            {
                yield return new Finding
                {
                    Rule = "opposed-pair",
                    Start = Math.Max(first.Index, second.Index),
                    Length = first.Index > second.Index ? first.Length : second.Length,
                    Message = message(first.Value, second.Value),
                    Why = "The model follows one of the two, and not the same one each time.",
                };
            }
        }
        // "Always cite sources" and "never cite sources" oppose each other only about the same thing.
        var always = AlwaysNever().Matches(text.Prose).Where(match => match.Groups["which"].Value.StartsWith("a", StringComparison.OrdinalIgnoreCase)).Take(50).ToList();
        foreach (Match never in AlwaysNever().Matches(text.Prose).Where(match => match.Groups["which"].Value.StartsWith("n", StringComparison.OrdinalIgnoreCase)).Take(50))
        {
            if (always.FirstOrDefault(match => string.Equals(match.Groups["what"].Value, never.Groups["what"].Value, StringComparison.OrdinalIgnoreCase)) is not { } positive)
                continue;
            yield return new Finding
            {
                Rule = "opposed-pair",
                Start = never.Index,
                Length = never.Length,
                Message = $"“{positive.Value}” and “{never.Value}” contradict each other.",
                Why = "The model follows one of the two, and not the same one each time.",
            };
        }
    }

    public static IEnumerable<Finding> Prohibitions(CheckedText text)
    {
        var sentences = text.Sentences().ToList();
        var count = 0;
        for (var index = 0; index < sentences.Count && count < MostFindings; index++)
        {
            var (start, sentence) = sentences[index];
            if (!Prohibition.OnlyForbids(sentence))
                continue;
            // The sentence after it may say what to do instead.
            if (index + 1 < sentences.Count && Instead().IsMatch(sentences[index + 1].Sentence))
                continue;
            count++;
            var original = text.Text.Substring(start, sentence.Length);
            var better = Prohibition.WithWayOut(original);
            yield return new Finding
            {
                Rule = "prohibition-only",
                Start = start,
                Length = sentence.Length,
                Message = "This says what not to do, and not what to do instead.",
                Why = "A model follows a direction more reliably than a ban.",
                Mend = better == original ? null : new Mend("Add what to do instead", text.Text[..start] + better + text.Text[(start + sentence.Length)..]),
                Level = FindingLevel.Info,
            };
        }
    }

    public static IEnumerable<Finding> Shouting(CheckedText text) => Loud().Matches(text.Prose).Where(match => !Acronyms(match.Value)).Take(MostFindings).Select(match =>
    {
        var calm = match.Value.Contains('!', StringComparison.Ordinal) ? "." : match.Value.ToLowerInvariant();
        return new Finding
        {
            Rule = "shouting",
            Start = match.Index,
            Length = match.Length,
            Message = "Capitals or exclamation marks are used for emphasis.",
            Why = "Current models overreact to shouting; a reason works better.",
            Mend = new Mend("Say it calmly", text.Text[..match.Index] + calm + text.Text[(match.Index + match.Length)..]),
            Level = FindingLevel.Info,
        };
    });

    public static IEnumerable<Finding> NoTask(CheckedText text)
    {
        if (string.IsNullOrWhiteSpace(text.Text))
        {
            yield return Missing("no-role-or-task", "The template is empty.", "There is nothing for a model to do.");
            yield break;
        }
        if (Languages.Detect(text.Prose) != "en" || Task().IsMatch(text.Prose))
            yield break;
        foreach (var (_, sentence) in text.Sentences().Take(400))
        {
            var word = GoalSentence.FirstWord(Lead().Replace(sentence, ""));
            if (Verbs.Is(word) || ToDo().IsMatch(sentence))
                yield break;
        }
        yield return Missing("no-role-or-task", "No sentence says what to do.", "The model guesses the task from the material.");
    }

    internal static Finding Missing(string rule, string message, string why, FindingLevel level = FindingLevel.Warning, Mend? mend = null) =>
        new() { Rule = rule, Start = 0, Length = 0, Message = message, Why = why, Level = level, Mend = mend };

    private static bool Acronyms(string run) => !run.Contains('!', StringComparison.Ordinal) && run.Split(' ').All(word => word.Length <= 4) && run.Split(' ').Length < 3;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly (Regex One, Regex Other, Func<string, string, string> Message)[] Pairs =
    [
        (Concise(), Detailed(), (one, other) => $"“{one}” and “{other}” ask for opposite lengths."),
        (Formal(), Casual(), (one, other) => $"“{one}” and “{other}” ask for opposite tones."),
        (OnlyJson(), Explain(), (one, other) => $"“{one.Trim()}” and “{other.Trim()}” cannot both be followed."),
    ];

    [GeneratedRegex("\\b(?:some(?= (?:\\p{L}+ )?\\p{L}+s\\b)|several|a few|a couple of|various|numerous|a lot of|lots of|a number of|appropriate(?:ly)?|suitabl[ey]|adequate(?:ly)?|reasonabl[ey]|proper(?:ly)?|(?:good|nice|great|interesting)(?= \\p{L}{3,})(?! (?:and|or|for|at|enough|practice|faith|night|morning|as|luck|britain|deal|friday)\\b)|stuff|and so on|etc\\.?(?=\\W|$))(?!\\p{L})", Options)]
    private static partial Regex VagueWords();

    [GeneratedRegex("\\b(?:concise(?:ly)?|briefly|be brief|keep it short|as short as possible)\\b", Options)]
    private static partial Regex Concise();

    [GeneratedRegex("\\b(?:in (?:great |full |much )?detail|in-depth|in depth|comprehensive(?:ly)?|exhaustive(?:ly)?|as long as possible|elaborate)\\b", Options)]
    private static partial Regex Detailed();

    [GeneratedRegex("(?<!in)\\bformal(?:ly)? (?:tone|style|language|voice)\\b|\\bsound formal\\b", Options)]
    private static partial Regex Formal();

    [GeneratedRegex("\\b(?:casual|informal|chatty|colloquial) (?:tone|style|language|voice)\\b|\\bsound (?:casual|informal)\\b", Options)]
    private static partial Regex Casual();

    [GeneratedRegex("\\b(?:only|nothing but|just) (?:valid |the |a )?(?:json|code|csv|xml)\\b", Options)]
    private static partial Regex OnlyJson();

    [GeneratedRegex("\\b(?:explain your (?:reasoning|answer|choice)|add (?:an|a short) explanation|followed by an explanation)\\b", Options)]
    private static partial Regex Explain();

    [GeneratedRegex("\\b(?<which>always|never) (?<what>\\p{L}+(?: \\p{L}+)?)", Options)]
    private static partial Regex AlwaysNever();

    [GeneratedRegex("\\b(?:instead|rather)\\b|^(?:use|write|keep|say|choose|prefer|ask|give|leave)\\b", Options)]
    private static partial Regex Instead();

    [GeneratedRegex("!{2,}|(?<![\\p{L}\\p{N}_-])\\p{Lu}{3,}(?:[ ]+\\p{Lu}{2,})+(?![\\p{L}\\p{N}_-])|(?<![\\p{L}\\p{N}_-])(?:MUST|NEVER|ALWAYS|IMPORTANT|CRITICAL|WARNING|ONLY|DO NOT)(?![\\p{L}\\p{N}_-])", RegexOptions.CultureInvariant)]
    private static partial Regex Loud();

    [GeneratedRegex("\\b(?:you are|act as|your (?:task|job|role|goal)|you(?:'ll| will| must| should)|i want you to|i need|please|interview me|the model|tell me|give me|show me|create an?|generate an?|i(?:'ll| will) (?:give|send|provide|paste)|need (?:somebody|someone)|want (?:somebody|someone))\\b", Options)]
    private static partial Regex Task();

    [GeneratedRegex("^(?:[-*•#>]+\\s*|\\d+[.)]\\s*|(?:please|first|then|now|finally|step \\d+)[:,]?\\s+)+", Options)]
    private static partial Regex Lead();

    [GeneratedRegex("^(?:give|be|use|keep|start|begin|return|output|respond|consider|include|ensure|follow|take|think|work|go|look|say|speak|have|treat|leave|read|imagine|ask|let|decide|state|provide|offer|rewrite|continue|complete|finish|predict|count|select|calculate|solve|what|how|why|when|where|which|who|is|are|can|could|should|do|does)\\b|\\?$", Options)]
    private static partial Regex ToDo();
}
