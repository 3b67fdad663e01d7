using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>The template editor in a browser: what it draws, its keys, and what Undo brings back.</summary>
public sealed class EditorTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    private const string Text = "Write a short note for beginners about {{topic}}.\n\nBeginners like beginners. Give several reasons.";

    private PromptQueries Prompts => new(Site.Database.Db);

    [Fact]
    public async Task On_a_phone_from_typing_to_a_variable_and_back_and_a_dismissed_finding_stays_dismissed()
    {
        var (page, template, id) = await EditAsync(new Visit { Width = 390, Height = 900 }, Text);

        // Typed words get their pill and their underline behind the text.
        await template.PressAsync("Control+End");
        await template.PressSequentiallyAsync(" Sign as {{author}}, NEVER late.");
        await Assertions.Expect(page.Locator("[data-layer] .pill")).ToHaveTextAsync(["{{topic}}", "{{author}}"]);
        await Assertions.Expect(page.Locator("[data-layer] .info").First).ToHaveTextAsync("several");
        await AxeAsync(page);
        await FitsAsync(page);

        // A variable of the selected words, by keyboard alone, and Undo.
        await SelectAsync(template, "beginners");
        await page.Keyboard.PressAsync("Alt+v");
        var name = page.GetByLabel("Name of the variable");
        await Assertions.Expect(name).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Make a variable" })).ToContainTextAsync("All 2 places");
        await AxeAsync(page);
        await FitsAsync(page);
        await name.FillAsync("readers");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(template).ToHaveValueAsync("Write a short note for {{readers}} about {{topic}}.\n\nBeginners like {{readers}}. Give several reasons. Sign as {{author}}, NEVER late.");
        await Assertions.Expect(Variables(page)).ToContainTextAsync("{{readers}}");
        await Assertions.Expect(template).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(template).ToHaveValueAsync(Text + " Sign as {{author}}, NEVER late.");
        await Assertions.Expect(Variables(page)).Not.ToContainTextAsync("{{readers}}");
        await page.Keyboard.PressAsync("Control+Shift+z");
        await Assertions.Expect(Variables(page)).ToContainTextAsync("{{readers}}");

        // The next finding, mended where it stands.
        await template.PressAsync("Control+Home");
        await page.Keyboard.PressAsync("Alt+n");
        await Assertions.Expect(page.Locator(".at-finding p")).ToContainTextAsync("several");
        await page.Keyboard.PressAsync("Alt+n");
        await Assertions.Expect(page.Locator(".at-finding p")).ToContainTextAsync("Capitals");
        await Assertions.Expect(page.Locator("[data-said]")).ToContainTextAsync("Capitals");
        await AxeAsync(page);
        await page.Locator(".at-finding").GetByRole(AriaRole.Button, new() { Name = "Say it calmly" }).ClickAsync();
        await Assertions.Expect(template).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("never late"));
        await Assertions.Expect(page.Locator(".at-finding")).ToHaveCountAsync(0);

        // Dismissed here, dismissed after saving and coming back.
        var vague = page.Locator(".finding").Filter(new() { HasText = "several" });
        await vague.GetByRole(AriaRole.Button, new() { NameRegex = new System.Text.RegularExpressions.Regex("^Dismiss") }).ClickAsync();
        await Assertions.Expect(vague).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new System.Text.RegularExpressions.Regex("to look at|Findings") })).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("[data-layer] .info")).ToHaveCountAsync(0);
        await template.FocusAsync();
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(template).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Assertions.Expect(page.GetByText("1 dismissed.")).ToBeVisibleAsync();
        await Assertions.Expect(vague).ToHaveCountAsync(0);
        Assert.NotEqual(Guid.Empty, id);
    }

    [Fact]
    public async Task The_help_sheet_opens_by_key_and_by_button_and_Escape_closes_what_is_open()
    {
        var (page, template, _) = await EditAsync(new Visit(), Text);
        var sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });

        await template.PressAsync("Control+/");
        await Assertions.Expect(sheet).ToBeVisibleAsync();
        await AxeAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(sheet).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keyboard shortcuts" }).ClickAsync();
        await Assertions.Expect(sheet).ToBeVisibleAsync();
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Assertions.Expect(sheet).ToBeHiddenAsync();

        await SelectAsync(template, "short note");
        await page.Keyboard.PressAsync("Alt+v");
        await Assertions.Expect(page.GetByLabel("Name of the variable")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByLabel("Name of the variable")).ToHaveCountAsync(0);
        await Assertions.Expect(template).ToBeFocusedAsync();
        await Assertions.Expect(template).ToHaveValueAsync(Text);

        await page.Keyboard.PressAsync("Alt+p");
        await Assertions.Expect(page.Locator(".preview")).ToContainTextAsync("about {{topic}}");
        await template.PressAsync("Control+Home");
        await page.Keyboard.TypeAsync("Now: ");
        await Assertions.Expect(page.Locator(".preview")).ToContainTextAsync("Now: Write a short note");
    }

    [Fact]
    public async Task The_layer_breaks_its_lines_where_the_text_does_and_scrolls_with_it()
    {
        var (page, template, _) = await EditAsync(new Visit(), Text);
        var line = "Write {{topic}} in words of any length, some of them uncommonly polysyllabic, others not, so that lines break. ";
        await template.FillAsync(string.Concat(Enumerable.Range(0, 450).Select(number => line + (number % 5 == 0 ? "\n\n" : ""))) + "The {{end}}.");
        await Assertions.Expect(page.Locator("[data-layer] .pill").Last).ToHaveTextAsync("{{end}}");

        await template.PressAsync("Control+End");

        var apart = await template.EvaluateAsync<double[]>("field => { const layer = field.parentElement.querySelector('[data-layer]'); return [field.scrollTop - layer.scrollTop, field.scrollHeight - layer.scrollHeight, field.scrollTop]; }");
        Assert.True(Math.Abs(apart[0]) < 1 && Math.Abs(apart[1]) < 2 && apart[2] > 1000, string.Join(", ", apart));
        Assert.True((await template.InputValueAsync()).Length > 50_000);
        var styles = await template.EvaluateAsync<string>(
            """
            field => {
              const layer = getComputedStyle(field.parentElement.querySelector('[data-layer]')), own = getComputedStyle(field);
              return ['font', 'letterSpacing', 'wordSpacing', 'textIndent', 'tabSize', 'lineHeight', 'paddingLeft', 'paddingTop', 'borderLeftWidth', 'textTransform', 'overflowWrap', 'wordBreak', 'textAlign']
                .filter(name => layer[name] !== own[name]).map(name => `${name}: ${layer[name]} is not ${own[name]}`).join('; ');
            }
            """);
        Assert.Equal("", styles);

        // A key in a text of 50 KB is drawn within a frame or two: the best of ten, for others work on this machine too.
        var slowest = await template.EvaluateAsync<double>(
            """
            field => {
              const taken = [];
              for (let time = 0; time < 10; time++) {
                const start = performance.now();
                document.execCommand('insertText', false, time % 2 ? '\n' : 'x');
                field.parentElement.querySelector('[data-layer]').scrollTop;
                taken.push(performance.now() - start);
              }
              return Math.min(...taken);
            }
            """);
        Assert.True(slowest < 30, $"A key takes {slowest:F1} ms.");
        TestContext.Current.SendDiagnosticMessage($"A key in 50 KB: {slowest:F1} ms");
    }

    [Fact]
    public async Task What_is_undone_is_what_the_server_has_too()
    {
        var (page, template, id) = await EditAsync(new Visit(), "Dear [NAME], a word on ${Topic:whales}.");
        await page.Locator(".finding").GetByRole(AriaRole.Button, new() { Name = "Convert to {{name}}" }).ClickAsync();
        await Assertions.Expect(template).ToHaveValueAsync("Dear {{name}}, a word on {{topic}}.");
        await Variables(page).GetByRole(AriaRole.Button, new() { Name = "{{topic}}" }).ClickAsync();
        await Assertions.Expect(page.Locator("#variable-default")).ToHaveValueAsync("whales");
        await page.Locator("#variable-name").FillAsync("subject");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(template).ToHaveValueAsync("Dear {{name}}, a word on {{subject}}.");

        await template.FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(template).ToHaveValueAsync("Dear {{name}}, a word on {{topic}}.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(template).ToHaveCountAsync(0);

        var user = Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select user_id from public.prompts where id = @id", ("id", id)));
        var saved = (await Prompts.FindAsync(user, id, TestContext.Current.CancellationToken))!;
        Assert.Equal("Dear {{name}}, a word on {{topic}}.", saved.Template);
        Assert.Contains("whales", saved.Variables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_dismissed_in_the_wizard_stays_dismissed_in_the_prompt()
    {
        var page = await OpenAsync();
        await SignUpAsync(page, "Ada Editor");
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString("Write release notes from merged pull requests"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).FillAsync("Write two sentences about {{topic}}. Give several reasons.");
        var vague = page.Locator(".finding").Filter(new() { HasText = "several" });
        await vague.GetByRole(AriaRole.Button, new() { NameRegex = new System.Text.RegularExpressions.Regex("^Dismiss") }).ClickAsync();
        await Assertions.Expect(vague).ToHaveCountAsync(0);

        await page.GetByLabel("Template", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Control+s");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();

        await Assertions.Expect(page.GetByText("1 dismissed.")).ToBeVisibleAsync();
        await Assertions.Expect(vague).ToHaveCountAsync(0);
    }

    private static ILocator Variables(IPage page) => page.GetByRole(AriaRole.Region, new() { Name = "Variables" });

    // As a person does who holds Shift: the field keeps its own idea of what is selected.
    private static async Task SelectAsync(ILocator template, string words)
    {
        await template.FocusAsync();
        await template.EvaluateAsync("(field, words) => { const at = field.value.indexOf(words); field.setSelectionRange(at, at + words.length); }", words);
    }

    private async Task<(IPage Page, ILocator Template, Guid Id)> EditAsync(Visit visit, string text)
    {
        var page = await OpenAsync(visit);
        var email = await SignUpAsync(page, "Ada Editor");
        var user = Caller.User(await Site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email)));
        var id = await Prompts.CreateAsync(user, new NewPrompt { Title = "Notes", Goal = "Write notes", Template = text, Variables = "[]" }, TestContext.Current.CancellationToken);
        await GoInteractiveAsync(page, $"/prompts/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        var template = page.GetByLabel("Template", new() { Exact = true });
        await Assertions.Expect(page.Locator("[data-layer] div").First).ToBeAttachedAsync();
        return (page, template, id);
    }
}
