using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class DryRunReportTests
{
    private static readonly ModelSettings Model = new() { Name = "m", Provider = "openai", Endpoint = "http://localhost:1/v1", Model = "m" };

    [Fact]
    public void It_fills_in_every_case_counts_it_and_names_what_is_unfilled()
    {
        var report = Report("Write {{count}} lines about {{topic}}.", [Case(("count", "three")), Case(("count", "four"), ("topic", "a very long and winding river"))], Model);

        Assert.Equal(["Write three lines about {{topic}}.", "Write four lines about a very long and winding river."], report.Texts[0].Resolved);
        Assert.Equal([("topic", 1)], report.Texts[0].Unfilled);
        Assert.True(report.Texts[0].Tokens is { Least: > 5, Most: < 20 } tokens && tokens.Least < tokens.Most);
        Assert.Equal(2, report.Cells);
    }

    [Fact]
    public void An_unknown_price_is_unknown_and_never_nothing()
    {
        var priced = Model with { Name = "priced", InputPricePerMillion = 1_000_000, OutputPricePerMillion = 0, ContextTokens = 2, MaxOutputTokens = 10 };

        var report = Report("Hello there, you.", [Case()], Model, priced);

        Assert.Null(report.Estimate.Sum.CostLow);
        Assert.Equal(["m"], report.Estimate.Sum.Unpriced);
        Assert.Equal(report.Texts[0].Tokens.Most, report.Estimate.Models[1].Estimate.CostHigh);
        Assert.Equal([0, 1], report.Estimate.Models.Select(model => model.TooLong));
        Assert.Equal("cost unknown: the price of m is unknown", GridEstimate.Words(report.Estimate.Models[0].Estimate));
        Assert.Equal($"at least ${report.Texts[0].Tokens.Most}.00; the price of m is unknown", GridEstimate.Words(report.Estimate.Sum));
    }

    [Fact]
    public void A_check_that_cannot_be_made_is_told_once_however_many_cases_have_it()
    {
        var broken = new Assertion { Type = AssertionType.Regex, Value = "(" };

        var report = Report("Hello.", [Case() with { Assertions = [broken] }, Case() with { Assertions = [broken] }, Case()], Model);

        Assert.Single(report.Problems);
        Assert.Equal(2, report.Checked);
    }

    [Fact]
    public void What_a_model_does_not_take_is_told_before_anything_is_sent()
    {
        var report = Of([TestedText.Of(new TextChoice(Guid.NewGuid(), null), 1, "t", "Hi", "[]")], [Case()], [Model with { Provider = "anthropic", Model = "claude-opus-4-7" }], RunParameters.None with { Seed = 1 });

        Assert.Contains("The seed was not sent.", Assert.Single(report.Estimate.Models[0].LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_are_about_the_template_not_about_the_values() =>
        Assert.DoesNotContain(Report("Say {{it}} twice, in one sentence.", [Case(("it", "password: hunter2hunter2"))]).Texts[0].Findings, finding => finding.Rule == "secret-or-pii");

    [Fact]
    public void Without_a_model_there_is_no_cell_and_still_a_text_to_read()
    {
        var report = Report("Hello.", [Case()]);

        Assert.Equal((0, "Hello."), (report.Cells, report.Texts[0].Resolved[0]));
    }

    private static PlannedCase Case(params (string Name, string Value)[] values) => new(null, null, values.ToDictionary(value => value.Name, value => value.Value), []);

    private static DryRunReport Report(string template, PlannedCase[] cases, params ModelSettings[] models) =>
        Of([TestedText.Of(new TextChoice(Guid.NewGuid(), null), 1, "t", template, "[]")], cases, models, RunParameters.None);

    private static DryRunReport Of(TestedText[] texts, PlannedCase[] cases, ModelSettings[] models, RunParameters parameters) =>
        DryRunReport.Of(texts, cases, GridPlan.Columns(texts, models, [0.7m]), parameters, CancellationToken.None);
}
