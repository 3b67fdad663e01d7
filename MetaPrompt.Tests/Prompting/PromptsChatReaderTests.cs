using System.Text;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Importing;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

public sealed class PromptsChatReaderTests
{
    private const string Heading = "act,prompt,for_devs,type\n";

    [Fact]
    public void A_row_becomes_a_prompt_with_its_title_text_and_tags()
    {
        var file = Read(Heading + "Haiku poet,\"Write a haiku.\nSecond line, with \"\"quotes\"\".\",TRUE,STRUCTURED\nPlain,Just do it.,FALSE,TEXT\n");

        Assert.Empty(file.Problems);
        var prompts = file.Prompts.Select(row => row.Prompt).ToList();
        Assert.Equal(["Haiku poet", "Plain"], prompts.Select(prompt => prompt.Title));
        Assert.Equal("Write a haiku.\nSecond line, with \"quotes\".", prompts[0].Template);
        Assert.Equal(["developers", "structured"], prompts[0].Tags);
        Assert.Empty(prompts[1].Tags);
    }

    [Fact]
    public void Placeholders_become_variables_with_their_defaults()
    {
        var prompt = One(Heading + "Tutor,\"Explain ${Topic:black holes} to ${Audience}, then ${Topic:black holes} again.\",FALSE,TEXT\n");

        Assert.Equal("Explain {{topic}} to {{audience}}, then {{topic}} again.", prompt.Template);
        Assert.Equal(
            [("topic", "black holes"), ("audience", null)],
            prompt.Variables.Select(variable => (variable.Name, variable.Default)));
    }

    [Fact]
    public void Braces_that_are_no_variable_stay_the_text_they_are()
    {
        const string Text = "Render {{#each items}}{{ item.name }}{{/each}} and $json = {{ $json['x'] }} and \\{{kept}} for ${{ secrets.KEY }}, then {{input_text}}.";

        var prompt = One(Heading + $"Handlebars,\"{Text}\",TRUE,TEXT\n");

        var parsed = PromptTemplate.Parse(prompt.Template);
        Assert.Equal(["input_text"], parsed.VariableNames);
        Assert.Equal(Text.Replace("{{input_text}}", "X", StringComparison.Ordinal), parsed.Resolve(new Dictionary<string, string> { ["input_text"] = "X" }));
        Assert.Equal(["input_text"], prompt.Variables.Select(variable => variable.Name));
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_order_and_the_contributor_is_passed_over()
    {
        var prompt = One("\uFEFFType, Prompt ,contributor,ACT\nIMAGE,A lighthouse at dusk.,somebody,Lighthouse\n");

        Assert.Equal(("Lighthouse", "A lighthouse at dusk."), (prompt.Title, prompt.Template));
        Assert.Equal(["image"], prompt.Tags);
    }

    [Theory]
    [InlineData("title,text\na,b\n")]
    [InlineData("")]
    [InlineData("{\"act\": \"x\"}")]
    [InlineData("\0\u0001\u0002 binary")]
    public void A_file_without_the_columns_is_refused(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => Read(text));

        Assert.Contains("act and prompt", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",Do it now.,FALSE,TEXT", "title")]
    [InlineData("A title,  ,FALSE,TEXT", "has no prompt")]
    [InlineData("A title,Do it now.,FALSE", "3 columns where the first line names 4")]
    [InlineData("A title,Do it now.,FALSE,TEXT,extra,more", "6 columns")]
    [InlineData("A title,Do it\0 now.,FALSE,TEXT", "NUL")]
    [InlineData("A title,\"Do it\" now.,FALSE,TEXT", "closing quotation mark")]
    public void A_bad_row_is_told_with_its_number_and_the_rows_around_it_come_in(string bad, string reason)
    {
        var file = Read(Heading + "First,\"Two\nlines.\",FALSE,TEXT\n" + bad + "\nLast,The last one.,FALSE,TEXT\n");

        Assert.Equal(["First", "Last"], file.Prompts.Select(row => row.Prompt.Title));
        var problem = Assert.Single(file.Problems);
        Assert.Equal((3, 4L, false), (problem.Row, problem.Line, problem.IsDuplicate));
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
        Assert.Equal(3, file.Count);
    }

