using System.Diagnostics.Metrics;
using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// Counts the cells of test runs that ended, the tokens their providers told and what they cost. A count that a provider did
/// not tell adds nothing and is counted as unknown; whose model or key it was is in no tag.
/// </summary>
public sealed class CellMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MetaPrompt.Runs";

    private readonly Lock _lock = new();
    private readonly Counter<long> _ended;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _unknown;
    private RunsNow _sums = new() { Queued = 0, Running = 0, CellsQueued = 0, CellsRunning = 0, Done = 0, Failed = 0, Stopped = 0, CostUnknown = 0 };

    /// <param name="meters">Makes the instruments.</param>
    public CellMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(Name);
        _ended = meter.CreateCounter<long>("metaprompt.run.cells", "{cell}", "Cells of test runs that ended, by how.");
        _tokens = meter.CreateCounter<long>("metaprompt.run.tokens", "{token}", "Tokens, as far as providers told.");
        _cost = meter.CreateCounter<double>("metaprompt.run.cost", "{USD}", "What cells cost, as far as prices and counts are known.");
        _unknown = meter.CreateCounter<long>("metaprompt.run.cost.unknown", "{cell}", "Cells whose cost is not known.");
    }

    /// <summary>A cell has ended.</summary>
    /// <param name="state">How.</param>
    /// <param name="sent">Whether a model was asked, and not for nothing.</param>
    /// <param name="inputTokens">What the provider told; null where it did not.</param>
    /// <param name="outputTokens">What the provider told; null where it did not.</param>
    /// <param name="cost">US dollars; null where it is not known.</param>
    public void Ended(CellState state, bool sent, int? inputTokens, int? outputTokens, decimal? cost)
    {
        lock (_lock)
        {
            _sums = _sums with
            {
                Done = _sums.Done + (state == CellState.Done ? 1 : 0),
                Failed = _sums.Failed + (state == CellState.Failed ? 1 : 0),
                Stopped = _sums.Stopped + (state == CellState.Stopped ? 1 : 0),
                InputTokens = Sum(_sums.InputTokens, inputTokens),
                OutputTokens = Sum(_sums.OutputTokens, outputTokens),
                Cost = cost is null ? _sums.Cost : (_sums.Cost ?? 0) + cost,
                CostUnknown = _sums.CostUnknown + (sent && cost is null ? 1 : 0),
            };
        }

        _ended.Add(1, new KeyValuePair<string, object?>("outcome", state switch { CellState.Done => "done", CellState.Failed => "failed", _ => "stopped" }));
        if (inputTokens is { } input)
            _tokens.Add(input, new KeyValuePair<string, object?>("direction", "input"));
        if (outputTokens is { } output)
            _tokens.Add(output, new KeyValuePair<string, object?>("direction", "output"));
        if (cost is { } dollars)
            _cost.Add((double)dollars);
        else if (sent)
            _unknown.Add(1);
    }

    /// <summary>All cells since the start; what goes on now is the runner's to say.</summary>
    public RunsNow Sums()
    {
        lock (_lock)
            return _sums;
    }

    private static long? Sum(long? sum, int? more) => more is null ? sum : (sum ?? 0) + more;
}
