using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class LocalOllamaTests : ModelTest
{
    [Fact]
    public async Task Its_models_are_found_without_those_that_cannot_answer_and_can_be_used()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        server.ModelIds = ["llama3.2:3b", "nomic-embed-text:latest", "all-bert:latest", new string('n', 60) + ":7b"];
        using var catalog = Catalog();
        using var ollama = new LocalOllama(catalog, new Uri(server.Address), Clock, NullLogger<LocalOllama>.Instance);

        await ChangeAsync(catalog, () => ollama.StartAsync(Cancel));

        Assert.Equal(["llama3.2:3b", "…" + new string('n', 46) + ":7b"], catalog.All.Select(model => model.Name));
        Assert.Equal(0m, catalog.Default!.Cost(1, 1));
        Assert.Equal("Hello from the scripted model.", (await catalog.Client(catalog.Default).GetResponseAsync("Hi", cancellationToken: Cancel)).Text);
        Assert.Equal("llama3.2:3b", Assert.Single(server.Requests).Model);
        await ollama.StopAsync(Cancel);
    }

    [Fact]
    public async Task What_changes_there_is_noticed()
    {
        var server = await ScriptedOpenAi.StartAsync();
        server.ModelIds = ["one"];
        using var catalog = Catalog();
        using var ollama = new LocalOllama(catalog, new Uri(server.Address), Clock, NullLogger<LocalOllama>.Instance);
        await ChangeAsync(catalog, () => ollama.StartAsync(Cancel));
        Assert.Equal("one", catalog.Default!.Name);

        server.ModelIds = ["one", "two"];
        await ChangeAsync(catalog, LaterAsync);
        Assert.Equal(2, catalog.All.Count);

        await server.DisposeAsync();
        await ChangeAsync(catalog, LaterAsync);
        Assert.False(catalog.Any);
        await ollama.StopAsync(Cancel);
    }

    [Fact]
    public void Configured_models_keep_MetaPrompt_from_looking()
    {
        Assert.True(Looks([]));
        Assert.True(Looks(new() { ["Ollama:Endpoint"] = "http://192.0.2.7:11434" }));
        Assert.False(Looks(new() { ["Ollama:Endpoint"] = "none" }));
        Assert.False(Looks(new() { ["Models:0:Name"] = "a", ["Models:0:Provider"] = "openai", ["Models:0:Endpoint"] = "http://127.0.0.1:9", ["Models:0:Model"] = "a" }));
    }

    [Fact]
    public void An_address_that_is_none_stops_the_start()
    {
        Assert.Equal("Ollama:Endpoint", Assert.Throws<SettingsException>(() => Looks(new() { ["Ollama:Endpoint"] = "somewhere" })).Setting);
    }

    private static bool Looks(Dictionary<string, string?> settings) =>
        HostedServices(settings) > HostedServices(new() { ["Ollama:Endpoint"] = "none" });

    private static int HostedServices(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddModels();
        return builder.Services.Count(service => service.ServiceType == typeof(IHostedService));
    }

    private Task LaterAsync()
    {
        Clock.Advance(TimeSpan.FromSeconds(30));
        return Task.CompletedTask;
    }

    private static async Task ChangeAsync(ModelCatalog catalog, Func<Task> cause)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note() => changed.TrySetResult();
        catalog.Changed += Note;
        await cause();
        await changed.Task.WaitAsync(Cancel);
        catalog.Changed -= Note;
    }
}
