using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using Npgsql;

namespace MetaPrompt.Web.Models;

/// <summary>What somebody entered cannot be taken; the message says what to do, and <see cref="Field"/> where.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Without its field it says nothing.")]
[SuppressMessage("Naming", "CA1710", Justification = "It is an answer for the person at the page.")]
public sealed class EntryProblem(string field, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Name, Endpoint, Key, Model, Price or Tokens; empty where it is about no field.</summary>
    public string Field { get; } = field;
}

/// <summary>A key about to be added, as it was entered.</summary>
public sealed record EnteredKey
{
    /// <summary>What the person calls it.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="ModelSettings.OpenAi"/> or <see cref="ModelSettings.Anthropic"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>Null or empty for the provider's own address.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The key; null or empty where the server wants none.</summary>
    public string? Key { get; init; }

    /// <summary>Never the key.</summary>
    public override string ToString() => $"{Name} ({Provider} at {Endpoint})";
}

/// <summary>A key that was removed, with what is needed to undo it. Keep it on the server: the secret in it is encrypted.</summary>
public sealed record RemovedKey
{
    internal RemovedKey(KeptProviderKey key, IReadOnlyList<KeyModel> models) => (Key, Models) = (key, models);

    /// <summary>What the person called it.</summary>
    public string Name => Key.Name;

    internal KeptProviderKey Key { get; }

