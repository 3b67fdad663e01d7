using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MetaPrompt.Web.Models;

/// <summary>
/// What a person asks of a model besides prompt and temperature. Whatever is null or empty is not asked for: the model
/// does as it does by itself. Equal where everything in it is equal.
/// </summary>
public sealed record RunParameters
{
    /// <summary>The most stop sequences; no API takes more than this from everybody.</summary>
    public const int MostStops = 4;

    /// <summary>The most characters of a stop sequence.</summary>
    public const int LongestStop = 100;

    /// <summary>The most tokens that can be asked for.</summary>
    public const int MostTokens = 1_000_000;

    /// <summary>The most characters of a system message.</summary>
    public const int LongestSystem = 100_000;

    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Nothing asked for.</summary>
    public static RunParameters None { get; } = new();

    /// <summary>The most tokens of the answer, 1 to <see cref="MostTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Only the likeliest words that together have this probability are chosen from: 0 to 1.</summary>
    public decimal? TopP { get; init; }

    /// <summary>The same seed gives the same answer as far as the provider manages.</summary>
    public long? Seed { get; init; }

    /// <summary>The answer ends before the first of these; at most <see cref="MostStops"/>, never empty texts.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the model is told before the prompt.</summary>
    public string? System { get; init; }

    /// <summary>Whether the answer has to be JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Whether nothing is asked for.</summary>
    [JsonIgnore]
    public bool IsEmpty => this == None;

    /// <summary>What is wrong, one sentence for each field that is; empty where all of it can be asked for.</summary>
    public IReadOnlyList<(string Field, string Words)> Problems()
    {
        var problems = new List<(string, string)>();
        if (MaxTokens is < 1 or > MostTokens)
            problems.Add((nameof(MaxTokens), string.Create(CultureInfo.InvariantCulture, $"The longest answer is a number of tokens from 1 to {MostTokens:N0}. Leave it empty for the model's own limit.")));
        if (TopP is < 0 or > 1)
            problems.Add((nameof(TopP), "Top-p is a share from 0 to 1, 0.9 for instance. Leave it empty for the model's own."));
        if (Stop.Count > MostStops)
            problems.Add((nameof(Stop), string.Create(CultureInfo.InvariantCulture, $"An answer can end at {MostStops} different texts at most. Take some out.")));
        if (Stop.Any(string.IsNullOrEmpty))
            problems.Add((nameof(Stop), "A text to end at is empty. Fill it in or take it out."));
        if (Stop.Any(stop => stop?.Length > LongestStop))
            problems.Add((nameof(Stop), string.Create(CultureInfo.InvariantCulture, $"A text to end at is longer than {LongestStop} characters. Shorten it: its beginning is enough.")));
        if (System?.Length > LongestSystem)
            problems.Add((nameof(System), string.Create(CultureInfo.InvariantCulture, $"The system message is longer than {LongestSystem:N0} characters. Shorten it, or move the material into the prompt.")));
        return problems;
    }

    /// <summary>As it is kept in a <c>jsonb</c> column: what is not asked for is not in it, "{}" for nothing.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (MaxTokens is { } tokens)
                json.WriteNumber("max_tokens", tokens);
            if (TopP is { } share)
                json.WriteNumber("top_p", share);
            if (Seed is { } seed)
                json.WriteNumber("seed", seed);
            if (Stop.Count > 0)
            {
                json.WriteStartArray("stop");
                foreach (var stop in Stop)
                    json.WriteStringValue(stop);
                json.WriteEndArray();
            }

            if (!string.IsNullOrEmpty(System))
                json.WriteString("system", System);
            if (Json)
                json.WriteBoolean("json", true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>From <see cref="ToJson"/>; members it does not know are passed over, null and "" are nothing asked for.</summary>
    /// <exception cref="JsonException">It is no JSON object, or a member has another type.</exception>
    public static RunParameters FromJson(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return None;

        var read = JsonSerializer.Deserialize<RunParameters>(json, Names) ?? None;
        return read with { Stop = read.Stop ?? [], System = string.IsNullOrEmpty(read.System) ? null : read.System };
    }

    /// <inheritdoc/>
    public bool Equals(RunParameters? other) =>
        other is not null && MaxTokens == other.MaxTokens && TopP == other.TopP && Seed == other.Seed && Json == other.Json
        && (System ?? "") == (other.System ?? "") && Stop.SequenceEqual(other.Stop, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(MaxTokens);
        hash.Add(TopP);
        hash.Add(Seed);
        hash.Add(Json);
        hash.Add(System ?? "");
        foreach (var stop in Stop)
            hash.Add(stop, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
