using System.Diagnostics;
using System.Text;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Importing;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>Files that are broken, or meant to do harm: refused with a sentence, quickly, or read as the text they are.</summary>
public sealed class ImportRefusalTests
{
    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "empty.md", [], "empty" },
        { "blank.md", "  \n "u8.ToArray(), "empty" },
        { "huge.md", new byte[ImportLimits.FileBytes + 1], "larger than 10 MB" },
        { "prompts.csv", [.. "PK\u0003\u0004"u8, 1, 2, 3], "zip archive" },
        { "prompts.zip", [.. "PK\u0003\u0004"u8, 1, 2, 3], "zip archive" },
        { "paper.pdf", "%PDF-1.7 x"u8.ToArray(), "not a text file" },
        { "latin.md", [(byte)'G', 0xF6, (byte)'t', (byte)'e'], "not UTF-8" },
        { "odd.md", [0xFF, 0xFE, 0x41], "not valid" },
        { "half.md", [0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00], "not valid" },
        { "nul.md", "Do\0 it"u8.ToArray(), "NUL" },
        { "deep.yaml", Encoding.UTF8.GetBytes("prompts: " + new string('[', 100_000)), "levels deep" },
        { "deep.json", Encoding.UTF8.GetBytes(new string('[', 100_000)), "not valid JSON" },
        { "twice.yaml", "prompts: [a]\nprompts: [b]\n"u8.ToArray(), "for the second time" },
        { "twice.json", "{\"name\":\"a\",\"prompt\":\"x\",\"prompt\":\"y\"}"u8.ToArray(), "not valid JSON" },
        { "half.json", "{\"name\":\"a\",\"prompt\":\"\\ud800\"}"u8.ToArray(), "halves of characters" },
        { "open.yaml", "prompts:\n  - \"never closed\n"u8.ToArray(), "not valid YAML at line" },
        { "open.json", "{\"prompt\": \"never closed"u8.ToArray(), "not valid JSON" },
        { "lost.yaml", "prompts: [*nowhere]\n"u8.ToArray(), "" },
        { "none.yaml", "description: nothing\n"u8.ToArray(), "no “prompts”" },
        { "none.prompt.yml", "name: x\n"u8.ToArray(), "no “messages”" },
        { "none.json", "{\"a\":1}"u8.ToArray(), "no “prompt”" },
        { "none.csv", "a,b\n1,2\n"u8.ToArray(), "act and prompt" },
        { "self.yaml", "prompts: &a [*a]\n"u8.ToArray(), "not defined above it" },
        { "bomb.yaml", Encoding.UTF8.GetBytes(Bomb()), "aliases" },
        { "many.yaml", Encoding.UTF8.GetBytes("prompts:\n" + string.Concat(Enumerable.Repeat("- a\n", ImportLimits.Nodes + 1))), "more than 250,000 values" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_file_that_cannot_be_read_is_refused_with_a_sentence_and_quickly(string name, byte[] content, string reason)
    {
        var clock = Stopwatch.StartNew();

        var refusal = Assert.Throws<FormatException>(() => PromptFiles.Read(name, content));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Message.TrimEnd(')'), StringComparison.Ordinal);
        Assert.InRange(refusal.Message.Length, 10, 400);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{name} took {clock.Elapsed}");
    }

    [Fact]
    public void An_alias_is_the_same_value_at_a_second_place()
    {
        var file = PromptFiles.ReadText("a.yaml", "x: &shared {topic: tea}\nprompts: ['About {{topic}}.']\ndefaultTest: {vars: {<<: *shared}}\n");

        Assert.Equal("tea", Assert.Single(file.Prompts[0].Prompt.Variables).Default);
    }

    [Fact]
    public void A_tag_names_no_type()
    {
        var prompt = One("a.prompty", "---\nname: !!python/object/apply:os.system [\"ls\"]\ndescription: !<tag:x,2000:y> Fine\n---\nuser:\nDo it.\n");

        Assert.Equal(("a", "Fine", "Do it."), (prompt.Prompt.Title, prompt.Prompt.Goal, prompt.Prompt.Template));
    }

    [Theory]
    [InlineData("a.prompty", "---\nname: x\ninputs:\n  key:\n    default: ${env:HOME}\n---\nuser:\nSay {{key}}.")]
    [InlineData("a.prompty", "---\nname: x\n---\nuser:\nSay ${file:secret.txt}.")]
    [InlineData("a.yaml", "prompts: ['Say {{key}}.']\ndefaultTest: {vars: {key: 'file:///etc/passwd'}}")]
    [InlineData("a.yaml", "prompts: ['Say {{ env.HOME }}.']")]
    [InlineData("a.md", "Say file:///etc/passwd now.")]
    public void References_stay_text_and_are_told(string name, string text)
    {
        var prompt = One(name, text);

        Assert.Contains(prompt.Notes, note => note.Contains("nothing is read from a file", StringComparison.Ordinal));
        Assert.DoesNotContain("root", prompt.Prompt.Template, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file://prompts/one.txt")]
    [InlineData("prompts/one.txt")]
    [InlineData("exec:rm")]
    public void A_prompt_that_is_another_file_is_told_and_not_followed(string reference)
    {
        var file = PromptFiles.ReadText("promptfooconfig.yaml", $"prompts:\n  - {reference}\n  - A text of its own.\n");

        Assert.Equal("A text of its own.", Assert.Single(file.Prompts).Prompt.Template);
        Assert.Contains("import that file itself", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_are_left_out_and_told()
    {
        var prompt = One("a.md", "Do\u0007 it\u001b[31m now.\tTab\nLine");

        Assert.Equal("Do it[31m now.\tTab\nLine", prompt.Prompt.Template);
        Assert.Contains("2 control characters were left out", prompt.Notes);
    }

    [Fact]
    public void A_file_in_utf16_is_read()
    {
        var file = PromptFiles.Read("a.md", (byte[])[.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("Größe 😀\r\nzählt.")]);

        Assert.Equal("Größe 😀\nzählt.", file.Prompts[0].Prompt.Template);
    }

    [Theory]
    [InlineData("a.json", "{{v", "{\"name\":\"x\",\"prompt\":\"", "\"}")]
    [InlineData("a.csv", "${v", "act,prompt\nx,", "\n")]
    [InlineData("a.md", "{{v", "", "")]
    public void Tens_of_thousands_of_variables_are_told_and_not_kept(string name, string open, string before, string after)
    {
        var clock = Stopwatch.StartNew();
        var close = open.StartsWith('$') ? "}" : "}}";

        var file = PromptFiles.ReadText(name, before + string.Concat(Enumerable.Range(0, 40_000).Select(number => open + number + close)) + after);

        Assert.Empty(file.Prompts);
        Assert.Contains("more than 1,000 variables", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_text_that_is_too_long_is_told()
    {
        var file = PromptFiles.ReadText("a.md", new string('x', ImportLimits.Template + 1));

        Assert.Contains("500,001 characters", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.yaml", "prompts:\n  - |\n    ", "{{")]
    [InlineData("a.yaml", "prompts:\n  - |\n    ", "{% raw %}")]
    [InlineData("a.yaml", "prompts:\n  - |\n    ", "{#")]
    [InlineData("a.prompt", "", "{{")]
    [InlineData("a.prompt", "", "\\{{")]
    [InlineData("a.prompt", "", "{{{{")]
    [InlineData("a.json", "", "{{ ")]
    [InlineData("a.md", "", "${env:")]
    [InlineData("a.prompty", "---\nname: x\n---\n", "user:")]
    [InlineData("a.prompty", "", "{{ 'x")]
    public void Tags_that_are_never_closed_cost_no_time(string name, string before, string repeated)
    {
        var clock = Stopwatch.StartNew();
        var text = string.Concat(Enumerable.Repeat(repeated, 450_000 / repeated.Length));

        PromptFiles.ReadText(name, name.EndsWith(".json", StringComparison.Ordinal) ? $"{{\"prompt\":\"{text}\"}}" : before + text);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_text_that_a_spreadsheet_would_calculate_with_stays_itself_and_is_told()
    {
        var exported = PromptExport.Write([new PortablePrompt { Title = "=cmd|' /C calc'!A0", Template = "- Do it, with \"quotes\".", Goal = "g" }], PromptFormat.PromptsChat);

        Assert.Contains("\"=cmd|' /C calc'!A0\",\"- Do it, with \"\"quotes\"\".\",\"FALSE\",\"TEXT\"\n", exported.Files[0].Text, StringComparison.Ordinal);
        Assert.Contains(exported.Notes, note => note.Contains("formula", StringComparison.Ordinal));
    }

    private static ReadPrompt One(string name, string text)
    {
        var file = PromptFiles.ReadText(name, text);
        Assert.Empty(file.Problems);
        return Assert.Single(file.Prompts);
    }

    private static string Bomb()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 20; level++)
            text.Append("a" + level + ": &a" + level + " [" + string.Join(", ", Enumerable.Repeat("*a" + (level - 1), 10)) + "]\n");
        return text.Append("prompts: *a19\n").ToString();
    }
}
