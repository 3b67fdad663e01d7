using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class DryRunReportTests
{
    [Fact]
    public void It_counts_the_resolved_prompt_and_names_what_is_unfilled()
    {
        var report = Report("Write {{count}} lines about {{topic}}.", new() { ["count"] = "three" });

        Assert.Equal("Write three lines about {{topic}}.", report.Resolved);
        Assert.Equal((5, 34), (report.Words, report.Characters));
        Assert.Equal(["topic"], report.Unfilled);
        Assert.True(report.Tokens is > 5 and < 15);
    }

    [Fact]
    public void An_unknown_price_is_unknown_and_never_nothing()
    {
        var model = new ModelSettings { Name = "m", Provider = "openai", Endpoint = "http://localhost:1/v1", Model = "m" };

        var report = Report("Hello there.", [], model, model with { Name = "priced", InputPricePerMillion = 1_000_000, ContextTokens = 2 });

        Assert.Null(report.Models[0].Dollars);
        Assert.True(report.Models[0].Fits);
        Assert.Equal(report.Tokens, report.Models[1].Dollars);
        Assert.False(report.Models[1].Fits);
    }

    [Fact]
    public void Findings_are_about_the_template_not_about_the_values() =>
        Assert.DoesNotContain(Report("Say {{it}} twice, in one sentence.", new() { ["it"] = "password: hunter2hunter2" }).Findings, finding => finding.Rule == "secret-or-pii");

    private static DryRunReport Report(string template, Dictionary<string, string> values, params ModelSettings[] models) =>
        DryRunReport.Of(PromptTemplate.Parse(template), PromptVariables.Reconcile(template, []), values, models);
}
