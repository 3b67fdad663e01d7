using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>The queries by name, sorted, each with its plan on request.</summary>
public sealed partial class QueryTable : ComponentBase
{
    private const int Few = 12;

    private IReadOnlyList<(string Name, DurationFigures Figures)> _rows = [];
    private QuerySort _sort = QuerySort.P95;
    private bool _descending = true;
    private bool _sinceStart;
    private bool _held;
    private bool _all;
    private double _total;
    private string? _plan;

    [Parameter, EditorRequired]
    public IReadOnlyList<QuerySummary> Queries { get; set; } = [];

    /// <summary>On whose behalf plans are asked for.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>From where on a query is slow.</summary>
    [Parameter, EditorRequired]
    public double SlowMs { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet() => Arrange(_held || _plan is not null);

    private void Hold(bool held) => _held = held;

    private void Choose(bool sinceStart)
    {
        _sinceStart = sinceStart;
        Arrange(keepOrder: false);
    }

    private void Sort(QuerySort column)
    {
        // Of numbers the large ones are what one looks for.
        _descending = _sort == column ? !_descending : column != QuerySort.Name;
        _sort = column;
        Arrange(keepOrder: false);
    }

    private void ShowPlan(string name) => _plan = _plan == name ? null : name;

    private void Arrange(bool keepOrder)
    {
        var rows = Queries
            .Select(query => (query.Name, Figures: _sinceStart ? query.SinceStart : query.Recent))
            // The one whose plan is open stays, whether it still runs or not.
            .Where(row => row.Figures.Calls > 0 || row.Name == _plan)
            .ToArray();
        _total = rows.Sum(row => row.Figures.TotalMs);
        var sorted = QuerySorting.Sorted(rows, _sort, _descending);
        if (keepOrder)
        {
            var places = _rows.Select((row, place) => (row.Name, place)).ToDictionary(row => row.Name, row => row.place, StringComparer.Ordinal);
            sorted = [.. sorted.OrderBy(row => places.GetValueOrDefault(row.Name, int.MaxValue))];
        }

        _rows = sorted;
    }
}
