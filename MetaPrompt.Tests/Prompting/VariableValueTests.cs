using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

public sealed class VariableValueTests
{
    [Theory]
    [InlineData(VariableType.Number, "five", "no number")]
    [InlineData(VariableType.Number, "Infinity", "no number")]
    [InlineData(VariableType.Date, "31.5.2026", "no date")]
    [InlineData(VariableType.Json, "{ a", "no valid JSON")]
    [InlineData(VariableType.Choice, "c", "not one of the choices")]
    [InlineData(VariableType.YesNo, "perhaps", "neither yes nor no")]
    [InlineData(VariableType.Text, "twelve signs", "10 is the most")]
    [InlineData(VariableType.LongText, "twelve signs", "10 is the most")]
    public void What_does_not_fit_is_said_in_words(VariableType type, string value, string words) =>
        Assert.Contains(words, VariableValue.Problem(Variable(type), value), StringComparison.Ordinal);

    [Theory]
    [InlineData(VariableType.Number, "-1.5e3")]
    [InlineData(VariableType.Date, "2026-05-31")]
    [InlineData(VariableType.Json, "[1,2]")]
    [InlineData(VariableType.Choice, "b")]
    [InlineData(VariableType.YesNo, "Yes")]
    [InlineData(VariableType.Text, "ten signs!")]
    [InlineData(VariableType.Number, "")]
    public void What_fits_or_is_not_there_yet_has_no_problem(VariableType type, string value) =>
        Assert.Null(VariableValue.Problem(Variable(type), value));

    [Theory]
    [InlineData(VariableType.Number, "five", VariableType.Text)]
    [InlineData(VariableType.Number, "5", VariableType.Number)]
    [InlineData(VariableType.Date, "tomorrow", VariableType.Text)]
    [InlineData(VariableType.Text, "one\ntwo", VariableType.LongText)]
    [InlineData(VariableType.YesNo, "", VariableType.Choice)]
    public void The_field_shows_every_value_whole(VariableType type, string value, VariableType field) =>
        Assert.Equal(field, VariableValue.Field(Variable(type), value));

    [Fact]
    public void A_sample_is_the_example_before_the_default_before_the_first_choice()
    {
        Assert.Equal("e", VariableValue.Sample(new PromptVariable { Name = "x", Example = "e", Default = "d" }));
        Assert.Equal("d", VariableValue.Sample(new PromptVariable { Name = "x", Default = "d", Choices = ["c"], Type = VariableType.Choice }));
        Assert.Equal("c", VariableValue.Sample(new PromptVariable { Name = "x", Choices = ["c"], Type = VariableType.Choice }));
        Assert.Null(VariableValue.Sample(new PromptVariable { Name = "x" }));
    }

    [Fact]
    public void A_dismissed_finding_is_known_by_its_rule_and_words_wherever_they_stand_and_tells_neither_words_nor_secrets()
    {
        const string Text = "Use the key sk-abcdefghijklmnopqrstuvwx. Give several reasons.";
        string[] keys = [.. PromptChecks.Find(Text, []).Select(finding => DismissedFindings.Key(finding, Text))];
        string[] moved = [.. PromptChecks.Find("Please. " + Text, []).Select(finding => DismissedFindings.Key(finding, "Please. " + Text))];

        Assert.Equal(keys, moved);
        Assert.All(keys, key => Assert.DoesNotContain("sk-", key, StringComparison.Ordinal));
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 60));
        Assert.DoesNotContain(PromptChecks.Find(Text.Replace("several", "some", StringComparison.Ordinal), []).Select(finding => DismissedFindings.Key(finding, Text.Replace("several", "some", StringComparison.Ordinal))).Where(key => key.StartsWith("vague", StringComparison.Ordinal)), keys.Contains);
    }

    [Fact]
    public void Keys_of_drafts_from_before_go_on_to_count()
    {
        const string Text = "Give several reasons.";
        var finding = PromptChecks.Find(Text, []).First(one => one.Rule == "vague-quantifier");

        Assert.Equal(DismissedFindings.Key(finding, Text), DismissedFindings.Today("vague-quantifier several"));
        Assert.Equal("no-length", DismissedFindings.Today("no-length "));
        Assert.Equal("no-length", DismissedFindings.Today("no-length"));
    }

    [Fact]
    public void Of_many_dismissed_findings_the_oldest_go()
    {
        var keys = Enumerable.Range(0, 250).Aggregate((IReadOnlyList<string>)[], (kept, number) => DismissedFindings.With(kept, $"k{number}"));

        Assert.Equal((DismissedFindings.Most, "k50", "k249"), (keys.Count, keys[0], keys[^1]));
    }

    private static PromptVariable Variable(VariableType type) => new() { Name = "x", Type = type, Choices = type == VariableType.Choice ? ["a", "b"] : [], MaxLength = 10 };
}
