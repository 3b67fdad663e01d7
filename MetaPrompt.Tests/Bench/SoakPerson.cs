using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Somebody who uses the program: writes a prompt with the wizard, looks for it in their library, runs it, copies a template.
/// Holds one open page at a time, as one tab does. Each step is timed from the click to the batch that shows what it did.
/// </summary>
internal sealed partial class SoakPerson(BlazorVisitor visitor, SoakTimes times, Func<CancellationToken, Task> think, int number) : IAsyncDisposable
{
    private const string Anyway = "Run anyway";

    private const string Answer = "scripted model";

    private static readonly string[] Goals =
    [
        "Turn merged pull requests into release notes customers understand",
        "Classify support tickets by the team that should answer",
        "Extract parties, dates and amounts from contracts as JSON",
        "Explain a research paper to a curious teenager",
        "Review a SQL migration for what could lock a table",
    ];

    private static readonly string[] Searches = ["release notes", "support tickets", "contract", "research paper", "review", "interview", "summary", "email"];

    private BlazorCircuit? _page;
    private string? _prompt;
    private int _stories;

    /// <summary>The page they have open; null where it is none with a circuit.</summary>
    public BlazorCircuit? Page => _page;

    /// <summary>Opens a page in place of the one that is open.</summary>
    public async Task OpenAsync(string path, CancellationToken cancellationToken)
    {
        await LeaveAsync();
        var began = Stopwatch.GetTimestamp();
        _page = await BlazorCircuit.OpenAsync(visitor, path, cancellationToken);
        times.Add("(page opened, to its circuit)", Stopwatch.GetElapsedTime(began));
    }

    /// <summary>The next thing they do: a few minutes' work in as many clicks. A page with a circuit stays open after it.</summary>
    public async Task ActAsync(CancellationToken cancellationToken)
    {
        switch ((number + _stories++) % 4)
        {
            case 0:
                await WriteAsync(cancellationToken);
                await RunAsync(cancellationToken);
                break;
            case 1:
                await CopyAsync(cancellationToken);
                break;
            case 2 when _prompt is not null:
                await FindAsync(cancellationToken);
                await RunAsync(cancellationToken);
                break;
            default:
                await WriteAsync(cancellationToken);
                break;
        }
    }

