using System.Text.Json;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>Questions that come and follow the answers, and proposals, with a scripted model over real HTTP.</summary>
public sealed class WizardProposalTests(WizardModelTests.WithModel site) : BrowserTest(site), IClassFixture<WizardModelTests.WithModel>
{
    private const string Template = "Write release notes.\n\n<pulls>\n{{pulls}}\n</pulls>\n\nReaders are customers. Say what they can do.\n\nAt most {{most}} items.";

    private ScriptedOpenAi Model => ((WizardModelTests.WithModel)Site).Model;

    [Fact]
    public async Task Questions_come_one_by_one_and_typing_stays_where_it_is()
    {
        var (more, rest) = (new TaskCompletionSource(), Questions("a", "b", "c"));
        var cut = rest.IndexOf("{\"id\":\"b\"", StringComparison.Ordinal);
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say(rest[..cut]), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(rest[cut..]));
        var page = await AskedAsync();

        await Assertions.Expect(page.Locator(".question")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByText("thinks about what else to ask")).ToBeVisibleAsync();
        await AxeAsync(page);
        var own = page.GetByLabel("In your own words").First;
        await own.PressSequentiallyAsync("half a sent");
        var before = await own.BoundingBoxAsync();
        more.SetResult();
        await Assertions.Expect(page.Locator(".question")).ToHaveCountAsync(3);

