using System.Text.Json;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Http;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>An Anthropic-shaped server that says what a test wants: <c>/v1/messages</c>, streamed or whole, and <c>/v1/models</c>.</summary>
public sealed class ScriptedAnthropic : ScriptedModelServer
{
    private ScriptedAnthropic(Func<ScriptedRequest, ScriptedAnswer> answer)
        : base(answer)
    {
    }

    /// <summary>The base address for <c>Models:0:Endpoint</c>.</summary>
    public string Endpoint => Address;

    /// <summary>The models the server lists.</summary>
    public IReadOnlyList<string> ModelIds { get; set; } = ["claude-scripted"];

    /// <summary>Starts a server that answers by the function, or "Hello from the scripted model." where there is none.</summary>
    public static async Task<ScriptedAnthropic> StartAsync(Func<ScriptedRequest, ScriptedAnswer>? answer = null)
    {
        var server = new ScriptedAnthropic(answer ?? (_ => ScriptedAnswer.Say("Hello ", "from the ", "scripted model.")));
        await server.ListenAsync();
        return server;
    }

    /// <summary>Settings of a model on this server.</summary>
    public ModelSettings Settings(string name = "Scripted Claude") => new()
    {
        Name = name,
        Provider = ModelSettings.Anthropic,
        Endpoint = Endpoint,
        Model = "claude-scripted",
        ApiKey = "sk-ant-scripted-secret",
    };

    /// <summary>The same settings as configuration, by full name: for the settings of a program under test.</summary>
    public IReadOnlyDictionary<string, string?> Configuration(int index = 0, string name = "Scripted Claude") => Configuration(Settings(name), index);

    /// <inheritdoc/>
    protected override bool AsksForAnswer(HttpRequest request) => request.Path == "/v1/messages";

    /// <inheritdoc/>
    protected override Task ServeOtherAsync(HttpContext context)
    {
        if (context.Request.Path == "/v1/models")
            return context.Response.WriteAsJsonAsync(new { data = ModelIds.Select(id => new { id, type = "model", display_name = id.ToUpperInvariant(), max_input_tokens = 200_000, max_tokens = 64_000 }), has_more = false });

        context.Response.StatusCode = 404;
        return context.Response.WriteAsync("""{"type":"error","error":{"type":"not_found_error","message":"Not found"}}""");
    }

    /// <inheritdoc/>
    protected override string Whole(ScriptedRequest request, ScriptedAnswer answer, string text) => JsonSerializer.Serialize(new
    {
        id = "msg_1",
        type = "message",
        role = "assistant",
        model = request.Model,
        content = new[] { new { type = "text", text } },
        stop_reason = StopReason(answer),
        stop_sequence = (string?)null,
        usage = new { input_tokens = answer.InputTokens ?? 0, output_tokens = answer.OutputTokens ?? 0 },
    });

    /// <inheritdoc/>
    protected override string Opening(ScriptedRequest request, ScriptedAnswer answer) =>
        Event("message_start", new
        {
            type = "message_start",
            message = new
            {
                id = "msg_1",
                type = "message",
                role = "assistant",
                model = request.Model,
                content = Array.Empty<object>(),
                stop_reason = (string?)null,
                stop_sequence = (string?)null,
                usage = new { input_tokens = answer.InputTokens ?? 0, output_tokens = 1 },
            },
        })
        + Event("content_block_start", new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } })
        + Event("ping", new { type = "ping" });

    /// <inheritdoc/>
    protected override string Chunk(ScriptedRequest request, string text) =>
        Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } });

    /// <inheritdoc/>
    protected override string Closing(ScriptedRequest request, ScriptedAnswer answer) =>
        Event("content_block_stop", new { type = "content_block_stop", index = 0 })
        + Event("message_delta", new
        {
            type = "message_delta",
            delta = new { stop_reason = StopReason(answer), stop_sequence = (string?)null },
            usage = new { output_tokens = answer.OutputTokens ?? 0 },
        })
        + Event("message_stop", new { type = "message_stop" });

    private static string StopReason(ScriptedAnswer answer) => answer.FinishReason switch
    {
        "length" => "max_tokens",
        "content_filter" => "refusal",
        _ => "end_turn",
    };

    private static string Event(string name, object value) => $"event: {name}\ndata: {JsonSerializer.Serialize(value)}\n\n";
}
