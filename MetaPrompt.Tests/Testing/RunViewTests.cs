using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class RunViewTests : BunitContext
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ModelLimits _limits = new() { ChangeInterval = TimeSpan.Zero };

    public RunViewTests()
    {
        Services.AddSingleton<TimeProvider>(_clock);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_appears_as_it_is_written_and_after_its_end_nothing_is_watched()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("Good "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("**morning**")));
        using var runs = Runs(server, out var run);

        var view = Show(run);
        view.WaitForAssertion(() => Assert.Contains("Good", view.Find(".prose").TextContent, StringComparison.Ordinal));
        Assert.Equal("Writing", view.Find("[role=status]").TextContent);
        more.SetResult();
        view.WaitForAssertion(() => Assert.Equal("Done", view.Find("[role=status]").TextContent));

        Assert.Equal("morning", view.Find(".prose strong").TextContent);
        Assert.Contains("11 tokens in", view.Find(".cell-foot").TextContent, StringComparison.Ordinal);
        Assert.Contains("7 tokens out", view.Find(".cell-foot").TextContent, StringComparison.Ordinal);
        Assert.Contains("finish: stop", view.Find(".cell-foot").TextContent, StringComparison.Ordinal);
        Assert.False(HasListeners(run));
    }

    [Fact]
    public async Task Tokens_that_nobody_counted_are_said_to_be_not_reported()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("Hello.") with { InputTokens = null });
        using var runs = Runs(server, out var run);

        var view = Show(run);

        view.WaitForAssertion(() => Assert.Contains("tokens in not reported", view.Find(".cell-foot").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Markup_in_an_answer_stays_text()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("<img src=x onerror=alert(1)> hi"));
        using var runs = Runs(server, out var run);

        var view = Show(run);

        view.WaitForAssertion(() => Assert.Contains("<img src=x", view.Find(".prose").TextContent, StringComparison.Ordinal));
        Assert.Empty(view.FindAll("img"));
    }

    [Fact]
    public async Task Raw_shows_the_characters_as_they_came()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("# Title\n\n**bold**"));
        using var runs = Runs(server, out var run);
        await run.Completion.WaitAsync(Cancel);
        var view = Show(run);

        view.FindAll("button").Single(button => button.TextContent == "Raw").Click();

        Assert.Equal("# Title\n\n**bold**", view.Find(".raw").TextContent.Trim());
    }

    [Fact]
    public async Task A_failure_is_told_in_words_with_a_way_on()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(401, "bad key"));
        using var runs = Runs(server, out var run);
        await run.Completion.WaitAsync(Cancel);

        var view = Show(run);

        Assert.Equal(run.Failure, view.Find("[role=alert] strong").TextContent);
        Assert.Contains(view.FindAll("button"), button => button.TextContent == "Try again");
    }

    [Fact]
    public async Task A_page_that_is_gone_is_told_nothing_and_the_run_goes_on()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("One"), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(" two")));
        using var runs = Runs(server, out var run);
        var view = Show(run);
        view.WaitForAssertion(() => Assert.Contains("One", view.Find(".prose").TextContent, StringComparison.Ordinal));
        var drawn = view.RenderCount;

        await DisposeComponentsAsync();
        more.SetResult();
        await run.Completion.WaitAsync(Cancel);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("One two", run.Answer);
        Assert.Equal(drawn, view.RenderCount);
        Assert.False(HasListeners(run));
    }

    // No leak: what a run still holds, it holds for as long as it lives.
    private static bool HasListeners(PromptRun run) =>
        typeof(PromptRun).GetField(nameof(PromptRun.Changed), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(run) is not null;

    private IRenderedComponent<RunView> Show(PromptRun run) =>
        Render<RunView>(parameters => parameters.Add(it => it.Run, run));

    private Both Runs(ScriptedOpenAi server, out PromptRun run)
    {
        var catalog = new ModelCatalog([server.Settings()], _limits, _clock);
        var runner = new PromptRunner(catalog, (_, _) => Task.CompletedTask, _limits, _clock, NullLogger<PromptRunner>.Instance);
        var request = new RunRequest
        {
            PromptId = Guid.NewGuid(), Caller = Caller.User(Guid.NewGuid()), Model = server.Settings(), Temperature = 0.7m,
            ResolvedPrompt = "Say hello.", VariableValues = new Dictionary<string, string>(),
        };
        run = runner.Find(runner.Start(request), request.Caller)!;
        return new Both(catalog, runner);
    }

    private sealed record Both(ModelCatalog Catalog, PromptRunner Runner) : IDisposable
    {
        public void Dispose()
        {
            Runner.Dispose();
            Catalog.Dispose();
        }
    }
}
