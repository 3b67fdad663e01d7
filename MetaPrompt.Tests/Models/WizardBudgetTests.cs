using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>What the wizard's model costs counts in its person's budget, as their runs do.</summary>
public sealed class WizardBudgetTests(TestDatabase database) : RunTest(database)
{
    private static readonly GoalReading Goal = new()
    {
        Goal = "Turn merged pull requests into release notes", Kind = TaskKind.Write, KindIsClear = true, Thing = "release notes", Inputs = [], FilledSlots = new HashSet<string>(),
    };

    [Fact]
    public async Task A_question_costs_what_the_provider_counted_and_the_last_that_could_go_past_the_limit_is_not_sent()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("<prompt_title>T</prompt_title><prompt_template>Write it.</prompt_template>") with { InputTokens = 100, OutputTokens = 2 });
        // A cent for each token that is written, at most ten of them.
        var model = server.Settings() with { InputPricePerMillion = 0, OutputPricePerMillion = 10_000, MaxOutputTokens = 10 };
        using var catalog = Catalog(model);
        var wizard = WizardOf(catalog);
        await new BudgetQueries(Database.Db).SetLimitAsync(Person, 0.13m, Cancel);

        Assert.Equal("Write it.", (await wizard.ComposeAsync(Person, Goal, [], Cancel)).Template.Trim());
        Assert.Equal((0.02m, 0.02m), await SpentAsync());
        await wizard.ComposeAsync(Person, Goal, [], Cancel);
        var refused = await Assert.ThrowsAsync<ModelFailure>(() => wizard.ComposeAsync(Person, Goal, [], Cancel));

        Assert.Equal(FailureKind.OverBudget, refused.Kind);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal((0.04m, 0.04m), await SpentAsync());
        Assert.All(server.Requests, request => Assert.Equal(10, request.Json.GetProperty("max_tokens").GetInt32()));
    }

    [Fact]
    public async Task What_was_refused_costs_nothing_what_broke_off_all_it_could_and_visitors_have_no_budget()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(401, "No."));
        var model = server.Settings() with { InputPricePerMillion = 0, OutputPricePerMillion = 10_000, MaxOutputTokens = 10 };
        using var catalog = Catalog(model);
        var wizard = WizardOf(catalog, new BudgetSettings { PerPersonPerDay = 1 });

        Assert.Equal(FailureKind.RefusedKey, (await Assert.ThrowsAsync<ModelFailure>(() => wizard.ComposeAsync(Person, Goal, [], Cancel))).Kind);
        Assert.Equal((0m, 0m), await SpentAsync());
        server.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("<prompt_"), new ScriptedStep.Cut());
        await Assert.ThrowsAsync<ModelFailure>(() => wizard.QuestionsAsync(Person, Goal, [], [], null, Cancel));
        Assert.Equal((0.1m, 0.1m), await SpentAsync());
        await Assert.ThrowsAsync<ModelFailure>(() => wizard.ComposeAsync(Caller.Anonymous, Goal, [], Cancel));
        Assert.Equal((0.1m, 0.1m), await SpentAsync());
    }

    private async Task<(decimal, decimal)> SpentAsync()
    {
        var today = await new BudgetQueries(Database.Db).TodayAsync(Person, Cancel);
        return (today.Spent, today.SpentBySite);
    }

    private WizardModel WizardOf(ModelCatalog catalog, BudgetSettings? budget = null) => new(
        catalog, new ModelAllowance(Limits), new Budget(new BudgetQueries(Database.Db), budget ?? new BudgetSettings(), NullLogger<Budget>.Instance), Limits, Clock);
}
