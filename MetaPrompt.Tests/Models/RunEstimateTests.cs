using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class RunEstimateTests
{
    private static readonly ModelSettings Priced = ModelAbilitiesTests.OpenAi("gpt-4o") with { InputPricePerMillion = 1, OutputPricePerMillion = 10 };

    [Fact]
    public void A_limit_bounds_the_answer_and_its_cost()
    {
        var estimate = RunEstimate.Of(Priced, 1000, 500);

        Assert.Equal((1, 500L), (estimate.OutputLow, estimate.OutputHigh));
        Assert.Equal((0.00101m, 0.006m), (estimate.CostLow, estimate.CostHigh));
        Assert.Empty(estimate.Unpriced);
    }

    [Fact]
    public void Without_a_limit_the_most_is_unknown_and_the_least_is_not()
    {
        var estimate = RunEstimate.Of(Priced, 1000, null);

        Assert.Null(estimate.OutputHigh);
        Assert.Null(estimate.CostHigh);
        Assert.Equal(0.00101m, estimate.CostLow);
        Assert.Equal(300, RunEstimate.Of(Priced with { MaxOutputTokens = 300 }, 1000, 500).OutputHigh);
        // Anthropic's API is always asked with a limit.
        Assert.Equal(8192, RunEstimate.Of(ModelAbilitiesTests.Anthropic("claude-opus-5"), 10, null).OutputHigh);
    }

    [Fact]
    public void Earlier_answers_narrow_the_range_within_the_limit()
    {
        var earlier = new EarlierOutput { Model = "gpt-4o", Least = 100, Most = 200, Answers = 5 };

        Assert.Equal((100, 300L), (RunEstimate.Of(Priced, 10, null, earlier).OutputLow, RunEstimate.Of(Priced, 10, null, earlier).OutputHigh));
        Assert.Equal((100, 250L), (RunEstimate.Of(Priced, 10, 250, earlier).OutputLow, RunEstimate.Of(Priced, 10, 250, earlier).OutputHigh));
        Assert.Equal((50, 50L), (RunEstimate.Of(Priced, 10, 50, earlier).OutputLow, RunEstimate.Of(Priced, 10, 50, earlier).OutputHigh));
    }

    [Fact]
    public void Without_a_price_the_cost_is_unknown_and_never_0_and_a_free_model_is_free_without_a_limit()
    {
        var unknown = RunEstimate.Of(Priced with { InputPricePerMillion = null, OutputPricePerMillion = null }, 1000, 500);
        Assert.Null(unknown.CostLow);
        Assert.Null(unknown.CostHigh);
        Assert.Equal(["gpt-4o"], unknown.Unpriced);

        var free = RunEstimate.Of(Priced with { InputPricePerMillion = 0, OutputPricePerMillion = 0 }, 1000, null);
        Assert.Equal((0m, 0m), (free.CostLow, free.CostHigh));
    }

    [Fact]
    public void A_sum_is_known_only_where_every_part_is()
    {
        var known = RunEstimate.Of(Priced, 1000, 500);
        var unknown = RunEstimate.Of(Priced with { Name = "Other", InputPricePerMillion = null, OutputPricePerMillion = null }, 1000, 500);

        var both = RunEstimate.Sum([known, unknown, unknown, known]);
        Assert.Null(both.CostLow);
        Assert.Null(both.CostHigh);
        Assert.Equal(0.00202m, both.KnownLow);
        Assert.Equal(["Other"], both.Unpriced);
        Assert.Equal((4, 4000L, 2000L), (both.Calls, both.InputTokens, both.OutputHigh));
        Assert.Equal((0.00202m, 0.012m), (RunEstimate.Sum([known, known]).CostLow, RunEstimate.Sum([known, known]).CostHigh));
        Assert.Equal(0m, RunEstimate.Sum([]).CostHigh);
    }
}