    /// <summary>From a goal to a saved prompt; returns its address.</summary>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        await ReachTemplateAsync(cancellationToken);
        await Do("wizard: title", page => page.TypeAsync("title", at => at.ById("title"), $"Prompt {number} of story {_stories}", null, cancellationToken), cancellationToken);
        await Do("wizard: edit a variable", async page =>
        {
            var opened = await page.ClickAsync("variable", at => at.ByClass("variable"), at => at.ById("variable-help") is not null, cancellationToken);
            times.Add("wizard: open a variable", opened);
            await think(cancellationToken);
            return await page.TypeAsync("variable's help", at => at.ById("variable-help"), "What it works on", at => at.ById("variable-help")?["value"] == "What it works on", cancellationToken);
        }, cancellationToken);
        var text = _page!.Look(at => at.ById("template")!["value"])!;
        await Do("wizard: edit the template", page => page.TypeAsync("template", at => at.ById("template"), text + "\nKeep it short.", null, cancellationToken), cancellationToken);
        await Do("wizard: save", page => page.ClickAsync("save", at => at.ById("save"), at => Saved().IsMatch(page.Location.AbsolutePath) && at.ById("prompt-edit") is not null, cancellationToken), cancellationToken);
        return _prompt = _page!.Location.AbsolutePath;
    }

    /// <summary>From a goal to the template that the answers make, in the wizard's three steps.</summary>
    public async Task ReachTemplateAsync(CancellationToken cancellationToken)
    {
        await ReachQuestionsAsync(cancellationToken);
        await Do("wizard: pick an answer", page => page.ClickAsync("answer", at => at.ByClass("chip"), at => at.ByClass("chip")?["aria-pressed"] == "true", cancellationToken), cancellationToken);
        await Do("wizard: own words", page => page.TypeAsync("own words", at => at.Elements.Last(one => one.HasClass("words")), "for the support team", null, cancellationToken), cancellationToken);
        await Do("wizard: skip", page => page.ClickAsync("skip", at => at.Elements.Where(one => one.HasClass("skip")).ElementAt(1), at => at.Elements.Where(one => one.HasClass("skip")).ElementAt(1)["aria-pressed"] == "true", cancellationToken), cancellationToken);
        await Do("wizard: to the template", page => page.ClickAsync("next", at => at.Button("Next"), at => at.ById("template") is not null, cancellationToken), cancellationToken);
    }

    /// <summary>From a goal to the wizard's questions.</summary>
    public async Task ReachQuestionsAsync(CancellationToken cancellationToken)
    {
        await OpenAsync("wizard", cancellationToken);
        if (_page!.Look(at => at.Button("Start over")) is not null)
            await Do("wizard: start over", page => page.ClickAsync("start over", at => at.Button("Start over"), at => at.ById("goal") is not null, cancellationToken), cancellationToken);
        await Do("wizard: goal", page => page.TypeAsync("goal", at => at.ById("goal"), Goals[number % Goals.Length], null, cancellationToken), cancellationToken);
        await Do("wizard: to the questions", page => page.SubmitAsync("next", at => at.Elements.First(one => one.Name == "form" && one.Handler("submit") is not null), at => at.ByClass("question") is not null, cancellationToken), cancellationToken);
    }

    /// <summary>Goes to the library and searches in it.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        await OpenAsync("prompts", cancellationToken);
        await Do("library: search", async page =>
        {
            // The search waits on purpose until typing pauses; what is measured begins when it goes off.
            await page.TypeAsync("search", at => at.Elements.First(one => one["type"] == "search"), "Prompt", null, cancellationToken, "input");
            var drawn = await page.UntilAsync("what was found", at => page.Location.Query.Contains("q=", StringComparison.Ordinal) && (at.ByClass("empty") is not null || at.Elements.Any(one => one["data-prompts"] is not null && one["aria-busy"] == "false")), cancellationToken);
            return Stopwatch.GetElapsedTime(page.Navigated, drawn);
        }, cancellationToken);
        await Do("library: open a prompt", page => page.GoAsync("a prompt", _prompt!, at => at.ById("prompt-edit") is not null, cancellationToken), cancellationToken);
    }

    /// <summary>Fills the prompt that is open in and runs it once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Do("runner: open", page => page.GoAsync("the runner", _prompt + "/test", at => at.ById("test-run") is not null && at.ById("setup")?["disabled"] is null, cancellationToken), cancellationToken);
        await Do("runner: fill in", page => page.TypeAsync("value", Field, "Ticket 4711: the invoice shows the wrong address.", null, cancellationToken), cancellationToken);
        await Do("runner: run", async page =>
        {
            var began = Stopwatch.GetTimestamp();
            var shown = await page.ClickAsync("run", at => at.ById("test-run"), at => at.ById("run") is not null || at.Button(Anyway) is not null, cancellationToken);
            // A copy of somebody's template has more variables than one, and the runner asks first.
            if (page.Look(at => at.Button(Anyway)) is not null)
                shown = await page.ClickAsync("run anyway", at => at.Button(Anyway), at => at.ById("run") is not null, cancellationToken);
            var answered = await page.UntilAsync("the answer", at => at.ById("run") is { } run && run["aria-busy"] == "false" && run.Words.Contains(Answer, StringComparison.Ordinal), cancellationToken);
            times.Add("(run: click to whole answer)", Stopwatch.GetElapsedTime(began, answered));
            return shown;
        }, cancellationToken);
    }

    /// <summary>Searches the gallery, reads a template and takes a copy; pages without a circuit until the copy is open.</summary>
    public async Task CopyAsync(CancellationToken cancellationToken)
    {
        await LeaveAsync();
        var (_, list) = await Read("gallery: search", () => visitor.GetAsync("templates?q=" + Uri.EscapeDataString(Searches[(number + _stories) % Searches.Length]), cancellationToken), cancellationToken);
        var found = Template().Match(list);
        if (!found.Success)
            (_, list) = await Read("gallery: list", () => visitor.GetAsync("templates", cancellationToken), cancellationToken);
        var template = Template().Match(list).Groups[1].Value;
        var (_, html) = await Read("gallery: template", () => visitor.GetAsync(template, cancellationToken), cancellationToken);
        var (at, _) = await Read("gallery: use it", () => visitor.PostAsync(html, template + "/use", [], cancellationToken), cancellationToken);
        await OpenAsync(at.AbsolutePath, cancellationToken);
        _page!.Look(page => page.ById("prompt-edit") ?? throw new BlazorCircuitException($"{at} does not show the copy."));
        _prompt = at.AbsolutePath;
    }

    /// <summary>Closes the page that is open.</summary>
    public async Task LeaveAsync()
    {
        if (_page is { } page)
        {
            _page = null;
            await page.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        visitor.Dispose();
    }

    // A prompt without variables has nothing to fill in: then its search for other texts stands for it.
    private static BlazorNode? Field(BlazorPage page) => page.Elements.FirstOrDefault(one => one["id"]?.StartsWith("variable-", StringComparison.Ordinal) == true && one.Handler("change") is not null);

    private async Task Do(string kind, Func<BlazorCircuit, Task<TimeSpan>> act, CancellationToken cancellationToken)
    {
        await think(cancellationToken);
        times.Add(kind, await act(_page!));
    }

    private async Task<(Uri At, string Html)> Read(string kind, Func<Task<(Uri At, string Html)>> read, CancellationToken cancellationToken)
    {
        await think(cancellationToken);
        var began = Stopwatch.GetTimestamp();
        var got = await read();
        times.Add(kind, Stopwatch.GetElapsedTime(began));
        return got;
    }

    [GeneratedRegex("^/prompts/[0-9a-f-]{36}$")]
    private static partial Regex Saved();

    [GeneratedRegex("""<h2><a href="/(templates/[0-9a-f-]{36})""")]
    private static partial Regex Template();
}
