using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using Xunit;
using TestCase = MetaPrompt.Data.Tests.TestCase;

namespace MetaPrompt.Tests.Testing.Cases;

public sealed class CaseTableTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly PromptVariable[] Variables =
    [
        new() { Name = "topic", Default = "tea" }, new() { Name = "tone", Type = VariableType.Choice, Choices = ["kind", "dry"] }, new() { Name = "notes", Type = VariableType.LongText },
    ];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private Caller _person;
    private Guid _prompt;
    private IRenderedComponent<MudSnackbarProvider> _snackbars = null!;
    private IReadOnlyList<TestCase> _told = [];

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private TestCaseQueries Queries => new(database.Db);

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var user = await database.CreateUserAsync();
        _person = Caller.User(user);
        _prompt = await database.CreatePromptAsync(user);
        Services.AddMudServices();
        Services.AddSingleton(database.Db);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton<TestCaseQueries>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        _snackbars = Render<MudSnackbarProvider>();
    }

    [Fact]
    public async Task What_is_typed_is_kept_a_moment_later_and_told()
    {
        await PlantAsync("First", "Second");
        var table = Show();

        Field(table, 1, 0).Input("milk");
        Field(table, 1, -1).Input("Second renamed");
        Assert.Equal("Saving…", table.Find(".state").TextContent);
        _clock.Advance(TimeSpan.FromSeconds(1));

        table.WaitForAssertion(() => Assert.Equal("Saved", table.Find(".state").TextContent));
        var kept = await Queries.ListAsync(_person, _prompt, Cancel);
        Assert.Equal([("First", "{}"), ("Second renamed", """{"topic": "milk"}""")], kept.Select(row => (row.Name, row.VariableValues)));
        Assert.Equal("Second renamed", _told[1].Name);
    }

    [Fact]
    public async Task What_was_typed_last_is_kept_before_a_run_and_where_the_page_is_left()
    {
        await PlantAsync("First");
        var table = Show();
        Field(table, 0, 0).Input("milk");

        Assert.Equal("""{"topic":"milk"}""", Assert.Single(await table.InvokeAsync(table.Instance.FlushAsync)).VariableValues);
        Assert.Equal("""{"topic": "milk"}""", (await Queries.ListAsync(_person, _prompt, Cancel))[0].VariableValues);

        Field(table, 0, 0).Input("water");
        await table.InvokeAsync(async () => await table.Instance.DisposeAsync());
        Assert.Equal("""{"topic": "water"}""", (await Queries.ListAsync(_person, _prompt, Cancel))[0].VariableValues);
    }

    [Fact]
    public void Where_there_is_none_the_page_teaches_what_a_case_is_and_begins_one_with_the_defaults()
    {
        var table = Show();
        Assert.Contains("A test case is one way to fill in", table.Find(".empty").TextContent, StringComparison.Ordinal);

        table.Find(".empty .btn-primary").Click();

        Assert.Equal("tea", Field(table, 0, 0).GetAttribute("value"));
    }

    [Fact]
    public async Task Cells_pasted_into_a_field_fill_what_is_right_of_it_and_below_and_can_be_taken_back()
    {
        await PlantAsync("First", "Second");
        var table = Show();
        var second = _told[1].Id;

        await table.InvokeAsync(() => table.Instance.PasteAsync(second.ToString(), 0, "milk\tkind\tcold\r\nwater\tdry\t\"two\nlines\"\twhat is beyond\r\n"));

        Assert.Equal([("", "", ""), ("milk", "kind", "cold"), ("water", "dry", "two\nlines")], Rows(table));
        await UndoAsync();
        table.WaitForAssertion(() => Assert.Equal([("", "", ""), ("", "", "")], Rows(table)));
    }

    [Fact]
    public async Task Cells_pasted_with_headings_become_cases_of_their_own()
    {
        await PlantAsync("First");
        var table = Show();

        await table.InvokeAsync(() => table.Instance.PasteAsync(_told[0].Id.ToString(), 1, "notes\t__expected\ttopic\ncold\tyes\tmilk\n"));

        Assert.Equal([("", "", ""), ("milk", "", "cold")], Rows(table));
        Assert.Equal("1 check", table.FindAll(".more")[1].TextContent.Trim());
    }

    [Fact]
    public async Task Cells_pasted_in_the_box_are_looked_at_before_they_are_added()
    {
        var table = Show();
        Button(table, "Paste or import").Click();

        table.Find("#cases-paste").Input("topic\tcolour\nmilk\twhite\nwater\tnone\n");

        Assert.Contains("“colour” belongs to no variable", table.Find(".found").TextContent, StringComparison.Ordinal);
        Assert.Equal(["milk", "water"], table.FindAll(".found td:first-of-type").Select(cell => cell.TextContent));
        await Button(table, "Add 2 cases").ClickAsync(new());
        Assert.Equal([("milk", "", ""), ("water", "", "")], Rows(table));
        await UndoAsync();
        table.WaitForAssertion(() => Assert.NotNull(table.Find(".empty")));
    }

    [Fact]
    public void A_CSV_file_is_read()
    {
        var table = Show();
        Button(table, "Paste or import").Click();

        table.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("__description;topic\nGrün;Tee\n", "cases.csv"));

        table.WaitForAssertion(() => Assert.Contains("Grün", table.Find(".found").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_is_duplicated_moved_and_deleted_and_comes_back()
    {
        await PlantAsync("A", "B");
        var table = Show();

        table.Find("[aria-label='Duplicate A']").Click();
        Assert.Equal(["A", "A (copy)", "B"], Names(table));
        await table.InvokeAsync(() => table.Instance.MoveAsync(_told[1].Id.ToString(), 0, -1));
        Assert.Equal(["A", "B", "A (copy)"], Names(table));
        table.Find("[aria-label='Delete B']").Click();
        Assert.Equal(["A", "A (copy)"], Names(table));
        await table.InvokeAsync(table.Instance.FlushAsync);
        Assert.Equal(["A", "A (copy)"], (await Queries.ListAsync(_person, _prompt, Cancel)).Select(row => row.Name));

        await UndoAsync();

        table.WaitForAssertion(() => Assert.Equal(["A", "B", "A (copy)"], Names(table)));
        await table.InvokeAsync(table.Instance.FlushAsync);
        Assert.Equal(["A", "B", "A (copy)"], (await Queries.ListAsync(_person, _prompt, Cancel)).Select(row => row.Name));
    }

    [Fact]
    public async Task Checks_of_a_case_and_for_all_are_kept()
    {
        await PlantAsync("A");
        var table = Show();

        table.Find(".more").Click();
        table.Find(".detail [id$='-add']").Change(nameof(AssertionType.Contains));
        table.Find(".detail textarea").Input("tea");
        table.Find("#check-all-add").Change(nameof(AssertionType.IsJson));
        await table.InvokeAsync(table.Instance.FlushAsync);

        Assert.Equal([new Assertion { Type = AssertionType.Contains, Value = "tea" }], AssertionJson.Read((await Queries.ListAsync(_person, _prompt, Cancel))[0].Assertions));
        Assert.Equal([new Assertion { Type = AssertionType.IsJson }], AssertionJson.Read(await Queries.AssertionsAsync(_person, _prompt, Cancel)));
        Assert.Equal("1 check", table.Find(".more").TextContent.Trim());
    }

    [Fact]
    public async Task A_form_or_a_result_becomes_a_case()
    {
        var table = Show();

        await table.InvokeAsync(() => table.Instance.AddAsync(new Dictionary<string, string> { ["topic"] = "cocoa", ["gone"] = "kept" }, "From a result"));
        await table.InvokeAsync(table.Instance.FlushAsync);

        var row = Assert.Single(await Queries.ListAsync(_person, _prompt, Cancel));
        Assert.Equal(("From a result", """{"gone": "kept", "topic": "cocoa"}"""), (row.Name, row.VariableValues));
    }

    [Fact]
    public async Task What_the_database_refuses_stays_on_the_page_and_is_said()
    {
        await PlantAsync("A");
        var table = Show();
        Field(table, 0, 2).Input(new string('x', 1_100_000));

        await table.InvokeAsync(table.Instance.FlushAsync);
        Assert.False(table.Instance.IsSaved);

        table.WaitForAssertion(() => Assert.Contains("too large to be saved", table.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Field(table, 0, 2).Input("short");
        await table.InvokeAsync(table.Instance.FlushAsync);
        table.WaitForAssertion(() => Assert.Empty(table.FindAll("[role=alert]")));
        Assert.True(table.Instance.IsSaved);
        Assert.Equal("""{"notes": "short"}""", (await Queries.ListAsync(_person, _prompt, Cancel))[0].VariableValues);
    }

    [Fact]
    public async Task A_long_table_is_shown_by_the_page()
    {
        await PlantAsync([.. Enumerable.Range(1, 120).Select(number => $"{number}")]);
        var table = Show();
        Assert.Equal(50, Names(table).Count);

        Button(table, "Show 50 more of 120").Click();

        Assert.Equal(100, Names(table).Count);
    }

    private IRenderedComponent<CaseTable> Show()
    {
        var table = Render<CaseTable>(parameters => parameters.Add(it => it.Caller, _person).Add(it => it.PromptId, _prompt).Add(it => it.Variables, Variables).Add(it => it.OnChanged, rows => _told = rows));
        table.WaitForAssertion(() => Assert.NotNull(table.Find("#check-all-add")));
        return table;
    }

    private Task PlantAsync(params string[] names) => Queries.SaveAsync(
        _person, _prompt, [.. names.Select((name, place) => new TestCase { Id = Guid.NewGuid(), Name = name, VariableValues = "{}", Assertions = "[]", Position = place })], Cancel);

    private async Task UndoAsync()
    {
        _snackbars.WaitForAssertion(() => Assert.NotEmpty(_snackbars.FindAll(".mud-snackbar-action-button")));
        await _snackbars.FindAll(".mud-snackbar-action-button")[^1].ClickAsync(new());
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<CaseTable> table, string words) => table.FindAll("button").First(button => button.TextContent.Trim() == words);

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<CaseTable> table, int row, int column) => table.FindAll($"[data-column='{column}']")[row];

    private static List<string> Names(IRenderedComponent<CaseTable> table) => [.. table.FindAll("[data-column='-1']").Select(field => field.GetAttribute("value") ?? "")];

    private static List<(string, string, string)> Rows(IRenderedComponent<CaseTable> table) =>
        [.. table.FindAll("tr[data-case]").Select((_, row) => (Value(table, row, 0), Value(table, row, 1), Value(table, row, 2)))];

    private static string Value(IRenderedComponent<CaseTable> table, int row, int column) => Field(table, row, column).GetAttribute("value") ?? "";
}
