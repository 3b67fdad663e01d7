using System.Text.Json;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelCallTests : ModelTest
{
    private static readonly RunParameters Whole = new()
    {
        MaxTokens = 50, TopP = 0.9m, Seed = 42, Stop = ["END", " "], System = "Be brief.", Json = true,
    };

    [Fact]
    public async Task An_OpenAI_compatible_server_gets_everything_by_the_old_name_of_the_limit()
    {
        await using var server = await ScriptedOpenAi.StartAsync();

        var (call, sent, request) = await SendAsync(server, server.Settings(), 0.7m, Whole);

        Assert.Empty(call.LeftOut);
        var json = request.Json;
        Assert.Equal(0.7, request.Temperature);
        Assert.Equal("0.9", json.GetProperty("top_p").GetRawText());
        Assert.Equal(42, json.GetProperty("seed").GetInt64());
        Assert.Equal(["END", " "], json.GetProperty("stop").EnumerateArray().Select(stop => stop.GetString()));
        Assert.Equal("json_object", json.GetProperty("response_format").GetProperty("type").GetString());
        Assert.Equal(50, json.GetProperty("max_tokens").GetInt32());
        Assert.False(json.TryGetProperty("max_completion_tokens", out _));
        Assert.Equal([("system", "Be brief.\n\nAnswer in JSON."), ("user", "Say \"max_completion_tokens\": hello.")], request.Messages);
        var body = sent.GetProperty("body");
        Assert.Equal(50, body.GetProperty("max_tokens").GetInt32());
        Assert.Equal("system", Assert.Single(body.GetProperty("messages").EnumerateArray()).GetProperty("role").GetString());
        Assert.Equal(server.Endpoint + "/chat/completions", sent.GetProperty("url").GetString());
        Assert.DoesNotContain("secret", sent.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Anthropic_server_gets_what_its_API_has_and_the_rest_is_said()
    {
        await using var server = await ScriptedAnthropic.StartAsync();

        var (call, sent, request) = await SendAsync(server, server.Settings(), 0.7m, Whole);

        Assert.Equal(3, call.LeftOut.Count);
        Assert.Contains("Top-p was not sent", call.LeftOut[0], StringComparison.Ordinal);
        Assert.Contains("no seed", call.LeftOut[1], StringComparison.Ordinal);
        Assert.Contains("only spaces", call.LeftOut[2], StringComparison.Ordinal);
        var json = request.Json;
        Assert.Equal(0.7, request.Temperature);
        Assert.False(json.TryGetProperty("top_p", out _));
        Assert.False(json.TryGetProperty("seed", out _));
        Assert.Equal(["END"], json.GetProperty("stop_sequences").EnumerateArray().Select(stop => stop.GetString()));
        Assert.Equal(50, json.GetProperty("max_tokens").GetInt32());
        Assert.StartsWith("Be brief.\n\nAnswer with one JSON value", request.System, StringComparison.Ordinal);
        Assert.Equal("2023-06-01", sent.GetProperty("anthropic-version").GetString());
        Assert.False(sent.GetProperty("body").TryGetProperty("messages", out _));
        Assert.Contains("Be brief.", sent.GetProperty("body").GetProperty("system").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sent.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_p_goes_to_Anthropic_alone_where_the_temperature_is_1()
    {
        await using var server = await ScriptedAnthropic.StartAsync();

        var (call, _, request) = await SendAsync(server, server.Settings(), 1, new RunParameters { TopP = 0.85m });

        Assert.Empty(call.LeftOut);
        Assert.Null(request.Temperature);
        Assert.Equal("0.85", request.Json.GetProperty("top_p").GetRawText());
        Assert.Equal("2023-06-01", request.Headers["anthropic-version"]);
        Assert.Equal(8192, request.Json.GetProperty("max_tokens").GetInt32());
        Assert.Equal([("user", "Say \"max_completion_tokens\": hello.")], request.Messages);
    }

    [Fact]
    public async Task Stops_and_system_go_to_Anthropic_without_sampling_too()
    {
        await using var server = await ScriptedAnthropic.StartAsync();

        var (_, _, request) = await SendAsync(server, server.Settings(), 1, new RunParameters { Stop = ["END"], System = "Be brief." });

        Assert.Equal("Be brief.", request.System);
        Assert.Equal("END", Assert.Single(request.Json.GetProperty("stop_sequences").EnumerateArray()).GetString());
        Assert.NotEqual("2023-06-01", request.Headers["anthropic-version"]);
    }

    [Fact]
    public void A_model_that_reasons_is_sent_no_sampling_and_no_stops_and_1_needs_no_words()
    {
        var call = ModelCall.Prepare(ModelAbilitiesTests.OpenAi("o3-mini"), "Hello", 0.2m, Whole with { Json = false });

        Assert.Null(call.Options.Temperature);
        Assert.Null(call.Options.TopP);
        Assert.Null(call.Options.StopSequences);
        Assert.Equal(42, call.Options.Seed);
        Assert.Equal(3, call.LeftOut.Count);
        Assert.Empty(ModelCall.Prepare(ModelAbilitiesTests.OpenAi("o3-mini"), "Hello", 1, RunParameters.None).LeftOut);
        Assert.Contains("takes 0 to 1", Assert.Single(ModelCall.Prepare(ModelAbilitiesTests.Anthropic("claude-sonnet-4-5"), "Hello", 1.5m, RunParameters.None).LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_is_the_smaller_of_the_wish_and_the_models_own()
    {
        var model = ModelAbilitiesTests.OpenAi("gpt-4o") with { MaxOutputTokens = 100 };

        Assert.Equal(100, ModelCall.Prepare(model, "Hello", null, RunParameters.None).Options.MaxOutputTokens);
        Assert.Equal(20, ModelCall.Prepare(model, "Hello", null, new() { MaxTokens = 20 }).Options.MaxOutputTokens);
        var more = ModelCall.Prepare(model, "Hello", null, new() { MaxTokens = 200 });
        Assert.Equal(100, more.Options.MaxOutputTokens);
        Assert.Contains("200 tokens", Assert.Single(more.LeftOut), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say hello.", null, "Answer in JSON.")]
    [InlineData("Say hello as JSON.", null, null)]
    [InlineData("Say hello.", "You write json.", "You write json.")]
    public void OpenAIs_JSON_mode_is_never_asked_for_without_the_word(string prompt, string? system, string? expected)
    {
        var call = ModelCall.Prepare(ModelAbilitiesTests.OpenAi("gpt-4o"), prompt, null, new() { Json = true, System = system });

        Assert.Equal(expected, call.Messages.FirstOrDefault(message => message.Role == ChatRole.System)?.Text);
        Assert.Equal(ChatResponseFormat.Json, call.Options.ResponseFormat);
    }

    [Fact]
    public async Task Every_call_is_heard_by_its_own_listener_only()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());

        var heard = await Task.WhenAll(Enumerable.Range(1, 8).Select(async seed =>
        {
            using var sent = SentRequest.Listen();
            // The others have begun to listen, too, before anything is sent.
            await Task.Yield();
            await catalog.Client(catalog.Default!).GetResponseAsync("Hello", new ChatOptions { Seed = seed }, Cancel);
            return JsonDocument.Parse(sent.Json!).RootElement.GetProperty("body").GetProperty("seed").GetInt32() == seed;
        }));

        Assert.All(heard, Assert.True);
        using var alone = SentRequest.Listen();
        Assert.Null(alone.Json);
    }

    private async Task<(ModelCall Call, JsonElement Sent, ScriptedRequest Request)> SendAsync(
        ScriptedModelServer server, ModelSettings model, decimal temperature, RunParameters parameters)
    {
        using var catalog = Catalog(model);
        var call = ModelCall.Prepare(model, "Say \"max_completion_tokens\": hello.", temperature, parameters);
        using var sent = SentRequest.Listen();
        await catalog.Client(model).GetStreamingResponseAsync(call.Messages, call.Options, Cancel).ToChatResponseAsync(Cancel);
        return (call, JsonDocument.Parse(sent.Json!).RootElement, Assert.Single(server.Requests));
    }
}
