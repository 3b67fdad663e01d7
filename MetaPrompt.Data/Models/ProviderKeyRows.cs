namespace MetaPrompt.Data.Models;

/// <summary>A person's own key at a provider; the secret is not in it.</summary>
public sealed record ProviderKey
{
    public required Guid Id { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>openai or anthropic: the API spoken, not the company.</summary>
    public required string Provider { get; init; }

    /// <summary>The API's base address.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The key's last four characters; null where the key is short or there is none.</summary>
    public string? Hint { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>To the minute; null where it never was.</summary>
    public DateTime? LastUsedAt { get; init; }

    /// <summary>Whether the program can no longer decrypt it; no column says so.</summary>
    public bool IsUnreadable { get; init; }
}

/// <summary>A key about to be kept, or just removed. The secret is encrypted.</summary>
public sealed record KeptProviderKey
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public required string Endpoint { get; init; }

    /// <summary>Encrypted; null where the server wants none.</summary>
    public string? Secret { get; init; }

    public string? Hint { get; init; }
}

/// <summary>Where a key belongs, with its secret: for a call.</summary>
public sealed record ProviderSecret
{
    public required string Provider { get; init; }
    public required string Endpoint { get; init; }

    /// <summary>Encrypted; null where the server wants none.</summary>
    public string? Secret { get; init; }
}

/// <summary>A model that a person uses with one of their keys.</summary>
public sealed record KeyModel
{
    public required Guid KeyId { get; init; }

    /// <summary>What it is chosen by; unique among the person's models without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>What the provider calls it.</summary>
    public required string Model { get; init; }

    /// <summary>US dollars; null where unknown, 0 where free. Both prices are known or none.</summary>
    public decimal? InputPricePerMillion { get; init; }

    /// <inheritdoc cref="InputPricePerMillion"/>
    public decimal? OutputPricePerMillion { get; init; }

    /// <summary>The day the prices were looked up.</summary>
    public DateOnly? PricedOn { get; init; }

    public int? ContextTokens { get; init; }
    public int? MaxOutputTokens { get; init; }
}

/// <summary>A model with what its calls need.</summary>
public sealed record OwnModel
{
    public required Guid KeyId { get; init; }
    public required string Provider { get; init; }
    public required string Endpoint { get; init; }

    /// <summary>Encrypted; null where the server wants none.</summary>
    public string? Secret { get; init; }

    public required string Name { get; init; }
    public required string Model { get; init; }
    public decimal? InputPricePerMillion { get; init; }
    public decimal? OutputPricePerMillion { get; init; }
    public DateOnly? PricedOn { get; init; }
    public int? ContextTokens { get; init; }
    public int? MaxOutputTokens { get; init; }
}
