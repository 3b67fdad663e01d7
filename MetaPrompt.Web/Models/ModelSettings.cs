using System.Globalization;
using System.Text.Json.Serialization;

namespace MetaPrompt.Web.Models;

/// <summary>
/// One language model that people may choose: where it is, what it is called there, and what it costs. The key is for
/// the wire only: it is in no text, log line or JSON made from these settings.
/// </summary>
public sealed record ModelSettings
{
    /// <summary>The name of the provider whose API OpenAI's is; most other servers speak it too.</summary>
    public const string OpenAi = "openai";

    /// <summary>The name of the provider whose API is Anthropic's Messages.</summary>
    public const string Anthropic = "anthropic";

    /// <summary>The longest <see cref="Name"/>: results are kept under it in a column of that width.</summary>
    public const int MaxNameLength = 50;

    /// <summary>What people choose it by, and what results are kept under. Unique without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="OpenAi"/> or <see cref="Anthropic"/>: the API spoken, not the company.</summary>
    public required string Provider { get; init; }

    /// <summary>
    /// The API's base address: with <c>/v1</c> for <see cref="OpenAi"/> (<c>https://api.openai.com/v1</c>), without it
    /// for <see cref="Anthropic"/> (<c>https://api.anthropic.com</c>).
    /// </summary>
    public required string Endpoint { get; init; }

    /// <summary>What the provider calls the model, <c>gpt-4.1-mini</c> for instance.</summary>
    public required string Model { get; init; }

    /// <summary>The secret that pays; null where the server asks for none.</summary>
    [JsonIgnore]
    public string? ApiKey { get; init; }

    /// <summary>How many tokens prompt and answer may have together; null where unknown.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>The most tokens an answer may have; null for the provider's own limit.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>US dollars for a million tokens read; null where unknown, 0 where free.</summary>
    public decimal? InputPricePerMillion { get; init; }

    /// <summary>US dollars for a million tokens written; null where unknown, 0 where free.</summary>
    public decimal? OutputPricePerMillion { get; init; }

    /// <summary>The day the prices were looked up; null where nobody said.</summary>
    public DateOnly? PricedOn { get; init; }

    /// <summary>The person's own key that pays; null for a model of this site.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>Whether a person's own key pays, and not this site.</summary>
    [JsonIgnore]
    public bool IsOwn => KeyId is not null;

    /// <summary>Whether both prices are known.</summary>
    [JsonIgnore]
    public bool IsPriced => InputPricePerMillion is not null && OutputPricePerMillion is not null;

    /// <summary>
    /// What that many tokens cost in US dollars; null where a price or a count is unknown. Never 0 for "unknown".
    /// </summary>
    public decimal? Cost(int? inputTokens, int? outputTokens) =>
        InputPricePerMillion is { } read && OutputPricePerMillion is { } written
        && inputTokens is { } input && outputTokens is { } output
            ? ((read * input) + (written * output)) / 1_000_000m
            : null;

    /// <summary>The name and where it is; never the key.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ({Provider}: {Model} at {Endpoint})");
}
