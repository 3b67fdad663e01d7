using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting.Reading;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What one model's cells will take, estimated before anything is sent.</summary>
/// <param name="Model">Who answers.</param>
/// <param name="Estimate">All its cells together.</param>
/// <param name="TooLong">Cells whose prompt is longer than the model reads.</param>
/// <param name="LeftOut">What is asked for and will not be sent, a sentence each.</param>
public sealed record ModelEstimate(ModelSettings Model, RunEstimate Estimate, int TooLong, IReadOnlyList<string> LeftOut);

/// <summary>What a grid will take. Takes a moment for long prompts and many cases: make it away from a circuit.</summary>
public sealed record GridEstimate
{
    /// <summary>All cells together.</summary>
    public required RunEstimate Sum { get; init; }

    /// <summary>Each model.</summary>
    public required IReadOnlyList<ModelEstimate> Models { get; init; }

    /// <summary>Counts every text with every case once and adds up what each model makes of it.</summary>
    /// <param name="columns">The columns; models and temperatures of each text.</param>
    /// <param name="cases">The rows.</param>
    /// <param name="parameters">What is asked for beyond the temperature.</param>
    /// <param name="earlier">How long answers were before, by model's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static GridEstimate Of(
        IReadOnlyList<PlannedColumn> columns, IReadOnlyList<PlannedCase> cases, RunParameters parameters,
        IReadOnlyDictionary<string, EarlierOutput>? earlier, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(parameters);
        var system = parameters.System is null ? 0 : TokenEstimate.Count(parameters.System);
        var tokens = new Dictionary<TestedText, int[]>(ReferenceEqualityComparer.Instance);
        foreach (var text in columns.Select(column => column.Text).Distinct<TestedText>(ReferenceEqualityComparer.Instance))
        {
            tokens[text] =
            [
                .. cases.Select(one =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return system + TokenEstimate.Count(text.Template.Resolve(GridPlan.ValuesFor(text.Variables, one.Values)));
                }),
            ];
        }

        ModelEstimate[] models =
        [
            .. columns.GroupBy(column => column.Model).Select(group => new ModelEstimate(
                group.Key,
                RunEstimate.Sum(group.SelectMany(column => tokens[column.Text].Select(count => RunEstimate.Of(group.Key, count, parameters.MaxTokens, earlier?.GetValueOrDefault(group.Key.Name))))),
                group.Sum(column => tokens[column.Text].Count(count => count > group.Key.ContextTokens)),
                [.. group.Select(column => column.Temperature).Distinct().SelectMany(temperature => ModelCall.Prepare(group.Key, "", temperature, parameters).LeftOut).Distinct()])),
        ];
        return new GridEstimate { Sum = RunEstimate.Sum(models.Select(model => model.Estimate)), Models = models };
    }

    /// <summary>"$0.02 to $0.31", "at least $0.02; the price of llama is unknown", "cost unknown".</summary>
    public static string Words(RunEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        if (estimate.Unpriced.Count > 0)
        {
            var who = $"the price of {English.List(estimate.Unpriced)} is unknown";
            return estimate.KnownLow > 0 ? $"at least {Shared.Money.Text(estimate.KnownLow)}; {who}" : $"cost unknown: {who}";
        }

        return (estimate.CostLow, estimate.CostHigh) switch
        {
            (null, _) => "cost unknown",
            (0, 0) => "no cost",
            ({ } low, null) => $"at least {Shared.Money.Text(low)}, as nothing bounds the answers",
            ({ } low, { } high) => Shared.Money.Text(low) == Shared.Money.Text(high) ? $"about {Shared.Money.Text(low)}" : $"{Shared.Money.Text(low)} to {Shared.Money.Text(high)}",
        };
    }
}
