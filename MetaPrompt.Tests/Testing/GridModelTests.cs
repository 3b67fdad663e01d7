using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.Testing;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class GridModelTests
{
    private static readonly Guid Run = Guid.NewGuid();
    private static readonly Guid Prompt = Guid.NewGuid();

    [Fact]
    public void Cells_stand_in_a_row_for_each_case_and_a_column_for_each_version_model_and_temperature()
    {
        var model = Model(
            Cell(0, "Ada", "a", 0), Cell(1, "Ada", "a", 1), Cell(2, "Ada", "b", 0), Cell(3, "Bob", "a", 0), Cell(4, "Bob", "a", 1), Cell(5, "Bob", "b", 0));

        Assert.Equal([("a", 0m), ("a", 1m), ("b", 0m)], model.Columns.Select(column => (column.Model, column.Temperature)));
        Assert.Equal([("Ada", 0), ("Bob", 3)], model.Rows.Select(row => (row.Name, row.First)));
        Assert.Equal([3, 4, 5], model.CellsOf(model.Rows[1]).Select(cell => cell.Position));
    }

    [Fact]
    public void Two_cases_of_the_same_name_are_two_rows()
    {
        var model = Model(Cell(0, "", "a"), Cell(1, "", "a"));

        Assert.Equal((1, 2), (model.Columns.Count, model.Rows.Count));
    }

    [Fact]
    public void A_column_says_how_many_of_its_checked_answers_passed_and_a_missing_cost_makes_the_whole_unknown()
    {
        var model = Model(
            Cell(0, "Ada", "a") with { Passed = true, Cost = 0.1m }, Cell(1, "Ada", "b") with { Passed = false, Cost = 0.2m },
            Cell(2, "Bob", "a") with { Cost = null }, Cell(3, "Bob", "b") with { Passed = true, Cost = 0.3m },
            Cell(4, "Cy", "a") with { State = CellState.Failed, Cost = null, Answer = null }, Cell(5, "Cy", "b") with { State = CellState.Interrupted, Cost = null, Answer = null });

        Assert.Equal([(1, 1, (decimal?)null), (1, 2, 0.5m)], model.Columns.Select(column => (column.Sums.Passed, column.Sums.Checked, column.Sums.Cost)));
        Assert.Equal((4, 1, 1, 0), (model.Sums.Done, model.Sums.Failed, model.Sums.Interrupted, model.Sums.Unfinished));
    }

    [Fact]
    public void What_has_not_changed_is_the_same_object()
    {
        TestCell[] cells = [Cell(0, "Ada", "a"), Cell(1, "Bob", "a") with { State = CellState.Running, Answer = null }];
        var before = Model(cells);
        cells[1] = Cell(1, "Bob", "a");

        var after = GridModel.Of(Row, cells, before);

        Assert.Same(before.Cells[0], after.Cells[0]);
        Assert.NotSame(before.Cells[1], after.Cells[1]);
        Assert.Same(before.Rows, after.Rows);
    }

    [Fact]
    public void A_glance_shows_an_answer_without_signs_of_markup_and_never_half_a_character()
    {
        var long_ = Cell(0, "Ada", "a") with { Answer = "## Notes\n\n**Faster** `start`.\n\n" + string.Concat(Enumerable.Repeat("🙂", 400)) };

        var words = CellWords.Excerpt(CellView.Of(long_, null));

        Assert.StartsWith("Notes\nFaster start.\n", words, StringComparison.Ordinal);
        Assert.True(words.Length <= 420);
        Assert.DoesNotContain('�', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(words)));
    }

    private static TestRun Row => new() { Id = Run, PromptId = Prompt, Parameters = "{}", CreatedAt = DateTime.UtcNow, Live = false, Cells = 1 };

    private static GridModel Model(params TestCell[] cells) => GridModel.Of(Row, cells, null);

    private static TestCell Cell(int position, string name, string model, decimal temperature = 0) => new()
    {
        RunId = Run, Position = position, PromptId = Prompt, PromptVersion = 1, Model = model, Temperature = temperature, CaseName = name, VariableValues = "{}", ResolvedPrompt = "P",
        Assertions = "[]", State = CellState.Done, Attempt = 1, Answer = "Hi.", AnswerLength = 3, ResultId = Guid.NewGuid(),
    };
}
