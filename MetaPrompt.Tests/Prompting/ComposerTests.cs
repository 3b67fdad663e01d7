using System.Diagnostics;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>Questions and composed templates, over a corpus of goals.</summary>
public sealed class ComposerTests
{
    public static TheoryData<string> Goals => [.. TestGoals.Ordinary];

    private static List<QuestionAnswer> AnswerAll(GoalReading reading, Func<Question, int, string?> answer)
    {
        var answers = new List<QuestionAnswer>();
        for (var round = 0; round < 10; round++)
        {
            if (Questions.For(reading, answers).FirstOrDefault(question => answers.All(given => given.QuestionId != question.Id)) is not { } next)
                return answers;
            answers.Add(new QuestionAnswer { QuestionId = next.Id, QuestionText = next.Text, Slot = next.Slot, Answer = answer(next, round) });
        }
        return answers;
    }

    private static IEnumerable<List<QuestionAnswer>> Ways(GoalReading reading)
    {
        yield return [];
        yield return AnswerAll(reading, (_, _) => null);
        yield return AnswerAll(reading, (question, round) => round % 2 == 0 ? null : question.Suggestions[0]);
        for (var index = 0; index < 5; index++)
        {
            var chosen = index;
            yield return AnswerAll(reading, (question, _) => question.Suggestions[Math.Min(chosen, question.Suggestions.Count - 1)]);
        }
    }

    private static void AssertSound(GoalReading reading, ComposedPrompt composed)
    {
        Assert.Equal(PromptTemplate.Parse(composed.Template).VariableNames, composed.Variables.Select(variable => variable.Name));
        Assert.InRange(composed.Title.Length, 1, 80);
        Assert.DoesNotContain('\n', composed.Title);
        Assert.DoesNotContain("\n\n\n", composed.Template, StringComparison.Ordinal);
        Assert.All(composed.Assumptions, assumption => Assert.Contains(assumption, composed.Template, StringComparison.Ordinal));
        Assert.False(string.IsNullOrWhiteSpace(composed.Template), reading.Goal);
    }

    [Theory]
    [MemberData(nameof(Goals))]
    public void The_checks_find_nothing_in_what_is_composed(string goal)
    {
        var reading = GoalReader.Read(goal);
        foreach (var answers in Ways(reading))
        {
            var composed = Composer.Compose(reading, answers);
            AssertSound(reading, composed);
            var findings = PromptChecks.Find(composed.Template, composed.Variables);
            Assert.True(findings.Count == 0, string.Join("; ", findings.Select(finding => $"{finding.Rule}: {composed.Template.Substring(finding.Start, finding.Length)}")) + "\n" + composed.Template);
        }
    }

    [Theory]
    [MemberData(nameof(Goals))]
    public void Each_suggestion_changes_the_template_and_differs_from_skipping_and_from_the_others(string goal)
    {
        var reading = GoalReader.Read(goal);
        foreach (var question in Questions.For(reading, []))
        {
            string Compose(string? answer) => Composer.Compose(reading, [new QuestionAnswer { QuestionId = question.Id, QuestionText = question.Text, Answer = answer }]).Template;
            var templates = question.Suggestions.Select(Compose).Append(Compose(null)).ToList();
            Assert.True(templates.Distinct().Count() == templates.Count, $"{question.Id}: {string.Join(" | ", question.Suggestions)}");
        }
    }

    [Theory]
    [MemberData(nameof(Goals))]
    public void Two_to_six_questions_are_asked_with_their_suggestions_and_an_assumption(string goal)
    {
        var reading = GoalReader.Read(goal);
        foreach (var answers in Ways(reading))
        {
            var questions = Questions.For(reading, answers);
            Assert.InRange(questions.Count, 2, 6);
            Assert.Equal(questions.Count, questions.Select(question => question.Id).Distinct().Count());
            Assert.All(questions, question =>
            {
                Assert.InRange(question.Suggestions.Count, 3, 5);
                Assert.EndsWith("?", question.Text, StringComparison.Ordinal);
                Assert.EndsWith(".", question.Why, StringComparison.Ordinal);
                Assert.StartsWith("Assume", question.AssumptionIfSkipped, StringComparison.Ordinal);
            });
            Assert.All(answers, answer => Assert.Contains(questions, question => question.Id == answer.QuestionId));
        }
    }

