using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace MetaPrompt.Web.Models;

/// <summary>
/// The models people may choose: those of the settings, or, with none there, those of an Ollama found on this machine.
/// Safe for many threads; a list once read does not change under its reader.
/// </summary>
public sealed class ModelCatalog : IDisposable
{
    // Anthropic's API wants a limit with every request; its package's own is too short for most answers.
    private const int AnthropicOutputTokens = 8192;

    private const string AnthropicVersionWithTemperature = "2023-06-01";

    private readonly ConcurrentDictionary<ModelSettings, IChatClient> _clients = new();
    private readonly SocketsHttpHandler _wire;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private IReadOnlyList<ModelSettings> _all;

    /// <param name="configured">From the settings, in their order.</param>
    /// <param name="limits">Time-outs of every client.</param>
    /// <param name="time">The clock of the time-outs.</param>
    public ModelCatalog(IReadOnlyList<ModelSettings> configured, ModelLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configured);
        _all = configured;
        _limits = limits;
        _time = time;
        _wire = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
            // A redirected POST becomes a GET and would carry the key to wherever it is sent.
            AllowAutoRedirect = false,
            UseCookies = false,
        };
    }

    /// <summary>Raised on any thread when models were found or lost.</summary>
    public event Action? Changed;

    /// <summary>All models, the default one first.</summary>
    public IReadOnlyList<ModelSettings> All => Volatile.Read(ref _all);

    /// <summary>Whether there is a model at all; without one the wizard asks by its rules and the runner does a dry run.</summary>
    public bool Any => All.Count > 0;

    /// <summary>The model that is used where nobody chose: the first; null where there is none.</summary>
    public ModelSettings? Default => All is [var first, ..] ? first : null;

    /// <summary>The model of that name, without regard to case; null where there is none.</summary>
    public ModelSettings? Find(string name) =>
        All.FirstOrDefault(model => string.Equals(model.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A client for the model, made once and shared. It tries once, never again by itself, so that nothing is paid
    /// twice; it fails with <see cref="ModelFailure"/>. Do not dispose it.
    /// </summary>
    public IChatClient Client(ModelSettings model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _clients.GetOrAdd(model, MakeClient);
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    /// <summary>Takes what was found on this machine as the catalog's models.</summary>
    internal void Replace(IReadOnlyList<ModelSettings> models)
    {
        if (All.SequenceEqual(models))
            return;

        Volatile.Write(ref _all, models);
        foreach (var gone in _clients.Keys.Except(models))
            _clients.TryRemove(gone, out _);
        Changed?.Invoke();
    }

    private ModelClient MakeClient(ModelSettings model)
    {
        // The time-outs here are ModelClient's; those of HttpClient and the packages would only cut long answers.
        var http = new HttpClient(new ModelHttpGuard(model, _time, _wire), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        IChatClient client = model.Provider == ModelSettings.Anthropic ? MakeAnthropic(model, http) : MakeOpenAi(model, http);
        return new ModelClient(client, model, _limits, _time);
    }

    private static IChatClient MakeOpenAi(ModelSettings model, HttpClient http)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(model.Endpoint),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };

        // The package insists on a key; the guard takes it off again where there is none.
        return new ChatClient(model.Model, new ApiKeyCredential(model.ApiKey ?? "none"), options).AsIChatClient();
    }

    private static ConfigureOptionsChatClient MakeAnthropic(ModelSettings model, HttpClient http)
    {
        var limit = model.MaxOutputTokens ?? AnthropicOutputTokens;
        var client = new AnthropicClient
        {
            BaseUrl = model.Endpoint,
            ApiKey = model.ApiKey ?? "none",
            HttpClient = http,
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
        }.AsIChatClient(model.Model, limit);

        return new ConfigureOptionsChatClient(client, options =>
        {
            // The package speaks the API of 2026-10-21, which has no temperature, and leaves it out without a word. 1 is
            // what the API uses when none is sent; for any other the request goes to the version before, where models
            // that still let one choose take it and the others refuse it.
            if (options is { Temperature: { } temperature and not 1, RawRepresentationFactory: null })
                options.RawRepresentationFactory = _ => WithTemperature(options, model, limit, (decimal)temperature);
        });
    }

    private static MessageCreateParams WithTemperature(ChatOptions options, ModelSettings model, int limit, decimal temperature) =>
        MessageCreateParams.FromRawUnchecked(
            new Dictionary<string, JsonElement> { ["anthropic-version"] = JsonSerializer.SerializeToElement(AnthropicVersionWithTemperature) },
            new Dictionary<string, JsonElement>(),
            new Dictionary<string, JsonElement>
            {
                ["max_tokens"] = JsonSerializer.SerializeToElement(options.MaxOutputTokens ?? limit),
                ["messages"] = JsonSerializer.SerializeToElement(Array.Empty<object>()),
                ["model"] = JsonSerializer.SerializeToElement(options.ModelId ?? model.Model),
                ["temperature"] = JsonSerializer.SerializeToElement(temperature),
            });
}
