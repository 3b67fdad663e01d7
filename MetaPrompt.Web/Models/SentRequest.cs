using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MetaPrompt.Web.Models;

/// <summary>
/// What a call really sent, taken from the wire: the address, the API's version and the body without the user's messages
/// (a result has the prompt already). No other header is in it, and so no key.
/// </summary>
/// <remarks>
/// <c>using var sent = SentRequest.Listen();</c> before a call in the same method; <see cref="Json"/> after its first
/// update. Where nothing was sent (the connection failed) it is null.
/// </remarks>
public sealed class SentRequest : IDisposable
{
    private const int Longest = 256 * 1024;
    private static readonly AsyncLocal<SentRequest?> Listening = new();
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SentRequest? _outer;
    private string? _json;

    private SentRequest(SentRequest? outer) => _outer = outer;

    /// <summary>What was sent last, as a JSON object; null before anything was.</summary>
    public string? Json => Volatile.Read(ref _json);

    /// <summary>Begins to listen to the calls that this method and what it calls make.</summary>
    public static SentRequest Listen() => Listening.Value = new SentRequest(Listening.Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Listening.Value == this)
            Listening.Value = _outer;
    }

    /// <summary>Whether anybody listens here.</summary>
    internal static SentRequest? Current => Listening.Value;

    /// <summary>Notes a request; never fails.</summary>
    internal void Note(Uri? address, string? version, string body, string? key)
    {
        var sent = new JsonObject { ["url"] = address?.GetLeftPart(UriPartial.Path) };
        if (version is not null)
            sent["anthropic-version"] = version;
        sent["body"] = Body(body);
        var text = sent.ToJsonString(Plain);

        // No provider wants its key in a body; should one ever, it is not kept.
        Volatile.Write(ref _json, key is { Length: > 0 } && text.Contains(key, StringComparison.Ordinal) ? text.Replace(key, "…", StringComparison.Ordinal) : text);
    }

    private static JsonNode? Body(string body)
    {
        if (body.Length == 0)
            return null;

        try
        {
            var node = JsonNode.Parse(body);
            if (node is JsonObject json && json["messages"] is JsonArray messages)
            {
                foreach (var user in messages.Where(message => (string?)message?["role"] == "user").ToArray())
                    messages.Remove(user);
                if (messages.Count == 0)
                    json.Remove("messages");
            }

            return node?.ToJsonString().Length <= Longest ? node : "(too long to be kept)";
        }
        catch (JsonException)
        {
            return "(no JSON)";
        }
    }
}
