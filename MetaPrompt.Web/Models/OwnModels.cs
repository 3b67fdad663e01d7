using System.Collections.Concurrent;
using System.Security.Cryptography;
using MetaPrompt.Data.Models;

namespace MetaPrompt.Web.Models;

/// <summary>
/// The models people use with keys of their own, ready for calls. Read from the database and kept for seconds: what a person
/// changes here is known at once, what they change at another node within half a minute.
/// </summary>
public sealed class OwnModels(ProviderKeyQueries keys, KeyVault vault, TimeProvider time, ILogger<OwnModels> log)
{
    /// <summary>For how long a list that was read is believed.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Entry> _people = new();
    private readonly ConcurrentDictionary<Guid, long> _noted = new();
    private long _changes;
    private long _swept = time.GetTimestamp();

    /// <summary>Raised on any thread with models that are no longer as they were, or not used for a while.</summary>
    internal event Action<IReadOnlyCollection<ModelSettings>>? Gone;

    /// <summary>The person's models; those whose key can no longer be decrypted are not among them.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<IReadOnlyList<ModelSettings>> ForAsync(Guid userId, CancellationToken cancellationToken) =>
        (await EntryAsync(userId, cancellationToken).ConfigureAwait(false)).Models;

    /// <summary>The names of those whose key can no longer be decrypted.</summary>
    /// <inheritdoc cref="ForAsync"/>
    public async Task<IReadOnlyList<string>> UnreadableAsync(Guid userId, CancellationToken cancellationToken) =>
        (await EntryAsync(userId, cancellationToken).ConfigureAwait(false)).Unreadable;

    /// <summary>Reads the person's models again the next time: they changed something.</summary>
    public void Forget(Guid userId)
    {
        Interlocked.Increment(ref _changes);
        if (_people.TryRemove(userId, out var entry))
            Gone?.Invoke(entry.Models);
    }

    /// <summary>Notes in the background that a key is used, at most once a minute.</summary>
    internal void NoteUse(Guid keyId)
    {
        var now = time.GetTimestamp();
        if (_noted.TryGetValue(keyId, out var last) && time.GetElapsedTime(last, now) < BetweenNotes)
            return;

        _noted[keyId] = now;
        _ = NoteAsync();

        async Task NoteAsync()
        {
            try
            {
                await keys.NoteUseAsync(keyId, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception problem)
            {
                log.LogWarning(problem, "When a key was last used could not be written down");
            }
        }
    }

    private async Task<Entry> EntryAsync(Guid userId, CancellationToken cancellationToken)
    {
        if (_people.TryGetValue(userId, out var known) && time.GetElapsedTime(known.ReadAt) < Believed)
            return known;

        var changes = Interlocked.Read(ref _changes);
        var readAt = time.GetTimestamp();
        var rows = await keys.ModelsAsync(userId, cancellationToken).ConfigureAwait(false);
        var (models, unreadable) = Settings(userId, rows);
        var entry = new Entry(models, unreadable, readAt);

        // What changed while the answer was on its way is read again the next time.
        if (changes == Interlocked.Read(ref _changes))
            Keep(userId, entry);
        Sweep();
        return entry;
    }

    private (List<ModelSettings> Models, List<string> Unreadable) Settings(Guid userId, IReadOnlyList<OwnModel> rows)
    {
        var secrets = new Dictionary<Guid, (bool Read, string? Secret)>();
        var models = new List<ModelSettings>(rows.Count);
        var unreadable = new List<string>();
        foreach (var row in rows)
        {
            if (!secrets.TryGetValue(row.KeyId, out var key))
                secrets[row.KeyId] = key = Decrypt(userId, row);
            if (!key.Read)
            {
                unreadable.Add(row.Name);
                continue;
            }

            models.Add(new ModelSettings
            {
                Name = row.Name,
                Provider = row.Provider,
                Endpoint = row.Endpoint,
                Model = row.Model,
                ApiKey = key.Secret,
                KeyId = row.KeyId,
                ContextTokens = row.ContextTokens,
                MaxOutputTokens = row.MaxOutputTokens,
                InputPricePerMillion = row.InputPricePerMillion,
                OutputPricePerMillion = row.OutputPricePerMillion,
                PricedOn = row.PricedOn,
            });
        }

        return (models, unreadable);
    }

    private (bool Read, string? Secret) Decrypt(Guid userId, OwnModel row)
    {
        try
        {
            return (true, vault.Unprotect(userId, row.Secret));
        }
        catch (CryptographicException problem)
        {
            log.LogWarning(problem, "The key {KeyId} cannot be decrypted: the key ring is another one than when it was entered", row.KeyId);
            return (false, null);
        }
    }

    private void Keep(Guid userId, Entry entry)
    {
        _people.TryGetValue(userId, out var before);
        _people[userId] = entry;
        if (before is not null && before.Models.Except(entry.Models).ToArray() is { Length: > 0 } gone)
            Gone?.Invoke(gone);
    }

    // Nobody's secrets stay in memory because they were here once.
    private void Sweep()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref _swept)) < Kept)
            return;

        Interlocked.Exchange(ref _swept, time.GetTimestamp());
        foreach (var (userId, entry) in _people)
        {
            if (time.GetElapsedTime(entry.ReadAt) >= Kept && _people.TryRemove(userId, out var old))
                Gone?.Invoke(old.Models);
        }

        foreach (var (keyId, noted) in _noted)
        {
            if (time.GetElapsedTime(noted) >= Kept)
                _noted.TryRemove(keyId, out _);
        }
    }

    private sealed record Entry(IReadOnlyList<ModelSettings> Models, IReadOnlyList<string> Unreadable, long ReadAt);
}
