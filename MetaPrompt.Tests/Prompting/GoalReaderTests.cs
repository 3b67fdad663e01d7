using System.Diagnostics;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>What a goal says by itself.</summary>
public sealed class GoalReaderTests
{
    [Theory]
    [InlineData("Write a cover letter", TaskKind.Write)]
    [InlineData("Proofread my essay", TaskKind.Rewrite)]
    [InlineData("make my email SOUND friendlier!!", TaskKind.Rewrite)]
    [InlineData("key points of a meeting transcript", TaskKind.Summarise)]
    [InlineData("pull out all dates from contracts", TaskKind.Extract)]
    [InlineData("classify support tickets", TaskKind.Classify)]
    [InlineData("Is this review positive or negative?", TaskKind.Classify)]
    [InlineData("Explain recursion to a ten-year-old", TaskKind.Answer)]
    [InlineData("translate menus into Japanese", TaskKind.Translate)]
    [InlineData("Write a Python script that renames files", TaskKind.Code)]
    [InlineData("Compare two phone contracts", TaskKind.Analyse)]
    [InlineData("weekly meal plan", TaskKind.Plan)]
    [InlineData("I want you to act as a job interviewer", TaskKind.Persona)]
    [InlineData("practise job interviews", TaskKind.Persona)]
    [InlineData("a watercolour illustration of a fox", TaskKind.Image)]
    [InlineData("Write a movie script about a bank robbery", TaskKind.Write)]
    [InlineData("Write Instagram captions for my photos", TaskKind.Write)]
    public void The_kind_is_read_from_its_cues(string goal, TaskKind kind)
    {
        var reading = GoalReader.Read(goal);
        Assert.Equal((kind, true), (reading.Kind, reading.KindIsClear));
    }

    [Theory]
    [InlineData("Turn merged pull requests into release notes customers understand.", "release notes", "merged_pull_requests")]
    [InlineData("Write a cover letter from my résumé and a job posting", "cover letter", "résumé,job_posting")]
    [InlineData("classify support tickets", "support ticket", "support_ticket")]
    [InlineData("Explain any topic to beginners", "topic", "topic")]
    [InlineData("I need an email to my landlord about a broken heater", "email", "")]
    public void The_thing_and_the_inputs_are_found(string goal, string thing, string inputs)
    {
        var reading = GoalReader.Read(goal);
        Assert.Equal((thing, inputs), (reading.Thing, string.Join(',', reading.Inputs)));
    }

    [Theory]
    [InlineData("Summarise articles in two sentences", Slots.Length)]
    [InlineData("Write a poem for beginners", Slots.Audience)]
    [InlineData("Extract names from emails as JSON", Slots.Format)]
    [InlineData("Write a friendly email", Slots.Tone)]
    [InlineData("Write a report without jargon", Slots.Constraints)]
    [InlineData("Translate texts into German", Slots.Language)]
    [InlineData("Sort mails into urgent, normal and later", Slots.Labels)]
    [InlineData("Extract names and dates from contracts", Slots.Fields)]
    [InlineData("Write a Python script", Slots.Technology)]
    [InlineData("Explain recursion to a ten-year-old", Slots.Level)]
    public void What_the_goal_says_fills_its_slot_and_is_not_asked(string goal, string slot)
    {
        var reading = GoalReader.Read(goal);
        Assert.Contains(slot, reading.FilledSlots);
        Assert.DoesNotContain(Questions.For(reading, []), question => question.Slot == slot);
    }

    [Theory]
    [InlineData("Schreibe eine freundliche E-Mail an meinen Vermieter", "de")]
    [InlineData("Résume cet article pour mes collègues", "fr")]
    [InlineData("会議のメモを要約してください", "ja")]
    [InlineData("Напиши письмо арендодателю", "ru")]
    [InlineData("Write an email", "en")]
    public void The_language_is_told_and_other_languages_fall_back_to_writing(string goal, string language)
    {
        var reading = GoalReader.Read(goal);
        Assert.Equal(language, reading.Language);
        Assert.Equal(TaskKind.Write, reading.Kind);
        Assert.Equal(language == "en", reading.KindIsClear);
    }

    [Fact]
    public void Every_goal_is_read_quickly()
    {
        GoalReader.Read("warm up");
        foreach (var goal in TestGoals.Ordinary.Concat(TestGoals.Foreign).Concat(TestGoals.Hostile))
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(goal, GoalReader.Read(goal).Goal);
            Assert.True(watch.ElapsedMilliseconds < 500, $"{watch.ElapsedMilliseconds} ms for {goal[..Math.Min(40, goal.Length)]}");
        }
    }
}
