using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>What the files look like, and what is said of them.</summary>
public sealed class PromptExportTests
{
    private static readonly PortablePrompt Notes = new()
    {
        Title = "Release notes",
        Goal = "Say what is new",
        Template = "Write about {{product}}.",
        Variables = [new PromptVariable { Name = "product", Label = "Which product", Default = "MetaPrompt", Example = "Excel" }],
    };

    [Fact]
    public void A_promptfoo_file_holds_its_text_as_a_block_and_the_values_as_a_test() => Assert.Equal(
        """
        description: Say what is new
        prompts:
        - label: Release notes
          raw: |
            Write about {{product}}.
        providers:
        - echo
        defaultTest:
          vars:
            product: MetaPrompt
        tests:
        - description: Example
          vars:
            product: Excel

        """.ReplaceLineEndings("\n"), Text(PromptFormat.Promptfoo, Notes));

    [Fact]
    public void A_prompty_file_declares_its_inputs_and_marks_the_user() => Assert.Equal(
        """
        ---
        name: Release notes
        description: Say what is new
        inputs:
          product:
            kind: string
            required: true
            default: MetaPrompt
            example: Excel
        template:
          format: jinja2
          parser: prompty
        ---
        user:
        Write about {{product}}.

        """.ReplaceLineEndings("\n"), Text(PromptFormat.Prompty, Notes));

    [Theory]
    [InlineData("true")]
    [InlineData("12")]
    [InlineData("a: b")]
    [InlineData("# no comment")]
    [InlineData("@at")]
    [InlineData("ends with a line\n")]
    public void A_value_that_YAML_could_take_for_something_else_is_quoted_or_a_block(string value)
    {
        var text = Text(PromptFormat.Promptfoo, Notes with { Variables = [new PromptVariable { Name = "product", Default = value }] });

        Assert.DoesNotContain("product: " + value + "\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\'', text);
    }

    [Fact]
    public void Literal_braces_are_written_so_that_the_other_tool_shows_them()
    {
        var prompt = Notes with { Template = "Say \\{{name}} and {% if %} {{product}}}" };

        Assert.Contains("Say {{ \"{{\" }}name}} and {{ \"{%\" }} if %} {{product}}}", Text(PromptFormat.Promptfoo, prompt), StringComparison.Ordinal);
        Assert.Contains("Say \\{{name}} and {% if %} {{product~}} }", Text(PromptFormat.Dotprompt, prompt), StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_comment_that_never_began_is_a_literal_too() =>
        Assert.Contains("Colour {{ \"#}\" }} {{product}}", Text(PromptFormat.Promptfoo, Notes with { Template = "Colour #} {{product}}" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("user:\nHello {{product}}")]
    [InlineData("Look:\n  System:\nHello {{product}}")]
    public void A_line_that_looks_like_a_role_stays_a_line(string template)
    {
        var exported = PromptExport.Write([Notes with { Template = template }], PromptFormat.Prompty);

        Assert.Equal(template, PromptFiles.ReadText("a.prompty", exported.Files[0].Text).Prompts[0].Prompt.Template);
    }

    [Fact]
    public void Names_of_files_are_safe_everywhere_and_stand_once()
    {
        var titles = new[] { "Über-Größe: “Q&A”", "../../etc/passwd", "CON", "日本語", "日本語", new string('x', 200) };

        var names = PromptExport.Write([.. titles.Select(title => Notes with { Title = title })], PromptFormat.Markdown).Files.Select(file => file.Name);

        Assert.Equal(["uber-gro-e-q-a.md", "etc-passwd.md", "con-prompt.md", "prompt.md", "prompt-2.md", new string('x', 60) + ".md"], names);
    }

    [Fact]
    public void Several_messages_become_one_text_and_the_roles_are_told()
    {
        var simple = PromptFiles.ReadText("a.prompt.yml", "name: x\nmodel: m\nmessages:\n- role: system\n  content: Be brief.\n- role: user\n  content: Explain {{topic}}.\ntestData:\n- topic: tea\n  expected: x\nevaluators:\n- name: e\n").Prompts[0];
        var turns = PromptFiles.ReadText("a.json", """{"name":"x","prompt":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"{{ask}}"},{"type":"placeholder","name":"history"}]}""").Prompts[0];

        Assert.Equal("Be brief.\n\nExplain {{topic}}.", simple.Prompt.Template);
        Assert.Equal("tea", simple.Prompt.Variables[0].Example);
        Assert.Equal(["what its tests expect left behind", "1 evaluator left behind", "model left behind", "its 2 messages (system, user) became one text"], simple.Notes);
        Assert.Equal("Be brief.\n\n<user>\nHi\n</user>\n\n<assistant>\nHello\n</assistant>\n\n<user>\n{{ask}}\n</user>", turns.Prompt.Template);
        Assert.Contains("the place “history” for more messages was left out", turns.Notes);
    }

    [Fact]
    public void Picoschema_says_what_a_variable_is()
    {
        var prompt = PromptFiles.ReadText("a.prompt", "---\ninput:\n  schema:\n    topic: string, what it is about\n    tone?(enum, how it sounds): [warm, dry]\n    words?: integer\n  default:\n    topic: tea\n---\n{{role \"system\"}}Write about {{topic}}, {{tone}}, {{words}} words. {{#if x}}y{{/if}}").Prompts[0];

        Assert.Equal(
            [("topic", "what it is about", VariableType.Text, "tea", true), ("tone", "how it sounds", VariableType.Choice, null, false), ("words", null, VariableType.Number, null, false)],
            prompt.Prompt.Variables.Select(variable => (variable.Name, variable.Help, variable.Type, variable.Default, variable.Required)));
        Assert.Equal(["warm", "dry"], prompt.Prompt.Variables[1].Choices);
        Assert.Contains("{{#if x}} is no variable and stays as text", prompt.Notes);
    }

    private static string Text(PromptFormat format, PortablePrompt prompt) => PromptExport.Write([prompt], format).Files[0].Text;
}
