using System.Text.Json;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>A request that a scripted model got.</summary>
public sealed class ScriptedRequest(string path, IReadOnlyDictionary<string, string> headers, string body)
{
    private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The path, <c>/v1/chat/completions</c> for instance.</summary>
    public string Path { get; } = path;

    /// <summary>Headers by name, without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    /// <summary>The body as it came.</summary>
    public string Body { get; } = body;

    /// <summary>The body as JSON.</summary>
    public JsonElement Json { get; } = JsonDocument.Parse(body.Length > 0 ? body : "{}").RootElement;

    /// <summary>The model that was asked for.</summary>
    public string Model => Json.GetProperty("model").GetString()!;

    /// <summary>The temperature that was asked for; null where none was sent.</summary>
    public double? Temperature => Json.TryGetProperty("temperature", out var value) ? value.GetDouble() : null;

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool Stream => Json.TryGetProperty("stream", out var value) && value.GetBoolean();

    /// <summary>Whether an answer in a JSON schema was asked for.</summary>
    public bool HasSchema => Json.TryGetProperty("response_format", out _) || Json.TryGetProperty("output_config", out _);

    /// <summary>All messages in order, with their roles.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages =>
        [.. Json.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, Text(message.GetProperty("content"))))];

    /// <summary>What the system is told: OpenAI's first message or Anthropic's own field.</summary>
    public string System => Json.TryGetProperty("system", out var system)
        ? Text(system)
        : Messages.Where(message => message.Role is "system" or "developer").Select(message => message.Text).FirstOrDefault("");

    /// <summary>The last message of the user.</summary>
    public string Prompt => Messages.Last(message => message.Role == "user").Text;

    /// <summary>Ends when the caller has hung up before the answer was complete.</summary>
    public Task HungUp => _hungUp.Task;

    internal void NoteHungUp() => _hungUp.TrySetResult();

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""));
}
