using System.Net.Http;
using System.Text.Json;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Looks for an Ollama on this machine and gives the catalog the models it has, again and again: one that is started,
/// stopped or gets another model is noticed without a restart. It never delays the program's start, and it is nothing
/// to complain about where there is none.
/// </summary>
internal sealed class LocalOllama(ModelCatalog catalog, Uri endpoint, TimeProvider time, ILogger<LocalOllama> log) : BackgroundService
{
    /// <summary>Where Ollama listens when nobody told it otherwise.</summary>
    public const string DefaultEndpoint = "http://127.0.0.1:11434";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The machine itself is asked: a proxy could only get in the way.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience, AllowAutoRedirect = false });
        http.MaxResponseContentBufferSize = 4 * 1024 * 1024;
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            catalog.Replace(await FindAsync(http, stoppingToken).ConfigureAwait(false));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<ModelSettings>> FindAsync(HttpClient http, CancellationToken stoppingToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(Patience);
        try
        {
            using var tags = JsonDocument.Parse(await http.GetStringAsync(new Uri(endpoint, "/api/tags"), patience.Token).ConfigureAwait(false));
            return Read(tags.RootElement);
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("No Ollama at {Endpoint}: {Reason}", endpoint, problem.Message);
            return [];
        }
    }

    private List<ModelSettings> Read(JsonElement tags)
    {
        var models = new List<ModelSettings>();
        if (tags.ValueKind != JsonValueKind.Object || !tags.TryGetProperty("models", out var list) || list.ValueKind != JsonValueKind.Array)
            return models;

        foreach (var entry in list.EnumerateArray())
        {
            if (Text(entry, "model") is not { Length: > 0 } id || IsEmbedding(entry, id))
                continue;

            var name = id.Length <= ModelSettings.MaxNameLength ? id : "…" + id[^(ModelSettings.MaxNameLength - 1)..];
            if (models.Exists(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
                continue;

            models.Add(new ModelSettings
            {
                Name = name,
                Provider = ModelSettings.OpenAi,
                Endpoint = new Uri(endpoint, "/v1").AbsoluteUri,
                Model = id,
                InputPricePerMillion = 0,
                OutputPricePerMillion = 0,
            });
        }

        return models;
    }

    // These turn text into numbers and cannot answer.
    private static bool IsEmbedding(JsonElement entry, string id) =>
        id.Contains("embed", StringComparison.OrdinalIgnoreCase)
        || (entry.TryGetProperty("details", out var details)
            && Text(details, "family") is { } family
            && family.Contains("bert", StringComparison.OrdinalIgnoreCase));

    private static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
