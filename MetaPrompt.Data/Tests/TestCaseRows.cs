namespace MetaPrompt.Data.Tests;

/// <summary>A set of values that a prompt is tested with. Source: <c>test_cases</c>.</summary>
public sealed record TestCase
{
    /// <summary>Made by whoever makes the case, so that it is known before it is kept.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the person calls it; may be empty. Up to 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>JSON object: variable name to value.</summary>
    public required string VariableValues { get; init; }

    /// <summary>JSON list of assertions of this case alone; at most 50.</summary>
    public required string Assertions { get; init; }

    /// <summary>Its place in the table, from 0; two with the same stand in the order of their ids.</summary>
    public required int Position { get; init; }
}
