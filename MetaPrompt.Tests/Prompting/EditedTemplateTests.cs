using CsCheck;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>A template under the hands of a person: its variables are named, renamed, made of words, and never lose their details.</summary>
public sealed class EditedTemplateTests
{
    private static readonly Gen<string> AnyText = Gen.Char["ab {}\\\n_\"é"].Array[0, 30].Select(letters => new string(letters));

    [Fact]
    public void A_renamed_variable_is_renamed_everywhere()
    {
        var template = Of("{{a}} and {{ a }}, not {{b}}", new PromptVariable { Name = "a", Label = "The first" });

        var after = template.Change("a", template.Variables[0] with { Name = "topic" }, out var problem);

        Assert.Null(problem);
        Assert.Equal("{{topic}} and {{topic}}, not {{b}}", after.Text);
        Assert.Equal([("topic", "The first"), ("b", null)], after.Variables.Select(variable => (variable.Name, variable.Label)));
    }

    [Theory]
    [InlineData("b")]
    [InlineData("two words")]
    [InlineData("1st")]
    [InlineData("")]
    public void A_name_that_is_taken_or_none_is_refused_in_words_and_changes_nothing(string name)
    {
        var template = Of("{{a}} {{b}}");

        var after = template.Change("a", template.Variables[0] with { Name = name }, out var problem);

        Assert.False(string.IsNullOrWhiteSpace(problem));
        Assert.Same(template, after);
    }

    [Fact]
    public void A_variable_that_comes_back_has_its_details_again_under_its_old_name_too()
    {
        var template = Of("{{a}}");
        var after = template.Change("a", template.Variables[0] with { Default = "apples" }, out _);
        after = after.Change("a", after.Variables[0] with { Name = "fruit" }, out _);

        Assert.Equal("apples", Assert.Single(after.Write("nothing").Write("again {{fruit}}").Variables).Default);
        Assert.Equal("apples", Assert.Single(after.Write("undone {{a}}").Variables).Default);
    }

    [Fact]
    public void Words_become_a_variable_with_the_words_as_its_default()
    {
        var after = Make("Write for beginners. Beginners like beginners.", "beginners", out var problem, everywhere: false, name: "audience");

        Assert.Null(problem);
        Assert.Equal("Write for {{audience}}. Beginners like beginners.", after.Text);
        Assert.Equal(("audience", "beginners", VariableType.Text), (after.Variables[0].Name, after.Variables[0].Default, after.Variables[0].Type));
    }

    [Fact]
    public void All_places_with_the_same_words_and_no_part_of_another_word_become_the_variable()
    {
        var after = Make("An art of start. Art and art, {{art}} and \\{{art}}.", "art", out var problem, everywhere: true, name: "what");

        Assert.Null(problem);
        Assert.Equal("An {{what}} of start. Art and {{what}}, {{art}} and \\{{{{what}}}}.", after.Text);
    }

    [Fact]
    public void A_name_that_exists_gets_another_place_and_keeps_its_details()
    {
        var template = new EditedTemplate("{{tone}} and warm", [new PromptVariable { Name = "tone", Default = "dry" }]);

        var after = template.MakeVariable(13, 4, "tone", false, out var problem);

        Assert.Null(problem);
        Assert.Equal(("{{tone}} and {{tone}}", "dry"), (after.Text, Assert.Single(after.Variables).Default));
    }

    [Theory]
    [InlineData("  ", 0, 2, "Select the words")]
    [InlineData("a {{b}} c", 0, 6, "a variable in these words")]
    [InlineData("C:\\Users", 3, 5, "sign before it")]
    public void What_can_be_no_variable_is_refused_in_words(string text, int start, int length, string words)
    {
        var template = Of(text);

        var after = template.MakeVariable(start, length, "x", false, out var problem);

        Assert.Contains(words, problem, StringComparison.Ordinal);
        Assert.Same(template, after);
    }

