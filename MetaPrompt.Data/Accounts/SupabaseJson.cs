using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MetaPrompt.Data.Accounts;

/// <summary>What Supabase Auth sends for a session; at sign-up also a bare user at top level.</summary>
internal sealed record SupabaseSession
{
    [JsonPropertyName("access_token")] public string? AccessToken { get; init; }
    [JsonPropertyName("refresh_token")] public string? RefreshToken { get; init; }
    [JsonPropertyName("expires_in")] public double? ExpiresIn { get; init; }
    [JsonPropertyName("user")] public SupabaseUser? User { get; init; }
}

internal sealed record SupabaseUser
{
    [JsonPropertyName("id")] public Guid Id { get; init; }
    [JsonPropertyName("email")] public string? Email { get; init; }
    [JsonPropertyName("user_metadata")] public JsonElement Metadata { get; init; }

    public string? FullName
    {
        get
        {
            foreach (var key in (string[])["full_name", "name"])
            {
                if (Metadata.ValueKind == JsonValueKind.Object && Metadata.TryGetProperty(key, out var value)
                    && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } name)
                    return name.Length > 255 ? name[..255] : name;
            }

            return null;
        }
    }
}

/// <summary>
/// An answer of Supabase Auth, or of a gateway in front of it, that is not a success. Only the code means something; the
/// text is for logs.
/// </summary>
internal sealed record SupabaseError(HttpStatusCode Status, string Code, string Message, TimeSpan? RetryAfter)
{
    /// <summary>Reads all the shapes in use: <c>code</c>, the older <c>error_code</c>, OAuth's <c>error</c>, and no JSON at all.</summary>
    public static SupabaseError Read(HttpResponseMessage response, string body, TimeProvider time)
    {
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };

        string code = "", message = "";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                code = Text(json.RootElement, "code") ?? Text(json.RootElement, "error_code") ?? Text(json.RootElement, "error") ?? "";
                message = Text(json.RootElement, "message") ?? Text(json.RootElement, "msg")
                    ?? Text(json.RootElement, "error_description") ?? "";
            }
        }
        catch (JsonException)
        {
            // A gateway's page. The status says all there is to know.
            message = "no JSON";
        }

        return new SupabaseError(response.StatusCode, code, message, retryAfter);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