    [Theory]
    [MemberData(nameof(Goals))]
    public void A_skipped_question_becomes_an_assumption_that_stands_in_the_template(string goal)
    {
        var reading = GoalReader.Read(goal);
        var answers = AnswerAll(reading, (_, _) => null);
        var composed = Composer.Compose(reading, answers);
        Assert.Equal(answers.Count, composed.Assumptions.Count);
        AssertSound(reading, composed);
    }

    [Fact]
    public void Any_words_of_a_person_go_in_soundly()
    {
        foreach (var goal in TestGoals.Ordinary.Concat(TestGoals.Foreign))
        {
            var reading = GoalReader.Read(goal);
            for (var shift = 0; shift < TestGoals.OddReplies.Length; shift += 3)
            {
                var start = shift;
                var answers = AnswerAll(reading, (_, round) => TestGoals.OddReplies[(start + round) % TestGoals.OddReplies.Length]);
                var composed = Composer.Compose(reading, answers);
                AssertSound(reading, composed);
                Assert.DoesNotContain("..\n", composed.Template.Replace("...", "", StringComparison.Ordinal) + "\n", StringComparison.Ordinal);
                Assert.DoesNotMatch(new Regex(@"\b(\w+) below below\b"), composed.Template);
            }
        }
    }

    [Fact]
    public void Hostile_goals_and_answers_compose_quickly_into_sound_templates()
    {
        foreach (var goal in TestGoals.Hostile.Concat(TestGoals.Foreign))
        {
            var reading = GoalReader.Read(goal);
            foreach (var answer in TestGoals.Hostile.Append(null))
            {
                var watch = Stopwatch.StartNew();
                var composed = Composer.Compose(reading, AnswerAll(reading, (_, _) => answer));
                AssertSound(reading, composed);
                Assert.True(watch.ElapsedMilliseconds < 1_500, $"{watch.ElapsedMilliseconds} ms");
            }
        }
    }

    [Fact]
    public void Braces_of_a_goal_invent_no_variable()
    {
        var named = Composer.Compose(GoalReader.Read("Write a poem about {{subject}} and { \"a\": {{b c}} }"), []);
        Assert.Equal(["subject"], named.Variables.Select(variable => variable.Name).Except(["details_to_use"]));
        Assert.Contains("\\{{b c}}", named.Template, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_composes_its_own_template()
    {
        var templates = Enum.GetValues<TaskKind>().Select(kind => Composer.Compose(GoalReader.Read("Work on my text") with { Kind = kind }, []).Template.Split("\n\n").ToHashSet()).ToList();
        foreach (var one in templates)
            Assert.All(templates.Where(other => other != one), other => Assert.True(one.Intersect(other).Count() <= one.Count / 2));
    }

    [Fact]
    public void An_edited_assumption_replaces_the_given_one_and_an_empty_one_removes_it()
    {
        var reading = GoalReader.Read("Write a newsletter");
        QuestionAnswer Skip(string? assumption) => new() { QuestionId = "audience", QuestionText = "Who reads the newsletter?", Assumption = assumption };

        Assert.Equal(["Assume readers in Iceland."], Composer.Compose(reading, [Skip("assume readers in Iceland")]).Assumptions);
        Assert.Empty(Composer.Compose(reading, [Skip("")]).Assumptions);
    }

    [Fact]
    public void An_answer_brings_the_question_that_follows_from_it()
    {
        var reading = GoalReader.Read("Write a blog post about bicycles");
        var answer = new QuestionAnswer { QuestionId = "purpose", QuestionText = "?", Answer = "Change their mind" };

        Assert.DoesNotContain(Questions.For(reading, []), question => question.Id == "objection");
        Assert.Contains(Questions.For(reading, [answer]), question => question.Id == "objection");
    }

    [Fact]
    public void Answers_to_questions_of_a_model_are_kept_with_their_question()
    {
        var composed = Composer.Compose(GoalReader.Read("Write a newsletter"), [new QuestionAnswer { QuestionId = "m1", QuestionText = "Who signs it?", Answer = "our founder" }]);
        Assert.Contains("- Who signs it? Our founder.", composed.Template, StringComparison.Ordinal);
    }

    [Fact]
    public void The_task_comes_first_in_the_words_of_the_goal() =>
        Assert.StartsWith("Turn the merged pull requests below into release notes customers understand.\n\n<merged_pull_requests>\n{{merged_pull_requests}}\n</merged_pull_requests>",
            Composer.Compose(GoalReader.Read("Turn merged pull requests into release notes customers understand."), []).Template, StringComparison.Ordinal);
}
