using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>The first sentence of a part to play: who the model is, who the person is.</summary>
internal static partial class PersonaTask
{
    public static string Of(Brief brief, bool interview, bool practice)
    {
        var goal = brief.Goal;
        if (!goal.IsEnglish)
            return TaskLine.Of(brief, "play");
        var sentence = goal.Sentence;
        var task = TemplateText.Safe(sentence.Task.TrimEnd('.', ' '));
        if (interview && PractiseInterview().IsMatch(task))
            return Plain().IsMatch(task) ? "Interview me for a job as a practice run. You ask, I answer." : $"Interview me: {After(task)}. You ask, I answer.";
        if (practice && sentence.Verb is "practise" or "practice" or "simulate" or "rehearse")
            return $"Have a practice conversation with me: {After(task)}. You play the other side, I play myself.";
        if (sentence.Verb is "act" or "pretend" or "play" or "impersonate" or "roleplay" or "role-play" or "interview" or "quiz" or "coach" or "debate")
            return English.Upper(task).TrimEnd('.') + ".";
        if (sentence.Verb is not null || task.StartsWith("you are", StringComparison.OrdinalIgnoreCase))
            return TaskLine.Of(brief, "play");
        if (YouAre().Match(task) is { Success: true } you)
            return English.Upper(you.Value) + task[you.Length..] + ".";
        // "A chatbot that answers ...": the goal names the part.
        return practice ? $"Have a conversation with me as {English.WithArticle(English.Lower(task))}."
            : $"Act as {English.WithArticle(English.Lower(task))}.";
    }

    private static string After(string task) => English.Lower(GoalSentence.FirstWord(task).Length is var length && length < task.Length ? task[length..].Trim() : task);

    [GeneratedRegex("^(?:practi[cs]e|practi[cs]ing|rehearse|simulate|do|have|run|mock|job interview|interview)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PractiseInterview();

    [GeneratedRegex("^(?:\\w+ )?(?:a |an |my )?(?:mock )?(?:job )?interviews?(?: practi[cs]e| with me| questions)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex("^you are (?:an?|my|the)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex YouAre();
}
