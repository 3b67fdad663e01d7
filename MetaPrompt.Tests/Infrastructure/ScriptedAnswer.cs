namespace MetaPrompt.Tests.Infrastructure;

/// <summary>One thing a scripted model does in the course of an answer.</summary>
public abstract record ScriptedStep
{
    private ScriptedStep()
    {
    }

    /// <summary>Sends text as one chunk.</summary>
    public sealed record Say(string Text) : ScriptedStep;

    /// <summary>Sends nothing more until the task ends, or the caller hangs up.</summary>
    public sealed record Wait(Task Until) : ScriptedStep;

    /// <summary>Sends these very characters, whatever they are.</summary>
    public sealed record Raw(string Characters) : ScriptedStep;

    /// <summary>Breaks the connection.</summary>
    public sealed record Cut : ScriptedStep;

    /// <summary>Ends the answer politely, but without any closing event.</summary>
    public sealed record EndEarly : ScriptedStep;
}

/// <summary>What a scripted model answers. Build it from the factories and <c>with</c>.</summary>
public sealed record ScriptedAnswer
{
    /// <summary>The HTTP status; anything but 200 sends <see cref="Body"/>.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Extra headers, Retry-After for instance.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The whole body as it is; null for an answer in the API's own form made from <see cref="Steps"/>.</summary>
    public string? Body { get; init; }

    /// <summary>The type of <see cref="Body"/>.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>What happens, in order.</summary>
    public IReadOnlyList<ScriptedStep> Steps { get; init; } = [];

    /// <summary>Tokens read, as the server counts; null tells no usage at all.</summary>
    public int? InputTokens { get; init; } = 11;

    /// <summary>Tokens written, as the server counts.</summary>
    public int? OutputTokens { get; init; } = 7;

    /// <summary>Why the answer ended, in OpenAI's word.</summary>
    public string FinishReason { get; init; } = "stop";

    /// <summary>An answer in chunks of these texts.</summary>
    public static ScriptedAnswer Say(params string[] chunks) => Do([.. chunks.Select(chunk => new ScriptedStep.Say(chunk))]);

    /// <summary>An answer of these steps.</summary>
    public static ScriptedAnswer Do(params ScriptedStep[] steps) => new() { Steps = steps };

    /// <summary>A refusal in the usual form of both APIs.</summary>
    public static ScriptedAnswer Error(int status, string message, string code = "") => new()
    {
        Status = status,
        Body = System.Text.Json.JsonSerializer.Serialize(new { type = "error", error = new { message, type = code, code } }),
    };

    /// <summary>A web page where an answer should be.</summary>
    public static ScriptedAnswer WebPage(int status = 200) => new()
    {
        Status = status,
        ContentType = "text/html; charset=utf-8",
        Body = "<!doctype html><html><body><h1>Sign in to the proxy</h1></body></html>",
    };

    /// <summary>An answer that never begins.</summary>
    public static ScriptedAnswer Hang() => Do(new ScriptedStep.Wait(new TaskCompletionSource().Task));
}