        await Assertions.Expect(own).ToBeFocusedAsync();
        Assert.Equal(before!.Y, (await own.BoundingBoxAsync())!.Y);
        await own.PressSequentiallyAsync("ence");
        await Assertions.Expect(own).ToHaveValueAsync("half a sentence");
        await Assertions.Expect(page.Locator("#so-far")).ToContainTextAsync("alf a sentence");
    }

    [Fact]
    public async Task An_answer_settles_one_question_and_opens_another_and_a_skip_asks_for_nothing()
    {
        Model.Answer = request => ScriptedAnswer.Say(request.Prompt.Contains("\"answer\"", StringComparison.Ordinal) ? Questions("c", "d") : Questions("a", "b", "c"));
        // A page that another test has left may still ask: only this one's goal counts.
        const string Goal = "Turn merged pull requests into a letter to customers";
        int Asked() => Model.Requests.Count(request => request.Prompt.Contains("letter to customers", StringComparison.Ordinal));
        var page = await AskedAsync(goal: Goal);
        await Assertions.Expect(page.Locator(".question")).ToHaveCountAsync(3);
        var asked = Asked();

        await page.GetByRole(AriaRole.Button, new() { Name = "Skip" }).Nth(2).ClickAsync();
        await page.Locator(".question .chip").First.ClickAsync();

        await Assertions.Expect(page.GetByText("Your answer settled one question and brought up one question more.")).ToBeVisibleAsync();
        Assert.Equal(["What about a?", "What about c?", "What about d?"], await page.Locator(".question h2").AllInnerTextsAsync());
        await Assertions.Expect(page.Locator(".question .chip").First).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal(asked + 1, Asked());
        await AxeAsync(page);
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_the_questions_that_came()
    {
        var read = new TaskCompletionSource();
        var some = Questions("a", "b", "c");
        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say(some[..^20]), new ScriptedStep.Wait(read.Task), new ScriptedStep.Cut());
        var page = await AskedAsync();
        await Assertions.Expect(page.Locator(".question")).ToHaveCountAsync(2);
        read.SetResult();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("you can go on with that");
        await Assertions.Expect(page.Locator(".question")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByText("Questions by Scripted")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task On_a_phone_a_refined_template_is_taken_by_change_and_no_variable_goes_or_comes_unasked()
    {
        var page = await ComposedAsync(new Visit { Width = 390, Dark = true });
        var template = page.GetByLabel("Template", new() { Exact = true });
        Model.Answer = _ => Whole(Template.Replace("Say what they can do.", "They read on a phone.", StringComparison.Ordinal).Replace("{{most}} items", "five items for {{product}}", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Refine" }).ClickAsync();
        await page.GetByLabel("How should it change?").FillAsync("for a phone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();

        await Assertions.Expect(page.Locator(".change")).ToHaveCountAsync(2);
        await AxeAsync(page);
        await FitsAsync(page);
        await Assertions.Expect(template).ToHaveValueAsync(Template);
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept all" }).ClickAsync();
        await Assertions.Expect(page.GetByText("{{most}} would be gone")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("{{product}} is new")).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Use 2 changes" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Decide about {{most}} first.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it", Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByText("{{product}} is new")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Use 1 change" }).ClickAsync();
        await Assertions.Expect(template).ToHaveValueAsync(Template.Replace("Say what they can do.", "They read on a phone.", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(template).ToHaveValueAsync(Template);
    }

    [Fact]
    public async Task Sections_show_their_answers_and_one_is_regenerated_alone()
    {
        var page = await ComposedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sections and answers" }).ClickAsync();
        var section = page.Locator(".section").Nth(2);
        await Assertions.Expect(section).ToContainTextAsync("From: yes");
        await section.FocusAsync();
        await Assertions.Expect(page.Locator(".answer-0")).Not.ToHaveCSSAsync("border-left-color", "rgba(0, 0, 0, 0)");
        await page.Locator(".answer-0").FocusAsync();
        await Assertions.Expect(section).Not.ToHaveCSSAsync("border-left-color", "rgba(0, 0, 0, 0)");
        await AxeAsync(page);
        Model.Answer = _ => Whole("Readers are customers. Name what they gain.");

        await section.GetByRole(AriaRole.Button).ClickAsync();

        await Assertions.Expect(page.Locator(".change")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use 1 change" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(Template.Replace("Say what they can do.", "Name what they gain.", StringComparison.Ordinal));
        await Assertions.Expect(section).ToContainTextAsync("From: yes");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sections and answers" }).ClickAsync();
        await Assertions.Expect(section).ToContainTextAsync("From: yes");
    }

    [Fact]
    public async Task Whatever_goes_wrong_is_said_and_the_template_stays()
    {
        var page = await ComposedAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        var alert = page.GetByRole(AriaRole.Alert);
        await page.GetByRole(AriaRole.Button, new() { Name = "Refine" }).ClickAsync();
        var shorter = page.GetByRole(AriaRole.Button, new() { Name = "Shorter" });

        Model.Answer = _ => ScriptedAnswer.Do(new ScriptedStep.Say("<prompt_template>\nHalf of"), new ScriptedStep.Cut());
        await shorter.ClickAsync();
        await Assertions.Expect(alert).ToContainTextAsync("Your template is as it was.");
        await AxeAsync(page);
        Model.Answer = _ => ScriptedAnswer.Say("I would rather not.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(alert).ToContainTextAsync("“I would rather not.”");
        Model.Answer = _ => ScriptedAnswer.Error(429, "Too many requests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(alert).Not.ToContainTextAsync("rather");
        Model.Answer = _ => ScriptedAnswer.Hang();
        await shorter.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Stopped.")).ToBeVisibleAsync();

        await Assertions.Expect(template).ToHaveValueAsync(Template);
        Model.Answer = _ => Whole(Template);
        await shorter.ClickAsync();
        await Assertions.Expect(page.GetByText("would change nothing")).ToBeVisibleAsync();
    }

    private static string Questions(params string[] ids) => JsonSerializer.Serialize(new
    {
        questions = ids.Select(id => new { id, slot = "scope", text = $"What about {id}?", why = "It matters.", suggestions = new[] { "yes", "no" }, assumption = $"Assume {id}." }),
    });

    private static ScriptedAnswer Whole(string template) => ScriptedAnswer.Say("<prompt_title>Notes</prompt_title><prompt_template>\n", template,
        "\n</prompt_template><prompt_variables>[]</prompt_variables><prompt_origins>[{\"begins\":\"Readers are\",\"answers\":[\"a\"]}]</prompt_origins>");

    private async Task<IPage> AskedAsync(Visit? visit = null, string goal = "Turn merged pull requests into release notes")
    {
        var page = await OpenAsync(visit);
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString(goal));
        return page;
    }

    private async Task<IPage> ComposedAsync(Visit? visit = null)
    {
        Model.Answer = request => request.HasSchema ? ScriptedAnswer.Say(Questions("a", "b")) : Whole(Template);
        var page = await AskedAsync(visit);
        await page.Locator(".question .chip").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Template", new() { Exact = true })).ToHaveValueAsync(Template);
        return page;
    }
}
