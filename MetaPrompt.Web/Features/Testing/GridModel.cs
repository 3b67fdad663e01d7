using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What stands above a column, and how its cells did.</summary>
public sealed record GridColumn
{
    /// <summary>The prompt that is tested.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>Its version.</summary>
    public required int? PromptVersion { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>0 to 2.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>How its cells did.</summary>
    public GridSums Sums { get; init; } = new();
}

/// <summary>A row: a test case, or what was typed.</summary>
/// <param name="Name">What the test case is called; null where the values were typed.</param>
/// <param name="First">The position of its first cell.</param>
public sealed record GridRow(string? Name, int First);

/// <summary>How some cells did together.</summary>
public sealed record GridSums
{
    /// <summary>How many there are.</summary>
    public int Cells { get; init; }

    /// <summary>Waiting or being answered.</summary>
    public int Unfinished { get; init; }

    /// <summary>Answered.</summary>
    public int Done { get; init; }

    /// <summary>Could not be answered.</summary>
    public int Failed { get; init; }

    /// <summary>Ended by the person.</summary>
    public int Stopped { get; init; }

    /// <summary>Their program is gone.</summary>
    public int Interrupted { get; init; }

    /// <summary>Kept all their assertions.</summary>
    public int Passed { get; init; }

    /// <summary>Have a verdict.</summary>
    public int Checked { get; init; }

    /// <summary>US dollars; null where that of an answer is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Milliseconds of the answered ones, in the mean; null where there is none.</summary>
    public int? MeanMs { get; init; }

    /// <summary>Adds some cells up.</summary>
    public static GridSums Of(IEnumerable<CellView> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var (all, unfinished, done, failed, stopped, interrupted, passed, withVerdict, times, answered) = (0, 0, 0, 0, 0, 0, 0, 0, 0L, 0);
        decimal? cost = 0;
        foreach (var cell in cells)
        {
            all++;
            switch (cell.State)
            {
                case CellState.Queued or CellState.Running: unfinished++; break;
                case CellState.Done: done++; break;
                case CellState.Failed: failed++; break;
                case CellState.Stopped: stopped++; break;
                default: interrupted++; break;
            }

            passed += cell.Passed == true ? 1 : 0;
            withVerdict += cell.Passed is not null ? 1 : 0;
            if (cell.State == CellState.Done && cell.ElapsedMs is { } time)
                (times, answered) = (times + time, answered + 1);
            // What was never sent costs nothing; what was, and is not known, makes the whole unknown.
            if (!cell.IsUnfinished && (cell.State == CellState.Done || cell.Answer.Length > 0 || cell.Cost is not null))
                cost += cell.Cost;
        }

        return new GridSums
        {
            Cells = all, Unfinished = unfinished, Done = done, Failed = failed, Stopped = stopped, Interrupted = interrupted, Passed = passed,
            Checked = withVerdict, Cost = cost, MeanMs = answered > 0 ? (int)(times / answered) : null,
        };
    }
}

/// <summary>A run as a grid, at one moment. Cells that have not changed since the moment before are the same objects.</summary>
public sealed class GridModel
{
    private GridModel()
    {
    }

    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The prompt from whose page it was started.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What was asked for beyond the temperature.</summary>
    public required RunParameters Parameters { get; init; }

    /// <summary>Whether somebody carries it out at this moment.</summary>
    public required bool IsRunning { get; init; }

    /// <summary>The cells by position.</summary>
    public required IReadOnlyList<CellView> Cells { get; init; }

    /// <summary>From left to right.</summary>
    public required IReadOnlyList<GridColumn> Columns { get; init; }

    /// <summary>From top to bottom.</summary>
    public required IReadOnlyList<GridRow> Rows { get; init; }

    /// <summary>All cells together.</summary>
    public required GridSums Sums { get; init; }

    /// <summary>The cells of a row.</summary>
    public IEnumerable<CellView> CellsOf(GridRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Cells.Skip(row.First).Take(Columns.Count);
    }

    /// <summary>A run that this program carries out.</summary>
    /// <param name="run">The run.</param>
    /// <param name="before">The moment before; null for the first.</param>
    /// <param name="clock">Whether time itself has to be shown anew.</param>
    public static GridModel Of(LiveRun run, GridModel? before, bool clock = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Whether it runs first: cells read after its end are as they stay.
        var isRunning = run.IsRunning;
        var cells = run.Cells;
        return Of(run.Id, run.PromptId, run.CreatedAt, run.Parameters, isRunning, [.. cells.Select((cell, at) => CellView.Of(cell, Before(before, run.Id, at), clock))], before);
    }

    /// <summary>A run as the database has it.</summary>
    /// <param name="run">Its row.</param>
    /// <param name="cells">Its cells by position.</param>
    /// <param name="before">The moment before; null for the first.</param>
    public static GridModel Of(TestRun run, IReadOnlyList<TestCell> cells, GridModel? before)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Of(
            run.Id, run.PromptId, new DateTimeOffset(DateTime.SpecifyKind(run.CreatedAt, DateTimeKind.Utc)), RunParameters.FromJson(run.Parameters), run.Live,
            [.. cells.Select((cell, at) => CellView.Of(cell, Before(before, run.Id, at)))], before);
    }

    private static CellView? Before(GridModel? before, Guid runId, int position) =>
        before?.RunId == runId && position < before.Cells.Count ? before.Cells[position] : null;

    private static GridModel Of(
        Guid runId, Guid promptId, DateTimeOffset createdAt, RunParameters parameters, bool isRunning, IReadOnlyList<CellView> cells, GridModel? before)
    {
        // Cells stand case by case: the first row ends where a column comes again.
        var width = cells.Count;
        for (var at = 1; at < cells.Count; at++)
        {
            if (cells[at].Column == cells[0].Column)
            {
                width = at;
                break;
            }
        }

        GridColumn[] columns =
        [
            .. cells.Take(width).Select((cell, at) => new GridColumn
            {
                PromptId = cell.PromptId, PromptVersion = cell.PromptVersion, Model = cell.Model, Temperature = cell.Temperature,
                Sums = GridSums.Of(Column(cells, at, width)),
            }),
        ];
        // A column whose sums are the same is drawn once.
        for (var at = 0; at < columns.Length && before?.Columns.Count == columns.Length; at++)
            columns[at] = before.Columns[at] == columns[at] ? before.Columns[at] : columns[at];
        var rows = before?.RunId == runId && before.Rows.Count * width == cells.Count
            ? before.Rows
            : [.. Enumerable.Range(0, width == 0 ? 0 : cells.Count / width).Select(row => new GridRow(cells[row * width].CaseName, row * width))];
        return new GridModel
        {
            RunId = runId, PromptId = promptId, CreatedAt = createdAt, Parameters = parameters, IsRunning = isRunning, Cells = cells, Columns = columns, Rows = rows,
            Sums = GridSums.Of(cells),
        };
    }

    private static IEnumerable<CellView> Column(IReadOnlyList<CellView> cells, int at, int width)
    {
        for (; at < cells.Count; at += width)
            yield return cells[at];
    }
}