    [Fact]
    public void A_row_with_bytes_that_are_not_utf8_is_told_and_the_others_come_in()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Heading + "Good,Größe zählt.,FALSE,TEXT\nBad,Gr"), 0xF6, .. Encoding.UTF8.GetBytes("sse,FALSE,TEXT\nAlso good,日本語で書く。,FALSE,TEXT\n")];

        var file = PromptsChatReader.Read(new MemoryStream(bytes));

        Assert.Equal(["Größe zählt.", "日本語で書く。"], file.Prompts.Select(row => row.Prompt.Template));
        Assert.Equal("contains bytes that are not UTF-8", Assert.Single(file.Problems).Text);
    }

    [Fact]
    public void A_file_of_an_office_program_in_utf16_is_read()
    {
        byte[] bytes = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Heading + "Größe,Wie groß?,FALSE,TEXT\n")];

        Assert.Equal("Größe", Assert.Single(PromptsChatReader.Read(new MemoryStream(bytes)).Prompts).Prompt.Title);
    }

    [Fact]
    public void A_prompt_that_is_too_long_is_told()
    {
        var file = Read(Heading + $"Long,{new string('x', ImportLimits.Template + 1)},FALSE,TEXT\nShort,Fine.,FALSE,TEXT\n");

        Assert.Equal("Short", Assert.Single(file.Prompts).Prompt.Title);
        Assert.Contains("500,001 characters", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_title_that_is_too_long_is_cut_and_told()
    {
        var file = Read(Heading + $"{new string('a', 254)}😀 and more,Do it.,FALSE,TEXT\n");

        var title = Assert.Single(file.Prompts).Prompt.Title;
        Assert.Equal(new string('a', 254) + "…", title);
        Assert.Equal("title cut to 255 characters", Assert.Single(Assert.Single(file.Prompts).Notes));
    }

    [Fact]
    public void The_same_prompt_twice_comes_in_once_whatever_its_title_and_line_ends()
    {
        var file = Read(Heading + "One,\"Do\nit.\",FALSE,TEXT\nTwo,Something else.,FALSE,TEXT\nThree,\" Do\r\nit. \",TRUE,TEXT\n");

        Assert.Equal(["One", "Two"], file.Prompts.Select(row => row.Prompt.Title));
        var problem = Assert.Single(file.Problems);
        Assert.Equal((4, true, "the same prompt as row 2"), (problem.Row, problem.IsDuplicate, problem.Text));
    }

    [Fact]
    public void A_quotation_mark_that_is_never_closed_costs_one_row_and_says_so()
    {
        var file = Read(Heading + "One,Do it.,FALSE,TEXT\nTwo,\"Never closed,FALSE,TEXT\nThree,Lost in it.,FALSE,TEXT\n");

        Assert.Equal("One", Assert.Single(file.Prompts).Prompt.Title);
        var problem = Assert.Single(file.Problems);
        Assert.Equal((3, 3L), (problem.Row, problem.Line));
        Assert.Contains("never closed", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_never_closes_a_quotation_mark_does_not_fill_the_memory()
    {
        var file = PromptsChatReader.Read(new MemoryStream(
            [.. Encoding.UTF8.GetBytes(Heading + "One,Do it.,FALSE,TEXT\nTwo,\""), .. Enumerable.Repeat((byte)'x', 20_000_000)]));

        Assert.Equal("One", Assert.Single(file.Prompts).Prompt.Title);
        Assert.Contains("16 MB", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I want you to act as a guide. I will name places. Go.", "I want you to act as a guide. I will name places.")]
    [InlineData("Act as a guide.\n\nYour task is to show me around. Go.", "Act as a guide. Your task is to show me around.")]
    [InlineData("You are a guide who knows Rome.", "You are a guide who knows Rome.")]
    [InlineData("v1.1 2026-01-20\nSort the list by date. Go.", "Sort the list by date.")]
    [InlineData("# Role\n\nYou plan trips for **families**! Ask first.", "You plan trips for families!")]
    [InlineData("Explain ${Some Topic:x} in plain words. Go.", "Explain some topic in plain words.")]
    [InlineData("Use version 2.5 of it, e.g. for tests. Then stop.", "Use version 2.5 of it, e.g. for tests.")]
    [InlineData("{\n  \"role\": \"expert\"\n}", "The title")]
    [InlineData("role: expert\ntask:\n  - one", "The title")]
    [InlineData("<system>\nBe brief.\n</system>", "The title")]
    [InlineData("翻訳者として行動してください。次の文を訳してください。", "翻訳者として行動してください。")]
    [InlineData("Hi!\nWrite one formal letter to the landlord", "Write one formal letter to the landlord")]
    public void The_goal_is_the_first_sentence_or_else_the_title(string prompt, string goal)
    {
        var row = One(Heading + $"The title,\"{prompt.Replace("\"", "\"\"", StringComparison.Ordinal)}\",FALSE,TEXT\n");

        Assert.Equal(goal, row.Goal);
    }

    [Fact]
    public void A_goal_without_an_end_is_cut_between_words()
    {
        var goal = One(Heading + "T," + string.Join(' ', Enumerable.Repeat("word", 200)) + ",FALSE,TEXT\n").Goal;

        Assert.InRange(goal.Length, 200, 240);
        Assert.EndsWith("word…", goal, StringComparison.Ordinal);
    }

    private static ReadFile Read(string text) => PromptsChatReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static PortablePrompt One(string text)
    {
        var file = Read(text);
        Assert.Empty(file.Problems);
        return Assert.Single(file.Prompts).Prompt;
    }
}
