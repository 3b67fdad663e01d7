using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class TestRunnerTests(TestRunnerTests.WithModels site) : BrowserTest(site), IClassFixture<TestRunnerTests.WithModels>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedOpenAi Model => ((WithModels)Site).Model;

    [Fact]
    public async Task Three_cases_pasted_from_a_spreadsheet_stream_side_by_side_on_two_models_and_open_by_keyboard()
    {
        var more = new TaskCompletionSource();
        Model.Answer = request => ScriptedAnswer.Do(
            new ScriptedStep.Say($"## {request.Model}\n\nThe *news* about "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(request.Prompt.Contains("Tides", StringComparison.Ordinal) ? "the sea." : "other things."));
        var (page, _) = await AtAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Test cases" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a case" }).ClickAsync();
        await PasteAsync(page.GetByLabel("Name of case 1"), "Sea\tTides\tsailors\nSky\tMoons\tpoets\nEarth\tStones\tmasons");
        await Assertions.Expect(page.GetByLabel("Name of case 3")).ToHaveValueAsync("Earth");
        await page.GetByRole(AriaRole.Button, new() { Name = "Second" }).ClickAsync();
        await Assertions.Expect(page.Locator(".cost-line")).ToContainTextAsync("6 cells");
        await Assertions.Expect(page.Locator(".cost-line")).ToContainTextAsync("the price of Second is unknown");
        var asked = Model.Requests.Count;

        await page.GetByRole(AriaRole.Button, new() { Name = "Run 6 cells" }).ClickAsync();
        await Assertions.Expect(States(page, "running")).ToHaveCountAsync(6);
        await Assertions.Expect(Cells(page).Nth(3)).ToContainTextAsync("scripted-2");
        await AxeAsync(page);
        more.SetResult();

        await Assertions.Expect(States(page, "done")).ToHaveCountAsync(6);
        Assert.Equal(
            ["Write about Moons for poets.", "Write about Moons for poets.", "Write about Stones for masons.", "Write about Stones for masons.", "Write about Tides for sailors.", "Write about Tides for sailors."],
            Model.Requests.Skip(asked).Select(request => request.Prompt).Order());
        await Assertions.Expect(Cells(page).First).ToContainTextAsync("11 → 7 tokens");
        await Assertions.Expect(Cells(page).Nth(1)).ToContainTextAsync("cost unknown");

        await Cells(page).First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Enter");
        var detail = page.GetByRole(AriaRole.Dialog, new() { Name = "Sky" });
        await Assertions.Expect(detail.Locator(".prose em")).ToHaveTextAsync("news");
        await Assertions.Expect(detail).ToContainTextAsync("POST " + Model.Endpoint);
        Assert.EndsWith("&cell=3", page.Url, StringComparison.Ordinal);
        await detail.GetByLabel("Compare with").SelectOptionAsync(new SelectOptionValue { Label = "Sea · Second at 0.7" });
        await Assertions.Expect(detail.Locator("ins").First).ToContainTextAsync("sea");
        await AxeAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(detail).ToHaveCountAsync(0);
        await Assertions.Expect(Cells(page).Nth(3)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_run_is_found_again_after_a_reload_and_in_another_tab_with_or_without_its_address()
    {
        var more = new TaskCompletionSource();
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("First half, "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("second half."));
        var (page, id) = await AtAsync();
        await page.GetByLabel("product").FillAsync("Reloads");
        await page.GetByRole(AriaRole.Button, new() { Name = "Second" }).ClickAsync();
        await page.GetByLabel("Temperatures").FillAsync("0.25");
        var asked = Model.Requests.Count;
        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose").Nth(1)).ToContainTextAsync("First half,");

        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        var tab = await NewTabAsync(page.Context);
        await GoInteractiveAsync(tab, $"/prompts/{id}/test");
        foreach (var each in new[] { page, tab })
            await Assertions.Expect(each.Locator(".prose").Nth(1)).ToContainTextAsync("First half,");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the setup" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("product")).ToHaveValueAsync("Reloads");
        await Assertions.Expect(page.GetByLabel("Temperatures")).ToHaveValueAsync("0.25");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Second" })).ToHaveAttributeAsync("aria-pressed", "true");
        more.SetResult();

        foreach (var each in new[] { page, tab })
            await Assertions.Expect(each.Locator(".prose").Nth(1)).ToContainTextAsync("second half.");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Runs" }).GetByRole(AriaRole.Link, new() { Name = "2 cells" })).ToContainTextAsync("Done");
        Assert.Equal(asked + 2, Model.Requests.Count);
    }

    [Fact]
    public async Task Stop_hangs_up_keeps_what_had_arrived_and_lets_it_be_run_again()
    {
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("Half an answer"), new ScriptedStep.Wait(new TaskCompletionSource().Task));
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Half an answer");

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();

        await Assertions.Expect(Cells(page)).ToContainTextAsync("Stopped");
        await Assertions.Expect(Cells(page)).ToContainTextAsync("tokens not reported");
        await Assertions.Expect(Cells(page)).ToContainTextAsync("Half an answer");
        await Assertions.Expect(Run(page)).ToBeFocusedAsync();
        await Model.Requests[^1].HungUp.WaitAsync(Cancel);
        Model.Answer = _ => ScriptedAnswer.Say("A whole answer.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(Cells(page)).ToContainTextAsync("A whole answer.");
    }

    [Fact]
    public async Task Failed_cells_are_told_in_words_and_only_they_are_run_again()
    {
        Model.Answer = request => request.Model == "scripted-2" ? ScriptedAnswer.Error(401, "no") : ScriptedAnswer.Say("Fine at once.");
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Second" }).ClickAsync();
        await page.GetByLabel("Temperatures").FillAsync("0, 1");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run 4 cells" }).ClickAsync();
        await Assertions.Expect(States(page, "failed")).ToHaveCountAsync(2);
        await Assertions.Expect(Cells(page).Nth(2)).ToContainTextAsync("key");
        await AxeAsync(page);
        var asked = Model.Requests.Count;
        Model.Answer = _ => ScriptedAnswer.Say("Now it works.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Rerun the 2 failed" }).ClickAsync();

        await Assertions.Expect(States(page, "done")).ToHaveCountAsync(4);
        await Assertions.Expect(Cells(page).Nth(1)).ToContainTextAsync("Fine at once.");
        await Assertions.Expect(Cells(page).Nth(3)).ToContainTextAsync("Now it works.");
        Assert.Equal(asked + 2, Model.Requests.Count);
        Assert.All(Model.Requests.Skip(asked), request => Assert.Equal("scripted-2", request.Model));
    }

    [Fact]
    public async Task A_double_click_and_Ctrl_Enter_ask_once_with_what_was_typed_last()
    {
        Model.Answer = _ => ScriptedAnswer.Say("Once.");
        var (page, id) = await AtAsync();
        var asked = Model.Requests.Count;
        await page.GetByLabel("Temperatures").FillAsync("1.5");
        await page.GetByLabel("product").FillAsync("Haste");
        await page.Keyboard.PressAsync("Control+Enter");
        await Run(page).EvaluateAsync("button => { button.click(); button.click(); }");

        await Assertions.Expect(Cells(page)).ToContainTextAsync("Once.");
        await Assertions.Expect(Cells(page)).ToContainTextAsync("finish: stop");
        Assert.Equal(asked + 1, Model.Requests.Count);
        Assert.Equal(("Write about Haste for customers.", 1.5), (Model.Requests[^1].Prompt, Model.Requests[^1].Temperature));
        Assert.Equal(1L, await Site.Database.OwnerScalarAsync<long>("select count(*) from public.test_results where prompt_id = @id", ("id", id)));

        // What came gives its values back, and becomes a test case.
        await page.GetByLabel("product").FillAsync("Later");
        await page.GetByRole(AriaRole.Link, new() { Name = "Details" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a test case" }).ClickAsync();
        await Assertions.Expect(page.GetByText("“Haste” is a test case now.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use these values" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("product")).ToHaveValueAsync("Haste");
        await Assertions.Expect(Run(page)).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Test cases (1)" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_empty_field_is_asked_for_kindly_a_dry_run_sends_nothing_and_a_preset_is_kept()
    {
        var (page, id) = await AtAsync();
        var asked = Model.Requests.Count;
        await Run(page).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("product");
        await Assertions.Expect(page.GetByLabel("product")).ToBeFocusedAsync();
        await AxeAsync(page);

        await page.GetByText("Parameters", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Longest answer").FillAsync("300");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as a preset" }).ClickAsync();
        await page.GetByLabel("Name of the preset").FillAsync("Short");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("Presets")).ToContainTextAsync("Short");
        await page.GetByLabel("Longest answer").FillAsync("");
        await page.GetByLabel("product").FillAsync("Deserts");
        await page.GetByLabel("Presets").SelectOptionAsync("");
        await page.GetByLabel("Presets").SelectOptionAsync("Short");
        await Assertions.Expect(page.GetByLabel("Longest answer")).ToHaveValueAsync("300");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).ClickAsync();

        var dry = page.GetByRole(AriaRole.Region, new() { Name = "Dry run" });
        await Assertions.Expect(dry).ToContainTextAsync("No model ran");
        await Assertions.Expect(dry).ToContainTextAsync("Write about Deserts for customers.");
        await Assertions.Expect(dry).ToContainTextAsync("tokens, estimated");
        await AxeAsync(page);
        Assert.Equal(asked, Model.Requests.Count);
        Assert.Equal(0L, await Site.Database.OwnerScalarAsync<long>("select count(*) from public.test_results where prompt_id = @id", ("id", id)));

        Model.Answer = _ => ScriptedAnswer.Say("Fine.");
        await page.GetByLabel("product").FillAsync("");
        await Run(page).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run anyway" }).ClickAsync();
        await Assertions.Expect(Cells(page)).ToContainTextAsync("Fine.");
        Assert.Equal("Write about {{product}} for customers.", Model.Requests[^1].Prompt);
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Hostile_answers_are_text_and_fit_on_a_phone_and_in_the_dark(int width, bool dark)
    {
        Model.Answer = _ => ScriptedAnswer.Say("# Notes\n\n| a | b |\n|---|---|\n| " + new string('w', 200) + " | 2 |\n\n```\n" + new string('c', 300) + "\n```\n\n<script>alert(1)</script>");
        var (page, _) = await AtAsync(new Visit { Width = width, Height = 844, Dark = dark });
        await page.GetByLabel("product").FillAsync("Widths");
        await page.GetByLabel("Temperatures").FillAsync(dark ? "0, 0.5, 1, 1.5" : "1");
        await page.Keyboard.PressAsync("Tab");
        await Run(page).ClickAsync();
        await Assertions.Expect(Cells(page).First).ToContainTextAsync(dark ? "Notes" : "<script>alert(1)</script>");
        await FitsAsync(page);
        await AxeAsync(page);

        await Cells(page).First.Locator("[data-open]").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("<script>alert(1)</script>");
        await FitsAsync(page);
        await AxeAsync(page);
    }

    private static ILocator Run(IPage page) => page.Locator("#test-run");

    private static ILocator States(IPage page, string state) => Cells(page).Locator($".state.{state}");

    private static ILocator Cells(IPage page) => page.GetByRole(AriaRole.Gridcell);

    // As a spreadsheet's cells come: text with tabs.
    private static async Task PasteAsync(ILocator field, string cells)
    {
        await field.FocusAsync();
        await field.EvaluateAsync(
            "(field, cells) => { const data = new DataTransfer(); data.setData('text/plain', cells); field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }", cells);
    }

    private async Task<(IPage Page, Guid Id)> AtAsync(Visit? visit = null)
    {
        var page = await OpenAsync(visit);
        var email = await SignUpAsync(page, "Tess Runner");
        var user = Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email)));
        var id = await new PromptQueries(Site.Database.Db).CreateAsync(user, new NewPrompt
        {
            Title = "About things", Goal = "Write about a product", Template = "Write about {{product}} for {{audience}}.",
            Variables = """[{"name":"product"},{"name":"audience","label":"Who reads it","default":"customers"}]""",
        }, Cancel);
        await GoInteractiveAsync(page, $"/prompts/{id}/test");
        return (page, id);
    }

    /// <summary>A program with two models, scripted by each test; only the first has a price.</summary>
    public sealed class WithModels : BrowserSite
    {
        /// <summary>The models' server.</summary>
        public ScriptedOpenAi Model { get; private set; } = null!;

        /// <inheritdoc/>
        protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            .. Model.Configuration(0, "Scripted").Select(setting => (setting.Key, setting.Value!)),
            ("Models:0:InputPricePerMillion", "2"),
            ("Models:0:OutputPricePerMillion", "8"),
            ("Models:1:Name", "Second"),
            ("Models:1:Provider", "openai"),
            ("Models:1:Endpoint", Model.Endpoint),
            ("Models:1:Model", "scripted-2"),
            ("Models:1:ApiKey", "sk-scripted"),
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
