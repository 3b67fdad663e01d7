using Bunit;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared.Editing;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class TemplateEditorTests : BunitContext
{
    private EditedTemplate _template = new("Summarise [TEXT] and {{text}} for beginners.", []);
    private IReadOnlyList<string> _dismissed = [];

    public TemplateEditorTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Typing_shows_the_variables_the_template_uses()
    {
        var editor = Show();

        editor.Find("#template").Change("Compare {{first}} with {{second}}.");

        Assert.Equal(["{{first}}", "{{second}}"], editor.FindAll(".variable .v").Select(pill => pill.TextContent));
    }

    [Fact]
    public void A_finding_is_mended_with_one_click_and_brings_its_variables()
    {
        _template = new EditedTemplate("Summarise ${Text:a tale} and {{text_2}}.", []);
        var editor = Show();

        editor.FindAll(".finding .btn").First(button => button.TextContent == "Convert to {{name}}").Click();

        Assert.Equal(("Summarise {{text}} and {{text_2}}.", "a tale"), (_template.Text, _template.Variables[0].Default));
    }

    [Fact]
    public void A_dismissed_finding_is_gone_and_can_be_shown_again()
    {
        var editor = Show();
        var before = editor.FindAll(".finding").Count;

        editor.FindAll(".finding button").First(button => button.TextContent == "Dismiss").Click();
        Assert.Equal(before - 1, editor.FindAll(".finding").Count);

        editor.FindAll("button").Single(button => button.TextContent == "Show again").Click();
        Assert.Equal(before, editor.FindAll(".finding").Count);
    }

    [Fact]
    public async Task Selected_words_become_a_variable_under_the_suggested_name()
    {
        var editor = Show();
        var start = _template.Text.IndexOf("beginners", StringComparison.Ordinal);

        await editor.InvokeAsync(() => editor.Instance.AskVariable(start, start + 9));
        Assert.Equal("beginners", editor.Find("#make-name").GetAttribute("value"));
        editor.Find("#make-name").Input("readers");
        editor.Find("form.make").Submit();

        Assert.Equal("Summarise [TEXT] and {{text}} for {{readers}}.", _template.Text);
        Assert.Empty(editor.FindAll("form.make"));
    }

    [Fact]
    public async Task The_same_words_elsewhere_are_asked_about()
    {
        _template = new EditedTemplate("whales and whales and whales", []);
        var editor = Show();

        await editor.InvokeAsync(() => editor.Instance.AskVariable(11, 17));
        Assert.Contains("All 3 places", editor.Find("fieldset").TextContent, StringComparison.Ordinal);
        editor.FindAll("fieldset input")[0].Change("on");
        editor.Find("form.make").Submit();

        Assert.Equal("whales and {{whales}} and whales", _template.Text);
    }

    [Fact]
    public async Task Words_that_are_written_over_while_a_name_is_asked_for_become_no_variable()
    {
        var editor = Show();
        await editor.InvokeAsync(() => editor.Instance.AskVariable(0, 9));

        editor.Find("#template").Change("Something else entirely.");

        Assert.Empty(editor.FindAll("form.make"));
        Assert.Equal("Something else entirely.", _template.Text);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    public async Task A_name_that_cannot_be_changes_nothing_and_says_why(string name)
    {
        var editor = Show();
        var before = _template;

        await editor.InvokeAsync(() => editor.Instance.AskVariable(0, 9));
        editor.Find("#make-name").Input(name);
        editor.Find("form.make").Submit();

        Assert.Same(before, _template);
        Assert.Contains("Use letters", editor.Find("form [role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_preview_follows_the_text_and_shows_markup_as_text()
    {
        _template = new EditedTemplate("Dear {{name}}: {{rest}} <script>alert(1)</script>", [new PromptVariable { Name = "name", Example = "Ada" }]);
        var editor = Show();

        editor.FindAll("button").Single(button => button.TextContent == "Preview").Click();
        Assert.Equal("Dear Ada: {{rest}} <script>alert(1)</script>", editor.Find(".preview .text").TextContent);

        editor.Find("#template").Change("Hello {{name}}");
        Assert.Equal("Hello Ada", editor.Find(".preview .text").TextContent);
        Assert.Empty(editor.FindAll("script"));
    }

    [Fact]
    public void A_variable_is_renamed_everywhere_and_a_bad_name_is_refused()
    {
        _template = new EditedTemplate("{{a}} then {{a}}", []);
        var editor = Show();
        editor.Find(".variable").Click();

        editor.Find("#variable-name").Change("two words");
        Assert.NotEmpty(editor.FindAll(".variables [role=alert]"));

        editor.Find("#variable-name").Change("topic");
        Assert.Equal("{{topic}} then {{topic}}", _template.Text);
        Assert.Empty(editor.FindAll(".variables [role=alert]"));
    }

    [Fact]
    public void Every_detail_of_a_variable_can_be_edited()
    {
        _template = new EditedTemplate("{{a}}", []);
        var editor = Show();
        editor.Find(".variable").Click();

        editor.Find("#variable-label").Change("The first");
        editor.Find("#variable-help").Change("Any letter");
        editor.Find("#variable-longest").Change("12");
        editor.Find("#variable-example").Change("An example");
        editor.Find(".details [type=checkbox]").Change(false);
        editor.Find("#variable-type").Change("Choice");
        editor.Find("#variable-choices").Change("x\ny\n\nx");
        editor.Find("#variable-default").Change("y");

        Assert.Equal(
            new PromptVariable { Name = "a", Label = "The first", Help = "Any letter", MaxLength = 12, Example = "An example", Required = false, Type = VariableType.Choice, Default = "y", Choices = _template.Variables[0].Choices },
            _template.Variables[0]);
        Assert.Equal(["x", "y"], _template.Variables[0].Choices);
    }

    [Theory]
    [InlineData(VariableType.Number, "input[type=number]#variable-default")]
    [InlineData(VariableType.Date, "input[type=date]#variable-default")]
    [InlineData(VariableType.YesNo, "select#variable-default")]
    [InlineData(VariableType.Json, "textarea#variable-default")]
    public void A_default_is_asked_for_in_the_field_of_its_type(VariableType type, string field)
    {
        _template = new EditedTemplate("{{a}}", [new PromptVariable { Name = "a", Type = type }]);
        var editor = Show();

        editor.Find(".variable").Click();

        Assert.NotNull(editor.Find(field));
    }

    [Fact]
    public async Task The_finding_under_the_cursor_is_told_at_its_place()
    {
        var editor = Show();
        var first = editor.FindAll(".finding").Count;

        var batch = await BatchAsync(editor);
        await editor.InvokeAsync(() => editor.Instance.AtFinding(batch, 0));
        Assert.Contains("another syntax", editor.Find(".at-finding p").TextContent, StringComparison.Ordinal);

        await editor.InvokeAsync(() => editor.Instance.AtFinding(batch, -1));
        Assert.Empty(editor.FindAll(".at-finding"));
        Assert.Equal(first, editor.FindAll(".finding").Count);
    }

    // What the browser was told last.
    private static async Task<int> BatchAsync(IRenderedComponent<TemplateEditor> editor)
    {
        var batch = 0;
        for (var number = 1; number < 50 && batch == 0; number++)
        {
            var tried = number;
            await editor.InvokeAsync(() => editor.Instance.AtFinding(tried, 0));
            batch = editor.FindAll(".at-finding").Count > 0 ? tried : 0;
        }

        return batch;
    }

    private IRenderedComponent<TemplateEditor> Show()
    {
        IRenderedComponent<TemplateEditor>? editor = null;
        void Again() => editor!.Render(Parameters);
        void Parameters(ComponentParameterCollectionBuilder<TemplateEditor> parameters) => parameters
            .Add(one => one.Id, "template")
            .Add(one => one.Template, _template)
            .Add(one => one.Dismissed, _dismissed)
            .Add(one => one.OnChanged, after =>
            {
                _template = after;
                Again();
            })
            .Add(one => one.OnDismiss, key =>
            {
                _dismissed = DismissedFindings.With(_dismissed, key);
                Again();
            })
            .Add(one => one.OnShowDismissed, () =>
            {
                _dismissed = [];
                Again();
            });
        editor = Render<TemplateEditor>(Parameters);
        editor.WaitForAssertion(() => Assert.Empty(editor.FindAll("[aria-busy]")));
        return editor;
    }
}