    internal IReadOnlyList<KeyModel> Models { get; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// A person's own keys and models: looked at, encrypted and kept. A key comes in once and never goes out to a page again.
/// Everything here fails with <see cref="EntryProblem"/> where the person can do something about it.
/// </summary>
public sealed class OwnKeys(
    ProviderKeyQueries keys, KeyModelQueries models, OwnModels own, ModelCatalog catalog, EndpointGuard guard,
    KeyVault vault, TimeProvider time, ModelAllowance? allowance = null)
{
    private const int LongestKey = 4000;
    private const int ShortestWithHint = 16;
    private const decimal MostExpensive = 100_000;

    private static readonly string[] KnownHosts = ["https://api.openai.com", "https://api.anthropic.com"];

    /// <summary>Whether people may add keys here at all.</summary>
    public bool Enabled => guard.Rules.Enabled;

    /// <summary>The caller's keys, the oldest first, with those marked that can no longer be decrypted, and their models.</summary>
    public async Task<(IReadOnlyList<ProviderKey> Keys, IReadOnlyList<KeyModel> Models)> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var list = await keys.ListAsync(caller, cancellationToken).ConfigureAwait(false);
        var unreadable = list.Count == 0 ? [] : await UnreadableAsync(UserOf(caller), cancellationToken).ConfigureAwait(false);
        return ([.. list.Select(key => key with { IsUnreadable = unreadable.Contains(key.Id) })], await models.ListAsync(caller, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Looks at a key and its address and keeps them. Returns the key's id.</summary>
    /// <exception cref="EntryProblem">Something cannot be taken.</exception>
    public async Task<Guid> AddAsync(Caller caller, EnteredKey entered, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entered);
        var userId = UserOf(caller);
        if (!Enabled)
            throw new EntryProblem("", "Keys of one's own are switched off here. Ask whoever runs this MetaPrompt (the setting OwnKeys:Enabled).");

        var name = Name(entered.Name, "key");
        var provider = entered.Provider is ModelSettings.OpenAi or ModelSettings.Anthropic ? entered.Provider
            : throw new EntryProblem("Provider", "Choose whose API the address speaks.");
        var secret = Secret(entered.Key);
        var given = string.IsNullOrWhiteSpace(entered.Endpoint)
            ? provider == ModelSettings.OpenAi ? "https://api.openai.com/v1" : "https://api.anthropic.com"
            : entered.Endpoint;
        var endpoint = await guard.CheckAsync(given, provider, cancellationToken).ConfigureAwait(false);
        if (endpoint.Endpoint is not { } address)
            throw new EntryProblem("Endpoint", endpoint.Problem!);
        if (secret is null && KnownHosts.Any(host => address.StartsWith(host, StringComparison.Ordinal)))
            throw new EntryProblem("Key", $"Enter the key: {new Uri(address).Host} answers nobody without one.");

        var kept = new KeptProviderKey
        {
            Id = Guid.NewGuid(),
            Name = name,
            Provider = provider,
            Endpoint = address,
            Secret = vault.Protect(userId, secret),
            Hint = Hint(secret),
        };
        await TryAsync(name, () => keys.AddAsync(userId, kept, cancellationToken)).ConfigureAwait(false);
        own.Forget(userId);
        return kept.Id;
    }

    /// <summary>Gives a key another name.</summary>
    /// <exception cref="EntryProblem">The name cannot be taken, or the key is gone.</exception>
    public async Task RenameAsync(Caller caller, Guid id, string name, CancellationToken cancellationToken)
    {
        name = Name(name, "key");
        await TryAsync(name, async () =>
        {
            if (!await keys.RenameAsync(caller, id, name, cancellationToken).ConfigureAwait(false))
                throw Gone();
        }).ConfigureAwait(false);
    }

    /// <summary>Puts another key in the place of one, for the same address and models.</summary>
    /// <exception cref="EntryProblem">The key cannot be taken, or the one to replace is gone.</exception>
    public async Task ReplaceAsync(Caller caller, Guid id, string key, CancellationToken cancellationToken)
    {
        var userId = UserOf(caller);
        var secret = Secret(key) ?? throw new EntryProblem("Key", "Enter the new key.");
        if (!await keys.ReplaceAsync(userId, id, vault.Protect(userId, secret), Hint(secret), cancellationToken).ConfigureAwait(false))
            throw Gone();
        own.Forget(userId);
    }

    /// <summary>Removes a key with its models, at once and everywhere; null where it is gone already.</summary>
    public async Task<RemovedKey?> RemoveAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var userId = UserOf(caller);
        var used = await models.ListAsync(caller, cancellationToken).ConfigureAwait(false);
        var removed = await keys.RemoveAsync(userId, id, cancellationToken).ConfigureAwait(false);
        own.Forget(userId);
        return removed is null ? null : new RemovedKey(removed, [.. used.Where(model => model.KeyId == id)]);
    }

    /// <summary>Undoes <see cref="RemoveAsync"/>.</summary>
    /// <exception cref="EntryProblem">Its name, or a model's, is taken by now.</exception>
    public async Task RestoreAsync(Caller caller, RemovedKey removed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(removed);
        var userId = UserOf(caller);
        await TryAsync(removed.Key.Name, () => keys.AddAsync(userId, removed.Key, cancellationToken)).ConfigureAwait(false);
        foreach (var model in removed.Models)
            await TryAsync(model.Name, () => models.AddAsync(caller, model, cancellationToken)).ConfigureAwait(false);
        own.Forget(userId);
    }

    /// <summary>Asks the provider which models the key opens.</summary>
    /// <exception cref="ModelFailure">The provider does not say so, in plain words; or the caller has tested too many just now.</exception>
    /// <exception cref="EntryProblem">The key is gone, or can no longer be decrypted.</exception>
    public async Task<IReadOnlyList<ListedModel>> TestAsync(Caller caller, ProviderKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var userId = UserOf(caller);
        allowance?.TakeKeyTest(caller);
        var found = await keys.FindAsync(userId, key.Id, cancellationToken).ConfigureAwait(false) ?? throw Gone();
        var settings = new ModelSettings
        {
            Name = key.Name,
            Provider = found.Provider,
            Endpoint = found.Endpoint,
            Model = "",
            ApiKey = Decrypted(userId, found.Secret),
            KeyId = key.Id,
        };
        own.NoteUse(key.Id);
        using var http = catalog.Http(settings);
        return await ModelLister.ListAsync(http, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Uses a model from now on.</summary>
    /// <exception cref="EntryProblem">Something cannot be taken.</exception>
    public async Task UseAsync(Caller caller, KeyModel model, CancellationToken cancellationToken)
    {
        model = Checked(model);
        await TryAsync(model.Name, () => models.AddAsync(caller, model, cancellationToken)).ConfigureAwait(false);
        own.Forget(UserOf(caller));
    }

    /// <summary>Changes a model's name, prices or limits.</summary>
    /// <exception cref="EntryProblem">Something cannot be taken, or the model is gone.</exception>
    public async Task ChangeAsync(Caller caller, KeyModel model, CancellationToken cancellationToken)
    {
        model = Checked(model);
        await TryAsync(model.Name, async () =>
        {
            if (!await models.ChangeAsync(caller, model, cancellationToken).ConfigureAwait(false))
                throw new EntryProblem("", "The model is no longer there. Load the page again.");
        }).ConfigureAwait(false);
        own.Forget(UserOf(caller));
    }

    /// <summary>Uses a model no longer; false where it was not used.</summary>
    public async Task<bool> StopUsingAsync(Caller caller, Guid keyId, string model, CancellationToken cancellationToken)
    {
        var removed = await models.RemoveAsync(caller, keyId, model, cancellationToken).ConfigureAwait(false);
        own.Forget(UserOf(caller));
        return removed;
    }

    /// <summary>A listed model ready to be used: a free name, and its provider's prices of today where it tells them.</summary>
    /// <param name="keyId">The key it is used with.</param>
    /// <param name="keyName">Stands in the name where the model's own is taken.</param>
    /// <param name="listed">What the provider said.</param>
    /// <param name="taken">Names in use.</param>
    public KeyModel Suggested(Guid keyId, string keyName, ListedModel listed, IEnumerable<string> taken)
    {
        ArgumentNullException.ThrowIfNull(listed);
        var used = taken.Concat(catalog.All.Select(model => model.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var name = Shortened(listed.Id, "");
        for (var number = 1; used.Contains(name); number++)
            name = Shortened(listed.Id, number == 1 ? $" ({keyName})" : string.Create(CultureInfo.InvariantCulture, $" ({number})"));
        return new()
        {
            KeyId = keyId,
            Name = name,
            Model = listed.Id,
            ContextTokens = listed.ContextTokens,
            MaxOutputTokens = listed.MaxOutputTokens,
            InputPricePerMillion = listed.InputPricePerMillion,
            OutputPricePerMillion = listed.OutputPricePerMillion,
            PricedOn = listed.InputPricePerMillion is null ? null : DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
        };
    }

    private async Task<HashSet<Guid>> UnreadableAsync(Guid userId, CancellationToken cancellationToken) =>
        [.. (await keys.SecretsAsync(userId, cancellationToken).ConfigureAwait(false)).Where(key => !vault.CanRead(userId, key.Secret)).Select(key => key.Id)];

    private static string Shortened(string id, string suffix)
    {
        suffix = suffix.Length > 30 ? suffix[..29] + ")" : suffix;
        var room = ModelSettings.MaxNameLength - suffix.Length;
        return (id.Length <= room ? id : "…" + id[^(room - 1)..]) + suffix;
    }

    private KeyModel Checked(KeyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = Name(model.Name, "model");
        if (catalog.Find(name) is not null)
            throw new EntryProblem("Name", $"“{name}” is the name of a model of this site. Choose another, so that results tell which of both answered.");
        if (model.Model.Trim() is not { Length: > 0 and <= 200 } id || id.Any(char.IsControl))
            throw new EntryProblem("Model", "Enter the name that the provider calls the model by, gpt-4.1-mini for instance.");
        if (model.InputPricePerMillion is null != model.OutputPricePerMillion is null)
            throw new EntryProblem("Price", "Enter both prices, or neither where they are unknown. 0 is for free.");
        if (model.InputPricePerMillion is < 0 or > MostExpensive || model.OutputPricePerMillion is < 0 or > MostExpensive)
            throw new EntryProblem("Price", "A price is in US dollars for a million tokens, 0.4 for instance.");
        if (model.ContextTokens is <= 0 || model.MaxOutputTokens is <= 0)
            throw new EntryProblem("Tokens", "A number of tokens is a whole number above 0. Leave it empty where it is unknown.");
        return model with { Name = name, Model = id, PricedOn = model.InputPricePerMillion is null ? null : model.PricedOn };
    }

    private static string Name(string? entered, string what)
    {
        var name = string.Join(' ', (entered ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return name.Length == 0 ? throw new EntryProblem("Name", $"Give the {what} a name.")
            : name.Length > ModelSettings.MaxNameLength ? throw new EntryProblem("Name", $"A name may have {ModelSettings.MaxNameLength} characters. Shorten it.")
            : name.Any(char.IsControl) ? throw new EntryProblem("Name", "The name has a sign in it that cannot be shown. Type it again.")
            : name;
    }

    private static string? Secret(string? entered)
    {
        if (entered?.Trim() is not { Length: > 0 } secret)
            return null;
        if (secret.Length > LongestKey || secret.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign) || sign > '~'))
            throw new EntryProblem("Key", "That holds a space or a sign that no key has. Copy the key again, without what stands around it.");
        return secret;
    }

    // Of a short key four characters would be too much of it.
    private static string? Hint(string? secret) => secret?.Length >= ShortestWithHint ? secret[^4..] : null;

    private string? Decrypted(Guid userId, string? secret)
    {
        try
        {
            return vault.Unprotect(userId, secret);
        }
        catch (CryptographicException problem)
        {
            throw new EntryProblem("Key", "This key can no longer be read, because this MetaPrompt's own keys were replaced. Enter it again with Replace key.", problem);
        }
    }

    private static Guid UserOf(Caller caller) => caller.UserId ?? throw new ArgumentException("A key belongs to a signed-in person.", nameof(caller));

    private static EntryProblem Gone() => new("", "The key is no longer there: it was removed in another window.");

    private static async Task TryAsync(string name, Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (PostgresException refusal) when (Refused(refusal, name) is { } problem)
        {
            throw problem;
        }
    }

    private static EntryProblem? Refused(PostgresException refusal, string name) => refusal switch
    {
        { ConstraintName: "provider_keys_user_id_name_key" } => new("Name", $"You have a key called “{name}” already. Choose another name.", refusal),
        { ConstraintName: "provider_keys_pkey" } => new("", "The key is back already.", refusal),
        { ConstraintName: "provider_keys_limit" } => new("", $"{ProviderKeyQueries.MostKeys} keys are the most. Remove one that you do not need any more.", refusal),
        { ConstraintName: "key_models_user_id_name_key" } => new("Name", $"You have a model called “{name}” already. Choose another name.", refusal),
        { ConstraintName: "key_models_key_id_model_key" } => new("Model", $"This key's “{name}” is in use already.", refusal),
        { ConstraintName: "key_models_limit" } => new("", $"{KeyModelQueries.MostModels} models are the most. Take out one that you do not need any more.", refusal),
        { ConstraintName: "key_models_key_fkey" } => Gone(),
        _ => null,
    };
}
