using System.Text.Json;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class WizardModelTests(WizardModelTests.WithModel site) : BrowserTest(site), IClassFixture<WizardModelTests.WithModel>
{
    private const string Goal = "Turn merged pull requests into release notes";

    private static readonly ScriptedAnswer SomeQuestions = ScriptedAnswer.Say(JsonSerializer.Serialize(new
    {
        questions = new[]
        {
            new { id = "readers", text = "Who reads the release notes?", why = "It decides the words.", slot = "audience", suggestions = new[] { "Customers", "Developers" }, assumption = "Assume customers." },
            new { id = "size", text = "How many items at most?", why = "It keeps the notes short.", slot = "length", suggestions = new[] { "Five", "Ten" }, assumption = "Assume ten items." },
        },
    }));

    private static readonly string[] SomeTemplate =
    [
        "<prompt_title>Notes by the model</prompt_title>\n<prompt_template>\nWrite release notes ",
        "from {{pull_requests}}",
        " for customers.\n</prompt_template>\n<prompt_variables>[]</prompt_variables>\n<prompt_assumptions>[]</prompt_assumptions>",
    ];

    [Fact]
    public async Task Questions_and_template_come_from_the_model_and_say_so()
    {
        var more = new TaskCompletionSource();
        Site.Model.Answer = request => !request.HasSchema
            ? ScriptedAnswer.Do(new ScriptedStep.Say(SomeTemplate[0]), new ScriptedStep.Say(SomeTemplate[1]), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(SomeTemplate[2]))
            : SomeQuestions;
        var page = await AskedAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Who reads the release notes?" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Questions by Scripted")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Customers" }).ClickAsync();
        await Assertions.Expect(page.Locator("#so-far .fresh").First).ToBeVisibleAsync();
        await Next(page).ClickAsync();
        await Assertions.Expect(page.Locator(".writing")).ToBeVisibleAsync();
        await AxeAsync(page);
        more.SetResult();

        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Notes by the model");
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync("Write release notes from {{pull_requests}} for customers.");
        await Assertions.Expect(page.GetByText("Written by Scripted")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_model_that_refuses_is_told_in_words_and_the_rules_go_on()
    {
        Site.Model.Answer = _ => ScriptedAnswer.Error(401, "Incorrect API key provided");
        var page = await AskedAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("rules");
        await page.Locator(".question .chip").First.ClickAsync();
        await AxeAsync(page);
        await Next(page).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("rules");
        await Assertions.Expect(page.GetByText("No model used")).ToBeVisibleAsync();

        Site.Model.Answer = _ => ScriptedAnswer.Say(SomeTemplate);
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask Scripted again" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Notes by the model");
    }

    [Fact]
    public async Task Waiting_for_a_model_can_be_ended_at_both_steps()
    {
        Site.Model.Answer = _ => ScriptedAnswer.Hang();
        var page = await AskedAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Use the built-in questions" }).ClickAsync();
        await page.Locator(".question .chip").First.ClickAsync();
        await Next(page).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use the built-in composer" }).ClickAsync();

        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("pull_requests"));
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_the_rules_template_and_going_back_abandons_one()
    {
        Site.Model.Answer = request => !request.HasSchema
            ? ScriptedAnswer.Do(new ScriptedStep.Say(SomeTemplate[0]), new ScriptedStep.Cut())
            : SomeQuestions;
        var page = await AskedAsync();
        await Next(page).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).Not.ToHaveValueAsync("");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("rules");

        Site.Model.Answer = _ => ScriptedAnswer.Hang();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask Scripted again" }).ClickAsync();
        await page.Locator(".writing").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Who reads the release notes?" })).ToBeVisibleAsync();
    }

    private new WithModel Site => (WithModel)base.Site;

    private static ILocator Next(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true });

    private async Task<IPage> AskedAsync()
    {
        var page = await OpenAsync();
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString(Goal));
        return page;
    }

    /// <summary>The program with one model, whose answers the test writes.</summary>
    public sealed class WithModel : BrowserSite
    {
        /// <summary>The model's server.</summary>
        public ScriptedOpenAi Model { get; private set; } = null!;

        /// <inheritdoc/>
        protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            ("Models:0:Name", "Scripted"),
            ("Models:0:Provider", "openai"),
            ("Models:0:Endpoint", Model.Endpoint),
            ("Models:0:Model", "scripted-1"),
            ("Models:0:ApiKey", "sk-scripted"),
        ];

        /// <inheritdoc/>
        public override async ValueTask InitializeAsync()
        {
            Model = await ScriptedOpenAi.StartAsync();
            await base.InitializeAsync();
        }

        /// <inheritdoc/>
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Model.DisposeAsync();
        }
    }
}
