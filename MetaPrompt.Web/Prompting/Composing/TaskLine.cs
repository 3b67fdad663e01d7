using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>The first sentence: the goal as an order, its material pointed at, its blanks as variables.</summary>
internal static partial class TaskLine
{
    /// <summary>Whether the material is a word or two, filled in where the goal names it.</summary>
    public static bool IsInline(Material material) => Phrases.IsShort(material.Phrase);

    /// <summary>The goal as one imperative sentence with its full stop.</summary>
    /// <param name="brief">The brief it opens; counts it leaves open become variables there.</param>
    /// <param name="verb">The verb for a goal that is only a noun phrase.</param>
    public static string Of(Brief brief, string verb)
    {
        var goal = brief.Goal;
        if (!goal.IsEnglish)
            return Foreign(goal);
        var sentence = goal.Sentence;
        if (sentence.Task.Length == 0)
            return English.Upper(verb) + " a text on the subject below.";
        var task = WithMaterials(sentence.Task, goal.Materials);
        task = ToMe().Replace(task, "${verb} ", 1);
        if (sentence.IsQuestion)
            return "Answer this question: " + TemplateText.Safe(English.Lower(task).TrimEnd('?', '.', ' ')) + "?";
        if (sentence.Verb is null)
            task = goal.KindIsClear ? verb + " " + Article(task) : "write a text on " + English.Lower(task);
        task = Counted(brief, task);
        task = Vague().Replace(task, "${article}${next}");
        task = Articles().Replace(task, match => (VowelSound().IsMatch(match.Groups["next"].Value) ? "an " : "a ") + match.Groups["next"].Value);
        task = TemplateText.Safe(English.Upper(Spaces().Replace(task, " ").Trim().TrimEnd('.', ',', ';', ':', ' ')));
        return Prohibition.WithWayOut(task).TrimEnd('.') + ".";
    }

    private static string Foreign(GoalAnatomy goal) =>
        $"Do what the goal below asks, and answer in {Languages.Name(goal.Language)} unless it names another language.\n\n<goal>\n{TemplateText.Safe(goal.Goal.Trim())}\n</goal>";

    private static string WithMaterials(string task, IReadOnlyList<Material> materials)
    {
        // "my résumé and a job posting" becomes "the résumé and the job posting below".
        for (var index = 0; index < materials.Count; index++)
        {
            var material = materials[index];
            if (material.Mention.Length == 0)
                continue;
            var at = task.IndexOf(material.Mention, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var end = at + material.Mention.Length;
            var joined = index + 1 < materials.Count && !IsInline(materials[index + 1]) && task[end..].StartsWith(" and " + materials[index + 1].Mention, StringComparison.Ordinal);
            var noun = IsInline(material) ? PromptTemplate.Placeholder(material.Name) : material.The + (joined ? "" : " below");
            task = task[..at] + noun + task[end..];
        }
        return task;
    }

    // "A few names" leaves open how many: that is a blank, with a number to start from.
    private static string Counted(Brief brief, string task) => Few().Replace(task, match =>
    {
        var noun = VariableNames.Normalise(match.Groups["noun"].Value);
        if (noun.Length == 0 || !English.IsPlural(match.Groups["noun"].Value))
            return match.Value;
        var name = "number_of_" + (noun.Length > 40 ? "items" : noun);
        brief.Declare(new PromptVariable { Name = name, Label = "Number of " + match.Groups["noun"].Value, Type = VariableType.Number, Default = "5" });
        return PromptTemplate.Placeholder(name) + " " + match.Groups["between"].Value + match.Groups["noun"].Value;
    }, 1);

    private static string Article(string task)
    {
        var lower = English.Lower(task);
        return !NeedsArticle(task) || English.StartsWithDeterminer(task) ? lower : (VowelSound().IsMatch(lower) ? "an " : "a ") + lower;
    }

    private static bool NeedsArticle(string task) => !PlainStart().IsMatch(task) && !English.IsPlural(Phrases.At(task, keepOf: false)) && !English.IsMass(Phrases.At(task, keepOf: false));

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex("^(?<verb>write|give|draft|make|create|generate|find|get|build|show|suggest|tell|design|compose|draw)(?: me| us)\\s+", Options)]
    private static partial Regex ToMe();

    [GeneratedRegex("(?<article>\\ban? )?\\b(?:really|very|good|great|nice|amazing|awesome|perfect|proper|appropriate|suitable|interesting|some)\\s+(?!night|morning|practice|luck|faith|enough|grief|britain|at\\b|for\\b|as\\b|and\\b|or\\b)(?<next>\\p{L})", Options)]
    private static partial Regex Vague();

    [GeneratedRegex("\\ban? (?<next>[a-z][\\w-]*)")]
    private static partial Regex Articles();

    [GeneratedRegex("^(?:[aeio]|u(?!ni|se|su|ti|ro)|hour|honest|heir)(?!ne\\b|ne-|nce\\b|uro)", Options)]
    private static partial Regex VowelSound();

    [GeneratedRegex("\\b(?:a few|several|a couple of|some|various|multiple|a number of|a bunch of)\\s+(?<between>(?:(?:good|nice|great|new|short|catchy|creative|unique|funny|different|possible|simple|clever)\\s+)*)(?<noun>[\\p{L}-]+s)\\b(?= for| about|$| that| to |,| on)", Options)]
    private static partial Regex Few();

    [GeneratedRegex("^(?:[\\p{Lu}]{2,}\\b|\\p{Lu}\\w+ (?:and|or) |\\d|[\"“']|\\{\\{|how |what |why |something|everything|anything|ideas)", RegexOptions.CultureInvariant)]
    private static partial Regex PlainStart();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
