using System.Text.Json;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Http;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// An OpenAI-compatible server that says what a test wants: <c>/v1/chat/completions</c>, streamed or whole,
/// <c>/v1/models</c>, and Ollama's <c>/api/tags</c>.
/// </summary>
public sealed class ScriptedOpenAi : ScriptedModelServer
{
    private ScriptedOpenAi(Func<ScriptedRequest, ScriptedAnswer> answer)
        : base(answer)
    {
    }

    /// <summary>The base address for <c>Models:0:Endpoint</c>.</summary>
    public string Endpoint => Address + "/v1";

    /// <summary>The models the server lists.</summary>
    public IReadOnlyList<string> ModelIds { get; set; } = ["scripted-1"];

    /// <summary>Starts a server that answers by the function, or "Hello from the scripted model." where there is none.</summary>
    public static async Task<ScriptedOpenAi> StartAsync(Func<ScriptedRequest, ScriptedAnswer>? answer = null)
    {
        var server = new ScriptedOpenAi(answer ?? (_ => ScriptedAnswer.Say("Hello ", "from the ", "scripted model.")));
        await server.ListenAsync();
        return server;
    }

    /// <summary>Settings of a model on this server.</summary>
    public ModelSettings Settings(string name = "Scripted") => new()
    {
        Name = name,
        Provider = ModelSettings.OpenAi,
        Endpoint = Endpoint,
        Model = "scripted-1",
        ApiKey = "sk-scripted-secret",
    };

    /// <summary>The same settings as configuration, by full name: for the settings of a program under test.</summary>
    public IReadOnlyDictionary<string, string?> Configuration(int index = 0, string name = "Scripted") => Configuration(Settings(name), index);

    /// <inheritdoc/>
    protected override bool AsksForAnswer(HttpRequest request) => request.Path == "/v1/chat/completions";

    /// <inheritdoc/>
    protected override Task ServeOtherAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/v1/models":
                return context.Response.WriteAsJsonAsync(new { @object = "list", data = ModelIds.Select(id => new { id, @object = "model", created = 1, owned_by = "tests" }) });
            case "/api/tags":
                return context.Response.WriteAsJsonAsync(new { models = ModelIds.Select(id => new { name = id, model = id, size = 1, details = new { family = id.Contains("bert", StringComparison.Ordinal) ? "nomic-bert" : "llama" } }) });
            default:
                context.Response.StatusCode = 404;
                return context.Response.WriteAsync("404 page not found");
        }
    }

    /// <inheritdoc/>
    protected override string Whole(ScriptedRequest request, ScriptedAnswer answer, string text) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1_790_000_000,
        model = request.Model,
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = answer.FinishReason } },
        usage = Usage(answer),
    });

    /// <inheritdoc/>
    protected override string Opening(ScriptedRequest request, ScriptedAnswer answer) =>
        Event(request, new { role = "assistant", content = "" }, null);

    /// <inheritdoc/>
    protected override string Chunk(ScriptedRequest request, string text) => Event(request, new { content = text }, null);

    /// <inheritdoc/>
    protected override string Closing(ScriptedRequest request, ScriptedAnswer answer)
    {
        var usage = answer.InputTokens is null ? "" : Data(new
        {
            id = "chatcmpl-1",
            @object = "chat.completion.chunk",
            created = 1_790_000_000,
            model = request.Model,
            choices = Array.Empty<object>(),
            usage = Usage(answer),
        });
        return Event(request, new { }, answer.FinishReason) + usage + "data: [DONE]\n\n";
    }

    private static object? Usage(ScriptedAnswer answer) => answer.InputTokens is { } input && answer.OutputTokens is { } output
        ? new { prompt_tokens = input, completion_tokens = output, total_tokens = input + output }
        : null;

    private static string Event(ScriptedRequest request, object delta, string? finishReason) => Data(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion.chunk",
        created = 1_790_000_000,
        model = request.Model,
        choices = new[] { new { index = 0, delta, finish_reason = finishReason } },
    });

    private static string Data(object value) => $"data: {JsonSerializer.Serialize(value)}\n\n";
}
