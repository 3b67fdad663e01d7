using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelCatalogTests : ModelTest
{
    private static readonly ChatOptions Cool = new() { Temperature = 0.7f };

    [Fact]
    public async Task An_OpenAI_compatible_server_gets_model_temperature_message_and_key_and_asks_for_usage()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());

        var response = await catalog.Client(catalog.Default!).GetStreamingResponseAsync("Say hello.", Cool, Cancel).ToChatResponseAsync(Cancel);

        Assert.Equal("Hello from the scripted model.", response.Text);
        Assert.Equal(11, response.Usage!.InputTokenCount);
        Assert.Equal(7, response.Usage.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        var request = Assert.Single(server.Requests);
        Assert.Equal("scripted-1", request.Model);
        Assert.Contains("\"temperature\":0.7", request.Body.Replace(" ", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("0.69", request.Body, StringComparison.Ordinal);
        Assert.Equal([("user", "Say hello.")], request.Messages);
        Assert.True(request.Stream);
        Assert.True(request.Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal("Bearer sk-scripted-secret", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task An_Anthropic_server_gets_model_temperature_message_limit_and_key()
    {
        await using var server = await ScriptedAnthropic.StartAsync();
        using var catalog = Catalog(server.Settings());

        var response = await catalog.Client(catalog.Default!).GetStreamingResponseAsync("Say hello.", Cool, Cancel).ToChatResponseAsync(Cancel);

        Assert.Equal("Hello from the scripted model.", response.Text);
        Assert.Equal(11, response.Usage!.InputTokenCount);
        Assert.Equal(7, response.Usage.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        var request = Assert.Single(server.Requests);
        Assert.Equal("claude-scripted", request.Model);
        Assert.Contains("\"temperature\":0.7", request.Body.Replace(" ", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("0.69", request.Body, StringComparison.Ordinal);
        Assert.Equal([("user", "Say hello.")], request.Messages);
        Assert.True(request.Stream);
        Assert.Equal(8192, request.Json.GetProperty("max_tokens").GetInt32());
        Assert.Equal("sk-ant-scripted-secret", request.Headers["X-Api-Key"]);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        Assert.Equal("2023-06-01", request.Headers["anthropic-version"]);
    }

    [Fact]
    public async Task A_temperature_of_1_goes_to_Anthropic_as_none_because_its_newer_models_take_no_other()
    {
        await using var server = await ScriptedAnthropic.StartAsync();
        using var catalog = Catalog(server.Settings());

        await catalog.Client(catalog.Default!).GetResponseAsync("Say hello.", new ChatOptions { Temperature = 1 }, Cancel);

        var request = Assert.Single(server.Requests);
        Assert.Null(request.Temperature);
        Assert.NotEqual("2023-06-01", request.Headers["anthropic-version"]);
    }

    [Theory]
    [InlineData(ModelSettings.OpenAi)]
    [InlineData(ModelSettings.Anthropic)]
    public async Task Without_a_key_none_is_sent(string provider)
    {
        await using var openAi = await ScriptedOpenAi.StartAsync();
        await using var anthropic = await ScriptedAnthropic.StartAsync();
        ScriptedModelServer server = provider == ModelSettings.OpenAi ? openAi : anthropic;
        var model = (provider == ModelSettings.OpenAi ? openAi.Settings() : anthropic.Settings()) with { ApiKey = null };
        using var catalog = Catalog(model);

        var response = await catalog.Client(model).GetResponseAsync("Say hello.", cancellationToken: Cancel);

        Assert.Equal("Hello from the scripted model.", response.Text);
        var headers = Assert.Single(server.Requests).Headers;
        Assert.False(headers.ContainsKey("Authorization"));
        Assert.False(headers.ContainsKey("X-Api-Key"));
    }

    [Fact]
    public async Task A_limit_for_answers_is_sent_where_the_settings_have_one()
    {
        await using var server = await ScriptedAnthropic.StartAsync();
        var model = server.Settings() with { MaxOutputTokens = 321 };
        using var catalog = Catalog(model);

        await catalog.Client(model).GetResponseAsync("Say hello.", cancellationToken: Cancel);

        Assert.Equal(321, Assert.Single(server.Requests).Json.GetProperty("max_tokens").GetInt32());
    }

    [Fact]
    public void The_first_model_is_the_default_and_names_are_found_without_regard_to_case()
    {
        var first = Model("Fast");
        var second = Model("Careful");
        using var catalog = Catalog(first, second);

        Assert.Same(first, catalog.Default);
        Assert.Same(second, catalog.Find("careFUL"));
        Assert.Null(catalog.Find("Other"));
        Assert.True(catalog.Any);
        Assert.Same(catalog.Client(first), catalog.Client(first));
    }

    [Fact]
    public void Without_a_model_there_is_none()
    {
        using var catalog = Catalog();

        Assert.False(catalog.Any);
        Assert.Null(catalog.Default);
    }

    private static ModelSettings Model(string name) =>
        new() { Name = name, Provider = ModelSettings.OpenAi, Endpoint = "http://127.0.0.1:9/v1", Model = name };
}