    [Theory]
    [InlineData("3", VariableType.Number)]
    [InlineData("2026-05-31", VariableType.Date)]
    [InlineData("{\"a\": 1}", VariableType.Json)]
    [InlineData("one\ntwo", VariableType.LongText)]
    [InlineData("friendly", VariableType.Text)]
    public void The_words_tell_the_type(string words, VariableType type)
    {
        var made = Assert.Single(Make("Use " + words + " here", words, out _, everywhere: false, name: "x").Variables);

        Assert.Equal(type, made.Type);
        Assert.Equal(words, type is VariableType.LongText or VariableType.Json ? made.Example : made.Default);
    }

    [Fact]
    public void Whatever_becomes_a_variable_filled_in_with_its_own_words_the_template_says_the_same() =>
        Gen.Select(AnyText, AnyText, AnyText, Gen.Bool).Sample((before, words, after, everywhere) =>
        {
            var template = Of(before + words + after + words);
            var made = template.MakeVariable(before.Length, words.Length, "new_name", everywhere, out var problem);
            if (problem is not null)
            {
                Assert.Same(template, made);
                return;
            }

            var literal = TemplateSelection.Of(template.Text, before.Length, words.Length).Literal;
            var value = new Dictionary<string, string> { ["new_name"] = literal };
            Assert.Equal(PromptTemplate.Parse(template.Text).Resolve(value), PromptTemplate.Parse(made.Text).Resolve(value));
            Assert.Contains("new_name", made.Variables.Select(variable => variable.Name));
        });

    [Fact]
    public void A_repair_brings_its_variables_and_never_those_that_are_known_already()
    {
        var template = Of("Dear [NAME], in ${Tone:warm}");
        var mend = PromptChecks.Find(template.Text, template.Variables).First(finding => finding.Rule == "mixed-placeholders").Mend!;

        var after = template.Apply(mend);

        Assert.Equal(("Dear {{name}}, in {{tone}}", "warm"), (after.Text, after.Variables[1].Default));
        Assert.Equal("cool", new EditedTemplate(template.Text, [new PromptVariable { Name = "tone", Default = "cool" }]).Write("{{tone}}").Apply(mend).Variables[1].Default);
    }

    [Theory]
    [InlineData("Tone: warm", "warm", "tone")]
    [InlineData("Write about whales.", "whales", "topic")]
    [InlineData("Explain it to beginners.", "beginners", "audience")]
    [InlineData("Give 5 reasons.", "5", "number_of_reasons")]
    [InlineData("Mail ada@example.org now", "ada@example.org", "email_address")]
    [InlineData("Due 2026-05-31.", "2026-05-31", "date")]
    [InlineData("Translate to German.", "German", "language")]
    [InlineData("<article>\nOnce upon a time\n</article>", "Once upon a time", "article")]
    [InlineData("Act as a pirate", "pirate", "pirate")]
    [InlineData("Say !!", "!!", "value")]
    [InlineData("{{topic}} about whales", "whales", "topic_2")]
    public void Words_suggest_a_name(string text, string words, string name) =>
        Assert.Equal(name, TemplateSelection.Of(text, text.IndexOf(words, StringComparison.Ordinal), words.Length).SuggestedName);

    [Fact]
    public void Any_selection_of_any_text_has_a_legal_name_or_a_reason() =>
        Gen.Select(AnyText, Gen.Int[-3, 40], Gen.Int[-3, 40]).Sample((text, start, length) =>
        {
            var selection = TemplateSelection.Of(text, start, length);
            Assert.True(selection.Problem is not null || PromptTemplate.IsName(selection.SuggestedName));
            Assert.True(selection.Problem is not null || selection.Places.Contains(selection.Start));
        });

    private static EditedTemplate Of(string text, params PromptVariable[] declared) => new(text, declared);

    private static EditedTemplate Make(string text, string words, out string? problem, bool everywhere, string name) =>
        Of(text).MakeVariable(text.IndexOf(words, StringComparison.Ordinal), words.Length, name, everywhere, out problem);
}
