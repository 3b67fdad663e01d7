using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class TestRunnerTests(TestRunnerTests.WithModel site) : BrowserTest(site), IClassFixture<TestRunnerTests.WithModel>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedOpenAi Model => ((WithModel)Site).Model;

    [Fact]
    public async Task A_run_streams_its_answer_and_is_kept_with_what_it_cost()
    {
        var more = new TaskCompletionSource();
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("## New\n\nFaster "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("start."));
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("MetaPrompt");
        await Assertions.Expect(page.Locator(".v.filled").First).ToHaveTextAsync("MetaPrompt");

        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Faster");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeVisibleAsync();
        await AxeAsync(page);
        more.SetResult();

        var answer = page.GetByRole(AriaRole.Region, new() { Name = "Answer" });
        await Assertions.Expect(answer).ToContainTextAsync("Done");
        await Assertions.Expect(answer).ToContainTextAsync("11 tokens in");
        await Assertions.Expect(answer).ToContainTextAsync("7 tokens out");
        await Assertions.Expect(answer).ToContainTextAsync("finish: stop");
        await Assertions.Expect(answer).ToContainTextAsync("Faster start.");
        await Assertions.Expect(Results(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Results(page)).ToContainTextAsync("18 tokens");
        Assert.Equal("Write about MetaPrompt for customers.", Model.Requests[^1].Prompt);
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_run_is_found_again_after_a_reload_while_it_is_going()
    {
        var more = new TaskCompletionSource();
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("First half, "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("second half."));
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("Reloads");
        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("First half,");
        var asked = Model.Requests.Count;

        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("First half,");
        await Assertions.Expect(page.GetByLabel("product")).ToHaveValueAsync("Reloads");
        more.SetResult();

        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("second half.");
        await Assertions.Expect(Results(page)).ToHaveCountAsync(1);
        Assert.Equal(asked, Model.Requests.Count);
    }

    [Fact]
    public async Task Clicking_Run_twice_asks_the_model_once()
    {
        Model.Answer = _ => ScriptedAnswer.Say("Once.");
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        var asked = Model.Requests.Count;

        await Run(page).EvaluateAsync("button => { button.click(); button.click(); }");

        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("Once.");
        await Assertions.Expect(Results(page)).ToHaveCountAsync(1);
        Assert.Equal(asked + 1, Model.Requests.Count);
    }

    [Fact]
    public async Task A_person_who_comes_back_without_the_runs_address_finds_what_is_still_going()
    {
        var more = new TaskCompletionSource();
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("Still "), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say("here."));
        var (page, id) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Still");

        var tab = await NewTabAsync(page.Context);
        await GoInteractiveAsync(tab, $"/prompts/{id}/test");
        await Assertions.Expect(tab.Locator(".prose")).ToContainTextAsync("Still");
        more.SetResult();

        foreach (var each in new[] { page, tab })
            await Assertions.Expect(each.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("Still here.");
    }

    [Fact]
    public async Task Stop_hangs_up_and_keeps_what_had_arrived()
    {
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("Half an answer"), new ScriptedStep.Wait(new TaskCompletionSource().Task));
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        await Run(page).ClickAsync();
        await Assertions.Expect(page.Locator(".prose")).ToContainTextAsync("Half an answer");

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        var answer = page.GetByRole(AriaRole.Region, new() { Name = "Answer" });
        await Assertions.Expect(answer).ToContainTextAsync("Stopped");
        await Assertions.Expect(answer).ToContainTextAsync("not reported");
        await Assertions.Expect(Run(page)).ToBeFocusedAsync();
        await Model.Requests[^1].HungUp.WaitAsync(Cancel);
        await Assertions.Expect(Results(page)).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(401, "key")]
    [InlineData(429, "requests")]
    public async Task A_refusal_is_told_in_words_and_can_be_tried_again(int status, string word)
    {
        Model.Answer = _ => ScriptedAnswer.Error(status, "no");
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("x");
        await Run(page).ClickAsync();

        var answer = page.GetByRole(AriaRole.Region, new() { Name = "Answer" });
        await Assertions.Expect(answer.GetByRole(AriaRole.Alert)).ToContainTextAsync(word);
        await AxeAsync(page);
        Model.Answer = _ => ScriptedAnswer.Say("Now it works.");
        await answer.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Assertions.Expect(answer).ToContainTextAsync("Now it works.");
        await Assertions.Expect(Results(page)).ToHaveCountAsync(2);
        await Assertions.Expect(Results(page).Nth(1)).ToContainTextAsync("Failed");
    }

    [Fact]
    public async Task An_empty_field_is_asked_for_kindly_and_may_be_sent_anyway()
    {
        Model.Answer = _ => ScriptedAnswer.Say("Fine.");
        var (page, _) = await AtAsync();
        var asked = Model.Requests.Count;
        await Run(page).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("product");
        await Assertions.Expect(page.GetByLabel("product")).ToBeFocusedAsync();
        Assert.Equal(asked, Model.Requests.Count);
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run anyway" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("Fine.");
        Assert.Equal("Write about {{product}} for customers.", Model.Requests[^1].Prompt);
    }

    [Fact]
    public async Task Ctrl_Enter_runs_with_what_was_typed_last_and_with_the_chosen_temperature()
    {
        Model.Answer = _ => ScriptedAnswer.Say("Hello.");
        var (page, _) = await AtAsync();
        await page.GetByLabel("Temperature").FillAsync("1.5");
        await page.GetByLabel("product").FillAsync("Haste");
        await page.Keyboard.PressAsync("Control+Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("Hello.");
        Assert.Equal("Write about Haste for customers.", Model.Requests[^1].Prompt);
        Assert.Equal(1.5, Model.Requests[^1].Temperature);
    }

    [Fact]
    public async Task An_earlier_result_shows_what_was_sent_gives_its_values_back_and_can_be_deleted()
    {
        Model.Answer = _ => ScriptedAnswer.Say("An answer.");
        var (page, _) = await AtAsync();
        await page.GetByLabel("product").FillAsync("Earlier");
        await Run(page).ClickAsync();
        await Assertions.Expect(Results(page)).ToHaveCountAsync(1);
        await page.GetByLabel("product").FillAsync("Later");

        await Results(page).GetByRole(AriaRole.Button).First.ClickAsync();
        await Results(page).GetByText("What was sent").ClickAsync();
        await Assertions.Expect(Results(page)).ToContainTextAsync("Write about Earlier for customers.");
        await AxeAsync(page);
        await Results(page).GetByRole(AriaRole.Button, new() { Name = "Use these values" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("product")).ToHaveValueAsync("Earlier");
        await Results(page).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Results(page).GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();

        await Assertions.Expect(Results(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("None yet.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_sent_and_keeps_nothing()
    {
        var (page, id) = await AtAsync();
        var asked = Model.Requests.Count;
        await page.GetByLabel("product").FillAsync("Deserts");
        await page.GetByLabel("Model").SelectOptionAsync("Dry run (no model)");
        await Run(page).ClickAsync();

        var dry = page.GetByRole(AriaRole.Region, new() { Name = "Dry run" });
        await Assertions.Expect(dry).ToContainTextAsync("No model ran");
        await Assertions.Expect(dry).ToContainTextAsync("Write about Deserts for customers.");
        await Assertions.Expect(dry).ToContainTextAsync("tokens, estimated");
        await AxeAsync(page);
        Assert.Equal(asked, Model.Requests.Count);
        Assert.Equal(0L, await Site.Database.OwnerScalarAsync<long>("select count(*) from public.test_results where prompt_id = @id", ("id", id)));
    }

    [Fact]
    public async Task Without_a_model_the_dry_run_is_the_only_choice_and_the_page_says_how_to_add_one()
    {
        var none = await StartSiteAsync(("Ollama:Endpoint", "none"));
        var page = await OpenAsync(at: none);
        var email = await SignUpAsync(page, "No Model");
        var user = await none.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email));
        var id = await none.Database.CreatePromptAsync(user);
        await GoInteractiveAsync(page, $"/prompts/{id}/test");

        await Assertions.Expect(page.GetByLabel("Model").Locator("option")).ToHaveTextAsync(["Dry run (no model)"]);
        await Assertions.Expect(page.GetByText("No model is set up yet.")).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.GetByLabel("topic").FillAsync("Rain");
        await Run(page).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Dry run" })).ToContainTextAsync("Write about Rain.");
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1280, true)]
    public async Task An_answer_fits_and_has_no_finding_on_a_phone_and_in_the_dark(int width, bool dark)
    {
        Model.Answer = _ => ScriptedAnswer.Say("# Notes\n\n| a | b |\n|---|---|\n| " + new string('w', 200) + " | 2 |\n\n```\n" + new string('c', 300) + "\n```\n\n<script>alert(1)</script>");
        var (page, _) = await AtAsync(new Visit { Width = width, Height = 844, Dark = dark });
        await page.GetByLabel("product").FillAsync("Widths");
        await Run(page).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Answer" })).ToContainTextAsync("<script>alert(1)</script>");

        await Results(page).GetByRole(AriaRole.Button).First.ClickAsync();

        await FitsAsync(page);
        await AxeAsync(page);
    }

    private static ILocator Run(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true });

    private static ILocator Results(IPage page) => page.GetByRole(AriaRole.Region, new() { Name = "Earlier results" }).Locator("li.cell");

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

    /// <summary>A program with one model, scripted by each test.</summary>
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
            ("Models:0:InputPricePerMillion", "2"),
            ("Models:0:OutputPricePerMillion", "8"),
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
