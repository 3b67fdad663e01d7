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
using Caller = MetaPrompt.Data.Caller;

namespace MetaPrompt.Web.Models;

/// <summary>
/// The models people may choose: those of the settings, or, with none there, those of an Ollama found on this machine.
/// Safe for many threads; a list once read does not change under its reader.
/// </summary>
public sealed class ModelCatalog : IDisposable
{
    // Anthropic's API wants a limit with every request; its package's own is too short for most answers.
    internal const int AnthropicOutputTokens = 8192;

    private const string AnthropicVersionWithSampling = "2023-06-01";

    private readonly ConcurrentDictionary<ModelSettings, IChatClient> _clients = new();
    private readonly SocketsHttpHandler _wire;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private readonly OwnModels? _own;
    private readonly SocketsHttpHandler? _ownWire;
    private IReadOnlyList<ModelSettings> _all;

    /// <param name="configured">From the settings, in their order.</param>
    /// <param name="limits">Time-outs of every client.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <param name="own">The models people use with keys of their own; null for none.</param>
    /// <param name="guard">Watches where those lead; needed where there are any.</param>
    public ModelCatalog(
        IReadOnlyList<ModelSettings> configured, ModelLimits limits, TimeProvider time, OwnModels? own = null, EndpointGuard? guard = null)
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
        if (own is null)
            return;

        ArgumentNullException.ThrowIfNull(guard);
        _ownWire = guard.Handler();
        _own = own;
        _own.Gone += Forget;
    }

    /// <summary>Raised on any thread when models were found or lost.</summary>
    public event Action? Changed;

    /// <summary>All models of this site, the default one first; what a person has besides is in <see cref="ForAsync"/>.</summary>
    public IReadOnlyList<ModelSettings> All => Volatile.Read(ref _all);

    /// <summary>Whether there is a model at all; without one the wizard asks by its rules and the runner does a dry run.</summary>
    public bool Any => All.Count > 0;

    /// <summary>The model that is used where nobody chose: the first; null where there is none.</summary>
    public ModelSettings? Default => All is [var first, ..] ? first : null;

    /// <summary>The site's model of that name, without regard to case; null where there is none.</summary>
    public ModelSettings? Find(string name) =>
        All.FirstOrDefault(model => string.Equals(model.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The models the caller may use: this site's, then their own. Where the site has a model of the same name by now, the
    /// person's own is not among them until they rename it.
    /// </summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away, and the person's models are not known.</exception>
    public async Task<IReadOnlyList<ModelSettings>> ForAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_own is null || caller.UserId is not { } userId)
            return All;

        var own = await _own.ForAsync(userId, cancellationToken).ConfigureAwait(false);
        return own.Count == 0 ? All : [.. All, .. own.Where(model => Find(model.Name) is null)];
    }

    /// <summary>
    /// The names of the caller's own models that <see cref="ForAsync"/> leaves out because their key can no longer be decrypted;
    /// entered again on the page Models, they are back.
    /// </summary>
    /// <inheritdoc cref="ForAsync"/>
    public async Task<IReadOnlyList<string>> UnreadableAsync(Caller caller, CancellationToken cancellationToken) =>
        _own is null || caller.UserId is not { } userId ? []
            : [.. (await _own.UnreadableAsync(userId, cancellationToken).ConfigureAwait(false)).Where(name => Find(name) is null)];

    /// <summary>
    /// The caller's model of that name, without regard to case; null where there is none. Ask right before a call: a key that
    /// was removed meanwhile must not be used.
    /// </summary>
    /// <inheritdoc cref="ForAsync"/>
    public async Task<ModelSettings?> FindAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        if (Find(name) is { } site)
            return site;
        if (_own is null || caller.UserId is not { } userId)
            return null;

        var own = await _own.ForAsync(userId, cancellationToken).ConfigureAwait(false);
        return own.FirstOrDefault(model => string.Equals(model.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// A client for the model, made once and shared. It tries once, never again by itself, so that nothing is paid
    /// twice; it fails with <see cref="ModelFailure"/>. Do not dispose it.
    /// </summary>
    public IChatClient Client(ModelSettings model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.KeyId is { } keyId)
            _own?.NoteUse(keyId);
        return _clients.GetOrAdd(model, MakeClient);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_own is not null)
            _own.Gone -= Forget;
        _ownWire?.Dispose();
        _wire.Dispose();
    }

    /// <summary>Takes what was found on this machine as the catalog's models.</summary>
    internal void Replace(IReadOnlyList<ModelSettings> models)
    {
        if (All.SequenceEqual(models))
            return;

        Volatile.Write(ref _all, models);
        Forget([.. _clients.Keys.Where(model => !model.IsOwn).Except(models)]);
        Changed?.Invoke();
    }

    /// <summary>A way to the wire for a model: a person's own through the guard.</summary>
    internal HttpClient Http(ModelSettings model)
    {
        var wire = !model.IsOwn ? _wire
            : _ownWire ?? throw new InvalidOperationException("A person's own model needs the guard of endpoints.");
        // The time-outs are ModelClient's; those of HttpClient and the packages would only cut long answers.
        return new HttpClient(new ModelHttpGuard(model, _time, wire), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private void Forget(IReadOnlyCollection<ModelSettings> gone)
    {
        foreach (var model in gone)
            _clients.TryRemove(model, out _);
    }

    private ModelClient MakeClient(ModelSettings model)
    {
        var http = Http(model);
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
            // The package speaks the API of 2026-10-21, which has neither temperature nor top-p, and leaves them out without
            // a word. 1 is what the API uses when none is sent; for any other the request goes to the version before, where
            // models that still let one choose take it and the others refuse it.
            if (options is { RawRepresentationFactory: null } and ({ Temperature: not (null or 1) } or { TopP: not null }))
                options.RawRepresentationFactory = _ => WithSampling(options, model, limit);
        });
    }

    private static MessageCreateParams WithSampling(ChatOptions options, ModelSettings model, int limit)
    {
        var body = new Dictionary<string, JsonElement>
        {
            ["max_tokens"] = JsonSerializer.SerializeToElement(options.MaxOutputTokens ?? limit),
            ["messages"] = JsonSerializer.SerializeToElement(Array.Empty<object>()),
            ["model"] = JsonSerializer.SerializeToElement(options.ModelId ?? model.Model),
        };
        if (options.Temperature is { } temperature and not 1)
            body["temperature"] = JsonSerializer.SerializeToElement((decimal)temperature);
        if (options.TopP is { } share)
            body["top_p"] = JsonSerializer.SerializeToElement((decimal)share);
        return MessageCreateParams.FromRawUnchecked(
            new Dictionary<string, JsonElement> { ["anthropic-version"] = JsonSerializer.SerializeToElement(AnthropicVersionWithSampling) },
            new Dictionary<string, JsonElement>(),
            body);
    }
}
