using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelServicesTests(TestDatabase database) : RunTest(database)
{
    [Fact]
    public async Task A_host_runs_both_providers_and_keeps_what_is_unfinished_when_it_stops()
    {
        await using var openAi = await ScriptedOpenAi.StartAsync();
        await using var anthropic = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Half"), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(openAi.Configuration()).AddInMemoryCollection(anthropic.Configuration(1));
        builder.Services.AddSingleton(Database.Db);
        builder.AddModels();
        await using var app = builder.Build();
        await app.StartAsync(Cancel);
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        var runner = app.Services.GetRequiredService<PromptRunner>();
        await RunAsync(runner, Plan(catalog.Find("scripted")!));
        var (unfinished, cell) = await StartAsync(runner, Plan(catalog.Find("scripted claude")!));
        await UntilAsync(unfinished, () => cell.Answer == "Half");
        await app.StopAsync(Cancel);

        var rows = await KeptAsync();
        Assert.Equal(["Half", "Hello from the scripted model."], rows.Select(row => row.Result));
        Assert.Contains("restarted", rows[0].Error, StringComparison.Ordinal);
        Assert.Null(rows[0].OutputTokens);
        Assert.Equal("Scripted", app.Services.GetRequiredService<WizardModel>().ModelName);
    }
}
