namespace MetaPrompt.Data.Tests;

/// <summary>Temperatures and parameters under a name. Source: <c>parameter_presets</c>.</summary>
public sealed record Preset
{
    /// <summary>The longest <see cref="Name"/>.</summary>
    public const int LongestName = 50;

    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>1 to <see cref="LongestName"/> characters without blanks around; unique for its person, capital letters aside.</summary>
    public required string Name { get; init; }

    /// <summary>0 to 2, two decimals; at most 20.</summary>
    public decimal[] Temperatures { get; init; } = [];

    /// <summary>JSON object: what is asked for beyond the temperature.</summary>
    public string Parameters { get; init; } = "{}";
}
