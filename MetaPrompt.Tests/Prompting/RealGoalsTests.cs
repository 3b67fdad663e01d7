using System.Text;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>
/// Goals of every kind, after titles that people really gave their prompts, from goal to template without a model. The outcome
/// stands in <c>RealGoals.golden.md</c>, to be read and judged. After a change that is meant:
/// <c>METAPROMPT_GOLDEN=write MetaPrompt.Tests --filter-class "*.RealGoalsTests"</c> writes the file anew; read its difference.
/// </summary>
public sealed class RealGoalsTests
{
    // By question: a number picks that suggestion, null skips, any other text is in one's own words. What is not named is skipped.
    private static readonly (string Title, TaskKind Kind, string Goal, Dictionary<string, string?> Answers)[] Goals =
    [
        ("High Conversion Cold Email", TaskKind.Write, "Write a cold email to the head of operations of a logistics company that gets a reply", new() { ["length"] = "under 90 words", ["tone"] = "0", ["leave_out"] = null }),
        ("Lower AI Generation Rate", TaskKind.Rewrite, "Edit my blog post so that it reads as if a person had written it", new() { ["degree"] = "0", ["keep"] = "1", ["changes"] = "1" }),
        ("transcript_to_notes", TaskKind.Summarise, "Summarise a meeting transcript for people who missed the meeting", new() { ["decision"] = "0", ["leave_out"] = "small talk and who said what", ["format"] = "0" }),
        ("Customizable Job Scanner", TaskKind.Extract, "Pull job title, salary, location and application deadline out of job postings", new() { ["format"] = "0", ["missing"] = "0", ["several"] = "0" }),
        ("AI Customer Support Specialist", TaskKind.Classify, "Decide which team should handle a customer's message", new() { ["labels"] = "billing, delivery, technical problems, complaints", ["ties"] = "1", ["use"] = "0" }),
        ("Analogy Generator", TaskKind.Answer, "Explain a technical concept with an analogy from everyday life", new() { ["level"] = "people who have never programmed", ["purpose"] = "0", ["check"] = "0" }),
        ("professional linguistic expert and translator", TaskKind.Translate, "Translate product descriptions from English into Turkish for an online shop", new() { ["register"] = "0", ["keep"] = "brand names and sizes", ["notes"] = "0" }),
        ("File System Indexer CLI", TaskKind.Code, "Write a Python command-line tool that finds duplicate files in a folder", new() { ["errors"] = "1", ["tests"] = "0", ["style"] = "0" }),
        ("Strategic Decision-Making Matrix", TaskKind.Analyse, "Compare the options for a decision and recommend one", new() { ["criteria"] = "cost in the first year, risk, effort for the team", ["decision"] = "0", ["format"] = "0" }),
        ("Study planner", TaskKind.Plan, "Make a study plan for an exam in six weeks", new() { ["resources"] = "one hour on weekdays, three on Sundays", ["done"] = "1", ["obstacles"] = "0" }),
        ("Socratic Method", TaskKind.Persona, "Act as a Socratic teacher who questions my opinions", new() { ["situation"] = "0", ["turns"] = "0", ["never"] = "0" }),
        ("Serene Moonlit Street Illustration", TaskKind.Image, "An illustration of a quiet old street in the moonlight", new() { ["subject"] = "0", ["style"] = "1", ["framing"] = "0" }),
    ];

    [Fact]
    public void The_templates_are_those_that_were_read_and_found_good()
    {
        var path = Path.Combine(ArchitectureTests.Repository, "MetaPrompt.Tests", "Prompting", "RealGoals.golden.md");
        var now = Golden();
        if (Environment.GetEnvironmentVariable("METAPROMPT_GOLDEN") == "write")
            File.WriteAllText(path, now);

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), now);
    }

    [Fact]
    public void Each_is_read_as_its_kind_and_the_checks_find_nothing()
    {
        Assert.Equal(Enum.GetValues<TaskKind>().Length, Goals.Select(goal => goal.Kind).Distinct().Count());
        foreach (var goal in Goals)
        {
            var reading = GoalReader.Read(goal.Goal);
            Assert.Equal((goal.Goal, goal.Kind), (goal.Goal, reading.Kind));
            var composed = Composer.Compose(reading, Answer(reading, goal.Answers));
            Assert.Empty(PromptChecks.Find(composed.Template, composed.Variables).Select(finding => $"{finding.Rule} {finding.Message} {composed.Template.Substring(finding.Start, finding.Length)}"));
        }
    }

    private static string Golden()
    {
        var text = new StringBuilder("# Templates of the composer without a model\n\nWritten by RealGoalsTests; its summary says how to write it anew.\n");
        foreach (var (title, kind, goal, picks) in Goals)
        {
            var reading = GoalReader.Read(goal);
            var answers = Answer(reading, picks);
            var composed = Composer.Compose(reading, answers);
            text.Append(null, $"\n## {kind}: {composed.Title}\n\nAfter “{title}”. Goal: {goal}\n\n");
            foreach (var answer in answers)
                text.Append(null, $"- {answer.QuestionText} {answer.Answer ?? "(skipped)"}\n");
            text.Append(null, $"\n~~~\n{composed.Template}\n~~~\n\n");
            foreach (var variable in composed.Variables)
                text.Append(null, $"- `{variable.Name}`: {variable.DisplayName}, {variable.Type}{(variable.Default is null ? "" : $", {variable.Default} unless said otherwise")}\n");
        }

        return text.ToString();
    }

    private static List<QuestionAnswer> Answer(GoalReading reading, Dictionary<string, string?> picks)
    {
        var answers = new List<QuestionAnswer>();
        while (Questions.For(reading, answers).FirstOrDefault(question => answers.All(given => given.QuestionId != question.Id)) is { } next)
        {
            var pick = picks.GetValueOrDefault(next.Id);
            answers.Add(new QuestionAnswer
            {
                QuestionId = next.Id,
                QuestionText = next.Text,
                Slot = next.Slot,
                Answer = pick is { Length: 1 } && char.IsAsciiDigit(pick[0]) ? next.Suggestions[pick[0] - '0'] : pick,
            });
        }

        return answers;
    }
}
