using System.Diagnostics.Metrics;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What the runner's cells come to, as they go and when they have ended.</summary>
public sealed class RunVitalsTests(TestDatabase database) : RunTest(database)
{
    [Fact]
    public async Task Cells_are_counted_while_they_go_and_what_nobody_told_is_unknown_and_not_nothing()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(request => request.Prompt switch
        {
            "counted" => ScriptedAnswer.Do(new ScriptedStep.Say("Good "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("morning.")),
            "uncounted" => ScriptedAnswer.Say("Good morning.") with { InputTokens = null },
            _ => ScriptedAnswer.Error(401, "No such key."),
        });
        var model = server.Settings() with { InputPricePerMillion = 2, OutputPricePerMillion = 8 };
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meter = new CellMeter(services.GetRequiredService<IMeterFactory>());
        using var catalog = Catalog(model);
        using var runner = Runner(catalog, meter: meter, limits: Limits with { CellsPerRun = 1 });

        var run = (await runner.StartAsync(Plan(Cell(model, "counted"), Cell(model, "uncounted"), Cell(model, "refused")), Cancel))!;
        await UntilAsync(run, () => run.Cells[0].Answer == "Good ");
        Assert.Equal((0, 1, 2, 1), runner.Count());
        Assert.Equal((0L, null, null), (meter.Sums().Done, meter.Sums().InputTokens, meter.Sums().Cost));
        more.SetResult();
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal((0, 0, 0, 0), runner.Count());
        var sums = meter.Sums();
        Assert.Equal((2, 1, 0), (sums.Done, sums.Failed, sums.Stopped));
        // Only the first was counted by its provider; the refused one cost nothing and is not unknown.
        Assert.Equal((11, 7, 0.000078m, 1), (sums.InputTokens, sums.OutputTokens, sums.Cost, sums.CostUnknown));
    }
}
