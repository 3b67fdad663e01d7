using AngleSharp.Dom;
using Bunit;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Models;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class RunPanelTests : RunTest, IDisposable
{
    private readonly BunitContext _page = new();
    private PromptRunner? _runner;

    public RunPanelTests(TestDatabase database)
        : base(database)
    {
        _page.JSInterop.Mode = JSRuntimeMode.Loose;
        _page.Services.AddSingleton<TimeProvider>(Clock);
        _page.Services.AddSingleton(Rows);
        _page.Services.AddTransient(_ => _runner!);
        _page.Services.AddSingleton(new PromptQueries(database.Db));
        _page.Services.AddSingleton(new TestTextQueries(database.Db));
        _page.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public void Dispose() => _page.Dispose();

    [Fact]
    public async Task Twenty_streams_are_drawn_less_than_ten_times_a_second()
    {
        const int streams = 20, words = 24;
        var gates = Enumerable.Range(0, words).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(
            [.. gates.SelectMany((gate, word) => new ScriptedStep[] { new ScriptedStep.Wait(gate.Task), new ScriptedStep.Say($"word{word} ") })]));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog, limits: new ModelLimits { CellsPerProvider = streams, CellsPerRun = streams });
        var run = await StartAsync(runner, streams, server);
        var view = Show(runner, run.Id);
        var told = 0;
        run.Changed += () => Interlocked.Increment(ref told);
        var cells = view.FindComponents<GridCell>();
        var before = cells.Select(cell => cell.RenderCount).ToArray();

        // Each stream says a word every 50 ms of the test's clock: 400 words a second.
        for (var word = 0; word < words; word++)
        {
            gates[word].SetResult();
            while (run.Cells.Any(cell => !cell.Answer.Contains($"word{word} ", StringComparison.Ordinal)))
                await Task.Delay(2, Cancel);
            Clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        var seconds = words * 0.05;
        Assert.InRange(told, 5, (int)(9.9 * seconds));
        Assert.All(cells.Zip(before), cell => Assert.InRange(cell.First.RenderCount - cell.Second, 3, (int)(9.9 * seconds)));
        await AdvanceAsync(run);
        view.WaitForAssertion(() => Assert.Equal(streams, view.FindAll(".state.done").Count));
    }

    [Fact]
    public async Task A_cell_that_did_not_change_is_not_drawn_again()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(request => request.Prompt == "0" ? ScriptedAnswer.Do(new ScriptedStep.Say("One "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("two")) : ScriptedAnswer.Say("Still."));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = await StartAsync(runner, 4, server);
        var view = Show(runner, run.Id);
        view.WaitForAssertion(() => Assert.Equal(3, view.FindAll(".state.done").Count));
        view.WaitForAssertion(() => Assert.Contains("One", view.Find("[data-cell='0']").TextContent, StringComparison.Ordinal));
        var cells = view.FindComponents<GridCell>();
        var before = cells.Select(cell => cell.RenderCount).ToArray();

        Clock.Advance(TimeSpan.FromSeconds(3));
        view.WaitForAssertion(() => Assert.Contains("3.00 s so far", view.Find("[data-cell='0']").TextContent, StringComparison.Ordinal));

        Assert.True(cells[0].RenderCount > before[0]);
        Assert.Equal(before[1..], cells.Skip(1).Select(cell => cell.RenderCount));
        more.SetResult();
        await run.Completion.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_page_that_is_gone_is_told_nothing_and_the_run_goes_on()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("One"), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(" two")));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = await StartAsync(runner, 1, server);
        var view = Show(runner, run.Id);
        view.WaitForAssertion(() => Assert.Contains("One", view.Markup, StringComparison.Ordinal));

        await _page.DisposeComponentsAsync();
        more.SetResult();
        await run.Completion.WaitAsync(Cancel);

        Assert.Equal("One two", run.Cells[0].Answer);
        Assert.Null(typeof(LiveRun).GetField(nameof(LiveRun.Changed), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(run));
    }

    [Fact]
    public async Task Markup_in_an_answer_stays_text_in_the_grid_and_in_its_details()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("<img src=x onerror=alert(1)> **hi**"));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        foreach (var count in new[] { 1, 5 })
        {
            var run = await StartAsync(runner, count, server);
            await run.Completion.WaitAsync(Cancel);

            var view = Show(runner, run.Id, cell: 0);

            view.WaitForAssertion(() => Assert.Contains("<img src=x", view.Find(".detail .prose").TextContent, StringComparison.Ordinal));
            Assert.Contains("<img src=x", view.Find("[data-cell='0']").TextContent, StringComparison.Ordinal);
            Assert.Equal("hi", view.Find(".detail .prose strong").TextContent);
            Assert.Empty(view.FindAll("img"));
        }
    }

    [Fact]
    public async Task What_nobody_counted_is_said_to_be_unknown_and_never_0()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("Hello.") with { InputTokens = null });
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = await StartAsync(runner, 1, server);
        await run.Completion.WaitAsync(Cancel);

        var foot = Show(runner, run.Id).Find("[data-cell='0'] .foot").TextContent;

        Assert.Contains("tokens not reported", foot, StringComparison.Ordinal);
        Assert.Contains("cost unknown", foot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_no_program_has_any_more_is_read_and_can_be_run_again_where_it_is_unanswered()
    {
        var answers = 0;
        await using var server = await ScriptedOpenAi.StartAsync(request => Interlocked.Increment(ref answers) > 3 ? ScriptedAnswer.Say("Better now.") : request.Prompt == "1" ? ScriptedAnswer.Error(401, "bad key") : ScriptedAnswer.Say("Fine."));
        using var catalog = Catalog(server.Settings());
        Guid id;
        using (var first = Runner(catalog))
        {
            var run = await StartAsync(first, 3, server);
            await run.Completion.WaitAsync(Cancel);
            id = run.Id;
        }

        // Another program, which does not know the run: all it has is the database.
        using var second = Runner(catalog);
        var view = Show(second, id);
        view.WaitForAssertion(() => Assert.Equal(["done", "failed", "done"], States(view)));
        Assert.Contains("key", view.Find("[data-cell='1'] .problem").TextContent, StringComparison.Ordinal);
        view.FindAll("button").Single(button => button.TextContent == "Rerun the failed one").Click();

        view.WaitForAssertion(() => Assert.Equal(["done", "done", "done"], States(view)));
        view.WaitForAssertion(() => Assert.Contains("Better now.", view.Find("[data-cell='1']").TextContent, StringComparison.Ordinal));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Cells_whose_program_is_gone_say_that_they_were_interrupted_and_are_run_again()
    {
        var hang = true;
        await using var server = await ScriptedOpenAi.StartAsync(request => request.Prompt == "1" && hang ? ScriptedAnswer.Hang() : ScriptedAnswer.Say("There."));
        using var catalog = Catalog(server.Settings());
        using var gone = Runner(catalog);
        var run = await StartAsync(gone, 2, server);
        await UntilAsync(run, () => run.Cells[0].State == CellState.Done && run.Cells[1].State == CellState.Running);
        await Database.OwnerAsync("update public.test_runs set lease_until = now() - interval '1 second' where id = @id", ("id", run.Id));
        hang = false;

        using var runner = Runner(catalog);
        var view = Show(runner, run.Id);
        view.WaitForAssertion(() => Assert.Equal(["done", "interrupted"], States(view)));
        Assert.Contains("What had ended is kept and is not paid for again.", view.Find(".notice").TextContent, StringComparison.Ordinal);
        view.FindAll("button").Single(button => button.TextContent == "Rerun the interrupted one").Click();

        view.WaitForAssertion(() => Assert.Equal(["done", "done"], States(view)));
        Assert.Equal(3, server.Requests.Count);
        run.Stop();
        await run.Completion.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_strangers_run_is_no_run()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = await StartAsync(runner, 1, server);
        await run.Completion.WaitAsync(Cancel);
        var (stranger, _) = await SomebodyAsync();
        _runner = runner;

        var view = _page.Render<RunPanel>(parameters => parameters.Add(it => it.Caller, stranger).Add(it => it.PromptId, Prompt).Add(it => it.RunId, run.Id));

        view.WaitForAssertion(() => Assert.Contains("no run at this address", view.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_answers_are_compared_word_by_word()
    {
        await using var server = await ScriptedOpenAi.StartAsync(request => ScriptedAnswer.Say(request.Prompt == "0" ? "The cat sat." : "The dog sat."));
        using var catalog = Catalog(server.Settings());
        using var runner = Runner(catalog);
        var run = await StartAsync(runner, 2, server);
        await run.Completion.WaitAsync(Cancel);

        var view = Show(runner, run.Id, cell: 0, with: 1);

        view.WaitForAssertion(() => Assert.Equal(("cat", "dog"), (view.Find(".detail del").TextContent, view.Find(".detail ins").TextContent)));
    }

    private static string[] States(IRenderedComponent<RunPanel> view) =>
        [.. view.FindAll("[role=gridcell]").Select(cell => cell.ClassList[cell.ClassList.Length - 1])];

    // One case each, so that the cells stand below each other and say by their prompt which they are.
    private async Task<LiveRun> StartAsync(PromptRunner runner, int cells, ScriptedOpenAi server) =>
        (await runner.StartAsync(Plan([.. Enumerable.Range(0, cells).Select(at => Cell(server.Settings(), $"{at}") with { CaseName = $"case {at}" })]), Cancel))!;

    private IRenderedComponent<RunPanel> Show(PromptRunner runner, Guid id, int? cell = null, int? with = null)
    {
        _runner = runner;
        return _page.Render<RunPanel>(parameters => parameters
            .Add(it => it.Caller, Person).Add(it => it.PromptId, Prompt).Add(it => it.RunId, id).Add(it => it.Cell, cell).Add(it => it.With, with));
    }
}
