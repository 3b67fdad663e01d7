using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;

namespace MetaPrompt.Web.Models;

/// <summary>A model that a provider says it has.</summary>
/// <param name="Id">What the provider calls it.</param>
public sealed record ListedModel(string Id)
{
    /// <summary>The provider's name of it for people; null where it gives none.</summary>
    public string? Title { get; init; }

    /// <summary>How many tokens prompt and answer may have together; null where the provider does not say.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>The most tokens of an answer; null where the provider does not say.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>US dollars for a million tokens read; null where the provider does not say (most do not).</summary>
    public decimal? InputPricePerMillion { get; init; }

    /// <summary>US dollars for a million tokens written; null where the provider does not say.</summary>
    public decimal? OutputPricePerMillion { get; init; }

    /// <summary>Whether its name says that it makes pictures, sound or numbers and cannot answer a prompt.</summary>
    public bool IsOfAnotherKind { get; init; }
}

/// <summary>Asks a provider which models it has: what "Test the key" does. Costs nothing at any provider.</summary>
internal static class ModelLister
{
    private const int MostListed = 2000;
    private const int LongestId = 200;
    private const string AnthropicVersion = "2023-06-01";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] OtherKinds =
    [
        "embed", "whisper", "tts", "dall-e", "image", "moderation", "realtime", "transcribe", "audio", "sora", "davinci", "babbage",
        "rerank", "bge-", "speech", "veo-", "imagen", "stable-diffusion", "flux",
    ];

    /// <summary>The provider's models, those for prompts first, by name.</summary>
    /// <param name="http">Through the guard; not disposed.</param>
    /// <param name="key">The key as settings: its name stands in the messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFailure">Why there is no list, in plain words.</exception>
    public static async Task<IReadOnlyList<ListedModel>> ListAsync(HttpClient http, ModelSettings key, CancellationToken cancellationToken)
    {
        var anthropic = key.Provider == ModelSettings.Anthropic;
        using var request = new HttpRequestMessage(HttpMethod.Get, key.Endpoint + (anthropic ? "/v1/models?limit=1000" : "/models"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (anthropic)
            request.Headers.TryAddWithoutValidation("anthropic-version", AnthropicVersion);
        else if (key.ApiKey is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key.ApiKey);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            using var json = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false), default, patience.Token).ConfigureAwait(false);
            return Read(json.RootElement) is { Count: > 0 } models ? models
                : throw new ModelFailure(FailureKind.Nonsense, $"{key.Name} answered, but with no list of models. Enter the model's name by hand.");
        }
        catch (ModelFailure failure) when (failure.Kind == FailureKind.ModelNotFound)
        {
            throw new ModelFailure(FailureKind.ModelNotFound, $"There is no list of models at {request.RequestUri!.GetLeftPart(UriPartial.Path)}. Check the address (one that speaks OpenAI's API usually ends in /v1), or enter the model's name by hand.", failure);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw FailureWords.ForException(key, problem);
        }
    }

    private static List<ListedModel> Read(JsonElement answer)
    {
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var data))
            answer = data;
        if (answer.ValueKind != JsonValueKind.Array)
            return [];

        var models = new List<ListedModel>();
        foreach (var entry in answer.EnumerateArray().Take(MostListed))
        {
            if (Text(entry, "id")?.Trim() is not { Length: > 0 and <= LongestId } id || models.Exists(other => other.Id == id))
                continue;

            var top = Member(entry, "top_provider");
            var (input, output) = Prices(entry);
            models.Add(new ListedModel(id)
            {
                Title = Text(entry, "display_name"),
                ContextTokens = Tokens(entry, "context_length") ?? Tokens(entry, "max_model_len") ?? Tokens(entry, "max_input_tokens"),
                MaxOutputTokens = Tokens(top, "max_completion_tokens") ?? Tokens(entry, "max_tokens"),
                InputPricePerMillion = input,
                OutputPricePerMillion = output,
                IsOfAnotherKind = OtherKinds.Any(kind => id.Contains(kind, StringComparison.OrdinalIgnoreCase)),
            });
        }

        return [.. models.OrderBy(model => model.IsOfAnotherKind).ThenBy(model => model.Id, StringComparer.OrdinalIgnoreCase)];
    }

    // Routers tell prices for a single token, as text; -1 is "it depends".
    private static (decimal? Input, decimal? Output) Prices(JsonElement entry)
    {
        var pricing = Member(entry, "pricing");
        return Price(pricing, "prompt") is { } input && Price(pricing, "completion") is { } output ? (input, output) : (null, null);
    }

    private static decimal? Price(JsonElement pricing, string name) =>
        Text(pricing, name) is { } text
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var price)
        && price is >= 0 and < 0.1m
            ? decimal.Round(price * 1_000_000m, 6)
            : null;

    private static JsonElement Member(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement entry, string name) =>
        Member(entry, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static int? Tokens(JsonElement entry, string name) =>
        Member(entry, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var tokens) && tokens > 0 ? tokens : null;
}
