using System.Net;
using System.Text;
using System.Text.Json;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Stands between the providers' packages and the wire. Each package tells the same trouble differently, drops
/// <c>Retry-After</c> or takes a web page for an empty answer; here every refusal becomes one <see cref="ModelFailure"/>,
/// and an answer that ends early is noticed even where the connection ended politely.
/// </summary>
internal sealed class ModelHttpGuard(ModelSettings model, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string VersionHeader = "anthropic-version";
    private static readonly byte[] NewLimit = "\"max_completion_tokens\":"u8.ToArray();
    private static readonly byte[] OldLimit = "\"max_tokens\":"u8.ToArray();

    private const int ErrorBodyLimit = 64 * 1024;
    private const int JsonBodyLimit = 16 * 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Authorise(request);
        await ReadBodyAsync(request, cancellationToken).ConfigureAwait(false);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var text = await ReadAsync(body, ErrorBodyLimit, cancellationToken).ConfigureAwait(false);
                throw FailureWords.ForStatus(model, response.StatusCode, text, RetryAfter(response), response.Headers.Location);
            }

            response.Content = await GuardAsync(response.Content, body, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // Servers of one's own often want no key, and the packages cannot send none; Anthropic's package sends the key as a
    // bearer token, which other servers of that API do not read.
    private void Authorise(HttpRequestMessage request)
    {
        if (model.ApiKey is null)
        {
            request.Headers.Remove("Authorization");
            request.Headers.Remove("X-Api-Key");
        }
        else if (model.Provider == ModelSettings.Anthropic)
        {
            request.Headers.Remove("Authorization");
            request.Headers.Remove("X-Api-Key");
            request.Headers.TryAddWithoutValidation("X-Api-Key", model.ApiKey);
        }

        // The package adds its own version to the one a request was made with; one request can have only one.
        if (request.Headers.TryGetValues(VersionHeader, out var versions) && versions.Order(StringComparer.Ordinal).ToArray() is [var older, _, ..])
        {
            request.Headers.Remove(VersionHeader);
            request.Headers.TryAddWithoutValidation(VersionHeader, older);
        }
    }

    // OpenAI renamed the limit of answers, and its package sends the new name alone; most other servers know the old one alone
    // and would write without end. In JSON these bytes are a member's name and nothing else: a text's quotes are escaped.
    private async Task ReadBodyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var listener = SentRequest.Current;
        var rename = model.Provider == ModelSettings.OpenAi && !KnowsNewLimit(request.RequestUri);
        if (request.Content is not { } content || (listener is null && !rename))
            return;

        var body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (rename && body.AsSpan().IndexOf(NewLimit) is var at and >= 0)
        {
            body = [.. body.AsSpan(0, at), .. OldLimit, .. body.AsSpan(at + NewLimit.Length)];
            request.Content = new ByteArrayContent(body);
            foreach (var header in content.Headers.Where(header => header.Key != "Content-Length"))
                request.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        listener?.Note(
            request.RequestUri, request.Headers.TryGetValues(VersionHeader, out var versions) ? versions.First() : null,
            Encoding.UTF8.GetString(body), model.ApiKey);
    }

    private static bool KnowsNewLimit(Uri? address) =>
        address?.Host is { } host && (host is "api.openai.com"
            || host.EndsWith(".openai.com", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase));

    private async Task<HttpContent> GuardAsync(HttpContent content, Stream body, CancellationToken cancellationToken)
    {
        var type = content.Headers.ContentType?.MediaType ?? "";
        if (type.Contains("html", StringComparison.OrdinalIgnoreCase))
            throw FailureWords.WebPage(model);

        HttpContent guarded;
        if (type.Contains("event-stream", StringComparison.OrdinalIgnoreCase))
        {
            guarded = new StreamContent(new AnswerStream(body, model));
        }
        else
        {
            var text = await ReadAsync(body, JsonBodyLimit, cancellationToken).ConfigureAwait(false);
            ThrowIfNoAnswer(text);
            guarded = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        }

        foreach (var header in content.Headers.Where(header => header.Key is not "Content-Length" and not "Content-Encoding"))
            guarded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return guarded;
    }

    // Some routers answer 200 with an error inside.
    private void ThrowIfNoAnswer(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (FailureWords.ErrorIn(model, json.RootElement) is { } failure)
                throw failure;
        }
        catch (JsonException problem)
        {
            throw text.AsSpan().TrimStart().StartsWith("<")
                ? FailureWords.WebPage(model)
                : FailureWords.BrokenJson(model, problem);
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header)
            return null;

        var wait = header.Delta ?? (header.Date is { } date ? date - time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async Task<string> ReadAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[8192];
        while (text.Length < limit)
        {
            var read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;
            text.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)Math.Min(text.Length, limit));
    }
}
