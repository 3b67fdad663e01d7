using MetaPrompt.Data.Models;

namespace MetaPrompt.Web.Models;

/// <summary>
/// What calls will read, write and cost, as a range, before anything is sent. What is unknown is null, never 0: a price that
/// nobody entered, or the length of an answer that nothing bounds.
/// </summary>
public sealed record RunEstimate
{
    /// <summary>Tokens read, as MetaPrompt counts.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Tokens written at least.</summary>
    public required long OutputLow { get; init; }

    /// <summary>Tokens written at most; null where nothing bounds the answer.</summary>
    public required long? OutputHigh { get; init; }

    /// <summary>US dollars at least; null where a price is unknown.</summary>
    public required decimal? CostLow { get; init; }

    /// <summary>US dollars at most; null where a price is unknown or nothing bounds the answer.</summary>
    public required decimal? CostHigh { get; init; }

    /// <summary>Of the calls whose price is known, what they cost at least: for "at least this much, and …".</summary>
    public required decimal KnownLow { get; init; }

    /// <summary>The models whose price is unknown, each once, in order.</summary>
    public required IReadOnlyList<string> Unpriced { get; init; }

    /// <summary>How many calls.</summary>
    public required int Calls { get; init; }

    /// <summary>No call at all.</summary>
    public static RunEstimate Nothing { get; } = new()
    {
        InputTokens = 0, OutputLow = 0, OutputHigh = 0, CostLow = 0, CostHigh = 0, KnownLow = 0, Unpriced = [], Calls = 0,
    };

    /// <summary>One call.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="inputTokens">Of prompt and system message.</param>
    /// <param name="maxOutputTokens">The answer's limit; null for none besides the model's own.</param>
    /// <param name="earlier">How long this model's answers to this prompt were; null where there are none.</param>
    public static RunEstimate Of(ModelSettings model, int inputTokens, int? maxOutputTokens, EarlierOutput? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var limit = Limit(model, maxOutputTokens);
        var low = Math.Min(earlier?.Least ?? 1, limit ?? int.MaxValue);
        // Answers were that long before; the next may be half as long again, and never longer than its limit.
        var high = earlier is null ? limit : (int)Math.Min(Math.Min(earlier.Most * 3L / 2, limit ?? int.MaxValue), int.MaxValue);
        var (costLow, costHigh) = (model.Cost(inputTokens, low), model.Cost(inputTokens, high));
        return new()
        {
            InputTokens = inputTokens,
            OutputLow = low,
            OutputHigh = high,
            CostLow = costLow,
            // A model that is free is so however long it writes.
            CostHigh = costHigh ?? (model.OutputPricePerMillion == 0 ? costLow : null),
            KnownLow = costLow ?? 0,
            Unpriced = model.IsPriced ? [] : [model.Name],
            Calls = 1,
        };
    }

    /// <summary>All of them together; a cost is known only where every one's is.</summary>
    public static RunEstimate Sum(IEnumerable<RunEstimate> estimates)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        return estimates.Aggregate(Nothing, (left, right) => new()
        {
            InputTokens = left.InputTokens + right.InputTokens,
            OutputLow = left.OutputLow + right.OutputLow,
            OutputHigh = left.OutputHigh + right.OutputHigh,
            CostLow = left.CostLow + right.CostLow,
            CostHigh = left.CostHigh + right.CostHigh,
            KnownLow = left.KnownLow + right.KnownLow,
            Unpriced = right.Unpriced.Count == 0 ? left.Unpriced : [.. left.Unpriced.Union(right.Unpriced)],
            Calls = left.Calls + right.Calls,
        });
    }

    private static int? Limit(ModelSettings model, int? wished)
    {
        var own = model.MaxOutputTokens ?? (model.Provider == ModelSettings.Anthropic ? ModelCatalog.AnthropicOutputTokens : null);
        return wished is { } tokens && own is { } most ? Math.Min(tokens, most) : wished ?? own;
    }
}
